"""The names in expressions and queries: relations, functions, types; and the columns of the one table that a policy, a
check or an index can mean."""

from collections.abc import Collection, Iterator

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.eye import Eye
from supa_deploy.schema import QName

_FEW_ROWS = 20
_NAMES_NOTHING = frozenset({"LockingClause", "A_Const", "String"})
_OF_SEQUENCES = frozenset({"nextval", "currval", "setval"})


def look(eye: Eye, *tops: Node | None) -> None:
    """Looks for every relation, function and type that expressions or queries name."""
    relations: list[Node] = []
    ctes: set[str] = set()
    for node in _below(tops):
        if node.kind == "FuncCall":
            _call(eye, node)
        elif node.kind == "TypeCast":
            _cast(eye, node)
        elif node.kind == "CommonTableExpr":
            ctes.add(node.text("ctename"))
        elif node.kind == "ColumnDef":
            eye.type(node.child("typeName"))
        elif node.has("relname"):
            relations.append(node)
    for relation in relations:
        # A CTE hides a table of its name only in part of a statement: where one is so named, nothing is said.
        if relation.has("schemaname") or relation.text("relname") not in ctes:
            eye.relation(relation)


def look_at_columns(eye: Eye, table: QName, known: Collection[str] | None, *tops: Node | None) -> None:
    """Looks for the columns that expressions name without a qualifier, outside subqueries: they can be no other
    table's. `known` as in Eye.columns."""
    stack = [node for node in tops if node is not None]
    while stack:
        node = stack.pop()
        if node.kind == "ColumnRef":
            fields = node.strings("fields")
            if len(fields) == 1 and len(node.nodes("fields")) == 1 and fields[0] != table.name:
                eye.columns(table, fields, node.location, known=known)
        elif node.kind == "SubLink":
            test = node.child("testexpr")
            if test is not None:
                stack.append(test)
        else:
            stack.extend(node.children())


def _below(tops: tuple[Node | None, ...]) -> Iterator[Node]:
    """All nodes; FOR UPDATE OF names aliases, INTO makes what it names, and long lists of rows are data."""
    stack = [node for node in tops if node is not None]
    while stack:
        node = stack.pop()
        yield node
        rows = node.has("valuesLists") and len(node.nodes("valuesLists")) > _FEW_ROWS
        into = node.child("intoClause") if node.has("intoClause") else None
        for below in node.children():
            if below.kind in _NAMES_NOTHING or (rows and below.kind == "List") or below.has("names"):
                continue
            if into is not None and below.has("rel") and below.has("onCommit"):
                continue
            stack.append(below)


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
