"""What a policy's condition says: always true, calls that every row repeats, columns that are looked up."""

from collections.abc import Collection, Iterator

from supa_deploy.migrations.tree import Node

_TRUE_WORDS = frozenset({"true", "t", "yes", "y", "on", "1"})
_COLUMNS = frozenset({"ColumnRef"})
_SETTING = frozenset({("current_setting",), ("pg_catalog", "current_setting")})


def truth(node: Node | None) -> bool | None:
    """Whether a condition is true or false whatever the row and the user; None when it depends on them."""
    if node is None:
        return None
    reader = _TRUTH.get(node.kind)
    return reader(node) if reader is not None else None


def _of_constant(node: Node) -> bool | None:
    if not node.has("boolval"):
        return None
    value = node.child("boolval")
    return value is not None and value.flag("boolval")


def _of_cast(node: Node) -> bool | None:
    written, kind = node.child("arg"), node.child("typeName")
    if written is None or kind is None or kind.strings("names")[-1:] not in {("bool",), ("boolean",)}:
        return None
    text = written.child("sval") if written.kind == "A_Const" else None
    return text.text("sval").strip().lower() in _TRUE_WORDS if text is not None else truth(written)


def _of_operator(node: Node) -> bool | None:
    operator = node.strings("name")[-1:]
    if node.text("kind") != "AEXPR_OP" or operator not in {("=",), ("<>",)}:
        return None
    left, right = _constant(node.child("lexpr")), _constant(node.child("rexpr"))
    if left is None or right is None or left[0] != right[0]:
        return None
    return (left == right) is (operator == ("=",))


def _of_words(node: Node) -> bool | None:
    values = [truth(argument) for argument in node.nodes("args")]
    kind = node.text("boolop")
    if kind == "NOT_EXPR":
        return None if values[0] is None else not values[0]
    decisive = kind == "OR_EXPR"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _of_subselect(node: Node) -> bool | None:
    """`(select true)`: no table, no condition."""
    query = node.child("subselect")
    if node.text("subLinkType") != "EXPR_SUBLINK" or query is None:
        return None
    if query.has("fromClause") or query.has("whereClause"):
        return None
    targets = query.nodes("targetList")
    return truth(targets[0].child("val")) if len(targets) == 1 else None


_TRUTH = {
    "A_Const": _of_constant,
    "TypeCast": _of_cast,
    "A_Expr": _of_operator,
    "BoolExpr": _of_words,
    "SubLink": _of_subselect,
}


def _constant(node: Node | None) -> tuple[str, str | int] | None:
    if node is None or node.kind != "A_Const" or node.has("isnull"):
        return None
    for field in ("ival", "fval", "sval"):
        if node.has(field):
            value = node.child(field)
            return field, (value.text(field) or value.number(field)) if value is not None else 0
    return None


def repeated_calls(node: Node | None) -> Iterator[Node]:
    """The calls of `auth.…()` and current_setting() that every row repeats: those that do not stand in a subselect of
    their own, which PostgreSQL would run once. A helper that takes the row's columns is called for each row anyway."""
    if node is None:
        return
    if node.kind == "SubLink":
        query = node.child("subselect")
        if query is not None and not query.has("fromClause") and not has_columns(query):
            return
    elif node.kind == "FuncCall":
        if is_session_call(node):
            yield node
            return
        if has_columns(node):
            return
    for below in node.children():
        yield from repeated_calls(below)


def is_session_call(node: Node) -> bool:
    """True for `auth.uid()`, `auth.jwt()` and their like, and for current_setting()."""
    name = node.strings("funcname")
    return name in _SETTING or (len(name) == 2 and name[0] == "auth")


def has_columns(node: Node) -> bool:
    """True when a column is named anywhere in it."""
    return any(True for _ in node.find(_COLUMNS))


def looked_up(node: Node | None, table: str, columns: Collection[str]) -> frozenset[str]:
    """The table's own columns that the condition compares with something that is the same for every row, where an
    index could find the rows: on one side of `=` or of `= any (…)`, in each arm of an OR."""
    if node is None:
        return frozenset()
    if node.kind == "BoolExpr":
        arms = [looked_up(arm, table, columns) for arm in node.nodes("args")]
        if node.text("boolop") == "AND_EXPR" or (node.text("boolop") == "OR_EXPR" and all(arms)):
            return frozenset[str]().union(*arms)
        return frozenset()
    if node.kind != "A_Expr" or node.strings("name")[-1:] != ("=",):
        return frozenset()
    left, right = node.child("lexpr"), node.child("rexpr")
    sides = {"AEXPR_OP": ((left, right), (right, left)), "AEXPR_OP_ANY": ((left, right),)}
    for one, other in sides.get(node.text("kind"), ()):
        column = _own_column(one, table, columns)
        if column is not None and other is not None and _same_for_all_rows(other, table):
            return frozenset({column})
    return frozenset()


def _own_column(node: Node | None, table: str, columns: Collection[str]) -> str | None:
    if node is None or node.kind != "ColumnRef":
        return None
    *qualifier, name = node.strings("fields") or ("",)
    return name if name in columns and (not qualifier or qualifier[-1] == table) else None


def _same_for_all_rows(node: Node, table: str) -> bool:
    """True for what asks the session or another table, and does not name the row; a constant is no key."""
    asks = False
    for found in _outside_queries(node):
        if found.kind == "ColumnRef":
            return False
        if found.kind == "SubLink":
            asks = True
            if any(table in ref.strings("fields")[:-1] for ref in found.find(_COLUMNS)):
                return False
        asks = asks or found.kind == "FuncCall"
    return asks


def _outside_queries(node: Node) -> Iterator[Node]:
    yield node
    if node.kind != "SubLink":
        for below in node.children():
            yield from _outside_queries(below)
