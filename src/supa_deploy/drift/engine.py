"""What the CLI's diff engine says, read: its statements, the objects they are about, and those objects in words."""

from collections.abc import Mapping
from dataclasses import replace

from supa_deploy.catalog.values import Key, Kind
from supa_deploy.migrations.acts import Act, Deed, SqlStatement, read_sql
from supa_deploy.model import Change, ChangeKind, Witness

EngineStatement = SqlStatement

_KINDS = {
    "foreign table": Kind.TABLE,
    "row-level security": Kind.TABLE,
    "materialized view": Kind.VIEW,
    "procedure": Kind.FUNCTION,
    "aggregate": Kind.FUNCTION,
    "domain": Kind.TYPE,
    "attribute": Kind.TYPE,
    "publication member": Kind.PUBLICATION,
}
_ON_NO_TABLE = frozenset({"row-level security", "sequence"})
_CHANGES = {
    Deed.CREATE: ChangeKind.ADDED,
    Deed.GRANT: ChangeKind.ADDED,
    Deed.DROP: ChangeKind.LOST,
    Deed.REVOKE: ChangeKind.LOST,
}
_TOLD_BY_NAME = frozenset(
    {"table", "foreign table", "view", "materialized view", "function", "procedure", "schema"}
)
_LONGEST = 200


def read_statements(sql: str) -> tuple[EngineStatement, ...]:
    """The engine's SQL, statement by statement; a sequence is told by the table that owns it, where one does. Never
    raises for what it holds."""
    found = read_sql(sql)
    owners = {
        (act.schema, act.name): act.table
        for statement in found
        for act in statement.acts
        if act.object == "sequence" and act.table is not None
    }
    if not owners:
        return found
    return tuple(
        replace(statement, acts=tuple(_owned(act, owners) for act in statement.acts)) for statement in found
    )


def _owned(act: Act, owners: Mapping[tuple[str, str], str | None]) -> Act:
    if act.object != "sequence":
        return act
    return replace(act, table=owners.get((act.schema, act.name)))


def key_of(act: Act) -> Key:
    """The object as the catalog would call it: a grant by its role, a composite type's attribute by its type."""
    if act.roles and (act.deed in {Deed.GRANT, Deed.REVOKE} or act.object == "default privileges"):
        return _privilege_key(act)
    if act.object == "attribute":
        return Key(Kind.TYPE, act.schema, act.table or act.name)
    kind = _KINDS.get(act.object) or (Kind(act.object) if act.object in set(Kind) else Kind.OTHER)
    if kind is Kind.OTHER:
        return Key(Kind.OTHER, act.schema, f"{act.object} {act.name}", act.table)
    table = None if act.object in _ON_NO_TABLE else act.table
    return Key(kind, act.schema, act.name, table)


def _privilege_key(act: Act) -> Key:
    role = act.roles[0]
    if act.object == "membership":
        return Key(Kind.OTHER, "", f"membership {act.name}", role)
    if act.object == "default privileges":
        return Key(Kind.DEFAULT_PRIVILEGES, act.schema, role, act.name)
    if act.object == "schema":
        return Key(Kind.GRANT, act.name, role)
    return Key(Kind.GRANT, act.schema, role, act.name)


def identity_of(act: Act) -> Key:
    """What makes two deeds be about the same thing: an index is made on a table and dropped by its name alone."""
    key = key_of(act)
    if act.object == "row-level security":
        return Key(Kind.OTHER, act.schema, act.object, act.name)
    return replace(key, table=None) if key.kind in {Kind.INDEX, Kind.STATISTICS} else key


def change_of(act: Act, text: str) -> Change:
    """A deed in words, for what the engine alone has seen. `text` is the statement, which tells the rest."""
    key = key_of(act)
    kind = _CHANGES.get(act.deed, ChangeKind.CHANGED)
    if key.kind is Kind.GRANT:
        return Change(kind, "grant", key.schema, key.name, key.table, act.detail, Witness.DIFF)
    if key.kind is Kind.DEFAULT_PRIVILEGES:
        return Change(kind, act.object, key.schema or None, key.name, key.table, act.detail, Witness.DIFF)
    table = None if act.object in _ON_NO_TABLE else act.table
    detail = act.detail
    if detail is None and kind is not ChangeKind.LOST:
        told_by_name = kind is ChangeKind.ADDED and act.object in _TOLD_BY_NAME
        detail = None if told_by_name else one_line(text)
    return Change(kind, act.object, act.schema or None, act.name, table, detail, Witness.DIFF)


def one_line(text: str) -> str:
    """A statement in one line of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
