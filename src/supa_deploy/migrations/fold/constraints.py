"""Constraints of tables: keys, unique, check, exclusion, foreign keys; and the names they get."""

from dataclasses import replace

from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.names import choose_name, index_column_names, join_columns
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import (
    Constraint,
    ConstraintKind,
    DroppedKind,
    ForeignKey,
    Origin,
    QName,
    RelationKind,
)

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_INDEXED = {
    "CONSTR_PRIMARY": (ConstraintKind.PRIMARY_KEY, "pkey"),
    "CONSTR_UNIQUE": (ConstraintKind.UNIQUE, "key"),
    "CONSTR_EXCLUSION": (ConstraintKind.EXCLUSION, "excl"),
}
INDEXED_KINDS = frozenset(_INDEXED)


def add_constraint(state: State, table: TableDraft, node: Node, columns: tuple[str, ...] = ()) -> None:
    """Adds a constraint; `columns` is the column it was written on, empty for a table constraint."""
    contype = node.text("contype")
    origin = state.origin_at(node)
    if contype == "CONSTR_FOREIGN":
        _add_foreign_key(state, table, node, columns, origin)
    elif contype == "CONSTR_CHECK":
        _add_check(state, table, node, origin)
    elif contype in _INDEXED:
        add_indexed(state, table, node, columns, origin)
    elif contype == "CONSTR_NOTNULL":
        for column in node.strings("keys"):
            set_not_null(table, (column,))


def set_not_null(table: TableDraft, columns: tuple[str, ...], *, nullable: bool = False) -> None:
    """SET NOT NULL (or DROP NOT NULL) on columns."""
    for name in columns:
        column = table.columns.get(name)
        if column is not None and column.nullable is not nullable:
            table.columns[name] = replace(column, nullable=nullable)


def add_indexed(
    state: State, table: TableDraft, node: Node, columns: tuple[str, ...], origin: Origin
) -> None:
    """Adds a primary key, unique or exclusion constraint with its index."""
    kind, label = _INDEXED[node.text("contype")]
    if node.has("indexname"):
        _from_index(state, table, node, kind, origin)
        return
    keys = node.strings("keys") or columns
    exclusions = [entry.nodes("items")[0] for entry in node.nodes("exclusions") if entry.nodes("items")]
    names = list(keys) or [element.text("name") or "expr" for element in exclusions]
    plain = tuple(element.text("name") for element in exclusions if element.has("name"))
    all_names = index_column_names([*names, *node.strings("including")])
    addition = None if kind is ConstraintKind.PRIMARY_KEY else join_columns(all_names)
    name = node.text("conname") or _index_name(state, table, addition, label)
    constraint = Constraint(name, kind, origin, tuple(keys) or plain)
    put_indexed(state, table, constraint)
    for child in state.children(table.name):
        if child.kind is RelationKind.PARTITION:
            clone_indexed(state, child, constraint)


def put_indexed(state: State, table: TableDraft, constraint: Constraint) -> None:
    """Adds a finished constraint that has an index."""
    table.constraints[constraint.name] = constraint
    state.constraint_named(constraint.name)
    state.indexes[QName(table.name.schema, constraint.name)] = table.name
    if constraint.kind is ConstraintKind.PRIMARY_KEY:
        set_not_null(table, constraint.columns)


def clone_indexed(state: State, table: TableDraft, constraint: Constraint) -> None:
    """Adds the same key or unique constraint to another table, under a name of its own (LIKE, partitions)."""
    label = dict(_INDEXED.values())[constraint.kind]
    addition = None if constraint.kind is ConstraintKind.PRIMARY_KEY else join_columns(constraint.columns)
    name = _index_name(state, table, addition, label)
    put_indexed(state, table, replace(constraint, name=name, origin=state.origin))
    if table.kind is RelationKind.PARTITION:
        table.from_parent[name] = constraint.name
    for child in state.children(table.name):
        if child.kind is RelationKind.PARTITION:
            clone_indexed(state, child, table.constraints[name])


def _from_index(state: State, table: TableDraft, node: Node, kind: ConstraintKind, origin: Origin) -> None:
    """ADD CONSTRAINT … USING INDEX: the index becomes the constraint's, under the constraint's name."""
    index = table.indexes.pop(node.text("indexname"), None)
    table.index_columns.pop(node.text("indexname"), None)
    state.indexes.take(QName(table.name.schema, node.text("indexname")))
    keys = index.keys if index is not None else ()
    put_indexed(state, table, Constraint(node.text("conname") or node.text("indexname"), kind, origin, keys))


def _index_name(state: State, table: TableDraft, addition: str | None, label: str) -> str:
    schema = table.name.schema
    return choose_name(
        table.name.name,
        addition,
        label,
        lambda name: state.name_taken(schema, name) or state.constraint_taken(schema, name),
    )


def _add_check(state: State, table: TableDraft, node: Node, origin: Origin) -> None:
    expression = node.child("raw_expr")
    mention = state.mention(expression)
    # A column of a file's own table only: `value` and function names are no columns.
    columns = tuple(
        sorted(name for name in mention.columns if name in table.columns or not table.columns_known)
    )
    addition = columns[0] if len(columns) == 1 else None
    schema = table.name.schema
    name = node.text("conname") or choose_name(
        table.name.name, addition, "check", lambda name: state.constraint_taken(schema, name)
    )
    text = state.script.source.bracketed(max(node.location, state.statement.start), state.statement.end)
    valid = not node.flag("skip_validation")
    table.constraints[name] = Constraint(name, ConstraintKind.CHECK, origin, columns, text, valid)
    state.constraint_named(name)
    if not node.flag("is_no_inherit"):
        for child in state.children(table.name):
            child.constraints[name] = table.constraints[name]


def _add_foreign_key(
    state: State, table: TableDraft, node: Node, columns: tuple[str, ...], origin: Origin
) -> None:
    own = node.strings("fk_attrs") or columns
    schema = table.name.schema
    name = node.text("conname") or choose_name(
        table.name.name, join_columns(own), "fkey", lambda name: state.constraint_taken(schema, name)
    )
    key = ForeignKey(
        name=name,
        columns=own,
        target=state.relation(node.child("pktable")),
        target_columns=node.strings("pk_attrs"),
        origin=origin,
        on_delete=_ACTIONS.get(node.text("fk_del_action"), "NO ACTION"),
        on_update=_ACTIONS.get(node.text("fk_upd_action"), "NO ACTION"),
        valid=not node.flag("skip_validation"),
    )
    table.foreign_keys[name] = key
    state.constraint_named(name)
    for child in state.children(table.name):
        if child.kind is RelationKind.PARTITION:
            child.foreign_keys[name] = key


def drop_constraint(state: State, table: TableDraft, name: str, *, cascade: bool) -> None:
    """DROP CONSTRAINT; with CASCADE the foreign keys that rest on a dropped key go too."""
    constraint = table.constraints.pop(name, None)
    was_key = table.foreign_keys.pop(name, None) is not None
    state.drop_record(DroppedKind.FOREIGN_KEY if was_key else DroppedKind.CONSTRAINT, table.name, name)
    for child in state.children(table.name):
        own = next((key for key, parent in child.from_parent.items() if parent == name), name)
        child.from_parent.pop(own, None)
        if own in child.constraints or own in child.foreign_keys:
            drop_constraint(state, child, own, cascade=cascade)
    if constraint is None:
        return
    state.indexes.take(QName(table.name.schema, name))
    if cascade and constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}:
        primary = constraint.kind is ConstraintKind.PRIMARY_KEY
        for other in state.tables.values():
            for key in list(other.foreign_keys.values()):
                rests = key.target_columns == constraint.columns or (primary and not key.target_columns)
                if key.target == table.name and rests:
                    del other.foreign_keys[key.name]
                    state.drop_record(DroppedKind.FOREIGN_KEY, other.name, key.name)


def validate_constraint(state: State, table: TableDraft, name: str) -> None:
    """VALIDATE CONSTRAINT, here and in the tables below."""
    if name in table.constraints:
        table.constraints[name] = replace(table.constraints[name], valid=True)
    if name in table.foreign_keys:
        table.foreign_keys[name] = replace(table.foreign_keys[name], valid=True)
    for child in state.children(table.name):
        validate_constraint(state, child, name)


def rename_constraint(state: State, table: TableDraft, old: str, new: str) -> None:
    """RENAME CONSTRAINT; a key's index is renamed with it."""
    renamed = table.constraints.get(old)
    state.constraint_named(new)
    if old in table.foreign_keys:
        table.foreign_keys[new] = replace(table.foreign_keys.pop(old), name=new, origin=state.origin)
        state.drop_record(DroppedKind.FOREIGN_KEY, table.name, old)
    if old in table.constraints:
        table.constraints[new] = replace(table.constraints.pop(old), name=new, origin=state.origin)
        state.drop_record(DroppedKind.CONSTRAINT, table.name, old)
    owner = state.indexes.take(QName(table.name.schema, old))
    if owner is not None:
        state.indexes[QName(table.name.schema, new)] = owner
    for child in state.children(table.name):
        child.from_parent = {
            key: new if parent == old else parent for key, parent in child.from_parent.items()
        }
        if renamed is not None and renamed.kind is ConstraintKind.CHECK and old in child.constraints:
            rename_constraint(state, child, old, new)
