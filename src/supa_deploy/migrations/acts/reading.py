"""Which acts a statement of each kind performs: one table, one reader for each kind of the parser's."""

from collections.abc import Callable, Iterable, Iterator

from supa_deploy.migrations.acts import targets
from supa_deploy.migrations.acts.creating import (
    act,
    by_parts,
    by_relation,
    by_text,
    create_as,
    create_cast,
    create_function,
    create_index,
    create_table,
    create_view,
    define,
    on_table,
)
from supa_deploy.migrations.acts.grants import default_privileges, grant, membership
from supa_deploy.migrations.acts.publications import alter_publication, create_publication
from supa_deploy.migrations.acts.tables import alter_table
from supa_deploy.migrations.acts.values import Act, Deed
from supa_deploy.migrations.tree import Node


def acts_of(node: Node) -> tuple[Act, ...]:
    """What a statement does; one act of deed `other` for a kind that is not known."""
    reader = _READERS.get(node.kind)
    if reader is not None:
        found = tuple(reader(node))
        if found:
            return found
    return (Act(Deed.OTHER, "statement", "", node.kind.removesuffix("Stmt")),)


def _alter_function(node: Node) -> Iterator[Act]:
    kind = targets.OBJECTS.get(node.text("objtype"), "function")
    yield act(Deed.ALTER, targets.named(node.child("func"), kind))


def _alter_enum(node: Node) -> Iterator[Act]:
    old, new = node.text("oldVal"), node.text("newVal")
    words = f"value {old} renamed to {new}" if old else f"value {new} added"
    yield act(Deed.ALTER, targets.qualified(node.strings("typeName"), "type"), words)


def _alter_sequence(node: Node) -> Iterator[Act]:
    about = targets.relation(node.child("sequence"), "sequence")
    for option in node.nodes("options"):
        owner = option.strings("arg")
        if option.text("defname") == "owned_by" and len(owner) > 1:
            words = f"owned by {'.'.join(owner)}"
            yield Act(Deed.ALTER, "sequence", about.schema, about.name, owner[-2], words)
            return
    yield act(Deed.ALTER, about)


def _drop(node: Node) -> Iterator[Act]:
    kind = targets.OBJECTS.get(node.text("removeType"), "object")
    cascade = node.text("behavior") == "DROP_CASCADE"
    for item in node.nodes("objects"):
        about = targets.named(item, kind)
        yield Act(Deed.DROP, about.object, about.schema, about.name, about.table, cascade=cascade)


def _drop_roles(node: Node) -> Iterator[Act]:
    for role in targets.roles(node.nodes("roles")):
        yield Act(Deed.DROP, "role", "", role)


def _role(deed: Deed) -> Callable[[Node], Iterator[Act]]:
    def read(node: Node) -> Iterator[Act]:
        spec = node.child("role")
        names = targets.roles([spec]) if spec is not None else (node.text("role"),)
        yield Act(deed, "role", "", names[0] or "?")

    return read


def _comment(node: Node) -> Iterator[Act]:
    about = targets.named(node.child("object"), targets.OBJECTS.get(node.text("objtype"), "object"))
    yield act(Deed.COMMENT, about, "comment" if node.has("comment") else "no comment")


def _owner(node: Node) -> Iterator[Act]:
    kind = targets.OBJECTS.get(node.text("objectType"), "object")
    about = targets.named(node.child("object") or node.child("relation"), kind)
    owner = node.child("newowner")
    roles = targets.roles([owner]) if owner is not None else ()
    yield Act(
        Deed.OWNER, about.object, about.schema, about.name, about.table, f"owner {', '.join(roles)}", roles
    )


def _rename(node: Node) -> Iterator[Act]:
    kind, part = targets.OBJECTS.get(node.text("renameType"), "object"), node.text("subname")
    words = f"renamed to {node.text('newname')}"
    found = node.child("relation") or node.child("object")
    if part and found is not None:
        table = targets.named(found, "table")
        yield Act(Deed.ALTER, kind, table.schema, part, table.name, words)
    elif found is not None:
        yield act(Deed.ALTER, targets.named(found, kind), words)
    else:
        yield Act(Deed.ALTER, kind, "", part or "?", detail=words)


def _set_schema(node: Node) -> Iterator[Act]:
    kind = targets.OBJECTS.get(node.text("objectType"), "object")
    about = targets.named(node.child("relation") or node.child("object"), kind)
    yield act(Deed.ALTER, about, f"moved to schema {node.text('newschema')}")


def _rows(node: Node) -> Iterator[Act]:
    yield act(Deed.ROWS, targets.relation(node.child("relation")), node.kind.removesuffix("Stmt").lower())


def _truncate(node: Node) -> Iterator[Act]:
    cascade = node.text("behavior") == "DROP_CASCADE"
    for item in node.nodes("relations"):
        about = targets.relation(item)
        yield Act(Deed.ROWS, "table", about.schema, about.name, detail="truncate", cascade=cascade)


def _session(node: Node) -> Iterator[Act]:
    values = [_setting(argument) for argument in node.nodes("args")]
    value = ", ".join(values) if node.text("kind") == "VAR_SET_VALUE" else None
    yield Act(Deed.SESSION, "setting", "", node.text("name") or "?", detail=value)


def _setting(node: Node) -> str:
    """A value of SET as set_config takes it: a name of a list is quoted where it must be."""
    text = node.child("sval")
    number = node.child("ival")
    fraction = node.child("fval")
    if text is not None:
        return text.text("sval")
    if number is not None:
        return str(number.number("ival"))
    return fraction.text("fval") if fraction is not None else ""


def _select(node: Node) -> Iterator[Act]:
    calls = [call.strings("funcname")[-1] for call in node.nodes("targetList") for call in _calls(call)]
    if calls and set(calls) == {"set_config"} and not node.has("fromClause"):
        yield Act(Deed.SESSION, "setting", "", "set_config")


def _calls(target: Node) -> Iterable[Node]:
    value = target.child("val")
    return [value] if value is not None and value.kind == "FuncCall" else []


_READERS: dict[str, Callable[[Node], Iterator[Act]]] = {
    "AlterDefaultPrivilegesStmt": default_privileges,
    "AlterDomainStmt": by_parts(Deed.ALTER, "domain", "typeName"),
    "AlterEnumStmt": _alter_enum,
    "AlterEventTrigStmt": by_text(Deed.ALTER, "event trigger", "trigname"),
    "AlterExtensionContentsStmt": by_text(Deed.ALTER, "extension", "extname"),
    "AlterExtensionStmt": by_text(Deed.ALTER, "extension", "extname"),
    "AlterFdwStmt": by_text(Deed.ALTER, "foreign data wrapper", "fdwname"),
    "AlterForeignServerStmt": by_text(Deed.ALTER, "server", "servername"),
    "AlterFunctionStmt": _alter_function,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterOwnerStmt": _owner,
    "AlterPolicyStmt": on_table(Deed.ALTER, "policy", "policy_name", "table"),
    "AlterPublicationStmt": alter_publication,
    "AlterRoleSetStmt": _role(Deed.ALTER),
    "AlterRoleStmt": _role(Deed.ALTER),
    "AlterSeqStmt": _alter_sequence,
    "AlterStatsStmt": by_parts(Deed.ALTER, "statistics", "defnames"),
    "AlterTableStmt": alter_table,
    "AlterTypeStmt": by_parts(Deed.ALTER, "type", "typeName"),
    "CommentStmt": _comment,
    "CompositeTypeStmt": by_relation(Deed.CREATE, "type", "typevar"),
    "CopyStmt": _rows,
    "CreateCastStmt": create_cast,
    "CreateConversionStmt": by_parts(Deed.CREATE, "conversion", "conversion_name"),
    "CreateDomainStmt": by_parts(Deed.CREATE, "domain", "domainname"),
    "CreateEnumStmt": by_parts(Deed.CREATE, "type", "typeName"),
    "CreateEventTrigStmt": by_text(Deed.CREATE, "event trigger", "trigname"),
    "CreateExtensionStmt": by_text(Deed.CREATE, "extension", "extname"),
    "CreateFdwStmt": by_text(Deed.CREATE, "foreign data wrapper", "fdwname"),
    "CreateForeignServerStmt": by_text(Deed.CREATE, "server", "servername"),
    "CreateForeignTableStmt": create_table,
    "CreateFunctionStmt": create_function,
    "CreateOpClassStmt": by_parts(Deed.CREATE, "operator class", "opclassname"),
    "CreateOpFamilyStmt": by_parts(Deed.CREATE, "operator family", "opfamilyname"),
    "CreatePLangStmt": by_text(Deed.CREATE, "language", "plname"),
    "CreatePolicyStmt": on_table(Deed.CREATE, "policy", "policy_name", "table"),
    "CreatePublicationStmt": create_publication,
    "CreateRangeStmt": by_parts(Deed.CREATE, "type", "typeName"),
    "CreateRoleStmt": _role(Deed.CREATE),
    "CreateSchemaStmt": by_text(Deed.CREATE, "schema", "schemaname"),
    "CreateSeqStmt": by_relation(Deed.CREATE, "sequence", "sequence"),
    "CreateStatsStmt": by_parts(Deed.CREATE, "statistics", "defnames"),
    "CreateStmt": create_table,
    "CreateSubscriptionStmt": by_text(Deed.CREATE, "subscription", "subname"),
    "CreateTableAsStmt": create_as,
    "CreateTrigStmt": on_table(Deed.CREATE, "trigger", "trigname", "relation"),
    "CreateUserMappingStmt": by_text(Deed.CREATE, "user mapping", "servername"),
    "DefineStmt": define,
    "DeleteStmt": _rows,
    "DropRoleStmt": _drop_roles,
    "DropStmt": _drop,
    "GrantRoleStmt": membership,
    "GrantStmt": grant,
    "IndexStmt": create_index,
    "InsertStmt": _rows,
    "MergeStmt": _rows,
    "RefreshMatViewStmt": by_relation(Deed.ROWS, "materialized view", "relation"),
    "RenameStmt": _rename,
    "RuleStmt": on_table(Deed.CREATE, "rule", "rulename", "relation"),
    "SelectStmt": _select,
    "TruncateStmt": _truncate,
    "UpdateStmt": _rows,
    "VariableSetStmt": _session,
    "ViewStmt": create_view,
}
