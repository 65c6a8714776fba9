"""Columns: what a definition makes (types, defaults, identity, serials) and what their loss takes along."""

from dataclasses import dataclass, replace

from supa_deploy.migrations.fold.constraints import INDEXED_KINDS, add_constraint
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.names import choose_name
from supa_deploy.migrations.sqltypes import serial_base
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import (
    Column,
    Constraint,
    ConstraintKind,
    DroppedKind,
    Index,
    Origin,
    QName,
    RelationKind,
)

_IDENTITY = {"a": "always", "d": "by_default"}
_NO_CONSTRAINT_OF_TABLE = frozenset({"CONSTR_NULL", "CONSTR_NOTNULL", "CONSTR_DEFAULT", "CONSTR_IDENTITY"})


def add_column(state: State, table: TableDraft, node: Node) -> list[tuple[Node, tuple[str, ...]]]:
    """Adds the column of a ColumnDef. Gives back its constraints that belong to the table, for the caller to add
    in PostgreSQL's order (`add_constraints`)."""
    name = node.text("colname")
    type_node = node.child("typeName")
    serial = serial_base(type_node) if type_node is not None else None
    text = state.type_text(type_node)
    own_type = None if serial else text.own
    typed = serial or (text.text if type_node is not None else None)
    table.local.add(name)
    inherited = table.columns.get(name)
    nullable, default, generated = True, None, None
    if inherited is not None:
        nullable, default, generated = inherited.nullable, inherited.default, inherited.generated
        if type_node is None:
            typed, own_type = inherited.type, inherited.own_type
    if serial:
        sequence = _own_sequence(state, table, name)
        default = (
            f"nextval('{quote_identifier(sequence.schema)}.{quote_identifier(sequence.name)}'::regclass)"
        )
        nullable = False
    said = _Said(nullable, default, generated)
    constraints = node.nodes("constraints")
    for constraint in constraints:
        _hear(said, state, table, node, constraint)
    table.columns[name] = Column(
        name=name,
        type=typed,
        origin=state.origin_at(node),
        nullable=said.nullable,
        default=said.default,
        generated=said.generated,
        identity=said.identity,
        own_type=own_type,
    )
    return [(c, (name,)) for c in constraints if c.text("contype") not in _NO_CONSTRAINT_OF_TABLE]


@dataclass(slots=True)
class _Said:
    """What a column's own constraints say of it: gathered, because a column is a value and is made once."""

    nullable: bool
    default: str | None
    generated: str | None
    identity: str | None = None


def _hear(said: _Said, state: State, table: TableDraft, definition: Node, node: Node) -> None:
    """Takes one of the column's own constraints in."""
    kind = node.text("contype")
    if kind == "CONSTR_NOTNULL":
        said.nullable = False
    elif kind == "CONSTR_DEFAULT":
        expression = node.child("raw_expr")
        if expression is not None and is_null(expression):
            said.default = None
            return
        end = _end(definition, node, state.statement.end)
        said.default = _expression(state, node.location + len("DEFAULT"), end)
    elif kind == "CONSTR_GENERATED":
        said.generated = state.script.source.bracketed(node.location, state.statement.end)
    elif kind == "CONSTR_IDENTITY":
        _own_sequence(state, table, definition.text("colname"))
        said.nullable, said.identity = False, _IDENTITY.get(node.text("generated_when"))


def is_null(expression: Node) -> bool:
    """True for NULL, cast or not: PostgreSQL keeps no default for it."""
    inner = expression.child("arg") if expression.kind == "TypeCast" else expression
    return inner is not None and inner.kind == "A_Const" and inner.flag("isnull")


def _expression(state: State, start: int, end: int) -> str:
    return state.script.source.expression(start, end)


def _end(column: Node, constraint: Node, statement_end: int) -> int:
    """Where a column's constraint ends at the latest: at the next one, or at the column's COLLATE."""
    collation = column.child("collClause")
    places = [other.location for other in column.nodes("constraints")]
    if collation is not None:
        places.append(collation.location)
    return min((place for place in places if place > constraint.location), default=statement_end)


def _own_sequence(state: State, table: TableDraft, column: str) -> QName:
    """The sequence behind a serial or identity column, under the name PostgreSQL chooses."""
    schema = table.name.schema
    name = choose_name(table.name.name, column, "seq", lambda name: state.name_taken(schema, name))
    state.owned_sequences[QName(schema, name)] = (table.name, column)
    return QName(schema, name)


def add_constraints(state: State, table: TableDraft, found: list[tuple[Node, tuple[str, ...]]]) -> None:
    """Adds the constraints of a CREATE TABLE (or ADD COLUMN) in the order in which PostgreSQL names them: checks,
    then keys (the primary first; equal ones are one), then foreign keys."""
    indexed: list[tuple[tuple[str, ...], Node, tuple[str, ...]]] = []
    for node, columns in found:
        if node.text("contype") == "CONSTR_CHECK":
            add_constraint(state, table, node, columns)
        elif node.text("contype") in INDEXED_KINDS:
            indexed.append((node.strings("keys") or columns, node, columns))
    indexed.sort(key=lambda entry: entry[1].text("contype") != "CONSTR_PRIMARY")
    for position, (keys, node, columns) in enumerate(indexed):
        same = [other for other, _, _ in indexed[:position] if other == keys]
        if not (same and node.text("contype") == "CONSTR_UNIQUE" and not node.has("including")):
            add_constraint(state, table, _named(node, keys, indexed[position + 1 :]), columns)
    for node, columns in found:
        if node.text("contype") not in INDEXED_KINDS | {"CONSTR_CHECK"}:
            add_constraint(state, table, node, columns)


def _named(
    node: Node, keys: tuple[str, ...], later: list[tuple[tuple[str, ...], Node, tuple[str, ...]]]
) -> Node:
    """The node, under the name of an equal later constraint when it has none itself."""
    if node.has("conname"):
        return node
    for other, candidate, _ in later:
        if other == keys and candidate.text("contype") == "CONSTR_UNIQUE" and candidate.has("conname"):
            return node.with_text("conname", candidate.text("conname"))
    return node


def drop_column(state: State, table: TableDraft, name: str, *, cascade: bool) -> None:
    """DROP COLUMN: indexes and constraints that involve it go with it; with CASCADE, what rests on it elsewhere."""
    table.columns.pop(name, None)
    table.column_grants.pop(name, None)
    state.drop_record(DroppedKind.COLUMN, table.name, name)
    for constraint in [c for c in table.constraints.values() if name in c.columns]:
        del table.constraints[constraint.name]
        state.indexes.take(QName(table.name.schema, constraint.name))
    for key in [key for key in table.foreign_keys.values() if name in key.columns]:
        del table.foreign_keys[key.name]
        state.drop_record(DroppedKind.FOREIGN_KEY, table.name, key.name)
    for index in [index for index, columns in table.index_columns.items() if name in columns]:
        table.indexes.pop(index, None)
        del table.index_columns[index]
        state.indexes.take(QName(table.name.schema, index))
    for sequence in state.owned_sequences.of(table.name):
        if state.owned_sequences[sequence][1] == name:
            del state.owned_sequences[sequence]
            state.sequences.pop(sequence, None)
    if cascade:
        _cascade(state, table, name)
    for child in state.children(table.name):
        if child.kind is RelationKind.PARTITION or not (
            name in child.local or _other_parent(state, child, name)
        ):
            drop_column(state, child, name, cascade=cascade)


def _other_parent(state: State, table: TableDraft, column: str) -> bool:
    """True when a parent still gives this column."""
    return any(column in state.tables[parent].columns for parent in table.parents if parent in state.tables)


def _cascade(state: State, table: TableDraft, name: str) -> None:
    for policy in [p for p, mention in table.mentions.items() if name in mention.columns]:
        table.policies.pop(policy, None)
        del table.mentions[policy]
    for other in state.tables.values():
        for key in list(other.foreign_keys.values()):
            if key.target == table.name and name in key.target_columns:
                del other.foreign_keys[key.name]
                state.drop_record(DroppedKind.FOREIGN_KEY, other.name, key.name)
    for view in state.views.values():
        if table.name in view.mention.relations and view.mention.columns & {name, "*"}:
            view.uncertain = (
                f"column {name} of {table.name} was dropped with CASCADE, and it may have used it"
            )


def rename_column(state: State, table: TableDraft, old: str, new: str, origin: Origin) -> None:
    """RENAME COLUMN: everything on the table that names it follows."""
    column = table.columns.get(old) or Column(old, None, origin)
    renamed = replace(column, name=new, origin=origin)
    table.columns.setdefault(old, column)
    table.columns = {c.name: c for c in (renamed if c.name == old else c for c in table.columns.values())}
    state.drop_record(DroppedKind.COLUMN, table.name, old)

    def follow(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if c == old else c for c in columns)

    for name, constraint in table.constraints.items():
        table.constraints[name] = _renamed_constraint(constraint, follow(constraint.columns))
    for name, key in table.foreign_keys.items():
        table.foreign_keys[name] = replace(key, columns=follow(key.columns))
    for name, index in table.indexes.items():
        table.indexes[name] = _renamed_index(index, follow(index.keys))
    for name, columns in table.index_columns.items():
        table.index_columns[name] = frozenset(follow(tuple(columns)))
    if old in table.column_grants:
        table.column_grants[new] = table.column_grants.pop(old)
    for other in state.tables.values():
        for name, key in other.foreign_keys.items():
            if key.target == table.name:
                other.foreign_keys[name] = replace(key, target_columns=follow(key.target_columns))
    for child in state.children(table.name):
        rename_column(state, child, old, new, origin)


def _renamed_constraint(constraint: Constraint, columns: tuple[str, ...]) -> Constraint:
    if columns == constraint.columns:
        return constraint
    # The text of a check is the file's; after a rename it would name a column that is gone.
    expression = None if constraint.kind is ConstraintKind.CHECK else constraint.expression
    return replace(constraint, columns=columns, expression=expression)


def _renamed_index(index: Index, keys: tuple[str, ...]) -> Index:
    return index if keys == index.keys else replace(index, keys=keys)
