"""Reading `db diff`: the SQL between two databases. An empty one is the answer that they are alike."""

import re
from dataclasses import dataclass, field

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import unreadable
from supa_deploy.supabase.answers.machine import object_in, text_of
from supa_deploy.supabase.answers.text import clean
from supa_deploy.supabase.command import Completed

_FINISHED = re.compile(r"^(?:Finished supabase db diff|No schema changes found)", re.MULTILINE)
_WARNING = re.compile(
    r"^(?:(?:WARN(?:ING)?|Warning): (?P<said>.+)|(?P<left_out>pg-delta does not manage .+))$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class DiffAnswer:
    """`sql` turns one database into the other, empty when they are alike; as the engine wrote it, secrets that a
    schema holds included. `engine` is its name where the CLI tells it, `warnings` are the CLI's own: also which kinds
    of objects the engine passes over."""

    sql: str = field(repr=False)
    engine: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when the two are alike."""
        return not self.sql.strip()


def read_diff(completed: Completed) -> DiffAnswer:
    """The SQL. Raises what the failure means, UnreadableAnswer for a success that is no diff."""
    if not completed.succeeded:
        raise failure_of(completed).as_error()
    terminal = clean(completed.terminal)
    warnings = tuple(found["said"] or found["left_out"] for found in _WARNING.finditer(terminal))
    value = object_in(completed.result)
    if value is not None:
        sql = value.get("diff")
        if isinstance(sql, str):
            return DiffAnswer(sql, text_of(value, "engine"), warnings)
    elif _FINISHED.search(terminal):
        return DiffAnswer(completed.result, None, warnings)
    raise unreadable(completed)
