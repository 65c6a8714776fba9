"""RENAME and SET SCHEMA as acts."""

from collections.abc import Callable

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.names import Names, simple, words
from supa_deploy.rules.rerun.rules import RENAME

_RELATIONS = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_FOREIGN_TABLE": "foreign table",
}
_PARTS = {
    "OBJECT_COLUMN": "column",
    "OBJECT_TABCONSTRAINT": "constraint",
    "OBJECT_POLICY": "policy",
    "OBJECT_TRIGGER": "trigger",
    "OBJECT_RULE": "rule",
}
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE", "OBJECT_ROUTINE"})
_TYPES = frozenset({"OBJECT_TYPE", "OBJECT_DOMAIN"})
_ALONE = {
    "OBJECT_SCHEMA": "schema",
    "OBJECT_PUBLICATION": "publication",
    "OBJECT_ROLE": "role",
    "OBJECT_FOREIGN_SERVER": "OBJECT_FOREIGN_SERVER",
    "OBJECT_FDW": "OBJECT_FDW",
    "OBJECT_EVENT_TRIGGER": "OBJECT_EVENT_TRIGGER",
    "OBJECT_LANGUAGE": "OBJECT_LANGUAGE",
}
_ALWAYS_THERE = frozenset({"OBJECT_EXTENSION"})
"""Moved into the schema where it stands, it stays there without a word."""


def rename(names: Names, node: Node) -> list[Act]:
    """ALTER … RENAME."""
    space, new = node.text("renameType"), node.text("newname")
    relation = node.child("relation")
    if names.is_temporary(relation):
        return []
    old: Key | None = None
    if space in _PARTS:
        old = names.part(_PARTS[space], names.relation(relation), node.text("subname"))
    elif space == "OBJECT_ATTRIBUTE" and relation is not None:
        owner = names.find("type", (relation.text("schemaname"), relation.text("relname")))
        old = names.part("attribute", owner, node.text("subname"))
    elif space == "OBJECT_DOMCONSTRAINT":
        domain = _object(names, "type", node.child("object"))
        old = names.part("domain constraint", domain, node.text("subname"))
    else:
        old = _whole(names, space, node)
    return [_moved(names, old, old._replace(name=_named(old, new)), node)] if old.name else []


def _named(old: Key, new: str) -> str:
    """The new name, with the types that a function's key holds."""
    _, bracket, types = old.name.partition("(")
    return f"{new}{bracket}{types}" if old.space == "function" else new


def _whole(names: Names, space: str, node: Node) -> Key:
    """The thing itself that a statement names."""
    if space in _RELATIONS:
        return names.relation(node.child("relation"))
    target = node.child("object")
    if space in _FUNCTIONS:
        return names.function(target) if target is not None else simple("function", "")
    if space in _ALONE:
        text = target.text("sval") if target is not None else ""
        return simple(_ALONE[space], text or node.text("subname"))
    return _object(names, "type" if space in _TYPES else space, target)


def _object(names: Names, space: str, target: Node | None) -> Key:
    parts = (
        (target.strings("items") or target.strings("names") or target.strings("objname")) if target else ()
    )
    return names.find(space, parts) if parts else simple(space, "")


def set_schema(names: Names, node: Node) -> list[Act]:
    """ALTER … SET SCHEMA."""
    space = node.text("objectType")
    if space in _ALWAYS_THERE or names.is_temporary(node.child("relation")):
        return []
    old = _whole(names, space, node)
    new = old._replace(schema=node.text("newschema"))
    return [_moved(names, old, new, node)] if old.name and new != old else []


def _moved(names: Names, old: Key, new: Key, node: Node) -> Act:
    kind = old.space.removeprefix("OBJECT_").lower().replace("_", " ")
    said = words(_RELATIONS.get(node.text("renameType") or node.text("objectType"), kind), old)
    names.made(new)
    # IF EXISTS is about the table, also where a part of it is renamed.
    whole = not old.table
    return Act(
        Verb.MOVE,
        old,
        names.statement.start,
        said,
        RENAME,
        guarded=node.flag("missing_ok") and whole,
        to=new,
        on=old.owner if node.flag("missing_ok") and not whole else None,
    )


RENAMES: dict[str, Callable[[Names, Node], list[Act]]] = {
    "AlterObjectSchemaStmt": set_schema,
    "RenameStmt": rename,
}
