"""Reading `migration list`: which versions the database has, which the folder has."""

import re
from dataclasses import dataclass

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import unreadable
from supa_deploy.supabase.answers.machine import object_in
from supa_deploy.supabase.command import Completed

_CELL = r"[ \t]*`?[ \t]*([^`|│\n]*?)[ \t]*`?[ \t]*"
_ROW = re.compile(rf"^[ \t]*[|│]?{_CELL}[|│]{_CELL}[|│]{_CELL}[|│]?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class History:
    """What the CLI listed: `versions` are those in the remote history, `local` those of the files it saw; each in
    the history's order (text order)."""

    versions: tuple[str, ...]
    local: tuple[str, ...] = ()


def read_history(completed: Completed) -> History:
    """The history. Raises what the failure means, UnreadableAnswer for a success that is no list."""
    if not completed.succeeded:
        raise failure_of(completed).as_error()
    pairs = _from_json(completed.stdout)
    if pairs is None:
        pairs = _from_table(completed.stdout)
    if pairs is None:
        raise unreadable(completed)
    local, remote = ({pair[side] for pair in pairs if pair[side]} for side in (0, 1))
    return History(tuple(sorted(remote)), tuple(sorted(local)))


def _from_json(stdout: str) -> list[tuple[str, str]] | None:
    rows = (object_in(stdout) or {}).get("migrations")
    if not isinstance(rows, list):
        return None
    pairs: list[tuple[str, str]] = []
    for row in rows:
        local, remote = (row.get("local"), row.get("remote")) if isinstance(row, dict) else (None, None)
        if not (isinstance(local, str) and isinstance(remote, str)):
            return None
        pairs.append((local, remote))
    return pairs


def _from_table(stdout: str) -> list[tuple[str, str]] | None:
    """2.40 to 2.108: `Local | Remote | Time (UTC)`, a line of dashes, a line each; 3.x's text has backticks."""
    rows = [match.groups() for match in _ROW.finditer(stdout)]
    if not rows or [cell.lower() for cell in rows[0][:2]] != ["local", "remote"]:
        return None
    pairs = [(local, remote) for local, remote, _ in rows[1:] if set(local + remote) - set("-+ ")]
    if not all(version.isdigit() or not version for pair in pairs for version in pair):
        return None
    return pairs
