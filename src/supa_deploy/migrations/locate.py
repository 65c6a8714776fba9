"""From the CLI's words about a failed statement to the exact line of the file.

The CLI names the file, a zero-based statement index, and repeats the statement (leading comments included)
with a caret line under the server's position. The index of 2.99 and older can be one too high, so the text
is looked for first.
"""

import re
from typing import NamedTuple

from supa_deploy.migrations.script import Script, Statement

_CARET = re.compile(r"[ \t]*\^[ \t]*")
_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/", re.DOTALL)


class ErrorPlace(NamedTuple):
    """A place in a file, both 1-based; `column` is None when only the statement is known."""

    line: int
    column: int | None


class Caret(NamedTuple):
    """Where the caret points inside the statement that the CLI repeats: 1-based line and column."""

    line: int
    column: int


def locate_error(
    script: Script, statement_index: int | None, sql_from_cli: str | None, caret: Caret | None = None
) -> ErrorPlace | None:
    """The place of the error in the file.

    `sql_from_cli` is what stands after `At statement: N`; a caret line in it is found and taken out, unless
    `caret` is given. None when neither text nor index leads anywhere (the history's own INSERT, say).
    """
    shown = (sql_from_cli or "").splitlines()
    if caret is None:
        shown, caret = _without_caret(shown)
    start = _find(script, shown, statement_index)
    if start is None:
        statement = _by_index(script, statement_index) if not _is_elsewhere(shown) else None
        return ErrorPlace(statement.line, None) if statement is not None else None
    if caret is not None:
        return _at_caret(script, start, caret, shown)
    return ErrorPlace(script.text.count("\n", 0, _skip_comments(script.text, start)) + 1, None)


def _without_caret(shown: list[str]) -> tuple[list[str], Caret | None]:
    for number, line in enumerate(shown):
        if number and _CARET.fullmatch(line):
            return shown[:number] + shown[number + 1 :], Caret(number, line.index("^") + 1)
    return shown, None


def _is_elsewhere(shown: list[str]) -> bool:
    """True for the statement that the CLI adds after the file's own."""
    return "supabase_migrations.schema_migrations" in "\n".join(shown)


def _find(script: Script, shown: list[str], index: int | None) -> int | None:
    """Where the repeated statement begins in the text (0-based characters); the place nearest to the index when
    it stands there more than once."""
    lines = [line.strip("\r") for line in shown]
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return None
    lines[0] = lines[0].lstrip()
    pattern = r"[ \t\r]*\n[ \t]*".join(_loose(line) for line in lines)
    places = [match.start() for match in re.finditer(pattern, script.text)]
    if not places:
        return None
    statement = _by_index(script, index)
    if statement is None:
        return places[0]
    wanted = len(script.source.data[: statement.start].decode(errors="replace"))
    return min(places, key=lambda place: abs(_skip_comments(script.text, place) - wanted))


def _loose(line: str) -> str:
    """A pattern for a line in which white space may differ: 2.99.0 pads lines and turns tabs into spaces."""
    return r"[ \t]+".join(re.escape(word) for word in line.split())


def _by_index(script: Script, index: int | None) -> Statement | None:
    if index is None or not 0 <= index < len(script.statements):
        return None
    return script.statements[index]


def _skip_comments(text: str, place: int) -> int:
    while (match := _COMMENT.match(text, place)) is not None:
        place = match.end()
    return place


def _at_caret(script: Script, start: int, caret: Caret, shown: list[str]) -> ErrorPlace:
    """The caret's place; without a column when the line is shown with other white space than the file has."""
    skipped = next((n for n, line in enumerate(shown) if line.strip()), 0)
    line = script.text.count("\n", 0, start) + caret.line - skipped
    before = start - (script.text.rfind("\n", 0, start) + 1) if caret.line - skipped == 1 else 0
    pointed = shown[caret.line - 1].rstrip() if caret.line <= len(shown) else ""
    same = script.source.line_text(line)[before:].startswith(pointed)
    return ErrorPlace(line, before + caret.column if same else None)
