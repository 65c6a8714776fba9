"""A rollback in words: what is undone, what is lost, and the command that does it. Shared by screen and GitHub."""

import shlex
from pathlib import PurePath

from supa_deploy.model import Loss, Report, Rollback
from supa_deploy.render.checks import Line, Mark, titles_of
from supa_deploy.render.text import count, safe

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def title(rollback: Rollback) -> str:
    """`Rollback to 20250101000000: 2 versions are undone, newest first`."""
    are = "is" if len(rollback.versions) == 1 else "are"
    verb = ("was" if are == "is" else "were") if rollback.done else are
    order = ", newest first" if len(rollback.versions) > 1 else ""
    return f"Rollback to {safe(rollback.to)}: {count(len(rollback.versions), 'version')} {verb} undone{order}"


def undone(report: Report, rollback: Rollback) -> tuple[str, ...]:
    """Each undone version by its name, with the hand-written file that undoes it where there is one."""
    titles = titles_of(report)
    return tuple(
        titles.get(version, safe(version)) + _by_hand(version, rollback) for version in rollback.versions
    )


def losses(rollback: Rollback) -> tuple[Line, ...]:
    """One line for each table and column that goes: `table t: 1,234 rows, 2.1 MB will be gone`."""
    return tuple(_loss(loss, done=rollback.done) for loss in rollback.losses)


def losses_title(rollback: Rollback) -> str:
    """What stands above the losses."""
    return "What was lost with it" if rollback.done else "What will be lost with it"


def sql_title(rollback: Rollback) -> str:
    """What stands above the SQL."""
    return "The SQL that undid them" if rollback.done else "The SQL that undoes them"


def remains_title(rollback: Rollback) -> str:
    """What stands above what hand-written files leave different."""
    return f"What the hand-written files leave different from the files up to {safe(rollback.to)}"


def how(report: Report) -> str:
    """` · to do it: supa-deploy rollback --to … --yes` after a dry run, else empty."""
    rollback = asked(report)
    return f" · to do it: {command(report, rollback)}" if rollback and is_shown(report) else ""


def asked(report: Report) -> Rollback | None:
    """The rollback that a run was about. What another command carries is a plan, for its documents alone."""
    return report.rollback if report.command == "rollback" else None


def in_short(report: Report) -> str:
    """The rollback's part of the last line: what the database holds now, or the command that does it."""
    rollback = asked(report)
    if rollback is None:
        return ""
    if not rollback.versions:
        return "nothing to undo"
    versions = count(len(rollback.versions), "version")
    if rollback.done:
        return f"{versions} undone, the database stands at {safe(rollback.to)}"
    return f"dry run, {versions} to undo, nothing changed" if is_shown(report) else ""


def is_shown(report: Report) -> bool:
    """True for a dry run that went well: there is something to do, and it was not done."""
    rollback = asked(report)
    return bool(rollback and rollback.versions and not rollback.done and report.outcome.is_success)


def command(report: Report, rollback: Rollback) -> str:
    """What to type to go this way back."""
    words = ["supa-deploy", "rollback", "--to", rollback.to]
    folders = {str(PurePath(loss.saved).parent) for loss in rollback.losses if loss.saved}
    if len(folders) == 1:
        words += ["--save", folders.pop()]
    if report.drift and not report.drift.empty:
        words.append("--discard-drift")
    if report.environment:
        words += ["--env", report.environment]
    return safe(shlex.join([*words, "--yes"]))


def size(number: int) -> str:
    """Bytes as PostgreSQL's pg_size_pretty counts them: `512 bytes`, `24 kB`, `2.1 MB`."""
    value, unit = float(number), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    shown = f"{value:.0f}" if unit == 0 or value >= 10 else f"{value:.1f}".removesuffix(".0")
    return f"{shown} {_UNITS[unit] if number != 1 else 'byte'}"


def _loss(loss: Loss, *, done: bool) -> Line:
    prefix = "" if loss.schema == "public" else f"{loss.schema}."
    noun, name = ("table", loss.table) if loss.column is None else ("column", f"{loss.table}.{loss.column}")
    plural = "rows" if loss.column is None else "values"
    if not loss.exists:
        return Line(Mark.UNSEEN, safe(f"{noun} {prefix}{name}: the {plural} it has by then"))
    held = _held(loss.rows, plural.removesuffix("s"))
    if loss.size is not None:
        held += f", {size(loss.size)}"
    gone = "gone" if done else "will be gone"
    saved = f"; saved to {loss.saved}" if loss.saved else ""
    mark = Mark.UNSEEN if loss.rows == 0 else Mark.WARN if loss.saved else Mark.NO
    return Line(mark, safe(f"{noun} {prefix}{name}: {held} {gone}{saved}"))


def _held(rows: int, noun: str) -> str:
    if rows == 0:
        return f"no {noun}s"
    return f"{rows:,} {noun if rows == 1 else noun + 's'}"


def _by_hand(version: str, rollback: Rollback) -> str:
    own = [file for file in rollback.hand_written if PurePath(file).name.split("_", 1)[0] == version]
    return f" (by hand: {safe(own[0])})" if own else ""
