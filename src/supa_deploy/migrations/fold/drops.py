"""DROP of every kind, and what CASCADE takes along."""

from collections.abc import Callable, Iterable

from supa_deploy.migrations.fold.columns import drop_column
from supa_deploy.migrations.fold.drafts import Mention, TableDraft
from supa_deploy.migrations.fold.functions import find_functions
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import DroppedKind, QName, RelationKind

_TABLES = frozenset({"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"})
_VIEWS = frozenset({"OBJECT_VIEW", "OBJECT_MATVIEW"})
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"})
_TYPES = frozenset({"OBJECT_TYPE", "OBJECT_DOMAIN"})


def drop(state: State, node: Node) -> None:
    """DROP …: one handler by kind of object; kinds that are no promise are passed over."""
    kind = node.text("removeType")
    cascade = node.text("behavior") == "DROP_CASCADE"
    for target in node.nodes("objects"):
        if kind in _TABLES:
            _drop_table_named(state, target.strings("items"), cascade=cascade)
        elif kind in _VIEWS:
            drop_view(state, state.relation_parts(target.strings("items")), cascade=cascade)
        elif kind in _FUNCTIONS:
            _drop_function(state, target, cascade=cascade)
        elif kind in _TYPES:
            drop_type(state, state.type_parts(target.strings("names")), cascade=cascade)
        elif kind in _OTHERS:
            _OTHERS[kind](state, target, cascade)


def _drop_table_named(state: State, parts: tuple[str, ...], *, cascade: bool) -> None:
    if len(parts) == 1 and parts[0] in state.temporary:
        state.temporary.discard(parts[0])
        return
    drop_table(state, state.relation_parts(parts), cascade=cascade)


def drop_table(state: State, name: QName, *, cascade: bool) -> None:
    """Takes a table away with all that hangs on it; partitions go with it, with CASCADE whatever rests on it."""
    table = state.tables.pop(name, None)
    state.drop_record(DroppedKind.TABLE, name)
    for child in state.children(name):
        if child.kind is RelationKind.PARTITION or cascade:
            drop_table(state, child.name, cascade=cascade)
        else:
            child.parents.remove(name)
    _forget(state, name)
    if table is not None and cascade:
        for other in state.tables.values():
            for key in [key for key in other.foreign_keys.values() if key.target == name]:
                del other.foreign_keys[key.name]
                state.drop_record(DroppedKind.FOREIGN_KEY, other.name, key.name)
    if cascade:
        _cascade(state, lambda mention: name in mention.relations)
        _drop_users_of_type(state, name)


def _forget(state: State, owner: QName) -> None:
    """Takes the indexes and owned sequences of a dropped relation away."""
    for index in state.indexes.of(owner):
        del state.indexes[index]
    for sequence in state.owned_sequences.of(owner):
        del state.owned_sequences[sequence]
        state.sequences.pop(sequence, None)


def _cascade(state: State, hit: Callable[[Mention], bool]) -> None:
    """Takes away the views and policies that name what is gone."""
    for view in [view.name for view in state.views.values() if hit(view.mention)]:
        if view in state.views:
            drop_view(state, view, cascade=True)
    for table in state.tables.values():
        for policy in [policy for policy, mention in table.mentions.items() if hit(mention)]:
            table.policies.pop(policy, None)
            del table.mentions[policy]
            state.drop_record(DroppedKind.POLICY, table.name, policy)


def drop_view(state: State, name: QName, *, cascade: bool) -> None:
    """Takes a view away; with CASCADE what rests on it too."""
    state.views.pop(name, None)
    state.drop_record(DroppedKind.VIEW, name)
    _forget(state, name)
    if cascade:
        _cascade(state, lambda mention: name in mention.relations)
        _drop_users_of_type(state, name)


def drop_type(state: State, name: QName, *, cascade: bool) -> None:
    """Takes a type away; with CASCADE the columns and functions of that type."""
    state.types.pop(name, None)
    state.drop_record(DroppedKind.TYPE, name)
    if cascade:
        _drop_users_of_type(state, name)


def _drop_users_of_type(state: State, name: QName) -> None:
    for table in list(state.tables.values()):
        for column in [column.name for column in table.columns.values() if column.own_type == name]:
            drop_column(state, table, column, cascade=True)
    for key in [key for key, draft in state.functions.items() if name in draft.uses]:
        _remove_function(state, key, cascade=True)


def _drop_function(state: State, reference: Node, *, cascade: bool) -> None:
    keys = [draft.value.signature for draft in find_functions(state, reference)]
    if not keys:
        state.drop_record(DroppedKind.FUNCTION, state.new_parts(reference.strings("objname")))
    for key in keys:
        _remove_function(state, key, cascade=cascade)


def _remove_function(state: State, key: str, *, cascade: bool) -> None:
    name = state.functions[key].value.name
    del state.functions[key]
    state.drop_record(DroppedKind.FUNCTION, name)
    if not cascade or any(True for _ in state.functions.named(name)):
        return
    for table in state.tables.values():
        for trigger in [trigger.name for trigger in table.triggers.values() if trigger.function == name]:
            del table.triggers[trigger]
            state.drop_record(DroppedKind.TRIGGER, table.name, trigger)
    _cascade(state, lambda mention: name.name in mention.functions)


def drop_schema(state: State, name: str, *, cascade: bool) -> None:
    """Takes a schema away; with CASCADE everything in it."""
    state.schemas.pop(name, None)
    if not cascade:
        return
    for view in _in(state.views, name):
        drop_view(state, view, cascade=True)
    for table in _in(state.tables, name):
        drop_table(state, table, cascade=True)
    for kind in _in(state.types, name):
        drop_type(state, kind, cascade=True)
    for sequence in _in(state.sequences, name):
        state.sequences.pop(sequence, None)
    for key in [key for key, draft in state.functions.items() if draft.value.name.schema == name]:
        _remove_function(state, key, cascade=True)
    for extension in [e.name for e in state.extensions.values() if e.schema == name]:
        _forget_extension(state, extension)


def _in(names: Iterable[QName], schema: str) -> list[QName]:
    return [name for name in names if name.schema == schema]


def _drop_index(state: State, target: Node, cascade: bool) -> None:
    del cascade
    name = state.relation_parts(target.strings("items"))
    owner = state.indexes.take(name)
    state.drop_record(DroppedKind.INDEX, name)
    if owner is None:
        return
    if owner in state.views:
        state.views[owner].indexes.pop(name.name, None)
        return
    drop_index(state, state.tables[owner], name.name)


def drop_index(state: State, table: TableDraft, name: str) -> None:
    """Takes an index away, and the partitions' indexes that were made with it."""
    state.indexes.take(QName(table.name.schema, name))
    table.indexes.pop(name, None)
    table.index_columns.pop(name, None)
    node = table.index_nodes.pop(name, None)
    for child in state.children(table.name):
        for index in [index for index, made_by in child.index_nodes.items() if made_by is node]:
            drop_index(state, child, index)


def _drop_policy(state: State, target: Node, cascade: bool) -> None:
    del cascade
    *relation, policy = target.strings("items")
    name = state.relation_parts(tuple(relation))
    table = state.tables.get(name)
    state.drop_record(DroppedKind.POLICY, name, policy)
    if table is not None:
        table.policies.pop(policy, None)
        table.mentions.pop(policy, None)


def _drop_trigger(state: State, target: Node, cascade: bool) -> None:
    del cascade
    *relation, trigger = target.strings("items")
    name = state.relation_parts(tuple(relation))
    state.drop_record(DroppedKind.TRIGGER, name, trigger)
    if name in state.tables:
        state.tables[name].triggers.pop(trigger, None)
    for child in state.children(name):
        child.triggers.pop(trigger, None)


def _drop_sequence(state: State, target: Node, cascade: bool) -> None:
    del cascade
    name = state.relation_parts(target.strings("items"))
    state.sequences.pop(name, None)
    state.owned_sequences.take(name)


def _drop_schema(state: State, target: Node, cascade: bool) -> None:
    drop_schema(state, target.text("sval"), cascade=cascade)


def _drop_extension(state: State, target: Node, cascade: bool) -> None:
    del cascade
    _forget_extension(state, target.text("sval"))


def _forget_extension(state: State, name: str) -> None:
    state.extensions.pop(name, None)
    state.drop_record(DroppedKind.EXTENSION, QName("public", name))


def _drop_publication(state: State, target: Node, cascade: bool) -> None:
    del cascade
    for table in state.tables.values():
        leave_publication(state, table, target.text("sval"))


def leave_publication(state: State, table: TableDraft, publication: str) -> None:
    """Takes a table out of a publication that it was put into."""
    if table.publications.pop(publication, None) is not None:
        state.drop_record(DroppedKind.PUBLICATION, table.name, publication)


_OTHERS: dict[str, Callable[[State, Node, bool], None]] = {
    "OBJECT_INDEX": _drop_index,
    "OBJECT_POLICY": _drop_policy,
    "OBJECT_TRIGGER": _drop_trigger,
    "OBJECT_SEQUENCE": _drop_sequence,
    "OBJECT_SCHEMA": _drop_schema,
    "OBJECT_EXTENSION": _drop_extension,
    "OBJECT_PUBLICATION": _drop_publication,
}
