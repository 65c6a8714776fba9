"""What each kind of statement uses that the server looks up when the statement runs."""

from collections.abc import Callable

from supa_deploy.migrations.sqlbodies import sql_body
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.expressions import look, look_with_columns
from supa_deploy.rules.order.eye import Eye
from supa_deploy.rules.order.objects import OBJECTS
from supa_deploy.rules.order.tables import alter_table, create_foreign_table, create_index, create_table


def _relation(eye: Eye, node: Node) -> None:
    if not node.flag("missing_ok"):
        eye.relation(node.child("relation"))


def _relations(eye: Eye, node: Node) -> None:
    for relation in (*node.nodes("relations"), *node.nodes("rels")):
        eye.relation(relation.child("relation") if relation.kind == "VacuumRelation" else relation)


def _view(eye: Eye, node: Node) -> None:
    view = node.child("view")
    if view is not None:
        eye.schema(view.text("schemaname"), view.location)
    look(eye, node.child("query"))


def _from_query(eye: Eye, node: Node) -> None:
    into = node.child("into")
    relation = into.child("rel") if into is not None else None
    if relation is not None:
        name = eye.state.new_name(relation)
        if node.flag("if_not_exists") and eye.state.name_taken(name.schema, name.name):
            return
        eye.schema(relation.text("schemaname"), relation.location)
    look(eye, node.child("query"))


def _query(eye: Eye, node: Node) -> None:
    look(eye, node)


def _inner_query(eye: Eye, node: Node) -> None:
    inner = node.child("query")
    if inner is not None and inner.kind in READERS:
        READERS[inner.kind](eye, inner)


def _insert(eye: Eye, node: Node) -> None:
    look(eye, node)
    conflict = node.child("onConflictClause")
    names = [column.text("name") for column in node.nodes("cols")]
    if conflict is not None:
        names += [target.text("name") for target in conflict.nodes("targetList")]
    _target_columns(eye, node, names)


def _update(eye: Eye, node: Node) -> None:
    look(eye, node)
    _target_columns(eye, node, [target.text("name") for target in node.nodes("targetList")])


def _target_columns(eye: Eye, node: Node, names: list[str]) -> None:
    relation = node.child("relation")
    if relation is not None and not eye.state.is_temporary(relation):
        eye.columns(eye.state.relation(relation), names, relation.location)


def _policy(eye: Eye, node: Node) -> None:
    relation = node.child("table")
    conditions = (node.child("qual"), node.child("with_check"))
    eye.relation(relation)
    if any(condition is not None for condition in conditions):
        table = eye.state.relation(relation)
        look_with_columns(eye, table, eye.columns_of(table), *conditions)


def _trigger(eye: Eye, node: Node) -> None:
    relation = node.child("relation")
    eye.relation(relation)
    eye.relation(node.child("constrrel"))
    eye.function(node.strings("funcname"), relation.location if relation is not None else -1)
    look(eye, node.child("whenClause"))
    if relation is not None and not eye.state.is_temporary(relation):
        eye.columns(eye.state.relation(relation), node.strings("columns"), relation.location)


def _rule(eye: Eye, node: Node) -> None:
    eye.relation(node.child("relation"))
    look(eye, *node.nodes("actions"))


def _function(eye: Eye, node: Node) -> None:
    name = node.strings("funcname")
    made = eye.state.new_parts(name)
    eye.schema(name[-2] if len(name) > 1 else "")
    eye.type(node.child("returnType"))
    for parameter in node.nodes("parameters"):
        eye.type(parameter.child("argType"))
        look(eye, parameter.child("defexpr"))
    eye.own.add(made)
    look(eye, node.child("sql_body"))
    if not eye.ledger.bodies_checked or node.has("sql_body"):
        return
    body = sql_body(eye.script.source, eye.statement)
    if body is None:
        return
    path, eye.offset = eye.path, body.start
    if body.path is not None:
        eye.path = tuple(schema for schema in body.path if schema)
    for query in body.queries:
        READERS[query.kind](eye, query)
    eye.path, eye.offset = path, 0


def _domain(eye: Eye, node: Node) -> None:
    _new_type(eye, node.strings("domainname"))
    eye.type(node.child("typeName"))
    look(eye, *(one.child("raw_expr") for one in node.nodes("constraints")))


def _composite(eye: Eye, node: Node) -> None:
    name = node.child("typevar")
    if name is not None:
        eye.schema(name.text("schemaname"), name.location)
    for column in node.nodes("coldeflist"):
        eye.type(column.child("typeName"))


def _enum(eye: Eye, node: Node) -> None:
    _new_type(eye, node.strings("typeName"))


def _range(eye: Eye, node: Node) -> None:
    _new_type(eye, node.strings("typeName"))
    for parameter in node.nodes("params"):
        if parameter.text("defname") == "subtype":
            eye.type(parameter.child("arg"))


def _new_type(eye: Eye, names: tuple[str, ...]) -> None:
    eye.schema(names[-2] if len(names) > 1 else "")


def _sequence(eye: Eye, node: Node) -> None:
    sequence = node.child("sequence")
    if sequence is not None:
        eye.schema(sequence.text("schemaname"), sequence.location)


def _alter_type(eye: Eye, node: Node) -> None:
    eye.type_named(node.strings("typeName"))


def _alter_function(eye: Eye, node: Node) -> None:
    function = node.child("func")
    if function is not None:
        eye.function(function.strings("objname"))


def _call(eye: Eye, node: Node) -> None:
    called = node.child("funccall")
    if called is not None:
        eye.function(called.strings("funcname"), called.location)
        look(eye, *called.nodes("args"))


def _event_trigger(eye: Eye, node: Node) -> None:
    eye.function(node.strings("funcname"))


def _sequence_altered(eye: Eye, node: Node) -> None:
    if not node.flag("missing_ok"):
        eye.relation(node.child("sequence"), certain=False)
    for option in node.nodes("options"):
        argument = option.child("arg")
        parts = argument.strings("items") if argument is not None else ()
        if option.text("defname") == "owned_by" and len(parts) > 1:
            eye.columns(eye.parts(parts[:-1], option.location), parts[-1:], option.location)


READERS: dict[str, Callable[[Eye, Node], None]] = {
    **OBJECTS,
    "AlterDomainStmt": _alter_type,
    "AlterEnumStmt": _alter_type,
    "AlterFunctionStmt": _alter_function,
    "AlterPolicyStmt": _policy,
    "AlterSeqStmt": _sequence_altered,
    "AlterTableStmt": alter_table,
    "CallStmt": _call,
    "ClusterStmt": _relation,
    "CompositeTypeStmt": _composite,
    "CopyStmt": _relation,
    "CreateDomainStmt": _domain,
    "CreateEnumStmt": _enum,
    "CreateEventTrigStmt": _event_trigger,
    "CreateForeignTableStmt": create_foreign_table,
    "CreateFunctionStmt": _function,
    "CreatePolicyStmt": _policy,
    "CreateRangeStmt": _range,
    "CreateSeqStmt": _sequence,
    "CreateStatsStmt": _relations,
    "CreateStmt": create_table,
    "CreateTableAsStmt": _from_query,
    "CreateTrigStmt": _trigger,
    "DeclareCursorStmt": _inner_query,
    "DeleteStmt": _query,
    "ExplainStmt": _inner_query,
    "IndexStmt": create_index,
    "InsertStmt": _insert,
    "LockStmt": _relations,
    "MergeStmt": _query,
    "PrepareStmt": _inner_query,
    "RefreshMatViewStmt": _relation,
    "RuleStmt": _rule,
    "SelectStmt": _query,
    "TruncateStmt": _relations,
    "UpdateStmt": _update,
    "VacuumStmt": _relations,
    "ViewStmt": _view,
}
"""By kind of statement: looks for everything that it uses."""
