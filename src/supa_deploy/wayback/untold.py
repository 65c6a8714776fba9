"""What the CLI's engine does not say, or says at the price of rows: renames, and over named schemas extensions,
schemas, publications, statistics, operators and their like. Read from two catalogs, said as SQL (pure)."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from supa_deploy.catalog import Catalog, Entry, Key, Kind
from supa_deploy.catalog.pair import Entries
from supa_deploy.catalog.platform import reason_to_leave_out
from supa_deploy.catalog.renames import recognise_renames
from supa_deploy.migrations.acts import Act, Deed
from supa_deploy.shadow.sql import identifier, literal

_RENAMED = (Kind.TABLE, Kind.COLUMN, Kind.TYPE)
_RENAMED_TO = "renamed to "
_VALUE = re.compile(r"value (.+) renamed to (.+)", re.DOTALL)
# PostgreSQL's own words for them are what DROP understands.
_DROPPED_BY_IDENTITY = (
    *("operator class", "operator family", "operator", "collation", "conversion", "cast", "server"),
    *("text search configuration", "text search dictionary", "text search template", "text search parser"),
    "foreign-data wrapper",
)


@dataclass(frozen=True, slots=True)
class Made:
    """What a file makes anew: such a thing is no other thing's new name."""

    tables: frozenset[tuple[str, str]] = frozenset()
    columns: frozenset[tuple[str, str]] = frozenset()

    def has(self, key: Key) -> bool:
        """True when this table, or a column of this name in its schema, is made by a CREATE or ADD COLUMN."""
        place = (key.schema, key.name)
        return place in (self.columns if key.kind is Kind.COLUMN else self.tables)


def made_by(acts: Collection[Act]) -> Made:
    """The tables, types and columns that these acts create."""
    created = [act for act in acts if act.deed is Deed.CREATE]
    return Made(
        frozenset((a.schema, a.name) for a in created if a.object in {"table", "type", "domain"}),
        frozenset((a.schema, a.name) for a in created if a.object == "column"),
    )


def renames_undone(acts: Sequence[Act], goal: Catalog, made: Made) -> tuple[str, ...]:
    """The ALTER … RENAME of files, turned round, the last one first. One may be refused, where a file renamed what is
    not there any more: it is for trying. Sequences keep their position by it, and enums the rows that use a value."""
    return tuple(
        sql for act in reversed(acts) if act.deed is Deed.ALTER and (sql := _undone(act, goal, made))
    )


def _undone(act: Act, goal: Catalog, made: Made) -> str | None:
    detail = act.detail or ""
    if act.object == "type" and (value := _VALUE.fullmatch(detail)):
        place = _place(act.schema, act.name)
        return f"alter type {place} rename value {literal(value[2])} to {literal(value[1])}"
    if not detail.startswith(_RENAMED_TO) or act.object not in {"table", "column", "type", "sequence"}:
        return None
    now = detail.removeprefix(_RENAMED_TO)
    kind = Kind(act.object)
    if made.has(Key(kind, act.schema, act.name)) or Key(kind, act.schema, now, act.table) in goal.entries:
        return None
    if kind is Kind.SEQUENCE:
        return f"alter sequence {_place(act.schema, now)} rename to {identifier(act.name)}"
    return _rename(Key(kind, act.schema, now, act.table), act.name)


def renames(start: Catalog, goal: Catalog, made: Made) -> tuple[str, ...]:
    """ALTER … RENAME for tables, columns and types that certainly have but another name in `goal`; tables first."""
    found = recognise_renames(start.entries, goal.entries).renames
    return tuple(
        _rename(each.before, each.found.key.name)
        for kind in _RENAMED
        for each in found
        if each.before.kind is kind and not made.has(each.before) and _is_own(each.found)
    )


def untold(start: Catalog, goal: Catalog) -> tuple[str, ...]:
    """SQL that brings `start` nearer to `goal` in what the engine passes over, in an order that can succeed. A
    statement may be refused where something else has to go first: it is for trying."""
    gone = tuple(_only_in(start.entries, goal.entries))
    missing = tuple(_only_in(goal.entries, start.entries))
    return (
        *_each(missing, {Kind.SCHEMA: _create_schema, Kind.EXTENSION: _create_extension}),
        *_each(gone, {Kind.EVENT_TRIGGER: _drop, Kind.PUBLICATION: _unpublish, Kind.STATISTICS: _drop}),
        *_each(gone, {Kind.OTHER: _drop_other}),
        *_each(gone, {Kind.EXTENSION: _drop}),
        *_each(gone, {Kind.SCHEMA: _drop}),
        *_each(missing, {Kind.PUBLICATION: _create_publication}),
        *_each(missing, {Kind.PUBLICATION: _publish, Kind.STATISTICS: _define}),
    )


def _only_in(here: Entries, there: Entries) -> Iterator[Entry]:
    return (entry for key, entry in here.items() if key not in there and _is_own(entry))


def _is_own(entry: Entry) -> bool:
    return reason_to_leave_out(entry, None, on_supabase=True) is None


def _each(entries: Collection[Entry], say: Mapping[Kind, Callable[[Entry], str | None]]) -> Iterator[str]:
    for entry in entries:
        if entry.key.kind in say and (sql := say[entry.key.kind](entry)):
            yield sql


def _rename(before: Key, name: str) -> str:
    new = identifier(name)
    if before.kind is Kind.COLUMN:
        return f"alter table {_place(before.schema, before.table)} rename column {identifier(before.name)} to {new}"
    word = "table" if before.kind is Kind.TABLE else "type"
    return f"alter {word} {_place(before.schema, before.name)} rename to {new}"


def _place(schema: str, name: str | None) -> str:
    return f"{identifier(schema)}.{identifier(name or '')}"


def _drop(entry: Entry) -> str:
    key = entry.key
    in_schema = key.kind is Kind.STATISTICS
    return f"drop {key.kind} {_place(key.schema, key.name) if in_schema else identifier(key.name)}"


def _drop_other(entry: Entry) -> str | None:
    for kind in _DROPPED_BY_IDENTITY:
        if entry.key.name.startswith(f"{kind} "):
            return f"drop {kind.replace('-', ' ')} {entry.key.name.removeprefix(f'{kind} ')}"
    return None


def _create_schema(entry: Entry) -> str:
    return f"create schema {identifier(entry.key.name)}"


def _create_extension(entry: Entry) -> str:
    return f"create extension {identifier(entry.key.name)} with schema {identifier(entry.facts['schema'])}"


def _define(entry: Entry) -> str | None:
    return entry.facts.get("definition")


def _create_publication(entry: Entry) -> str | None:
    if entry.key.schema:
        return None
    every = " for all tables" if "tables" in entry.facts else ""
    root = ", publish_via_partition_root = true" if "via_root" in entry.facts else ""
    publish = entry.facts.get("publish", "")
    return f"create publication {identifier(entry.key.name)}{every} with (publish = '{publish}'{root})"


def _unpublish(entry: Entry) -> str:
    key = entry.key
    if not key.schema:
        return f"drop publication {identifier(key.name)}"
    return f"alter publication {identifier(key.name)} drop {_member(key)}"


def _publish(entry: Entry) -> str | None:
    key = entry.key
    if not key.schema or "columns" in entry.facts or "where" in entry.facts:
        return None  # the engine tells members of tables; these are for what it passes over
    return f"alter publication {identifier(key.name)} add {_member(key)}"


def _member(key: Key) -> str:
    return (
        f"tables in schema {identifier(key.schema)}"
        if key.table is None
        else f"table {_place(key.schema, key.table)}"
    )
