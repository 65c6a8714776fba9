"""Where a database keeps rows: its tables and columns by what PostgreSQL itself knows them by, so that one that has
another name afterwards is not taken for a lost one, nor a new one under an old name for a kept one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from supa_deploy.shadow import ShadowDatabase

_QUERY = """select c.oid::int8, c.relfilenode::int8, n.nspname::text, c.relname::text, a.attnum::int4,
  a.attname::text, array(select inhparent::int8 from pg_inherits where inhrelid = c.oid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'supabase_migrations')
order by n.nspname, c.relname, a.attnum"""


@dataclass(frozen=True, slots=True)
class Lost:
    """A table whose rows go, or (`column`) the values of a column."""

    schema: str
    table: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A table: its name, the file that holds its rows, what it inherits from, its columns by number. A generated
    column holds nothing of its own, and is not there."""

    schema: str
    name: str
    file: int
    parents: tuple[int, ...] = ()
    columns: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))


Holdings = Mapping[int, Held]


def holdings(database: ShadowDatabase) -> Holdings:
    """Every table of a scratch database that can hold rows, by its oid."""
    tables: dict[int, Held] = {}
    columns: dict[int, dict[int, str]] = {}
    for oid, file, schema, name, number, column, parents in database.query(_QUERY):
        own = columns.setdefault(oid, {})
        if column is not None:
            own[number] = column
        if oid not in tables:
            tables[oid] = Held(schema, name, file, tuple(parents), own)
    return tables


def lost_between(before: Holdings, after: Holdings, *, emptied: bool = False) -> tuple[Lost, ...]:
    """The tables and columns that are gone, whatever took them (a CASCADE included), under the names they had.

    What goes with the table it is a part of (a partition, a child) is told there: counting that counts both.
    `emptied`: something was truncated, so a table whose rows are in another file now has lost them.
    """
    gone = {
        oid for oid, held in before.items() if oid not in after or (emptied and after[oid].file != held.file)
    }
    tables = [
        Lost(held.schema, held.name)
        for oid, held in before.items()
        if oid in gone and not gone.intersection(held.parents)
    ]
    columns = [
        Lost(held.schema, held.name, column)
        for oid, held in before.items()
        if oid not in gone
        for number, column in held.columns.items()
        if number not in after[oid].columns and not _goes_with(column, held, before, after)
    ]
    return (*tables, *columns)


def _goes_with(column: str, held: Held, before: Holdings, after: Holdings) -> bool:
    """True when a parent loses its column of this name too."""
    for oid in held.parents:
        parent, later = before.get(oid), after.get(oid)
        numbers = [number for number, name in parent.columns.items() if name == column] if parent else []
        if later is None or any(number not in later.columns for number in numbers):
            return True
    return False
