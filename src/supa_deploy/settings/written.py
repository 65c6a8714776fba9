"""Env files as they are written: values set in place, every other line kept as it is.

A value is written so that python-dotenv, a shell and the Supabase CLI (godotenv) read the same back: bare where no
character of it means anything, else in single quotes, else in double ones. For one that holds a backslash or a single
quote together with `$` or a backtick there is no such notation: python-dotenv's, which reads it here, counts then.
"""

import re
from collections.abc import Mapping
from io import StringIO

from supa_deploy.errors import UsageError

_BARE = re.compile(r"[A-Za-z0-9_./:@%+=,-]+")
_EXPANDED = re.compile(r"[$`]")
_LINE_ENDS = {"\n": "\\n", "\r": "\\r"}
_ENDING = re.compile(r"\r\n|\n|\r")
_BINDING = re.compile(
    r"""(?P<head>\s*(?:export[^\S\r\n]+)?['"]?%s['"]?[^\S\r\n]*)  # the name, and what stands before it
        (?:=[^\S\r\n]*
           (?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\r\n]*?)  # the value that goes
        )?
        (?P<tail>[^\S\r\n]*(?:\s\#[^\r\n]*)?)                     # a comment behind it
        (?P<end>\r\n|\n|\r)?""",
    re.VERBOSE | re.DOTALL,
)


def written(value: str) -> str:
    """The value as it stands behind the `=`."""
    if _BARE.fullmatch(value):
        return value
    if _fits_single_quotes(value):
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    for sign, name in _LINE_ENDS.items():
        escaped = escaped.replace(sign, name)
    return f'"{escaped}"'


def reads_the_same_everywhere(value: str) -> bool:
    """True when a shell reads from the file what supa-deploy reads."""
    in_double_quotes = not (_BARE.fullmatch(value) or _fits_single_quotes(value))
    return not in_double_quotes or not (_EXPANDED.search(value) or any(sign in value for sign in _LINE_ENDS))


def _fits_single_quotes(value: str) -> bool:
    # python-dotenv takes a backslash before a backslash or a quote as an escape there, a shell takes none.
    bound = "\\\\" in value or value.endswith("\\")
    return not bound and not any(sign in value for sign in ("'", *_LINE_ENDS))


def with_values(text: str, values: Mapping[str, str], heading: str) -> str:
    """The env file's text with these values. A name that it holds is changed where it stands (the last of them, which
    is the one that counts); the others follow at the end, under `heading` as a comment, which is written once."""
    from dotenv.parser import parse_stream

    ending = found[0] if (found := _ENDING.search(text)) else "\n"
    bindings = list(parse_stream(StringIO(text, newline="")))
    pieces = [binding.original.string for binding in bindings]
    left = dict(values)
    for place in range(len(bindings) - 1, -1, -1):
        name = bindings[place].key
        if name in left and (changed := _changed(pieces[place], name, left[name])) is not None:
            pieces[place] = changed
            del left[name]
    kept = "".join(pieces)
    if not left:
        return kept
    gap = "" if not kept or kept.endswith(("\n", "\r")) else ending
    headed = f"# {heading}" in kept.splitlines()
    head = "" if headed else f"{ending if kept else ''}# {heading}{ending}"
    return kept + gap + head + "".join(f"{name}={written(value)}{ending}" for name, value in left.items())


def _changed(piece: str, name: str, value: str) -> str | None:
    match = re.fullmatch(_BINDING.pattern % re.escape(name), piece, _BINDING.flags)
    if match is None:
        return None
    return f"{match['head'].rstrip(' ')}={written(value)}{match['tail'].rstrip()}{match['end'] or ''}"


def check_text(name: str, value: str) -> None:
    """Raises UsageError for a value that no text file can hold."""
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise UsageError(
            f"{name} holds bytes that are no text: no env file can carry it. Nothing was written.",
            hint=f"Set {name} to plain text (UTF-8).",
            code="not_text",
        )
