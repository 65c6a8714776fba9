"""The tables and columns that a statement cannot do without."""

from collections.abc import Iterator

from supa_deploy.migrations import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Key
from supa_deploy.rules.rerun.names import Names

_NEEDING = frozenset(
    {
        "AlterPolicyStmt",
        "AlterTableStmt",
        "CopyStmt",
        "CreatePolicyStmt",
        "CreateTableAsStmt",
        "CreateTrigStmt",
        "DeleteStmt",
        "GrantStmt",
        "IndexStmt",
        "InsertStmt",
        "SelectStmt",
        "TruncateStmt",
        "UpdateStmt",
        "ViewStmt",
    }
)
_OWN = {"ViewStmt": "view", "CreateTableAsStmt": "into", "SelectStmt": "intoClause"}


def used(names: Names, statement: Statement) -> Iterator[Key]:
    """The relations that a statement names, but for what it makes itself; for an UPDATE its table's columns too."""
    node = statement.tree
    if statement.kind not in _NEEDING or node.flag("missing_ok") or node.flag("if_not_exists"):
        return
    made = node.child(_OWN.get(statement.kind, ""))
    own = {id_of(one) for one in made.walk() if one.has("relname")} if made is not None else set()
    named = {n.text("ctename") for n in node.walk() if n.has("ctename")}
    for one in node.walk():
        if not one.has("relname") or id_of(one) in own or names.is_temporary(one):
            continue
        if one.text("schemaname") or one.text("relname") not in named:
            yield names.relation(one)
    if statement.kind == "UpdateStmt":
        yield from _columns(names, node)


def id_of(node: Node) -> tuple[str, int]:
    """A mention of a relation: its name and where it stands."""
    return node.text("relname"), node.location


def _columns(names: Names, node: Node) -> Iterator[Key]:
    table = names.relation(node.child("relation"))
    only = not node.has("fromClause")
    for one in node.walk():
        fields = one.strings("fields") if one.kind == "ColumnRef" else ()
        if only and len(fields) == 1:
            yield names.part("column", table, fields[0])
    for target in node.nodes("targetList"):
        yield names.part("column", table, target.text("name"))
