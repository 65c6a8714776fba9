"""The columns of a query, as far as they can be read: for views, CREATE TABLE AS and SELECT INTO.

Names follow FigureColname of PostgreSQL 17 (src/backend/parser/parse_target.c).
"""

from collections.abc import Mapping
from typing import NamedTuple

from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName


class QueryColumn(NamedTuple):
    """A column of a query: its name, and its type where it is that of a known column or of a cast."""

    name: str
    type: str | None = None
    own_type: QName | None = None


Columns = tuple[QueryColumn, ...] | None
_FIXED_NAMES = {
    "GroupingFunc": "grouping",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "CoalesceExpr": "coalesce",
    "XmlSerialize": "xmlserialize",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
    "MergeSupportFunc": "merge_action",
}
_SUBLINKS = {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}
_NAMES_BY_OP = {
    "IS_LEAST": "least",
    "IS_GREATEST": "greatest",
    "JSON_EXISTS_OP": "json_exists",
    "JSON_QUERY_OP": "json_query",
    "JSON_VALUE_OP": "json_value",
    "IS_XMLCONCAT": "xmlconcat",
    "IS_XMLELEMENT": "xmlelement",
    "IS_XMLFOREST": "xmlforest",
    "IS_XMLPARSE": "xmlparse",
    "IS_XMLPI": "xmlpi",
    "IS_XMLROOT": "xmlroot",
}


def query_columns(state: State, query: Node | None, ctes: Mapping[str, Columns] | None = None) -> Columns:
    """The columns of a SELECT, VALUES or data-changing statement with RETURNING; None when they cannot be read."""
    if query is None:
        return None
    known = dict(ctes or {})
    with_clause = query.child("withClause")
    for cte in with_clause.nodes("ctes") if with_clause is not None else ():
        known[cte.text("ctename")] = _renamed(
            query_columns(state, cte.child("ctequery"), known), cte.strings("aliascolnames")
        )
    if query.has("larg"):
        return query_columns(state, query.child("larg"), known)
    values = query.nodes("valuesLists")
    if values:
        return tuple(QueryColumn(f"column{n}") for n in range(1, len(values[0].nodes("items")) + 1))
    targets = query.nodes("targetList") if not query.has("relation") else query.nodes("returningList")
    sources = _sources(state, query.nodes("fromClause"), known)
    columns: list[QueryColumn] = []
    for target in targets:
        expanded = _target(state, target, sources)
        if expanded is None:
            return None
        columns.extend(expanded)
    return tuple(columns)


class _Source(NamedTuple):
    """One entry of FROM: the name it goes by, and its columns."""

    name: str
    columns: Columns
    hidden: frozenset[str] = frozenset()


def _sources(state: State, items: list[Node], ctes: Mapping[str, Columns]) -> list[_Source]:
    found: list[_Source] = []
    for item in items:
        found.extend(_source(state, item, ctes))
    return found


def _source(state: State, item: Node, ctes: Mapping[str, Columns]) -> list[_Source]:
    if item.kind == "JoinExpr":
        left = _sources(state, [node for node in (item.child("larg"),) if node is not None], ctes)
        right = _sources(state, [node for node in (item.child("rarg"),) if node is not None], ctes)
        if item.flag("isNatural") or item.child("alias") is not None:
            return [source._replace(columns=None) for source in (*left, *right)]
        shared = frozenset(item.strings("usingClause"))
        return [*left, *(source._replace(hidden=source.hidden | shared) for source in right)]
    alias = item.child("alias")
    name = alias.text("aliasname") if alias is not None else item.text("relname")
    columns: Columns = None
    if item.kind == "RangeVar":
        columns = _relation_columns(state, item, ctes)
    elif item.kind == "RangeSubselect":
        columns = query_columns(state, item.child("subquery"), ctes)
    return [_Source(name, _renamed(columns, alias.strings("colnames") if alias is not None else ()))]


def _relation_columns(state: State, item: Node, ctes: Mapping[str, Columns]) -> Columns:
    name = item.text("relname")
    if not item.has("schemaname") and name in ctes:
        return ctes[name]
    if state.is_temporary(item):
        return None
    found = state.relation(item)
    table = state.tables.get(found)
    if table is not None:
        if not table.columns_known:
            return None
        return tuple(QueryColumn(c.name, c.type, c.own_type) for c in table.columns.values())
    view = state.views.get(found)
    if view is not None and view.columns is not None:
        return tuple(QueryColumn(column) for column in view.columns)
    return None


def _renamed(columns: Columns, names: tuple[str, ...]) -> Columns:
    if columns is None or not names:
        return columns
    return tuple(c._replace(name=new) for c, new in zip(columns, names, strict=False)) + columns[len(names) :]


def _target(state: State, target: Node, sources: list[_Source]) -> Columns:
    value = target.child("val")
    if value is None:
        return None
    if value.kind == "ColumnRef" and value.nodes("fields")[-1].kind == "A_Star":
        return _star(value.strings("fields"), sources)
    name = target.text("name") or figure_name(value) or "?column?"
    if value.kind == "ColumnRef":
        return (_typed(name, value.strings("fields"), sources),)
    if value.kind == "TypeCast":
        text = state.type_text(value.child("typeName"))
        return (QueryColumn(name, text.text, text.own),)
    return (QueryColumn(name),)


def _star(qualifier: tuple[str, ...], sources: list[_Source]) -> Columns:
    chosen = [source for source in sources if not qualifier or source.name == qualifier[-1]]
    if not chosen or any(source.columns is None for source in chosen):
        return None
    if qualifier:
        return chosen[0].columns
    shared = frozenset[str]().union(*(source.hidden for source in chosen))
    every = [(c, c.name in source.hidden) for source in chosen for c in source.columns or ()]
    first = [c for c, hidden in every if c.name in shared and not hidden]
    return (*first, *(c for c, _ in every if c.name not in shared))


def _typed(name: str, fields: tuple[str, ...], sources: list[_Source]) -> QueryColumn:
    qualifier = fields[-2] if len(fields) > 1 else None
    if any(source.columns is None for source in sources):
        sources = [source for source in sources if source.name == qualifier]
    matches = [
        column
        for source in sources
        for column in source.columns or ()
        if column.name == fields[-1] and qualifier in {None, source.name}
    ]
    return matches[0]._replace(name=name) if len(matches) == 1 else QueryColumn(name)


def figure_name(node: Node) -> str | None:
    """The name PostgreSQL gives an expression in a target list or index; None where it has none."""
    return _figure(node)[0]


def _figure(node: Node | None) -> tuple[str | None, int]:
    """A name and its strength: 2 for a real one, 1 for a makeshift, 0 for none."""
    if node is None:
        return None, 0
    if node.kind == "TypeCast":
        return _figure_cast(node)
    if node.kind == "CaseExpr":
        name, strength = _figure(node.child("defresult"))
        return (name, strength) if strength > 1 else ("case", 1)
    if node.kind in {"CollateClause", "A_Indirection", "ColumnRef"}:
        return _figure_reference(node)
    name = _figure_plain(node)
    return name, 2 if name else 0


def _figure_cast(node: Node) -> tuple[str | None, int]:
    name, strength = _figure(node.child("arg"))
    type_name = node.child("typeName")
    if strength > 1 or type_name is None:
        return name, strength
    return type_name.strings("names")[-1], 1


def _figure_reference(node: Node) -> tuple[str | None, int]:
    if node.kind == "ColumnRef":
        fields = node.strings("fields")
        return (fields[-1], 2) if fields else (None, 0)
    if node.kind == "A_Indirection":
        fields = node.strings("indirection")
        if fields:
            return fields[-1], 2
    return _figure(node.child("arg"))


def _figure_plain(node: Node) -> str | None:
    if node.kind == "FuncCall":
        return node.strings("funcname")[-1]
    if node.kind == "A_Expr":
        return "nullif" if node.text("kind") == "AEXPR_NULLIF" else None
    if node.kind == "SQLValueFunction":
        return node.text("op").removeprefix("SVFOP_").removesuffix("_N").lower()
    if node.kind == "SubLink":
        return _figure_sublink(node)
    return _NAMES_BY_OP.get(node.text("op")) or _FIXED_NAMES.get(node.kind)


def _figure_sublink(node: Node) -> str | None:
    kind = node.text("subLinkType")
    select = node.child("subselect")
    if kind == "EXPR_SUBLINK" and select is not None:
        for target in select.nodes("targetList")[:1]:
            value = target.child("val")
            return target.text("name") or (figure_name(value) if value is not None else None)
    return _SUBLINKS.get(kind)
