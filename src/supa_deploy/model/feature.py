"""What a group of migration files (a feature, or all of them) makes of the database, as the files say it."""

from dataclasses import dataclass

from supa_deploy.schema import (
    Column,
    Constraint,
    Doubt,
    Dropped,
    DroppedKind,
    ForeignKey,
    Function,
    Index,
    Policy,
    QName,
    Table,
    Trigger,
    UserType,
    View,
)


@dataclass(frozen=True, slots=True)
class AlteredTable:
    """What one file adds to a table that another file made (or that no file makes: `table.assumed`): only what it
    added or changed last, as it stands in the end. `table` is the whole table then; `rls` is True when this file
    switched it on. Empty but for `table` where the file only renamed it (`FileAccount.renamed` says so)."""

    table: Table
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rls: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """Something else that a file makes: a schema, a sequence, an extension, a publication that `table` joins, an
    index on the older materialized view `table` (`kind` in words). `name` is the whole name: `public.orders_seq`."""

    kind: str
    name: str
    table: QName | None = None


@dataclass(frozen=True, slots=True)
class Renamed:
    """Something that a file gave another name or schema, without a loss: `old` and `new` are a member's own names
    (a column, policy, trigger or key of `table`), or whole ones (`public.notes`) where `table` is None."""

    kind: DroppedKind
    old: str
    new: str
    table: QName | None = None


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What one file makes, as it stands after all files that count. `purpose` is what the file says of itself in its
    first comment (one sentence without its full stop), or its name in words; never empty, of one line. `tables` are
    those that it creates, whole; what a later file added to them is told there again. Views, functions and types stand
    with the file that made or changed them last. What a later file took away again is told nowhere but in that file's
    `dropped`. `doubts` are statements that cannot be read; a file that is no SQL has one."""

    version: str
    name: str
    file: str
    purpose: str
    tables: tuple[Table, ...] = ()
    altered: tuple[AlteredTable, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    types: tuple[UserType, ...] = ()
    others: tuple[Other, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many objects the files make: of tables that no file makes, what the files add to them. `indexes` are those
    of CREATE INDEX (materialized views' too), none behind a constraint."""

    tables: int = 0
    columns: int = 0
    indexes: int = 0
    policies: int = 0
    foreign_keys: int = 0
    checks: int = 0
    views: int = 0
    functions: int = 0
    triggers: int = 0
    types: int = 0


@dataclass(frozen=True, slots=True)
class Impact:
    """The schema before the first of the files, and with them (files in between that are not told do not count).
    `sure` is False where one of them, or an older one, does what reading it cannot tell."""

    before: Counts
    after: Counts
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Feature:
    """The files that a report is about, in the CLI's order, and what they make. `whole`: these are all files there
    are. `touched` are the new and altered tables and the tables that their keys point to, for a diagram, by name; one
    that no file knows but by a key (`auth.users`) is `assumed` and has no columns."""

    files: tuple[FileAccount, ...]
    impact: Impact
    touched: tuple[Table, ...] = ()
    whole: bool = True

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions of the files."""
        return tuple(file.version for file in self.files)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that the files create."""
        return tuple(table for file in self.files for table in file.tables)

    @property
    def altered(self) -> tuple[AlteredTable, ...]:
        """Every change of a table that another file made."""
        return tuple(altered for file in self.files for altered in file.altered)

    def names(self) -> frozenset[QName]:
        """The names of all tables that are created or altered."""
        return frozenset([t.name for t in self.tables] + [a.table.name for a in self.altered])
