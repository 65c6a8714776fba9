"""Objects as the parser's tree names them: a relation, a list of names, a function with its arguments, a type."""

from supa_deploy.migrations.acts.values import Target
from supa_deploy.migrations.sqltypes import format_type
from supa_deploy.migrations.tree import Node

OBJECTS = {
    "OBJECT_TABLE": "table",
    "OBJECT_FOREIGN_TABLE": "foreign table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_ATTRIBUTE": "attribute",
    "OBJECT_COLUMN": "column",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_ROUTINE": "function",
    "OBJECT_AGGREGATE": "aggregate",
    "OBJECT_POLICY": "policy",
    "OBJECT_TRIGGER": "trigger",
    "OBJECT_RULE": "rule",
    "OBJECT_TABCONSTRAINT": "constraint",
    "OBJECT_DOMCONSTRAINT": "constraint",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_PUBLICATION": "publication",
    "OBJECT_SUBSCRIPTION": "subscription",
    "OBJECT_EVENT_TRIGGER": "event trigger",
    "OBJECT_STATISTIC_EXT": "statistics",
    "OBJECT_COLLATION": "collation",
    "OBJECT_CONVERSION": "conversion",
    "OBJECT_OPERATOR": "operator",
    "OBJECT_OPCLASS": "operator class",
    "OBJECT_OPFAMILY": "operator family",
    "OBJECT_CAST": "cast",
    "OBJECT_TRANSFORM": "transform",
    "OBJECT_LANGUAGE": "language",
    "OBJECT_FDW": "foreign data wrapper",
    "OBJECT_FOREIGN_SERVER": "server",
    "OBJECT_USER_MAPPING": "user mapping",
    "OBJECT_ACCESS_METHOD": "access method",
    "OBJECT_TSCONFIGURATION": "text search configuration",
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
    "OBJECT_ROLE": "role",
    "OBJECT_DATABASE": "database",
    "OBJECT_LARGEOBJECT": "large object",
}
_ON_TABLE = frozenset({"policy", "trigger", "rule", "constraint", "column"})
_BARE = frozenset(
    {
        *(
            "schema",
            "extension",
            "publication",
            "subscription",
            "event trigger",
            "language",
            "role",
            "database",
        ),
        *("foreign data wrapper", "server", "access method"),
    }
)
"""Kinds that stand in no schema."""
_DEFAULT_SCHEMA = "public"


def relation(node: Node | None, kind: str = "table") -> Target:
    """A RangeVar."""
    if node is None:
        return Target(kind, "", "?")
    return Target(kind, node.text("schemaname") or _DEFAULT_SCHEMA, node.text("relname"))


def qualified(parts: tuple[str, ...], kind: str) -> Target:
    """`schema.name` or `name`."""
    if kind in _BARE:
        return Target(kind, "", parts[-1] if parts else "?")
    return Target(kind, parts[-2] if len(parts) > 1 else _DEFAULT_SCHEMA, parts[-1] if parts else "?")


def on_table(parts: tuple[str, ...], kind: str) -> Target:
    """`schema.table.name` of what belongs to a relation."""
    table = qualified(parts[:-1], "table")
    return Target(kind, table.schema, parts[-1] if parts else "?", table.name)


def named(node: Node | None, kind: str) -> Target:
    """What DROP, COMMENT ON, GRANT ON, ALTER … OWNER and their like name, whatever shape the tree gives it."""
    if node is None:
        return Target(kind, "", "?")
    if node.has("relname"):
        return relation(node, kind)
    if node.has("objname"):
        return routine(node.strings("objname"), arguments(node), kind)
    if node.has("names"):
        return qualified(node.strings("names"), kind)
    if node.has("sval"):
        return qualified((node.text("sval"),), kind)
    return _listed(node, kind)


def _listed(node: Node, kind: str) -> Target:
    types = [item for item in node.nodes("items") if item.has("names")]
    if kind == "cast" and types:
        return cast(types[0], types[-1])
    if types:  # a constraint of a domain
        domain = qualified(types[0].strings("names"), "domain")
        return Target(kind, domain.schema, node.strings("items")[-1], domain.name)
    parts = node.strings("items")
    if kind in {"operator class", "operator family"}:
        parts = parts[1:]
    return on_table(parts, kind) if kind in _ON_TABLE else qualified(parts, kind)


def routine(parts: tuple[str, ...], types: tuple[str, ...] | None, kind: str) -> Target:
    """A function by its name and the types of its arguments (None: not told)."""
    found = qualified(parts, kind)
    return found if types is None else Target(kind, found.schema, f"{found.name}({', '.join(types)})")


def cast(source: Node | None, target: Node | None) -> Target:
    """A cast, told by its two types."""
    words = [type_words(node) if node is not None else "?" for node in (source, target)]
    return Target("cast", "", f"{words[0]} as {words[1]}")


def arguments(node: Node) -> tuple[str, ...] | None:
    """The types of a function's input arguments as an ObjectWithArgs tells them; None where it tells none."""
    if node.flag("args_unspecified"):
        return None
    return tuple(type_words(argument) for argument in node.nodes("objargs"))


def parameters(nodes: list[Node]) -> tuple[str, ...]:
    """The types of the parameters that make up a function's identity (outputs do not)."""
    inputs = [node for node in nodes if node.text("mode") not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}]
    return tuple(type_words(node.child("argType")) for node in inputs)


def type_words(node: Node | None, *, modifiers: bool = False) -> str:
    """A type as format_type prints it; one in `public` or `extensions` without its schema."""
    return (
        format_type(node, lambda _schema, _name: None, modifiers=modifiers).text if node is not None else "?"
    )


def roles(nodes: list[Node]) -> tuple[str, ...]:
    """RoleSpecs by name; PUBLIC, CURRENT_USER and their like as SQL writes them."""
    return tuple(
        node.text("rolename") or node.text("roletype").removeprefix("ROLESPEC_").upper() for node in nodes
    )
