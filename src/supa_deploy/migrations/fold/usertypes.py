"""Types of the user's own (enum, composite, domain, range), sequences, schemas and extensions."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Extension, QName, Sequence, UserType

_EXTENSIONS_WITH_OWN_SCHEMA = {
    "pg_net": "net",
    "pg_cron": "pg_catalog",
    "pgmq": "pgmq",
    "pg_graphql": "graphql",
    "supabase_vault": "vault",
    "pgsodium": "pgsodium",
    "plpgsql": "pg_catalog",
}


def create_enum(state: State, node: Node) -> None:
    """CREATE TYPE … AS ENUM."""
    name = state.new_parts(node.strings("typeName"))
    state.types[name] = UserType(name, "enum", state.origin, labels=node.strings("vals"))


def create_composite(state: State, node: Node) -> None:
    """CREATE TYPE … AS (…)."""
    name = state.new_name(node.child("typevar"))
    attributes = {
        column.text("colname"): state.type_text(column.child("typeName")).text
        for column in node.nodes("coldeflist")
    }
    state.types[name] = UserType(name, "composite", state.origin, attributes=MappingProxyType(attributes))


def create_domain(state: State, node: Node) -> None:
    """CREATE DOMAIN."""
    name = state.new_parts(node.strings("domainname"))
    state.types[name] = UserType(
        name, "domain", state.origin, base=state.type_text(node.child("typeName")).text
    )


def create_range(state: State, node: Node) -> None:
    """CREATE TYPE … AS RANGE."""
    name = state.new_parts(node.strings("typeName"))
    base = None
    for parameter in node.nodes("params"):
        if parameter.text("defname") == "subtype":
            base = state.type_text(parameter.child("arg")).text
    state.types[name] = UserType(name, "range", state.origin, base=base)


def alter_enum(state: State, node: Node) -> None:
    """ALTER TYPE … ADD VALUE, RENAME VALUE."""
    name = state.type_parts(node.strings("typeName"))
    found = state.types.get(name)
    if found is None or found.kind != "enum":
        return
    old, new = node.text("oldVal"), node.text("newVal")
    labels = list(found.labels)
    if old:
        labels = [new if label == old else label for label in labels]
    elif new not in labels:
        neighbour = node.text("newValNeighbor")
        place = labels.index(neighbour) if neighbour in labels else len(labels)
        labels.insert(place + node.flag("newValIsAfter"), new)
    state.types[name] = replace(found, labels=tuple(labels), origin=state.origin)


def alter_composite(state: State, node: Node) -> None:
    """ALTER TYPE … ADD, DROP, ALTER ATTRIBUTE."""
    relation = node.child("relation")
    parts = () if relation is None else (relation.text("schemaname"), relation.text("relname"))
    name = state.type_parts(tuple(part for part in parts if part))
    found = state.types.get(name)
    if found is None:
        return
    attributes = dict(found.attributes)
    for command in node.nodes("cmds"):
        definition = command.child("def")
        if command.text("subtype") == "AT_DropColumn":
            attributes.pop(command.text("name"), None)
        elif definition is not None:
            attribute = definition.text("colname") or command.text("name")
            attributes[attribute] = state.type_text(definition.child("typeName")).text
    state.types[name] = replace(found, attributes=MappingProxyType(attributes), origin=state.origin)


def create_sequence(state: State, node: Node) -> None:
    """CREATE SEQUENCE."""
    relation = node.child("sequence")
    if state.is_temporary(relation):
        return
    name = state.new_name(relation)
    if node.flag("if_not_exists") and state.name_taken(name.schema, name.name):
        return
    state.sequences[name] = Sequence(name, state.origin)
    _owned_by(state, name, node)


def alter_sequence(state: State, node: Node) -> None:
    """ALTER SEQUENCE … OWNED BY; its other options are no promise."""
    _owned_by(state, state.relation(node.child("sequence")), node)


def _owned_by(state: State, name: QName, node: Node) -> None:
    for option in node.nodes("options"):
        argument = option.child("arg")
        if option.text("defname") == "owned_by" and argument is not None:
            parts = argument.strings("items")
            if len(parts) > 1:
                state.owned_sequences[name] = (state.relation_parts(parts[:-1]), parts[-1])
            else:
                state.owned_sequences.take(name)


def create_schema(state: State, node: Node, run: Callable[[State, Node], None]) -> None:
    """CREATE SCHEMA; its elements are made in it by `run`."""
    role = node.child("authrole")
    name = node.text("schemaname") or (role.text("rolename") if role is not None else "")
    if name in state.schemas and node.flag("if_not_exists"):
        return
    state.schemas[name] = state.origin
    path = state.search_path
    state.search_path = (name, *path)
    for element in node.nodes("schemaElts"):
        run(state, element)
    state.search_path = path


def create_extension(state: State, node: Node) -> None:
    """CREATE EXTENSION."""
    name = node.text("extname")
    if name in state.extensions and node.flag("if_not_exists"):
        return
    schema = _EXTENSIONS_WITH_OWN_SCHEMA.get(name)
    for option in node.nodes("options"):
        argument = option.child("arg")
        if option.text("defname") == "schema" and argument is not None:
            schema = argument.text("sval")
    state.extensions[name] = Extension(name, schema, state.origin)
