"""The step summary's sections on what the files do, on drift, on what a push will really do, and on a rollback."""

from collections.abc import Iterable

from supa_deploy.model import MigrationState, PendingMigration, Report
from supa_deploy.render import drift as drifting
from supa_deploy.render import rollback as undoing
from supa_deploy.render.checks import Line, Mark
from supa_deploy.render.drift import Telling
from supa_deploy.render.markdown import block, code, folded, plain
from supa_deploy.render.tables import mark_of_words
from supa_deploy.render.text import count, safe, safe_lines

_LINES = 200
_BELOW = 40
_SQL_LINES = 1000  # a summary may hold 1 MiB in all; the rest of it wants room too


def drift(report: Report) -> str:
    """What differs from the files, worst first, and the SQL that explains it."""
    found = report.drift
    if found is None:
        return ""
    aside = [drifting.stand_ins(found)] if found.stand_ins else []
    if found.empty:
        parts = [f"{Mark.YES} {plain(drifting.none_found(found))}"]
    else:
        lines = drifting.lines(found.changes)
        parts = [_title(drifting.title(report)), _list(lines), _sql("The SQL that explains it", found.sql)]
        aside = [drifting.left_out(found), *aside] if found.left_out else aside
    parts.append("<br>".join(f"<sub>{plain(said)}</sub>" for said in aside))
    return _joined(parts)


def words(report: Report) -> str:
    """What each file does that was not applied before this run, in words, what loses or locks something with a sign.
    It is folded away once all of them are applied."""
    unapplied = [m for m in report.migrations if m.local and not m.remote]
    told = {m.version for m in unapplied if m.words}
    files: list[MigrationState | PendingMigration] = [*unapplied]
    files.extend(m for m in report.pending if m.version not in told)
    shown = [file for file in files if file.words and file.file]
    rows: list[str] = []
    for file in shown:
        rows.extend(("", _title(safe(file.file or "")), ""))
        rows.extend(_sentence(said) for said in file.words)
    if len(rows) > _LINES:
        rows[_LINES:] = [f"- … {count(len(rows) - _LINES, 'more line')}: see the log of this step"]
    text = "\n".join(rows).strip("\n")
    if not shown or not {file.version for file in shown} <= set(report.applied):
        return text
    return folded(f"What the files do ({count(len(shown), 'file')})", text)


def _sentence(said: str) -> str:
    mark = mark_of_words(said)
    return f"- {plain(safe(said))}" if mark is None else f"- {mark} {plain(safe(said))}"


def preview(report: Report) -> str:
    """What a push will do to the database as it is."""
    found = report.preview
    if found is None:
        return ""
    told = _list(drifting.lines(found.changes, Telling.PUSH)) or "nothing: its schema stays as it is"
    title = _title("What the push will do to the database as it is")
    return _joined([title, told, _sql("As SQL", found.sql)])


def rollback(report: Report) -> str:
    """Which versions are undone, by which SQL, and what that costs."""
    back = report.rollback
    if back is None:
        return ""
    parts = [_title(undoing.title(back)), "\n".join(f"- {plain(v)}" for v in undoing.undone(report, back))]
    parts.append(_sql(undoing.sql_title(back), back.sql))
    if back.losses:
        parts.extend((_title(undoing.losses_title(back)), _list(undoing.losses(back))))
    if back.cannot_restore:
        words = [Line(Mark.NO, safe(said)) for said in back.cannot_restore]
        parts.extend((_title("What it cannot bring back"), _list(words)))
    if back.remains:
        lines = drifting.lines(back.remains, Telling.REMAINS)
        parts.extend((_title(undoing.remains_title(back)), _list(lines)))
    return _joined(parts)


def _title(said: str) -> str:
    return f"**{plain(said)}**"


def _list(lines: Iterable[Line]) -> str:
    lines = list(lines)
    rows = []
    for line in lines[:_LINES]:
        rows.append(f"- {line.mark} {plain(line.says)}")
        rows.extend(f"  - {code(said)}" for said in line.below[:_BELOW] if said)
    if len(lines) > _LINES:
        rows.append(f"- … {len(lines) - _LINES} more: see the log of this step, with `-v`")
    return "\n".join(rows)


def _sql(title: str, sql: str) -> str:
    rows = safe_lines(sql)
    if not rows:
        return ""
    more = len(rows) - _SQL_LINES
    shown = [*rows[:_SQL_LINES], f"-- … {count(more, 'more line')}"] if more > 0 else rows
    return folded(f"{title} ({count(len(rows), 'line')})", block(shown))


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)
