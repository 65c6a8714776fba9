"""RENAME and SET SCHEMA: the object under its new name, and everything that points at it following."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

from supa_deploy.migrations.fold.columns import rename_column
from supa_deploy.migrations.fold.constraints import rename_constraint
from supa_deploy.migrations.fold.drafts import Mention
from supa_deploy.migrations.fold.functions import find_functions
from supa_deploy.migrations.fold.publications import rename_publication
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.sqltypes import printed_name
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import DroppedKind, QName

_RELATIONS = frozenset(
    {
        "OBJECT_TABLE",
        "OBJECT_VIEW",
        "OBJECT_MATVIEW",
        "OBJECT_INDEX",
        "OBJECT_SEQUENCE",
        "OBJECT_FOREIGN_TABLE",
    }
)
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"})
_TYPES = frozenset({"OBJECT_TYPE", "OBJECT_DOMAIN"})


def rename(state: State, node: Node) -> None:
    """ALTER … RENAME."""
    kind, new = node.text("renameType"), node.text("newname")
    relation, target = node.child("relation"), node.child("object")
    if kind in _MEMBERS and relation is not None:
        if not state.is_temporary(relation):
            _MEMBERS[kind](state, state.relation(relation), node.text("subname"), new)
    elif kind in _RELATIONS:
        name = state.relation(relation)
        _move_relation(state, name, QName(name.schema, new))
    elif kind in _FUNCTIONS and target is not None:
        _move_functions(state, target, lambda name: QName(name.schema, new))
    elif kind in _TYPES and target is not None:
        name = state.type_parts(target.strings("items"))
        move_type(state, name, QName(name.schema, new))
    elif kind == "OBJECT_PUBLICATION" and target is not None:
        rename_publication(state, target.text("sval"), new)
    elif kind == "OBJECT_SCHEMA":
        _rename_schema(state, node.text("subname"), new)


def set_schema(state: State, node: Node) -> None:
    """ALTER … SET SCHEMA."""
    kind, schema = node.text("objectType"), node.text("newschema")
    target = node.child("object")
    if kind in _RELATIONS:
        name = state.relation(node.child("relation"))
        _move_relation(state, name, QName(schema, name.name))
    elif target is None:
        return
    elif kind in _FUNCTIONS:
        _move_functions(state, target, lambda name: QName(schema, name.name))
    elif kind in _TYPES:
        name = state.type_parts(target.strings("items"))
        move_type(state, name, QName(schema, name.name))
    elif kind == "OBJECT_EXTENSION" and target.text("sval") in state.extensions:
        extension = state.extensions[target.text("sval")]
        state.extensions[extension.name] = replace(extension, schema=schema, origin=state.origin)


def _move_relation(state: State, old: QName, new: QName) -> None:
    if state.name_taken(new.schema, new.name):
        return  # the server refuses it
    if old in state.tables:
        move_table(state, old, new)
    elif old in state.views:
        move_view(state, old, new)
    elif old in state.indexes:
        _move_index(state, old, new)
    elif old in state.sequences:
        state.sequences[new] = replace(state.sequences.pop(old), name=new, origin=state.origin)
    if old in state.owned_sequences:
        owner = state.owned_sequences[old]
        del state.owned_sequences[old]
        state.owned_sequences[new] = owner


def move_table(state: State, old: QName, new: QName) -> None:
    """A table under another name or in another schema; keys, views, policies and partitions follow."""
    table = state.tables.pop(old)
    table.name, table.origin = new, state.origin
    state.tables[new] = table
    state.is_parent(new)
    state.drop_record(DroppedKind.TABLE, old)
    for other in state.tables.values():
        other.parents = [new if parent == old else parent for parent in other.parents]
        for key in list(other.foreign_keys.values()):
            if key.target == old:
                other.foreign_keys[key.name] = replace(key, target=new)
    for sequence in state.owned_sequences.of(old):
        state.owned_sequences[sequence] = (new, state.owned_sequences[sequence][1])
    _follow(state, old, new)


def move_view(state: State, old: QName, new: QName) -> None:
    """A view under another name or in another schema."""
    view = state.views.pop(old)
    view.name, view.origin = new, state.origin
    state.views[new] = view
    state.drop_record(DroppedKind.VIEW, old)
    _follow(state, old, new)


def _follow(state: State, old: QName, new: QName) -> None:
    """What every relation's move touches: its indexes' schema, mentions of it, its row type."""
    for index in state.indexes.of(old):
        del state.indexes[index]
        state.indexes[QName(new.schema, index.name)] = new
    mentions: list[Mention] = [view.mention for view in state.views.values()]
    for table in state.tables.values():
        mentions.extend(table.mentions.values())
    for mention in mentions:
        if old in mention.relations:
            mention.relations.remove(old)
            mention.relations.add(new)
    _retype(state, old, new)


def _move_index(state: State, old: QName, new: QName) -> None:
    owner = state.indexes[old]
    del state.indexes[old]
    state.indexes[new] = owner
    state.drop_record(DroppedKind.INDEX, old)
    if owner in state.views:
        indexes = state.views[owner].indexes
        if old.name in indexes:
            indexes[new.name] = replace(indexes.pop(old.name), name=new.name, origin=state.origin)
        return
    table = state.tables[owner]
    if old.name in table.constraints:
        del state.indexes[new]
        state.indexes[old] = owner
        rename_constraint(state, table, old.name, new.name)
    elif old.name in table.indexes:
        table.indexes[new.name] = replace(table.indexes.pop(old.name), name=new.name, origin=state.origin)
        table.index_columns[new.name] = table.index_columns.pop(old.name)
        table.index_nodes[new.name] = table.index_nodes.pop(old.name)


def move_type(state: State, old: QName, new: QName) -> None:
    """A type under another name or in another schema; columns and functions of that type follow."""
    if old in state.types:
        state.types[new] = replace(state.types.pop(old), name=new, origin=state.origin)
        state.drop_record(DroppedKind.TYPE, old)
    _retype(state, old, new)


def _retype(state: State, old: QName, new: QName) -> None:
    before, after = printed_name(old.schema, old.name), printed_name(new.schema, new.name)
    for table in state.tables.values():
        for column in list(table.columns.values()):
            if column.own_type == old and column.type is not None:
                text = column.type.replace(before, after, 1)
                table.columns[column.name] = replace(column, type=text, own_type=new)
    for key in [key for key, draft in state.functions.items() if old in draft.uses]:
        draft = state.functions[key]
        del state.functions[key]
        draft.uses = draft.uses - {old} | {new}
        arguments = tuple(
            replace(a, type=after + a.type[len(before) :]) if a.type in {before, f"{before}[]"} else a
            for a in draft.value.arguments
        )
        returns = draft.value.returns
        if returns is not None and returns.removeprefix("SETOF ") in {before, f"{before}[]"}:
            returns = returns.replace(before, after)
        draft.value = replace(draft.value, arguments=arguments, returns=returns)
        state.functions[draft.value.signature] = draft


def _move_functions(state: State, reference: Node, rename_to: Callable[[QName], QName]) -> None:
    for draft in find_functions(state, reference):
        del state.functions[draft.value.signature]
        state.drop_record(DroppedKind.FUNCTION, draft.value.name)
        draft.value = replace(draft.value, name=rename_to(draft.value.name), origin=state.origin)
        state.functions[draft.value.signature] = draft


def _rename_schema(state: State, old: str, new: str) -> None:
    if old in state.schemas:
        del state.schemas[old]
        state.schemas[new] = state.origin
    for name in [name for name in (*state.tables, *state.views, *state.sequences) if name.schema == old]:
        _move_relation(state, name, QName(new, name.name))
    for name in [name for name in state.types if name.schema == old]:
        move_type(state, name, QName(new, name.name))
    for key, draft in list(state.functions.items()):
        if draft.value.name.schema == old:
            del state.functions[key]
            draft.value = replace(draft.value, name=QName(new, draft.value.name.name), origin=state.origin)
            state.functions[draft.value.signature] = draft
    for extension in [e for e in state.extensions.values() if e.schema == old]:
        state.extensions[extension.name] = replace(extension, schema=new)


def _column(state: State, relation: QName, old: str, new: str) -> None:
    view = state.views.get(relation)
    if view is None:
        rename_column(state, state.table(relation), old, new, state.origin)
    elif view.columns is not None:
        view.columns = tuple(new if column == old else column for column in view.columns)


def _constraint(state: State, relation: QName, old: str, new: str) -> None:
    rename_constraint(state, state.table(relation), old, new)


def _policy(state: State, relation: QName, old: str, new: str) -> None:
    table = state.table(relation)
    if old in table.policies:
        table.policies[new] = replace(table.policies.pop(old), name=new, origin=state.origin)
        state.drop_record(DroppedKind.POLICY, relation, old)
        table.mentions[new] = table.mentions.pop(old, Mention())


def _trigger(state: State, relation: QName, old: str, new: str) -> None:
    table = state.table(relation)
    for draft in (table, *state.children(relation)):
        if old in draft.triggers:
            draft.triggers[new] = replace(draft.triggers.pop(old), name=new, origin=state.origin)
            state.drop_record(DroppedKind.TRIGGER, draft.name, old)


def _attribute(state: State, relation: QName, old: str, new: str) -> None:
    name = state.find_type(relation.schema, relation.name) or relation
    found = state.types.get(name)
    if found is not None:
        attributes = {new if key == old else key: text for key, text in found.attributes.items()}
        state.types[name] = replace(found, attributes=MappingProxyType(attributes), origin=state.origin)


_MEMBERS: dict[str, Callable[[State, QName, str, str], None]] = {
    "OBJECT_COLUMN": _column,
    "OBJECT_TABCONSTRAINT": _constraint,
    "OBJECT_POLICY": _policy,
    "OBJECT_TRIGGER": _trigger,
    "OBJECT_ATTRIBUTE": _attribute,
}
