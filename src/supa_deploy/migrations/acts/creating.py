"""CREATE of every kind, and the readers for statements that tell their object in one field."""

from collections.abc import Callable, Iterator

from supa_deploy.migrations.acts import targets
from supa_deploy.migrations.acts.values import Act, Deed, Target
from supa_deploy.migrations.tree import Node


def act(deed: Deed, about: Target, detail: str | None = None) -> Act:
    """An act on a target."""
    return Act(deed, about.object, about.schema, about.name, about.table, detail)


def create_table(node: Node) -> Iterator[Act]:
    """CREATE TABLE, CREATE FOREIGN TABLE."""
    base = node.child("base") or node
    kind = "foreign table" if node.kind == "CreateForeignTableStmt" else "table"
    yield act(Deed.CREATE, targets.relation(base.child("relation"), kind))


def create_as(node: Node) -> Iterator[Act]:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW."""
    kind = "materialized view" if node.text("objtype") == "OBJECT_MATVIEW" else "table"
    into = node.child("into")
    yield act(Deed.CREATE, targets.relation(into.child("rel") if into is not None else None, kind))


def create_index(node: Node) -> Iterator[Act]:
    """CREATE INDEX; `?` for one without a name."""
    table = targets.relation(node.child("relation"))
    yield Act(Deed.CREATE, "index", table.schema, node.text("idxname") or "?", table.name)


def on_table(deed: Deed, kind: str, name_field: str, table_field: str) -> Callable[[Node], Iterator[Act]]:
    """A reader for what hangs on a table: its name and its table stand in these fields."""

    def read(node: Node) -> Iterator[Act]:
        table = targets.relation(node.child(table_field))
        yield Act(deed, kind, table.schema, node.text(name_field), table.name)

    return read


def create_function(node: Node) -> Iterator[Act]:
    """CREATE FUNCTION, CREATE PROCEDURE."""
    kind = "procedure" if node.flag("is_procedure") else "function"
    deed, words = (Deed.ALTER, "created or replaced") if node.flag("replace") else (Deed.CREATE, None)
    types = targets.parameters(node.nodes("parameters"))
    yield act(deed, targets.routine(node.strings("funcname"), types, kind), words)


def create_view(node: Node) -> Iterator[Act]:
    """CREATE VIEW."""
    deed, words = (Deed.ALTER, "created or replaced") if node.flag("replace") else (Deed.CREATE, None)
    yield act(deed, targets.relation(node.child("view"), "view"), words)


def by_parts(deed: Deed, kind: str, field: str) -> Callable[[Node], Iterator[Act]]:
    """A reader for what a list of names in this field tells."""

    def read(node: Node) -> Iterator[Act]:
        yield act(deed, targets.qualified(node.strings(field), kind))

    return read


def by_relation(deed: Deed, kind: str, field: str) -> Callable[[Node], Iterator[Act]]:
    """A reader for what a relation in this field tells."""

    def read(node: Node) -> Iterator[Act]:
        yield act(deed, targets.relation(node.child(field), kind))

    return read


def by_text(deed: Deed, kind: str, field: str) -> Callable[[Node], Iterator[Act]]:
    """A reader for what a text in this field tells, in no schema."""

    def read(node: Node) -> Iterator[Act]:
        yield Act(deed, kind, "", node.text(field))

    return read


def define(node: Node) -> Iterator[Act]:
    """CREATE AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH …"""
    kind = targets.OBJECTS.get(node.text("kind"), "object")
    types: tuple[str, ...] | None = None
    if kind == "aggregate":
        types = targets.parameters([n for item in node.nodes("args")[:1] for n in item.nodes("items")])
    elif kind == "operator":
        sides = {option.text("defname"): option.child("arg") for option in node.nodes("definition")}
        types = tuple(targets.type_words(sides[side]) for side in ("leftarg", "rightarg") if side in sides)
    yield act(Deed.CREATE, targets.routine(node.strings("defnames"), types, kind))


def create_cast(node: Node) -> Iterator[Act]:
    """CREATE CAST."""
    yield act(Deed.CREATE, targets.cast(node.child("sourcetype"), node.child("targettype")))
