"""Indexes: CREATE INDEX with the names PostgreSQL chooses, and copies for partitions and LIKE."""

from dataclasses import replace

from supa_deploy.migrations import lexer
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.queries import figure_name
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.names import choose_name, index_column_names, join_columns
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Index, QName


def create_index(state: State, node: Node) -> None:
    """CREATE INDEX."""
    relation = node.child("relation")
    if state.is_temporary(relation):
        return
    target = state.relation(relation)
    given = node.text("idxname")
    if given and node.flag("if_not_exists") and state.name_taken(target.schema, given):
        return
    name = given or _default_name(state, target, node)
    view = state.views.get(target)
    index = _index(state, name, node)
    if view is not None:
        view.indexes[name] = index
        state.indexes[QName(target.schema, name)] = target
        return
    _put(state, state.table(target), index, node)
    for child in state.children(target):
        clone_index(state, state.table(target), child, name)


def _put(state: State, table: TableDraft, index: Index, node: Node) -> None:
    table.indexes[index.name] = index
    table.index_nodes[index.name] = node
    elements = [*node.nodes("indexParams"), *node.nodes("indexIncludingParams")]
    expressions = [element.child("expr") for element in elements if element.has("expr")]
    columns = state.mention(*expressions, node.child("whereClause")).columns
    columns.update(element.text("name") for element in elements if element.has("name"))
    table.index_columns[index.name] = frozenset(columns)
    state.indexes[QName(table.name.schema, index.name)] = table.name


def clone_index(state: State, source: TableDraft, target: TableDraft, name: str) -> None:
    """Makes the same index on another table, under a default name (partitions, LIKE INCLUDING INDEXES)."""
    node = source.index_nodes.get(name)
    if node is not None:
        copy = replace(
            source.indexes[name], name=_default_name(state, target.name, node), origin=state.origin
        )
        _put(state, target, copy, node)


def _default_name(state: State, table: QName, node: Node) -> str:
    elements = [*node.nodes("indexParams"), *node.nodes("indexIncludingParams")]
    names = index_column_names([_element_name(element) for element in elements])
    return choose_name(
        table.name, join_columns(names), "idx", lambda name: state.name_taken(table.schema, name)
    )


def _element_name(element: Node) -> str:
    expression = element.child("expr")
    return element.text("name") or (figure_name(expression) if expression is not None else None) or "expr"


def _index(state: State, name: str, node: Node) -> Index:
    source, statement = state.script.source, state.statement
    relation = node.child("relation")
    start = relation.location if relation is not None else statement.start
    elements = node.nodes("indexParams")
    keys = [element.text("name") for element in elements]
    brackets, where = None, None
    if node.has("whereClause") or "" in keys:  # else nothing need be cut from the text
        brackets = lexer.in_brackets(source.data, start, statement.end)
    if brackets and "" in keys:
        ranges = lexer.split_list(source.data, *brackets)
        named = zip(keys, ranges, strict=False)
        keys = [key or _expression_text(state, first, last) for key, (first, last) in named]
    if node.has("whereClause") and brackets:
        for place in lexer.after_words(source.data, brackets[1] + 1, statement.end, "WHERE"):
            where = source.text(lexer.skip_blank(source.data, place, statement.end), statement.end).strip()
            break
    return Index(
        name=name,
        keys=tuple(keys),
        origin=state.origin,
        unique=node.flag("unique"),
        method=node.text("accessMethod") or "btree",
        where=where,
    )


def _expression_text(state: State, first: int, last: int) -> str:
    """An index's expression without operator class and order: all up to the bracket that closes it."""
    source = state.script.source
    inner = lexer.in_brackets(source.data, first, last)
    if inner is None:
        return source.text(first, last)
    if source.data[first : first + 1] == b"(":
        return source.text(*inner).strip()
    return source.text(first, inner[1] + 1)
