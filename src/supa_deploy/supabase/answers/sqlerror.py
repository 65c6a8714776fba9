"""The CLI's account of a refused statement, taken apart.

ERROR: relation "nope_table" does not exist (SQLSTATE 42P01)
At statement: 1                      0-based index in the file (2.99: wrong after statements that return rows)
insert into                          the statement as the CLI split it
  nope_table values (1)
  ^                                  on its own line under the server's position, where it gives one
"""

import re
from dataclasses import dataclass

_SQLSTATE = re.compile(r"\(SQLSTATE ([0-9A-Z]{5})\)")
_AT = re.compile(r"^At statement: (\d+)\s*$", re.MULTILINE)
_CARET = re.compile(r"^([ \t]*)\^[ \t]*$")


@dataclass(frozen=True, slots=True)
class Caret:
    """Where the server pointed: line (0-based, in the statement's text) and column (0-based, in characters)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class StatementError:
    """`message` is what stands before the statement: the ERROR line, with DETAIL or hints where there are any."""

    message: str
    sqlstate: str | None
    index: int | None = None
    text: str | None = None
    caret: Caret | None = None


def sqlstate_in(text: str) -> str | None:
    """The last SQLSTATE a text names (the innermost cause), None when it names none."""
    found = _SQLSTATE.findall(text)
    return found[-1] if found else None


def statement_error(text: str) -> StatementError:
    """Takes a message apart; a message that is something else comes back whole."""
    at = _AT.search(text)
    if at is None:
        return StatementError(text.strip("\n"), sqlstate_in(text))
    head = text[: at.start()].strip("\n")
    statement, caret = _without_caret(text[at.end() :].lstrip("\n").rstrip().split("\n"))
    return StatementError(head, sqlstate_in(head), int(at.group(1)), statement or None, caret)


def _without_caret(lines: list[str]) -> tuple[str, Caret | None]:
    for index in range(len(lines) - 1, 0, -1):
        if found := _CARET.match(lines[index]):
            kept = lines[:index] + lines[index + 1 :]
            return "\n".join(kept), Caret(index - 1, len(found.group(1)))
    return "\n".join(lines), None
