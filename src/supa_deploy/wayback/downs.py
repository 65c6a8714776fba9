"""Ways back that somebody wrote by hand: read, and refused before anything is sent where they cannot be taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from supa_deploy.drift.engine import one_line, read_statements
from supa_deploy.drift.runnable import not_in_transaction
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import DownFile, Migration, Script, read, transaction_risks
from supa_deploy.migrations.acts import Deed
from supa_deploy.model import Severity
from supa_deploy.wayback.target import Way
from supa_deploy.wayback.way import segments

_KEPT = frozenset({"insert", "truncate"})  # nothing lost; told with its count


@dataclass(frozen=True, slots=True)
class Piece:
    """Undone versions that are taken back together, down to the version `stop`; `sql` is what somebody wrote for it
    in `file`, None where it is to be computed."""

    stop: str
    sql: str | None = None
    file: str | None = None


def pieces_of(way: Way, downs: Sequence[DownFile]) -> tuple[Piece, ...]:
    """The way in pieces, newest first. Raises DownRefused for a file that cannot be taken."""
    return tuple(
        Piece(stop) if down is None else Piece(stop, read_down(down), down.file)
        for down, stop in segments(way, {down.version: down for down in downs})
    )


class DownRefused(PreflightFailed):
    """A hand-written way back that cannot run in the one transaction of a rollback."""


def read_down(down: DownFile) -> str:
    """The file as SQL that more can follow. Raises DownRefused naming its line where it does not parse, or is not
    one transaction."""
    script = read(Migration(down.version, "", down.file, down.path))
    if not script.statements:
        _refuse_unread(down, script)
    for problem in script.problems:
        if problem.rule == "syntax" and problem.severity is Severity.ERROR:
            raise _refused(down, f"line {problem.line}: {problem.message}", problem.line)
    if risks := transaction_risks(script):
        raise _refused(
            down, f"line {risks[0].line} is not for one transaction: {risks[0].text}", risks[0].line
        )
    if told := not_in_transaction(read_statements(script.text)):
        raise _refused(down, f"not for one transaction: {told[0]}", None)
    return _ended(script)


def changed_rows(down: DownFile) -> tuple[str, ...]:
    """What the file does to rows and nobody counts, one line each."""
    return tuple(
        f"{down.file}: {one_line(statement.text)}: what it does to rows is not counted"
        for statement in read_statements(read(Migration(down.version, "", down.file, down.path)).text)
        if statement.kind in {"DoStmt", "MergeStmt"}
        or any(act.deed is Deed.ROWS and act.detail not in _KEPT for act in statement.acts)
    )


def _ended(script: Script) -> str:
    """The text with a semicolon after its last statement: what follows is another statement."""
    if not script.statements:
        return ""
    last = script.source.data[script.statements[-1].end :].lstrip()
    return script.text.rstrip() + ("" if last.startswith(b";") else "\n;")


def _refuse_unread(down: DownFile, script: Script) -> None:
    """Raises where there is no statement because the file cannot be read or parsed; an empty one is fine."""
    try:
        text = down.path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(down, f"it cannot be read as UTF-8 text ({type(error).__name__})", None) from None
    if problem := next(iter(script.problems), None):
        raise _refused(down, f"line {problem.line}: {problem.message}", problem.line)
    if text != script.text:
        raise _refused(down, "it changed while it was read", None)


def _refused(down: DownFile, why: str, line: int | None) -> DownRefused:
    return DownRefused(
        f"{down.file} cannot be taken, {why}. Nothing was changed.",
        hint="A rollback is one transaction, and this file a part of it: leave BEGIN, COMMIT and CONCURRENTLY out, "
        "and mend what is named.",
        code="down_file_refused",
        file=down.file,
        line=line,
    )
