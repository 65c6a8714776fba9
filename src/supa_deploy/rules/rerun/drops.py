"""DROP statements as acts."""

from collections.abc import Callable, Iterator

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.defines import mapping_key
from supa_deploy.rules.rerun.names import Names, simple, words
from supa_deploy.rules.rerun.rules import DROP

_RELATIONS = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_FOREIGN_TABLE": "foreign table",
}
_FUNCTIONS = {
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_AGGREGATE": "aggregate",
    "OBJECT_ROUTINE": "routine",
}
_ON_TABLES = {"OBJECT_POLICY": "policy", "OBJECT_TRIGGER": "trigger", "OBJECT_RULE": "rule"}
_ALONE = {
    "OBJECT_SCHEMA": "schema",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_PUBLICATION": "publication",
    "OBJECT_ACCESS_METHOD": "OBJECT_ACCESS_METHOD",
    "OBJECT_EVENT_TRIGGER": "OBJECT_EVENT_TRIGGER",
    "OBJECT_FDW": "OBJECT_FDW",
    "OBJECT_FOREIGN_SERVER": "OBJECT_FOREIGN_SERVER",
    "OBJECT_LANGUAGE": "OBJECT_LANGUAGE",
}
_BY_METHOD = frozenset({"OBJECT_OPCLASS", "OBJECT_OPFAMILY"})


def drop(names: Names, node: Node) -> list[Act]:
    """DROP of one or more things."""
    return [
        Act(
            Verb.TAKE,
            key,
            names.statement.start,
            words(kind, key),
            DROP,
            node.flag("missing_ok"),
            cascade=node.text("behavior") == "DROP_CASCADE",
        )
        for key, kind in _targets(names, node)
    ]


def _targets(names: Names, node: Node) -> Iterator[tuple[Key, str]]:
    """Each thing that is dropped, and its kind in words."""
    space = node.text("removeType")
    for target in node.nodes("objects"):
        parts = target.strings("items") or target.strings("names") or target.strings("objname")
        if target.kind == "String":
            parts = (target.text("sval"),)
        if space in _RELATIONS:
            if len(parts) > 1 or parts[-1] not in names.temporary:
                yield names.find("relation", parts), _RELATIONS[space]
        elif space in {"OBJECT_TYPE", "OBJECT_DOMAIN"}:
            yield names.find("type", parts), "type" if space == "OBJECT_TYPE" else "domain"
        elif space in _FUNCTIONS:
            yield names.function(target), _FUNCTIONS[space]
        elif space in _ON_TABLES:
            kind = _ON_TABLES[space]
            if len(parts) > 2 or parts[0] not in names.temporary:
                yield names.part(kind, names.find("relation", parts[:-1]), parts[-1]), kind
        elif space in _ALONE:
            yield simple(_ALONE[space], parts[-1]), space.removeprefix("OBJECT_").lower().replace("_", " ")
        elif (key := _other(names, space, target, parts)) is not None:
            yield key, space.removeprefix("OBJECT_").lower().replace("_", " ")


def _other(names: Names, space: str, target: Node, parts: tuple[str, ...]) -> Key | None:
    if space == "OBJECT_CAST":
        return simple(space, " as ".join(names.state.type_text(one).text for one in target.nodes("items")))
    if space == "OBJECT_OPERATOR":
        sides = [names.state.type_text(one).text for one in target.nodes("objargs") if one.has("names")]
        return names.find(space, (*parts[:-1], f"{parts[-1]}({', '.join(sides)})"))
    if space in _BY_METHOD:
        return names.find(space, (*parts[1:-1], f"{parts[-1]} {parts[0]}"))
    if space == "OBJECT_TRANSFORM" or not parts:
        return None
    return names.find(space, parts)


def drop_roles(names: Names, node: Node) -> list[Act]:
    """DROP ROLE."""
    roles = [simple("role", role.text("rolename")) for role in node.nodes("roles")]
    byte, guarded = names.statement.start, node.flag("missing_ok")
    return [Act(Verb.TAKE, key, byte, words("role", key), DROP, guarded) for key in roles]


def drop_mapping(names: Names, node: Node) -> list[Act]:
    """DROP USER MAPPING."""
    key = mapping_key(node)
    said = words("user mapping", key)
    return [Act(Verb.TAKE, key, names.statement.start, said, DROP, node.flag("missing_ok"))]


def drop_subscription(names: Names, node: Node) -> list[Act]:
    """DROP SUBSCRIPTION."""
    key = simple("subscription", node.text("subname"))
    return [
        Act(Verb.TAKE, key, names.statement.start, words("subscription", key), DROP, node.flag("missing_ok"))
    ]


DROPS: dict[str, Callable[[Names, Node], list[Act]]] = {
    "DropRoleStmt": drop_roles,
    "DropStmt": drop,
    "DropSubscriptionStmt": drop_subscription,
    "DropUserMappingStmt": drop_mapping,
}
