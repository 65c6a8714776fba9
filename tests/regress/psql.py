"""Cuts a psql script into the statements that psql would send: its own commands, variables and COPY data left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*)
    | (?P<quoted>[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w]*)?\$)
    | (?P<command>\\[^\n]*)
    | (?P<variable>(?<!:):(?:'\w+'|"\w+"|[A-Za-z_]\w*)(?!:))
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$]*)
    | (?P<other>::|.|\s)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_SENDING = re.compile(r"\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch|bind|bind_named|parse)\b")
_FROM_STDIN = re.compile(r"\s*copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)


class Sent(NamedTuple):
    """A statement as psql sends it, and the 1-based line of the script where it begins."""

    text: str
    line: int


def sent(script: str) -> Iterator[Sent]:
    """The statements of a script. A query buffer that `\\;` fills with several counts as several."""
    position, start, depth = 0, 0, 0
    kept: list[str] = []
    while position < len(script):
        kind, text, position, ends = _token(script, position)
        depth += _nesting(kind, text, kept)
        if kind == "other" and text == ";" and depth <= 0:
            ends, text = True, ""
        kept.append(text)
        if ends:
            whole = "".join(kept)
            if _says_something(whole):
                yield Sent(whole, script.count("\n", 0, start) + 1)
            if _FROM_STDIN.match(whole):
                position = _after_data(script, position)
            start, depth, kept = position, 0, []
    if _says_something("".join(kept)):
        yield Sent("".join(kept), script.count("\n", 0, start) + 1)


def _token(script: str, position: int) -> tuple[str, str, int, bool]:
    """The token's kind, what psql would send for it, where it ends, and whether the query buffer is sent then."""
    match = _TOKEN.match(script, position)
    assert match is not None
    kind, text, end = str(match.lastgroup), match[0], match.end()
    if kind == "command":
        several = text.startswith("\\;")
        return kind, "", position + 2 if several else end, several or bool(_SENDING.match(text))
    if kind == "variable":
        return kind, {"'": "'x'", '"': '"x"'}.get(text[1], "x"), end, False
    if text == "/*":
        end = _comment_end(script, end)
    elif kind == "dollar":
        closing = script.find(text, end)
        end = len(script) if closing < 0 else closing + len(text)
    return kind, script[position:end], end, False


def _nesting(kind: str, text: str, kept: list[str]) -> int:
    if kind == "word":
        return _atomic(kept, text)
    return {"(": 1, ")": -1}.get(text, 0)


def _atomic(kept: list[str], word: str) -> int:
    """BEGIN ATOMIC … END holds semicolons, as psql knows (it counts BEGIN, CASE and END in a CREATE FUNCTION)."""
    before = "".join(kept).split(maxsplit=4)[:4]
    if not before or before[0].upper() != "CREATE":
        return 0
    if not {"FUNCTION", "PROCEDURE"} & {part.upper() for part in before[1:]}:
        return 0
    upper = word.upper()
    if upper in {"BEGIN", "CASE"}:
        return 1
    return -1 if upper == "END" else 0


def _comment_end(script: str, position: int) -> int:
    depth = 1
    while depth:
        match = _COMMENT_MARK.search(script, position)
        if match is None:
            return len(script)
        depth += 1 if match[0] == "/*" else -1
        position = match.end()
    return position


def _after_data(script: str, position: int) -> int:
    """Where the script goes on after the rows of a COPY: they begin on the next line and end with `\\.`."""
    end = re.compile(r"^\\\.$", re.MULTILINE).search(script, script.find("\n", position))
    return end.end() if end else len(script)


def _says_something(text: str) -> bool:
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).strip())
