"""What the CLI's diff engine says, read: its statements, the objects they are about, and those objects in words."""

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
    "membership": Kind.OTHER,
}
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
    """The engine's SQL, statement by statement. Never raises for what it holds."""
    return read_sql(sql)


def key_of(act: Act) -> Key:
    """The object as the catalog would call it: a grant by its role, a composite type's attribute by its type."""
    if act.deed in {Deed.GRANT, Deed.REVOKE} and act.object != "membership":
        role = act.roles[0] if act.roles else "?"
        if act.object == "schema":
            return Key(Kind.GRANT, act.name, role)
        return Key(Kind.GRANT, act.schema, role, act.name)
    if act.object == "attribute":
        return Key(Kind.TYPE, act.schema, act.table or act.name)
    if act.object in _KINDS:
        table = None if act.object == "row-level security" else act.table
        return Key(_KINDS[act.object], act.schema, act.name, table)
    if act.object in set(Kind):
        return Key(Kind(act.object), act.schema, act.name, act.table)
    return Key(Kind.OTHER, act.schema, f"{act.object} {act.name}", act.table)


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
    table = None if act.object == "row-level security" else act.table
    detail = act.detail
    if detail is None and kind is not ChangeKind.LOST:
        told_by_name = kind is ChangeKind.ADDED and act.object in _TOLD_BY_NAME
        detail = None if told_by_name else one_line(text)
    return Change(kind, act.object, act.schema or None, act.name, table, detail, Witness.DIFF)


def one_line(text: str) -> str:
    """A statement in one line of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
