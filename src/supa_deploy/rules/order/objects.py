"""What statements use that name objects of any kind: COMMENT, GRANT, DROP, RENAME, SET SCHEMA,
OWNER, publications, extensions, default privileges."""

from collections.abc import Callable

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.eye import Eye

_RELATIONS = frozenset({"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"})
_ON_RELATION = frozenset({"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_TABCONSTRAINT"})
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"})
_TYPES = frozenset({"OBJECT_TYPE", "OBJECT_DOMAIN"})


def _named(eye: Eye, kind: str, target: Node | None) -> None:
    """The object that a statement names."""
    if target is None:
        return
    if kind in _RELATIONS:
        eye.parts(target.strings("items"))
    elif kind in _ON_RELATION:
        eye.parts(target.strings("items")[:-1])
    elif kind == "OBJECT_SEQUENCE":
        eye.parts(target.strings("items"), certain=False)
    elif kind == "OBJECT_COLUMN":
        parts = target.strings("items")
        eye.columns(eye.parts(parts[:-1]), parts[-1:])
    elif kind in _FUNCTIONS:
        eye.function(target.strings("objname"))
    elif kind in _TYPES:
        names = target.strings("names") or target.strings("items")
        if names and not names[-1].startswith("_"):
            eye.type_named(names, target.location)
    elif kind == "OBJECT_SCHEMA":
        eye.schema(target.text("sval"))


def _comment(eye: Eye, node: Node) -> None:
    _named(eye, node.text("objtype"), node.child("object"))


def _owner(eye: Eye, node: Node) -> None:
    _named(eye, node.text("objectType"), node.child("object"))


def _drop(eye: Eye, node: Node) -> None:
    if not node.flag("missing_ok"):
        for target in node.nodes("objects"):
            _named(eye, node.text("removeType"), target)


def _grant(eye: Eye, node: Node) -> None:
    if node.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        for schema in node.nodes("objects"):
            eye.schema(schema.text("sval"))
        return
    kind = node.text("objtype")
    columns = [name for one in node.nodes("privileges") if one.has("cols") for name in one.strings("cols")]
    for target in node.nodes("objects"):
        if target.kind == "RangeVar":
            eye.relation(target, certain=kind == "OBJECT_TABLE")
            if columns:
                eye.columns(eye.state.relation(target), columns, target.location)
        else:
            _named(eye, kind, target)


def _rename(eye: Eye, node: Node) -> None:
    kind, relation = node.text("renameType"), node.child("relation")
    if node.flag("missing_ok") or kind == "OBJECT_INDEX":
        return
    if kind == "OBJECT_ATTRIBUTE" and relation is not None:
        return
    if relation is not None:
        eye.relation(relation, certain=kind != "OBJECT_SEQUENCE")
        if kind == "OBJECT_COLUMN" and not eye.state.is_temporary(relation):
            eye.columns(eye.state.relation(relation), (node.text("subname"),), relation.location)
    elif kind == "OBJECT_SCHEMA":
        eye.schema(node.text("subname"))
    else:
        _named(eye, kind, node.child("object"))


def _set_schema(eye: Eye, node: Node) -> None:
    relation, kind = node.child("relation"), node.text("objectType")
    if node.flag("missing_ok"):
        return
    eye.schema(node.text("newschema"))
    if relation is not None:
        eye.relation(relation, certain=kind != "OBJECT_SEQUENCE")
    else:
        _named(eye, kind, node.child("object"))


def _publication(eye: Eye, node: Node) -> None:
    for entry in node.nodes("pubobjects"):
        table = entry.child("pubtable")
        relation = table.child("relation") if table is not None else None
        if table is not None and relation is not None:
            eye.relation(relation)
            eye.columns(eye.state.relation(relation), table.strings("columns"), relation.location)


def _extension(eye: Eye, node: Node) -> None:
    for option in node.nodes("options"):
        argument = option.child("arg")
        if option.text("defname") == "schema" and argument is not None:
            eye.schema(argument.text("sval"), option.location)


def _default_privileges(eye: Eye, node: Node) -> None:
    for option in node.nodes("options"):
        argument = option.child("arg")
        if option.text("defname") == "schemas" and argument is not None:
            for name in argument.strings("items"):
                eye.schema(name, option.location)


OBJECTS: dict[str, Callable[[Eye, Node], None]] = {
    "AlterDefaultPrivilegesStmt": _default_privileges,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterOwnerStmt": _owner,
    "AlterPublicationStmt": _publication,
    "CommentStmt": _comment,
    "CreateExtensionStmt": _extension,
    "CreatePublicationStmt": _publication,
    "DropStmt": _drop,
    "GrantStmt": _grant,
    "RenameStmt": _rename,
}
