"""The names in expressions and queries: relations, functions, types; and the columns of the one table that a policy, a
check or an index can mean."""

from collections.abc import Callable, Collection

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.eye import Eye
from supa_deploy.schema import QName

_FEW_ROWS = 20
_NAMES_NOTHING = frozenset({"LockingClause", "A_Const", "String"})
_LEAVES = frozenset({"ColumnRef", "ParamRef", "SQLValueFunction"})
_QUERIES = frozenset({"SelectStmt", ""})
_OF_SEQUENCES = frozenset({"nextval", "currval", "setval"})


def look(eye: Eye, *tops: Node | None) -> None:
    """Looks for every relation, function and type that expressions or queries name."""
    _look(eye, tops, None, None)


def look_with_columns(eye: Eye, table: QName, known: Collection[str] | None, *tops: Node | None) -> None:
    """As `look`, and for the columns that are named without a qualifier, outside subqueries: they can be no other
    table's. `known` are the table's columns, None when they are not all known."""
    _look(eye, tops, table, known)


def _look(
    eye: Eye, tops: tuple[Node | None, ...], table: QName | None, known: Collection[str] | None
) -> None:
    relations: list[Node] = []
    ctes: set[str] = set()
    stack = [(node, known is not None) for node in tops if node is not None]
    while stack:
        node, outside = stack.pop()  # whether it stands outside subqueries; only looked at for columns
        kind = node.kind
        if kind in _LEAVES:
            if outside and kind == "ColumnRef" and table is not None and known is not None:
                _column(eye, table, known, node)
            continue
        named = _NAMED.get(kind)
        if named is not None:
            named(eye, node)
        elif kind == "CommonTableExpr":
            ctes.add(node.text("ctename"))
        elif node.has("relname"):
            relations.append(node)
        below = _BELOW.get(kind, _others)(node)
        if kind == "SubLink":
            stack += [(one, outside and one.kind != "SelectStmt") for one in below]
        else:
            stack += [(one, outside) for one in below if one.kind not in _NAMES_NOTHING]
    for relation in relations:
        # A CTE hides a table of its name only in part of a statement: where one is so named, nothing is said.
        if relation.has("schemaname") or relation.text("relname") not in ctes:
            eye.relation(relation)


def _others(node: Node) -> list[Node]:
    """The nodes below one of any kind. FOR UPDATE OF names aliases, INTO makes what it names, and long lists of rows
    are data."""
    rows = node.kind in _QUERIES and len(node.nodes("valuesLists")) > _FEW_ROWS
    return [
        below
        for below in node.children()
        if (not rows or below.kind != "List")
        and (below.kind or not (below.has("names") or (below.has("rel") and below.has("onCommit"))))
    ]


def _in(*fields: str) -> Callable[[Node], list[Node]]:
    """The nodes that stand in these fields, each of which holds one."""

    def below(node: Node) -> list[Node]:
        return [one for field in fields if (one := node.child(field)) is not None]

    return below


def _arguments(node: Node) -> list[Node]:
    """The arguments of a call or of AND, OR, NOT; an aggregate's filter, order and window."""
    if node.has("agg_order") or node.has("agg_filter") or node.has("over"):
        return [*node.nodes("args"), *node.nodes("agg_order"), *_of_aggregate(node)]
    return node.nodes("args")


_of_aggregate = _in("agg_filter", "over")
_BELOW: dict[str, Callable[[Node], list[Node]]] = {
    "A_Expr": _in("lexpr", "rexpr"),
    "BoolExpr": _arguments,
    "FuncCall": _arguments,
    "NullTest": _in("arg"),
    "SubLink": _in("testexpr", "subselect"),
    "TypeCast": _in("arg"),
}
"""Where the most frequent expressions hold others, in the tree's order; the rest of them is names."""


def _column(eye: Eye, table: QName, known: Collection[str], node: Node) -> None:
    fields = node.strings("fields")
    if (
        len(fields) == 1
        and fields[0] not in known
        and fields[0] != table.name
        and len(node.nodes("fields")) == 1
    ):
        eye.columns(table, fields, node.location, known=known)


def _call(eye: Eye, node: Node) -> None:
    name = node.strings("funcname")
    eye.function(name, node.location)
    if name and name[-1] in _OF_SEQUENCES:
        for argument in node.nodes("args")[:1]:
            if argument.kind == "A_Const":
                _named_in_text(eye, argument)


def _cast(eye: Eye, node: Node) -> None:
    wanted = node.child("typeName")
    eye.type(wanted)
    argument = node.child("arg")
    if wanted is not None and argument is not None and wanted.strings("names")[-1:] == ("regclass",):
        _named_in_text(eye, argument)


def _named_in_text(eye: Eye, node: Node) -> None:
    """A relation named in a literal: `nextval('s.t_id_seq')`, `'s.t'::regclass`. The server looks it up at once."""
    literal = node.child("sval")
    text = literal.text("sval") if literal is not None else ""
    parts = text.split(".")
    if not text or text.isdigit() or '"' in text or len(parts) > 2 or not all(part.strip() for part in parts):
        return
    names = tuple(part.strip().lower() for part in parts)
    eye.relation_named(names[0] if len(names) > 1 else "", names[-1], node.location, certain=False)


def _column_made(eye: Eye, node: Node) -> None:
    eye.type(node.child("typeName"))


_NAMED: dict[str, Callable[[Eye, Node], None]] = {
    "ColumnDef": _column_made,
    "FuncCall": _call,
    "TypeCast": _cast,
}
