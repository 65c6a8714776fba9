"""The names in expressions and queries: relations, functions, types; and the columns of the one table that a policy, a
check or an index can mean."""

from collections.abc import Collection, Iterator

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
    for node, outside in _below(tops, outside=known is not None):
        kind = node.kind
        if kind == "ColumnRef":
            if outside and table is not None and known is not None:
                _column(eye, table, known, node)
        elif kind == "FuncCall":
            _call(eye, node)
        elif kind == "TypeCast":
            _cast(eye, node)
        elif kind == "CommonTableExpr":
            ctes.add(node.text("ctename"))
        elif kind == "ColumnDef":
            eye.type(node.child("typeName"))
        elif node.has("relname"):
            relations.append(node)
    for relation in relations:
        # A CTE hides a table of its name only in part of a statement: where one is so named, nothing is said.
        if relation.has("schemaname") or relation.text("relname") not in ctes:
            eye.relation(relation)


def _below(tops: tuple[Node | None, ...], *, outside: bool) -> Iterator[tuple[Node, bool]]:
    """All nodes, and whether they stand outside subqueries (only looked at when asked for). FOR UPDATE OF names
    aliases, INTO makes what it names, and long lists of rows are data."""
    stack = [(node, outside) for node in tops if node is not None]
    while stack:
        node, out = stack.pop()
        yield node, out
        kind = node.kind
        if kind in _LEAVES:
            continue
        rows = kind in _QUERIES and len(node.nodes("valuesLists")) > _FEW_ROWS
        for below in node.children():
            inner = below.kind
            if inner in _NAMES_NOTHING or (rows and inner == "List"):
                continue
            if not inner and (below.has("names") or (below.has("rel") and below.has("onCommit"))):
                continue
            stack.append((below, out and not (kind == "SubLink" and inner == "SelectStmt")))


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
