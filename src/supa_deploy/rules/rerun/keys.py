"""Whether ON CONFLICT can strike when the same INSERT runs again."""

from collections.abc import Iterator

from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Key
from supa_deploy.rules.rerun.names import Names
from supa_deploy.rules.rerun.updating import VOLATILE
from supa_deploy.schema import ConstraintKind, QName


def can_strike(names: Names, table: Key, node: Node) -> bool:
    """False only when the table is known and none of its keys gets the same values on every run."""
    known = names.state.tables.get(QName(table.schema, table.name))
    if known is None or known.assumed or not known.columns_known or known.uncertain:
        return True
    if any(c.kind is ConstraintKind.EXCLUSION for c in known.constraints.values()):
        return True
    given = [target.text("name") for target in node.nodes("cols")] or list(known.columns)
    rows = list(_rows(node.child("selectStmt")))
    if any(value.kind == "ColumnRef" and not value.strings("fields") for row in rows for value in row):
        return True
    return any(_steady(known, key, given, rows) for key in _keys(known))


def _keys(table: TableDraft) -> Iterator[tuple[str, ...]]:
    """The columns of each key: constraints, and unique indexes as far as they are on columns."""
    for constraint in table.constraints.values():
        if constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}:
            yield constraint.columns
    for index in table.indexes.values():
        if index.unique:
            yield tuple(key for key in index.keys if key in table.columns)


def _rows(source: Node | None) -> Iterator[list[Node]]:
    """The values of each row that is inserted."""
    if source is None:
        return
    for row in source.nodes("valuesLists"):
        yield row.nodes("items")
    targets = [value for target in source.nodes("targetList") if (value := target.child("val")) is not None]
    if targets:
        yield targets


def _steady(table: TableDraft, key: tuple[str, ...], given: list[str], rows: list[list[Node]]) -> bool:
    """True when no column of the key gets a new value on every run."""
    for name in key:
        column = table.columns.get(name)
        if column is None:
            return True
        values = [row[given.index(name)] for row in rows if name in given and given.index(name) < len(row)]
        if any(value.kind == "SetToDefault" for value in values):
            values = []
        if not values:
            default = (column.default or "").lower()
            own = column.identity or not default or any(word in default for word in VOLATILE)
            if own or (column.type or "").endswith("serial"):
                return False
        elif any(_is_new(value) for value in values):
            return False
    return True


def _is_new(value: Node) -> bool:
    return any(n.kind == "FuncCall" and n.strings("funcname")[-1] in VOLATILE for n in value.walk())
