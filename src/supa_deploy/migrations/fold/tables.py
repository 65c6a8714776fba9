"""CREATE TABLE in all its forms: columns, LIKE, INHERITS, PARTITION OF, OF type, from a query."""

from dataclasses import replace

from supa_deploy.migrations.fold.columns import add_column, add_constraints
from supa_deploy.migrations.fold.constraints import clone_indexed
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.grants import apply_defaults
from supa_deploy.migrations.fold.indexes import clone_index
from supa_deploy.migrations.fold.queries import query_columns
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Column, ConstraintKind, QName, RelationKind

_LIKE_COMMENTS, _LIKE_CONSTRAINTS, _LIKE_DEFAULTS = 1 << 0, 1 << 2, 1 << 3
_LIKE_GENERATED, _LIKE_IDENTITY, _LIKE_INDEXES = 1 << 4, 1 << 5, 1 << 6


def create_table(state: State, node: Node) -> None:
    """CREATE TABLE."""
    _create(state, node, RelationKind.TABLE)


def create_foreign_table(state: State, node: Node) -> None:
    """CREATE FOREIGN TABLE."""
    base = node.child("base")
    if base is not None:
        _create(state, base, RelationKind.FOREIGN)


def _create(state: State, node: Node, kind: RelationKind) -> None:
    relation = node.child("relation")
    if relation is None or _passed_over(state, node, relation):
        return
    table = _new_table(state, state.new_name(relation), kind)
    parents = [state.relation(parent) for parent in node.nodes("inhRelations")]
    if node.has("partspec"):
        table.kind = RelationKind.PARTITIONED
    if node.has("partbound"):
        table.kind = RelationKind.PARTITION
    for parent in parents:
        inherit(state, table, parent)
    _of_type(state, table, node)
    found: list[tuple[Node, tuple[str, ...]]] = []
    likes: list[Node] = []
    for element in node.nodes("tableElts"):
        if element.kind == "ColumnDef":
            found.extend(add_column(state, table, element))
        elif element.kind == "TableLikeClause":
            _like_columns(state, table, element)
            likes.append(element)
        elif element.kind == "Constraint":
            found.append((element, ()))
    add_constraints(state, table, found)
    for like in likes:
        _like_rest(state, table, like)
    for parent in parents:
        inherit_rest(state, table, parent)


def _passed_over(state: State, node: Node, relation: Node) -> bool:
    """Temporary tables end with the session; IF NOT EXISTS over an existing relation changes nothing."""
    if state.is_temporary(relation):
        state.temporary.add(relation.text("relname"))
        return True
    name = state.new_name(relation)
    return node.flag("if_not_exists") and state.name_taken(name.schema, name.name)


def _new_table(state: State, name: QName, kind: RelationKind) -> TableDraft:
    table = TableDraft(name, state.origin, kind)
    state.tables[name] = table
    apply_defaults(state, table.grants, name.schema, "OBJECT_TABLE")
    return table


def inherit(state: State, table: TableDraft, parent: QName) -> None:
    """Takes a parent's columns over, not null and defaults with them."""
    if not state.add_parent(table, parent):
        return
    above = state.tables.get(parent)
    if above is None or not above.columns_known:
        table.columns_known = False
    for column in above.columns.values() if above is not None else ():
        table.columns.setdefault(column.name, replace(column, origin=state.origin, comment=None))


def inherit_rest(state: State, table: TableDraft, parent: QName) -> None:
    """Takes a parent's checks over; a partition its keys, foreign keys, indexes and triggers too."""
    above = state.tables.get(parent)
    if above is None:
        return
    for constraint in above.constraints.values():
        if constraint.kind is ConstraintKind.CHECK:
            table.constraints.setdefault(constraint.name, replace(constraint, origin=state.origin))
        elif table.kind is RelationKind.PARTITION and not _has_equal(
            table, constraint.kind, constraint.columns
        ):
            clone_indexed(state, table, constraint)
    if table.kind is not RelationKind.PARTITION:
        return
    for index in above.indexes:
        clone_index(state, above, table, index)
    for key in above.foreign_keys.values():
        table.foreign_keys.setdefault(key.name, replace(key, origin=state.origin))
    for trigger in above.triggers.values():
        table.triggers.setdefault(trigger.name, replace(trigger, origin=state.origin))


def _has_equal(table: TableDraft, kind: ConstraintKind, columns: tuple[str, ...]) -> bool:
    return any(c.kind is kind and c.columns == columns for c in table.constraints.values())


def _of_type(state: State, table: TableDraft, node: Node) -> None:
    """CREATE TABLE … OF composite type."""
    of_type = node.child("ofTypename")
    if of_type is None:
        return
    found = state.types.get(state.type_parts(of_type.strings("names")))
    table.columns_known = found is not None
    for name, text in found.attributes.items() if found is not None else ():
        table.columns[name] = Column(name, text, state.origin)


def _like_columns(state: State, table: TableDraft, like: Node) -> None:
    options = like.number("options")
    source = state.relation(like.child("relation"))
    above = state.tables.get(source)
    if above is None:
        table.columns_known = False
        return
    table.columns_known = table.columns_known and above.columns_known
    for column in above.columns.values():
        kept = options & _LIKE_GENERATED if column.generated else options & _LIKE_DEFAULTS
        table.columns[column.name] = replace(
            column,
            origin=state.origin_at(like),
            default=column.default if kept and not column.generated else None,
            generated=column.generated if kept else None,
            identity=column.identity if options & _LIKE_IDENTITY else None,
            comment=column.comment if options & _LIKE_COMMENTS else None,
        )


def _like_rest(state: State, table: TableDraft, like: Node) -> None:
    options = like.number("options")
    above = state.tables.get(state.relation(like.child("relation")))
    if above is None:
        return
    for constraint in list(above.constraints.values()):
        if constraint.kind is ConstraintKind.CHECK:
            if options & _LIKE_CONSTRAINTS:
                table.constraints[constraint.name] = replace(constraint, origin=state.origin)
        elif options & _LIKE_INDEXES:
            clone_indexed(state, table, constraint)
    if options & _LIKE_INDEXES:
        for index in list(above.indexes):
            clone_index(state, above, table, index)


def create_table_as(state: State, node: Node) -> None:
    """CREATE TABLE … AS (materialized views have a handler of their own)."""
    into = node.child("into")
    relation = into.child("rel") if into is not None else None
    if into is None or relation is None or _passed_over(state, node, relation):
        return
    _from_query(state, relation, into.strings("colNames"), node.child("query"))


def select_into(state: State, node: Node) -> None:
    """SELECT … INTO."""
    into = node.child("intoClause")
    relation = into.child("rel") if into is not None else None
    if relation is not None and not _passed_over(state, node, relation):
        _from_query(state, relation, (), node)


def _from_query(state: State, relation: Node, names: tuple[str, ...], query: Node | None) -> None:
    columns = query_columns(state, query)
    table = _new_table(state, state.new_name(relation), RelationKind.TABLE)
    for position, column in enumerate(columns or ()):
        name = names[position] if position < len(names) else column.name
        table.columns[name] = Column(name, column.type, state.origin, own_type=column.own_type)
    if columns is None:
        table.columns_known = False
        for name in names:
            table.columns[name] = Column(name, None, state.origin)
