"""The tables: migrations here and there, what each file does in words, and the lines of `doctor`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from supa_deploy.model import Diagnostic, MigrationState, PendingMigration
from supa_deploy.render.checks import Group, Line, Mark
from supa_deploy.render.text import safe, safe_lines

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MARK_STYLES = {
    Mark.YES: "",
    Mark.NO: "bold red",
    Mark.WARN: "bold yellow",
    Mark.UNSEEN: "dim",
    Mark.MORE: "",
    Mark.WAIT: "",
}
PENDING = Mark.WAIT.value
_HAZARDS = {"loses": Mark.NO, "locks": Mark.WARN}


def migrations(states: Iterable[MigrationState]) -> "RenderableType":
    """Every version: is it here as a file, is it in the remote history?"""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("VERSION", "NAME", "LOCAL", "REMOTE"):
        table.add_column(title, overflow="fold")
    for state in states:
        table.add_row(
            Text(safe(state.version)),
            Text(safe(state.name or "")),
            Text(Mark.YES.value if state.local else f"{Mark.NO} no file here"),
            Text(Mark.YES.value if state.remote else f"{PENDING} pending"),
        )
    return table


def words(files: Iterable[MigrationState | PendingMigration]) -> "list[Text]":
    """Each file by name, and beneath it what it does, in words; what loses or locks something has a sign."""
    from rich.text import Text

    lines: list[Text] = []
    for file in files:
        if not file.words or not file.file:
            continue
        lines.append(Text())
        lines.append(Text(safe(file.file), style="bold"))
        lines.extend(_sentence(sentence) for sentence in file.words)
    return lines


def mark_of_words(sentence: str) -> Mark | None:
    """The sign in front of what a file does: a loss, a lock that is held for long, or none."""
    from supa_deploy.migrations.words import hazard

    found = hazard(sentence)
    return _HAZARDS[found] if found is not None else None


def _sentence(sentence: str) -> "Text":
    from rich.text import Text

    mark = mark_of_words(sentence)
    if mark is None:
        return Text(f"  {safe(sentence)}")
    return Text.assemble("  ", (f"{mark} {safe(sentence)}", MARK_STYLES[mark]))


def check_groups(groups: Iterable[Group], *, details: bool) -> "list[Text]":
    """The checks of each migration beneath its name; `details` shows also what stands beneath a ✅."""
    from rich.text import Text

    lines: list[Text] = []
    for group in groups:
        lines.append(Text())
        lines.append(Text(group.title, style="bold"))
        lines.extend(check_lines(group.lines, details=details))
    return lines


def check_lines(lines: Iterable[Line], *, details: bool) -> "list[Text]":
    """One line an object, indented; what would change a closed one beneath it."""
    from rich.text import Text

    shown: list[Text] = []
    for line in lines:
        shown.append(Text.assemble("  ", (f"{line.mark} {line.says}", MARK_STYLES[line.mark])))
        if details or line.mark in {Mark.NO, Mark.WARN}:
            shown.extend(Text(f"       {text}") for text in line.below)
    return shown


def diagnostics(values: Iterable[Diagnostic]) -> "RenderableType":
    """`doctor`: ✅, ❌ or ➖ (could not be looked at), what was found, and the next step beneath."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for value in values:
        mark = mark_of(value)
        table.add_row(
            Text(f"{mark} {safe(value.check)}", style=MARK_STYLES[mark]),
            Text("\n".join(safe_lines(value.detail))),
        )
        if value.next:
            first, *rest = safe_lines(value.next)
            table.add_row(Text(), Text("\n".join((f"→ {first}", *(f"  {line}" for line in rest)))))
    return table


def mark_of(value: Diagnostic) -> Mark:
    """The sign of a diagnostic."""
    if value.ok is None:
        return Mark.UNSEEN
    return Mark.YES if value.ok else Mark.NO
