"""Whether an assignment gives another value when it is done again."""

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Key
from supa_deploy.rules.rerun.names import Names
from supa_deploy.schema import QName

VOLATILE = frozenset(
    {
        "gen_random_uuid",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "gen_random_bytes",
        "gen_salt",
        "random",
        "nextval",
    }
)
_ADDING = frozenset({"array_append", "array_prepend", "array_cat", "concat", "concat_ws", "repeat", "format"})
_NUMBERS = (
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
    "money",
    "interval",
    "timestamp",
    "date",
)
_JOINED = ("text", "character", "bytea", "tsvector")


def changes_again(names: Names, table: Key, targets: list[Node], where: Node | None) -> bool:
    """True when the assignments, done a second time to the same rows, would change them again. A condition on a
    column that is assigned is taken as the guard it mostly is."""
    assigned = {target.text("name") for target in targets}
    if where is not None and _columns(where) & assigned:
        return False
    return any(_again(names, table, target, assigned) for target in targets)


def _columns(node: Node) -> set[str]:
    """The columns that an expression names, those of `excluded` left out."""
    found = set()
    for one in node.walk():
        fields = one.strings("fields") if one.kind == "ColumnRef" else ()
        if fields and fields[:-1] != ("excluded",):
            found.add(fields[-1])
    return found


def _again(names: Names, table: Key, target: Node, assigned: set[str]) -> bool:
    value = target.child("val")
    if value is None:
        return False
    if any(n.kind == "FuncCall" and n.strings("funcname")[-1] in VOLATILE for n in value.walk()):
        return True
    if any(n.kind == "SubLink" for n in value.walk()):
        return False
    column = target.text("name")
    used = _columns(value)
    if (used & assigned) - {column}:
        return True
    return column in used and _grows(names, table, column, value)


def _grows(names: Names, table: Key, column: str, value: Node) -> bool:
    """True when the column's own value goes through an operator or function whose result differs from it."""
    known = names.state.tables.get(QName(table.schema, table.name))
    kind = (known.columns[column].type if known is not None and column in known.columns else None) or ""
    for node in value.walk():
        if column not in _columns(node):
            continue
        if node.kind == "BoolExpr" and node.text("boolop") == "NOT_EXPR":
            return value.kind == "BoolExpr"
        if node.kind == "FuncCall" and node.strings("funcname")[-1] in _ADDING:
            return True
        if node.kind == "A_Expr" and node.text("kind") == "AEXPR_OP" and _operator_grows(node, kind):
            return True
    return False


def _operator_grows(node: Node, kind: str) -> bool:
    name = node.strings("name")[-1]
    if name in {"*", "/", "+"}:
        return True
    if name == "-":
        return kind.startswith(_NUMBERS) or (not kind and _is_number(node.child("rexpr")))
    return name == "||" and (kind.startswith(_JOINED) or kind.endswith("[]"))


def _is_number(node: Node | None) -> bool:
    return node is not None and node.kind == "A_Const" and (node.has("ival") or node.has("fval"))
