"""Enum values that are used in the file that adds them: where the file itself says that the column is of that type.

What is not sure is not told: a text that is equal to a new value may be just a text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from supa_deploy.migrations import Statement, bodies
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node, statements
from supa_deploy.rules.sending.apart import is_switched_off, runs_apart
from supa_deploy.rules.sending.rules import ENUM_VALUE_USED
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.values import Found
from supa_deploy.schema import QName

_COMPARES = frozenset({"AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"})
_ENDS = frozenset({"TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE"})


@dataclass(frozen=True, slots=True)
class _New:
    """The values added so far in this transaction, by type."""

    values: dict[QName, set[str]]
    state: State

    def of(self, type_name: QName | None) -> set[str]:
        """The new values of a type."""
        return self.values.get(type_name, set()) if type_name is not None else set()

    def of_node(self, node: Node | None) -> set[str]:
        """The new values of a type as it is written."""
        parts = node.strings("names") if node is not None else ()
        return self.of(self.state.type_parts(parts)) if parts else set()


def seen_before(sight: Sight, statement: Statement) -> Iterator[Found]:
    """Notes that a value was there before the file (ADD VALUE IF NOT EXISTS): such a one may be used."""
    tree = statement.tree
    name = sight.state.type_parts(tree.strings("typeName"))
    known = sight.state.types.get(name)
    if not tree.has("oldVal") and known is not None and tree.text("newVal") in known.labels:
        sight.told.add(_note(name, tree.text("newVal")))
    yield from ()


def _note(name: QName, value: str) -> str:
    return f"enum value {name} {value}"


def enum_values(sight: Sight) -> Iterator[Found]:
    """Uses of values that this file adds, in the same transaction."""
    script = sight.script
    kinds = {statement.kind for statement in script.statements}
    if "AlterEnumStmt" not in kinds or is_switched_off(script):
        return
    new = _New({}, sight.state)
    own: set[QName] = set()
    for statement in script.statements:
        tree = statement.tree
        if statement.kind == "CreateEnumStmt":
            own.add(sight.state.new_parts(tree.strings("typeName")))
        elif statement.kind == "AlterEnumStmt":
            name = sight.state.type_parts(tree.strings("typeName"))
            value = tree.text("newVal")
            if not tree.has("oldVal") and name not in own and _note(name, value) not in sight.told:
                new.values.setdefault(name, set()).add(value)
        elif tree.text("kind") in _ENDS or runs_apart(script, statement):
            new.values.clear()
        elif new.values:
            yield from _in_statement(sight, statement, new)


def _in_statement(sight: Sight, statement: Statement, new: _New) -> Iterator[Found]:
    for tree in (statement.tree, *_inside(sight, statement)):
        used = _used(tree, new)
        if used is not None:
            byte = sight.byte(statement, used) if tree is statement.tree else statement.start
            message = "This uses an enum value that the same file adds: the server refuses it (55P04)."
            yield Found(ENUM_VALUE_USED, byte, message)
            return


def _inside(sight: Sight, statement: Statement) -> Iterator[Node]:
    """What runs, or is checked, inside a body: DO blocks and functions in SQL (PL/pgSQL ones run later)."""
    from pgparse import PGQueryError, parse

    if statement.kind == "DoStmt":
        found = bodies.inside(sight.script.source, statement)
        yield from found.statements if found is not None else ()
    elif statement.kind == "CreateFunctionStmt":
        body = bodies.body_of(sight.script.source, statement)
        if body is None or body.language != "sql":
            return
        try:
            yield from (node for node, _, _ in statements(parse(body.text)))
        except PGQueryError:
            return


def _used(tree: Node, new: _New) -> Node | None:
    """The place of a new value in a statement, where its type is sure; None when there is none."""
    columns = _Columns(tree, new)
    for node in tree.walk():
        for values, places in _typed(tree, node, new, columns):
            for place in places:
                if _text(place) in values:
                    return place
    return None


def _typed(tree: Node, node: Node, new: _New, columns: "_Columns") -> Iterator[tuple[set[str], list[Node]]]:
    """Values of a type, and the constants in this node that are of it."""
    kind = node.kind
    if kind == "TypeCast":
        yield new.of_node(node.child("typeName")), _one(node.child("arg"))
    elif kind == "ColumnDef":
        values = new.of_node(node.child("typeName"))
        for part in node.nodes("constraints") if values else ():
            yield values, _one(part.child("raw_expr"))
    elif kind == "AlterTableCmd" and node.text("subtype") == "AT_ColumnDefault":
        yield columns.values(node.text("name")), _one(node.child("def"))
    elif kind == "ResTarget" and node.text("name") and tree.kind == "UpdateStmt":
        yield columns.values(node.text("name")), _one(node.child("val"))
    elif kind == "InsertStmt":
        yield from _inserted(node, new)
    elif kind == "A_Expr" and node.text("kind") in _COMPARES:
        left, right = node.child("lexpr"), node.child("rexpr")
        for one, other in ((left, right), (right, left)):
            if one is not None and one.kind == "ColumnRef" and one.strings("fields"):
                yield columns.values(one.strings("fields")[-1]), _constants(other)


def _inserted(node: Node, new: _New) -> Iterator[tuple[set[str], list[Node]]]:
    table = new.state.tables.get(new.state.relation(node.child("relation")))
    select = node.child("selectStmt")
    if table is None or select is None or not table.columns_known:
        return
    names = [target.text("name") for target in node.nodes("cols")] or list(table.columns)
    rows = [row.nodes("items") for row in select.nodes("valuesLists")]
    rows.append(
        [value for target in select.nodes("targetList") if (value := target.child("val")) is not None]
    )
    for row in rows:
        for name, value in zip(names, row, strict=False):
            column = table.columns.get(name)
            yield new.of(column.own_type if column is not None else None), [value]


class _Columns:
    """The columns of the tables that a statement names, by name: what a bare column name can mean there."""

    def __init__(self, tree: Node, new: _New) -> None:
        self._new = new
        self._tables = [
            table
            for node in tree.walk()
            if node.has("relname") and (table := new.state.tables.get(new.state.relation(node))) is not None
        ]

    def values(self, name: str) -> set[str]:
        """The new values of the column's type; none when two tables have such a column of different types."""
        types = {table.columns[name].own_type for table in self._tables if name in table.columns}
        return self._new.of(types.pop()) if len(types) == 1 else set()


def _one(node: Node | None) -> list[Node]:
    return [node] if node is not None else []


def _constants(node: Node | None) -> list[Node]:
    if node is None:
        return []
    if node.kind == "List":
        return node.nodes("items")
    return node.nodes("elements") if node.kind == "A_ArrayExpr" else [node]


def _text(node: Node) -> str | None:
    text = node.child("sval") if node.kind == "A_Const" else None
    return text.text("sval") if text is not None else None
