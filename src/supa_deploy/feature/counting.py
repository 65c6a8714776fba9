"""How much there is before and after: counted on folds of the files."""

from collections.abc import Iterable, Sequence

from supa_deploy.migrations import Script, fold
from supa_deploy.model import Counts, Impact
from supa_deploy.schema import ConstraintKind, Schema, Table, View


def impact_of(
    older: Sequence[Script], together: Sequence[Script], ending: Sequence[Script], schema: Schema
) -> Impact:
    """The schema of the `older` files, and of the older ones `together` with those that are told. `schema` is the
    fold of `ending`, which is used again where it is the same."""
    before = fold(older) if older else Schema()
    after = schema if list(together) == list(ending) else fold(together)
    added = _Added(together)
    counts, sure = _counts(after, added)
    sure = sure and not after.doubts and not any(unread(script) for script in together)
    return Impact(_counts(before, added)[0], counts, sure)


def unread(script: Script) -> str | None:
    """Why a file adds nothing to the fold although it may hold something; None when it was read."""
    if script.statements or not script.problems:
        return None
    return script.problems[0].message


class _Added:
    """Which columns the files add to tables that none of them makes. Such a table is known by what is done to it:
    a column that is altered there was made elsewhere, and does not count."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._scripts = {script.migration.file: script for script in scripts}
        self._names: dict[str, frozenset[str]] = {}

    def of(self, table: Table) -> int:
        """How many."""
        return sum(name in self._in(column.origin.file) for name, column in table.columns.items())

    def _in(self, file: str) -> frozenset[str]:
        if file not in self._names:
            self._names[file] = frozenset(_columns_added(self._scripts.get(file)))
        return self._names[file]


def _columns_added(script: Script | None) -> Iterable[str]:
    for statement in script.statements if script is not None else ():
        if statement.kind == "AlterTableStmt":
            for command in statement.tree.nodes("cmds"):
                definition = command.child("def")
                if command.text("subtype") == "AT_AddColumn" and definition is not None:
                    yield definition.text("colname")


def _counts(schema: Schema, added: _Added) -> tuple[Counts, bool]:
    """The numbers, and whether they are sure."""
    tables = tuple(schema.tables.values())
    made = [table for table in tables if not table.assumed]
    columns = sum(len(table.columns) for table in made)
    sure = all(table.columns_known for table in made) and not any(table.uncertain for table in tables)
    for table in tables:
        if table.assumed:
            count = added.of(table)
            columns += count
            sure = sure and count == len(table.columns)
    views = tuple(schema.views.values())
    relations: tuple[Table | View, ...] = (*tables, *views)
    counts = Counts(
        tables=len(made),
        columns=columns,
        indexes=sum(len(relation.indexes) for relation in relations),
        policies=sum(len(table.policies) for table in tables),
        foreign_keys=sum(len(table.foreign_keys) for table in tables),
        checks=sum(
            constraint.kind is ConstraintKind.CHECK
            for table in tables
            for constraint in table.constraints.values()
        ),
        views=len(views),
        functions=len(schema.functions),
        triggers=sum(len(table.triggers) for table in tables),
        types=len(schema.types),
    )
    return counts, sure
