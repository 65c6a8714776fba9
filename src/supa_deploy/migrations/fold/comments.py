"""COMMENT ON."""

from dataclasses import replace

from supa_deploy.migrations.fold.functions import find_functions
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node

_RELATIONS = frozenset({"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"})
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"})


def comment_on(state: State, node: Node) -> None:
    """COMMENT ON table, column, view, function, type; on other objects it is no promise."""
    target = node.child("object")
    kind = node.text("objtype")
    text = node.text("comment") if node.has("comment") else None
    if target is None:
        return
    if kind in _RELATIONS:
        _on_relation(state, target.strings("items"), text)
    elif kind == "OBJECT_COLUMN":
        _on_column(state, target.strings("items"), text)
    elif kind in _FUNCTIONS:
        for draft in find_functions(state, target):
            draft.value = replace(draft.value, comment=text)
    elif kind in {"OBJECT_TYPE", "OBJECT_DOMAIN"}:
        name = state.type_parts(target.strings("names"))
        if name in state.types:
            state.types[name] = replace(state.types[name], comment=text)


def _on_relation(state: State, parts: tuple[str, ...], text: str | None) -> None:
    if len(parts) == 1 and parts[0] in state.temporary:
        return
    name = state.relation_parts(parts)
    if name in state.views:
        state.views[name].comment = text
    else:
        state.table(name).comment = text


def _on_column(state: State, parts: tuple[str, ...], text: str | None) -> None:
    table = state.tables.get(state.relation_parts(parts[:-1]))
    if table is not None and parts[-1] in table.columns:
        table.columns[parts[-1]] = replace(table.columns[parts[-1]], comment=text)
