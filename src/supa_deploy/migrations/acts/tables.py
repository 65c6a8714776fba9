"""ALTER TABLE and what shares its grammar (views, indexes, sequences, composite types), an act for each command."""

from collections.abc import Iterator

from supa_deploy.migrations.acts import targets
from supa_deploy.migrations.acts.values import Act, Deed, Target
from supa_deploy.migrations.names import make_object_name
from supa_deploy.migrations.tree import Node

_ROW_SECURITY = {
    "AT_EnableRowSecurity": "on",
    "AT_DisableRowSecurity": "off",
    "AT_ForceRowSecurity": "forced",
    "AT_NoForceRowSecurity": "not forced",
}
_SWITCHES = {
    "AT_EnableTrig": "enabled",
    "AT_DisableTrig": "disabled",
    "AT_EnableAlwaysTrig": "enabled always",
    "AT_EnableReplicaTrig": "enabled on replicas",
    "AT_EnableRule": "enabled",
    "AT_DisableRule": "disabled",
    "AT_EnableAlwaysRule": "enabled always",
    "AT_EnableReplicaRule": "enabled on replicas",
}
_COLUMN = {
    "AT_SetNotNull": "not null",
    "AT_DropNotNull": "null allowed",
    "AT_DropIdentity": "no identity",
    "AT_DropExpression": "no longer generated",
    "AT_SetStatistics": "statistics target",
    "AT_SetStorage": "storage",
    "AT_SetCompression": "compression",
    "AT_SetOptions": "options",
    "AT_ResetOptions": "options",
    "AT_SetExpression": "generated expression",
    "AT_AddIdentity": "identity",
    "AT_SetIdentity": "identity",
}
_TABLE = {
    "AT_EnableTrigAll": "all triggers enabled",
    "AT_DisableTrigAll": "all triggers disabled",
    "AT_EnableTrigUser": "triggers enabled",
    "AT_DisableTrigUser": "triggers disabled",
    "AT_SetRelOptions": "options",
    "AT_ResetRelOptions": "options",
    "AT_ReplaceRelOptions": "options",
    "AT_ReplicaIdentity": "replica identity",
    "AT_SetLogged": "logged",
    "AT_SetUnLogged": "unlogged",
    "AT_SetTableSpace": "tablespace",
    "AT_SetAccessMethod": "access method",
    "AT_ClusterOn": "cluster order",
    "AT_DropCluster": "cluster order",
    "AT_AddInherit": "inherits",
    "AT_DropInherit": "inherits no longer",
}
_LABELS = {
    "CONSTR_PRIMARY": "pkey",
    "CONSTR_UNIQUE": "key",
    "CONSTR_FOREIGN": "fkey",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "excl",
}


def alter_table(node: Node) -> Iterator[Act]:
    """The acts of an AlterTableStmt."""
    kind = targets.OBJECTS.get(node.text("objtype"), "table")
    about = targets.relation(node.child("relation"), kind)
    for command in node.nodes("cmds"):
        yield _command(about, command)


def _command(about: Target, command: Node) -> Act:
    subtype, name = command.text("subtype"), command.text("name")
    cascade = command.text("behavior") == "DROP_CASCADE"
    if subtype in _ROW_SECURITY:
        return _on(about, Deed.ALTER, "row-level security", about.name, _ROW_SECURITY[subtype])
    if subtype in _SWITCHES:
        kind = "rule" if subtype.endswith("Rule") else "trigger"
        return _on(about, Deed.ALTER, kind, name, _SWITCHES[subtype])
    if "Constraint" in subtype:
        return _constraint(about, command, cascade=cascade)
    if subtype == "AT_ChangeOwner":
        owner = command.child("newowner")
        roles = targets.roles([owner]) if owner is not None else ()
        return Act(
            Deed.OWNER, about.object, about.schema, about.name, None, f"owner {', '.join(roles)}", roles
        )
    if subtype in {"AT_AttachPartition", "AT_DetachPartition"}:
        return _partition(about, command)
    return _column(about, command, cascade=cascade) or _itself(about, _TABLE.get(subtype))


def _column(about: Target, command: Node, *, cascade: bool) -> Act | None:
    subtype, name, definition = command.text("subtype"), command.text("name"), command.child("def")
    kind = "attribute" if about.object == "type" else "column"
    if subtype == "AT_AddColumn" and definition is not None:
        words = f"type {_type(definition)}"
        return _on(about, Deed.CREATE, kind, definition.text("colname"), words)
    if subtype == "AT_DropColumn":
        return Act(Deed.DROP, kind, about.schema, name, about.name, cascade=cascade)
    if subtype == "AT_AlterColumnType" and definition is not None:
        return _on(about, Deed.ALTER, kind, name, f"type {_type(definition)}")
    if subtype == "AT_ColumnDefault":
        return _on(about, Deed.ALTER, kind, name, "default" if definition is not None else "no default")
    if subtype in _COLUMN:
        return _on(about, Deed.ALTER, kind, name or "?", _COLUMN[subtype])
    return None


def _type(definition: Node) -> str:
    return targets.type_words(definition.child("typeName"), modifiers=True)


def _constraint(about: Target, command: Node, *, cascade: bool) -> Act:
    definition = command.child("def")
    if command.text("subtype") == "AT_DropConstraint":
        return Act(Deed.DROP, "constraint", about.schema, command.text("name"), about.name, cascade=cascade)
    if definition is None or command.text("subtype") != "AT_AddConstraint":
        name = command.text("name") or (definition.text("conname") if definition is not None else "?")
        words = "validated" if command.text("subtype") == "AT_ValidateConstraint" else None
        return _on(about, Deed.ALTER, "constraint", name, words)
    name = definition.text("conname") or _chosen(about, definition)
    words = "not validated" if definition.flag("skip_validation") else None
    return _on(about, Deed.CREATE, "constraint", name, words)


def _chosen(about: Target, definition: Node) -> str:
    """The name that PostgreSQL gives a constraint without one."""
    label = _LABELS.get(definition.text("contype"), "constraint")
    if label == "pkey":
        return make_object_name(about.name, None, label)
    keys = definition.strings("keys") or definition.strings("fk_attrs")
    return make_object_name(about.name, "_".join(keys) or None, label)


def _partition(about: Target, command: Node) -> Act:
    definition = command.child("def")
    part = targets.relation(definition.child("name") if definition is not None else None)
    words = "attached to" if command.text("subtype") == "AT_AttachPartition" else "detached from"
    return Act(Deed.ALTER, "table", part.schema, part.name, None, f"{words} {about.schema}.{about.name}")


def _on(about: Target, deed: Deed, kind: str, name: str, detail: str | None) -> Act:
    return Act(deed, kind, about.schema, name, about.name, detail)


def _itself(about: Target, detail: str | None) -> Act:
    return Act(Deed.ALTER, about.object, about.schema, about.name, None, detail)
