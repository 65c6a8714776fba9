"""Findings with their source line and caret, and the paragraph that says what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from supa_deploy.model import Failure, Finding, Severity
from supa_deploy.render.checks import Mark
from supa_deploy.render.look import Look
from supa_deploy.render.text import safe, safe_lines

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_TAB = 4
_LONGEST = 140
_BEFORE_CARET = 60
_WINDOW = 4  # times as many characters around the caret are looked at as cells are shown
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Pointed:
    """A source line as it can be shown, and how many cells stand before the caret."""

    line: str
    indent: int


def point(excerpt: str, column: int, longest: int = _LONGEST) -> Pointed:
    """The line with tabs widened, tricky characters spelled out, and cut around the caret to `longest` cells.

    `column` is 1-based in characters; one past the end points behind the last character, and the first column of
    an indented line at the first character that is not blank.
    """
    from rich.cells import cell_len

    line = excerpt.rstrip("\r\n")
    if column == 1 and line.strip():
        column += len(line) - len(line.lstrip())
    if len(line) > _WINDOW * longest:  # a line of inserts can be megabytes
        first = max(0, column - _WINDOW * longest // 2)
        line, column = line[first : first + _WINDOW * longest], column - first
    pieces: list[str] = []
    caret, at = 0, 0
    for number, character in enumerate(line, start=1):
        piece = " " * (_TAB - at % _TAB) if character == "\t" else safe(character)
        if number == column:
            caret = at
        pieces.append(piece)
        at += cell_len(piece)
    if column > len(pieces):
        caret = at
    return _cropped(pieces, caret, longest)


def _cropped(pieces: Sequence[str], caret: int, longest: int) -> Pointed:
    from rich.cells import cell_len

    line, start, at = "", max(0, caret - min(_BEFORE_CARET, longest // 2)), 0
    if cell_len("".join(pieces)) <= longest:
        return Pointed("".join(pieces), caret)
    skipped = None
    for piece in pieces:
        if at >= start:
            skipped = at if skipped is None else skipped
            if cell_len(line + piece) > longest:
                line += "…"
                break
            line += piece
        at += cell_len(piece)
    if not skipped:
        return Pointed(line, caret)
    return Pointed("…" + line, caret - skipped + 1)


def finding(value: Finding) -> "list[Text]":
    """`file:line:column: error: message [rule]`, the source line with a caret, and the help."""
    from rich.text import Text

    place = safe(f"{value.file}:{value.line}:{value.column}")
    first, *rest = safe_lines(value.message) or [""]
    head = Text.assemble(
        (place, "bold"),
        ": ",
        (WORDS[value.severity], STYLES[value.severity]),
        f": {first} ",
        (f"[{safe(value.rule)}]", "dim"),
    )
    lines = [head, *(Text(f"    │ {line}") for line in rest)]
    if value.excerpt is not None:
        pointed = point(value.excerpt, value.column)
        gutter = f"{value.line:>5} │ "
        lines.append(Text.assemble((gutter, "dim"), pointed.line))
        caret = Text.assemble((" " * 6 + "│ ", "dim"), " " * pointed.indent, ("^", STYLES[value.severity]))
        lines.append(caret)
    lines.extend(
        Text(f"      {'help: ' if i == 0 else '      '}{h}")
        for i, h in enumerate(safe_lines(value.help or ""))
    )
    return lines


def failure(value: Failure, mark: Mark, look: Look) -> "list[RenderableType]":
    """What happened and what the database holds, where, and what to do next."""
    from rich.text import Text

    first, *rest = safe_lines(value.message) or [safe(value.code)]
    parts: list[RenderableType] = [broken(f"{mark} ", first, look, style="bold")]
    parts.extend(Text(f"   │ {line}") for line in rest)
    place = place_of(value)
    if place:
        parts.append(Text(f"   {place}", style="dim"))
    for number, line in enumerate(safe_lines(value.hint or "")):
        parts.append(broken("   → " if number == 0 else "     ", line, look))
    return parts


def place_of(value: Failure) -> str:
    """`supabase/migrations/x.sql:4 · SQLSTATE 42P01`, as far as it is known."""
    where = safe(value.file) if value.file else ""
    if where and value.line:
        where += f":{value.line}"
    state = f"SQLSTATE {safe(value.sqlstate)}" if value.sqlstate else ""
    return " · ".join(part for part in (where, state) if part)


def broken(lead: str, line: str, look: Look, style: str = "") -> "RenderableType":
    """The line after its lead, broken at the look's width with the rest beneath the first word; `line` is safe."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    room = None if look.wrap is None else max(20, look.wrap - cell_len(lead) - 1)
    if room is None or cell_len(line) <= room:
        return Text.assemble(lead, (line, style))
    grid = Table.grid()
    grid.add_column(width=cell_len(lead), no_wrap=True)
    grid.add_column(width=room)
    grid.add_row(Text(lead), Text(line, style=style, overflow="fold"))
    return Padding(grid, 0)
