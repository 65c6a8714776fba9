"""The screen's sections on drift, on what a push will really do, and on a rollback."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from supa_deploy.model import Change, Report
from supa_deploy.outcome import Outcome
from supa_deploy.render import drift as drifting
from supa_deploy.render import rollback as undoing
from supa_deploy.render.checks import Line, Mark
from supa_deploy.render.drift import Telling
from supa_deploy.render.look import Look
from supa_deploy.render.paragraphs import broken
from supa_deploy.render.tables import MARK_STYLES
from supa_deploy.render.text import count, safe, safe_lines

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_SQL_LINES = 40
_SQL_LINES_ASIDE = 12  # where the drift is not what was asked for
_LONGEST_SQL = 200
_LINES = 50
_BELOW = 10


def drift(report: Report, look: Look) -> "list[RenderableType]":
    """What differs from the files, worst first, and the SQL that explains it; with -q only where it is the outcome."""
    from rich.text import Text

    found = report.drift
    if found is None or (look.quiet and report.outcome is not Outcome.DRIFT):
        return []
    parts: list[RenderableType] = [Text()]
    if found.empty:
        parts.append(Text(f"{Mark.YES} {drifting.none_found(found)}"))
    else:
        parts.append(_title(drifting.title(report)))
        parts.extend(_changes(found.changes, Telling.DRIFT, look))
    if look.quiet:
        return parts
    most = _SQL_LINES if report.command == "diff" else _SQL_LINES_ASIDE
    parts.extend(_sql("The SQL that explains it", found.sql if found.changes else "", look, most))
    if found.changes and found.left_out:
        parts.append(Text(drifting.left_out(found), style="dim"))
    if found.stand_ins:
        parts.append(Text(drifting.stand_ins(found), style="dim"))
    if look.verbose:
        made = [safe(word) for word in (found.engine, found.shadow) if word]
        parts.extend([Text(f"compared by {' with '.join(made)}", style="dim")] if made else [])
    return parts


def preview(report: Report, look: Look) -> "list[RenderableType]":
    """What a push will do to the database as it is."""
    from rich.text import Text

    found = report.preview
    if found is None or look.quiet:
        return []
    parts: list[RenderableType] = [Text(), _title("What the push will do to the database as it is")]
    if not found.changes:
        parts.append(Text("  nothing: its schema stays as it is"))
    parts.extend(_changes(found.changes, Telling.PUSH, look))
    return [*parts, *_sql("As SQL", found.sql, look)]


def rollback(report: Report, look: Look) -> "list[RenderableType]":
    """Which versions are undone, by which SQL, and what that costs; with -q only what it costs."""
    from rich.text import Text

    back = undoing.asked(report)
    if back is None or not back.versions:
        return []
    parts: list[RenderableType] = []
    if not look.quiet:
        parts.extend((Text(), _title(undoing.title(back))))
        parts.extend(Text(f"  {name}") for name in undoing.undone(report, back))
        parts.extend(_sql(undoing.sql_title(back), back.sql, look))
    if back.losses:
        parts.extend((Text(), _title(undoing.losses_title(back)), *_lines(undoing.losses(back), look)))
    if back.cannot_restore:
        words = (Line(Mark.NO, " ".join(safe_lines(said))) for said in back.cannot_restore)
        parts.extend((Text(), _title("What it cannot bring back"), *_lines(words, look)))
    if back.remains:
        parts.extend((Text(), _title(undoing.remains_title(back))))
        parts.extend(_changes(back.remains, Telling.REMAINS, look))
    return parts


def _title(said: str) -> "Text":
    from rich.text import Text

    return Text(said, style="bold")


def _changes(changes: tuple[Change, ...], telling: Telling, look: Look) -> "list[RenderableType]":
    from rich.text import Text

    told = drifting.lines(changes, telling)
    shown = told if look.verbose else told[:_LINES]
    parts = _lines(shown, look)
    if len(shown) < len(told):
        parts.append(Text(f"  … {len(told) - len(shown)} more: -v shows all", style="dim"))
    return parts


def _lines(lines: Iterable[Line], look: Look) -> "list[RenderableType]":
    from rich.text import Text

    parts: list[RenderableType] = []
    for line in lines:
        parts.append(broken(f"  {line.mark} ", line.says, look, style=MARK_STYLES[line.mark]))
        below = line.below if look.verbose else line.below[:_BELOW]
        parts.extend(Text(f"       {said}") for said in below)
        if len(below) < len(line.below):
            parts.append(Text(f"       {_more(len(line.below) - len(below))}", style="dim"))
    return parts


def _sql(title: str, sql: str, look: Look, most: int = _SQL_LINES) -> "list[RenderableType]":
    from rich.text import Text

    rows = safe_lines(sql)
    if not rows:
        return []
    shown = rows if look.verbose else [_cut(row) for row in rows[:most]]
    parts: list[RenderableType] = [Text(), Text(f"{title}:", style="dim")]
    parts.extend(Text(f"    {row}" if row else "") for row in shown)
    if len(shown) < len(rows):
        parts.append(Text(f"    {_more(len(rows) - len(shown))}", style="dim"))
    return [*parts, Text()]


def _cut(row: str) -> str:
    return row if len(row) <= _LONGEST_SQL else f"{row[:_LONGEST_SQL]}…"


def _more(number: int) -> str:
    return f"… {count(number, 'more line')}: -v shows all"
