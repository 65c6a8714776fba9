"""How a database differs from its files, and what a push or a rollback does to it."""

from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.model.checks import Witness


class ChangeKind(StrEnum):
    """Which way a database differs from what the files make."""

    ADDED = "added"
    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, as a person would say it. `object` is the kind in words (`table`, `row-level security`,
    `grant`…), `name` its own name, `table` the relation it belongs to; `detail` what differs, from and to."""

    change: ChangeKind
    object: str
    schema: str | None
    name: str
    table: str | None = None
    detail: str | None = None
    witness: Witness = Witness.CATALOG


@dataclass(frozen=True, slots=True)
class Drift:
    """What the database holds outside the files. `sql` turns the files' schema into the database's, `engine` made
    it, `shadow` is the server that the files were replayed on. `left_out` counts what differs and is the
    platform's own; `stand_ins` are extensions that the shadow only pretends to have."""

    sql: str = ""
    changes: tuple[Change, ...] = ()
    engine: str | None = None
    shadow: str | None = None
    left_out: int = 0
    stand_ins: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing is there but what the files make."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class Preview:
    """What a push will really do to the database as it is: the SQL and the changes, drift included."""

    sql: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows that a rollback takes away: a whole table (`column` None) or the values of a column. `rows` are the
    table's rows or the column's non-null values, `size` bytes on disk (tables only), `saved` the CSV file. `exists` is
    False for what a file that is not applied yet will make: its rows are those that it has by then."""

    schema: str
    table: str
    column: str | None
    rows: int
    size: int | None = None
    saved: str | None = None
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Rollback:
    """A way back: to which version, which versions are undone (newest first), by which SQL. `hand_written` are the
    files that were taken instead of computed SQL, `cannot_restore` what no rollback brings back, in words;
    `remains` what hand-written files leave different."""

    to: str
    versions: tuple[str, ...]
    sql: str
    losses: tuple[Loss, ...] = ()
    cannot_restore: tuple[str, ...] = ()
    hand_written: tuple[str, ...] = ()
    remains: tuple[Change, ...] = ()
    done: bool = False
