"""Publications: which tables were put into which, by name."""

from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.drops import leave_publication
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import DroppedKind


def create_publication(state: State, node: Node) -> None:
    """CREATE PUBLICATION … FOR TABLE; one for all tables (of a schema) lists none by name."""
    for table in _tables(state, node):
        table.publications[node.text("pubname")] = state.origin


def alter_publication(state: State, node: Node) -> None:
    """ALTER PUBLICATION … ADD, DROP, SET TABLE."""
    name, action = node.text("pubname"), node.text("action")
    tables = _tables(state, node)
    if action == "AP_DropObjects":
        for table in tables:
            table.publications.pop(name, None)
            state.drop_record(DroppedKind.PUBLICATION, table.name, name)
        return
    if action == "AP_SetObjects":
        kept = {table.name for table in tables}
        for table in state.tables.values():
            if table.name not in kept:
                leave_publication(state, table, name)
    for table in tables:
        table.publications.setdefault(name, state.origin)


def rename_publication(state: State, old: str, new: str) -> None:
    """ALTER PUBLICATION … RENAME."""
    for table in state.tables.values():
        if old in table.publications:
            del table.publications[old]
            table.publications[new] = state.origin
            state.drop_record(DroppedKind.PUBLICATION, table.name, old)


def _tables(state: State, node: Node) -> list[TableDraft]:
    relations = (
        entry.child("pubtable")
        for entry in node.nodes("pubobjects")
        if entry.text("pubobjtype") == "PUBLICATIONOBJ_TABLE"
    )
    return [state.table(state.relation(part.child("relation"))) for part in relations if part is not None]
