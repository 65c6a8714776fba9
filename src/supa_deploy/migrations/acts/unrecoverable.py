"""What undoing migration files cannot bring back, in words: rows, values, what left the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from supa_deploy.migrations.acts.reading import acts_of
from supa_deploy.migrations.acts.values import Act, Deed
from supa_deploy.migrations.bodies import inside
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.tree import Node

_RUNS = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CopyStmt", "CreateTableAsStmt"}
)
_ROWS = {
    "InsertStmt": "the rows inserted into {table} stay",
    "CopyStmt": "the rows copied into {table} stay",
    "UpdateStmt": "the values that {table} had before its rows were updated are lost",
    "DeleteStmt": "the rows deleted from {table} are lost",
    "MergeStmt": "rows of {table} were merged: what was there before is lost, what was added stays",
}
_CALLS = {
    "cron.schedule": "the cron job it schedules stays, unless it is unscheduled by hand",
    "cron.schedule_in_database": "the cron job it schedules stays, unless it is unscheduled by hand",
    "cron.unschedule": "the cron job it unscheduled does not come back",
    "setval": "the position of the sequence it sets is not put back",
    "nextval": "the numbers taken from the sequence are not given back",
    "pg_notify": "the notification is sent",
    "vault.create_secret": "the secret it stores in the vault stays",
    "vault.update_secret": "the secret it changes in the vault is not put back",
    "pgmq.create": "the queue it makes stays",
    "pgmq.send": "the message it sends stays",
}
_BUCKETS = ("storage", "buckets")


@dataclass(slots=True)
class _Made:
    """What the undone files made themselves: it goes with them, and so does what they put into it."""

    tables: set[tuple[str, str]] = field(default_factory=set)
    columns: set[tuple[str, str, str]] = field(default_factory=set)


def cannot_restore(scripts: Sequence[Script]) -> tuple[str, ...]:
    """What taking these files back cannot undo, one line each with file and line. Scripts in the order they ran.

    What a file put into a table or column that the same files made is not told: it goes with them.
    """
    made = _Made()
    lines: dict[str, None] = {}
    for script in scripts:
        for statement in script.statements:
            acts = acts_of(statement.tree)
            for words in (*_of_acts(acts, made), *_of_rows(script, statement, made)):
                lines.setdefault(f"{script.migration.file}:{statement.line}: {words}")
            _note(acts, made)
    return tuple(lines)


def _note(acts: Iterable[Act], made: _Made) -> None:
    for act in acts:
        if act.deed is Deed.CREATE and act.object == "table":
            made.tables.add((act.schema, act.name))
        elif act.deed is Deed.CREATE and act.object == "column" and act.table:
            made.columns.add((act.schema, act.table, act.name))


def _of_acts(acts: Iterable[Act], made: _Made) -> Iterator[str]:
    for act in acts:
        name = _shown(act.schema, act.name)
        table = _shown(act.schema, act.table or "")
        if (act.schema, act.table or act.name) in made.tables:
            continue
        if act.deed is Deed.DROP:
            yield from _dropped(act, name, table, made)
        elif act.deed is Deed.ROWS and act.detail == "truncate":
            yield f"the rows of {name}, which it emptied, are lost"
        elif act.object == "column" and act.deed is Deed.ALTER and (act.detail or "").startswith("type "):
            words = (act.detail or "").removeprefix("type ")
            yield f"the values of {table}.{act.name} were converted to {words}: what that cut or rounded stays so"
        elif act.object == "type" and act.deed is Deed.ALTER and (act.detail or "").endswith(" added"):
            yield f"{act.detail} to type {name}: rows that use it by now stand in the way of taking it out"


def _dropped(act: Act, name: str, table: str, made: _Made) -> Iterator[str]:
    if act.object in {"table", "foreign table"}:
        yield f"table {name}, which it dropped, comes back empty"
    elif act.object == "column" and (act.schema, act.table or "", act.name) not in made.columns:
        yield f"column {table}.{act.name}, which it dropped, comes back empty"
    elif act.object == "sequence":
        yield f"sequence {name}, which it dropped, begins anew"
    elif act.object == "extension":
        yield f"extension {act.name}, which it dropped, comes back without the data it kept"
    elif act.cascade:
        yield f"what went with {act.object} {name} (CASCADE) comes back empty, where it comes back"


def _of_rows(script: Script, statement: Statement, made: _Made) -> Iterator[str]:
    if statement.kind == "DoStmt":
        yield from _of_block(script, statement, made)
    elif statement.kind == "CallStmt":
        call = statement.tree.child("funccall")
        yield f"what {'.'.join(call.strings('funcname')) if call else 'the procedure'}() did to rows stays"
    elif statement.kind == "NotifyStmt":
        yield "the notification is sent"
    elif statement.kind in _RUNS:
        yield from _of_query(statement.tree, made)


def _of_block(script: Script, statement: Statement, made: _Made) -> Iterator[str]:
    body = inside(script.source, statement)
    if body is None or body.dynamic:
        yield "a DO block that cannot be read whole: what it did to rows stays"
    for node in body.statements if body is not None else ():
        if node.kind in _RUNS:
            yield from _of_query(node, made)
        elif node.kind == "TruncateStmt":
            yield from _of_acts(acts_of(node), made)


def _of_query(query: Node, made: _Made) -> Iterator[str]:
    for node in query.walk():
        if node.kind in _ROWS:
            yield from _of_change(node, made)
        elif node.kind == "FuncCall":
            yield from _of_call(query, node)


def _of_change(node: Node, made: _Made) -> Iterator[str]:
    relation = node.child("relation")
    if relation is None or (node.kind == "CopyStmt" and not node.flag("is_from")):
        return
    schema, name = relation.text("schemaname") or "public", relation.text("relname")
    if (schema, name) in made.tables or relation.text("relpersistence") == "t":
        return
    if node.kind == "UpdateStmt" and _only_new_columns(node, (schema, name), made):
        return
    if (schema, name) == _BUCKETS and node.kind == "InsertStmt":
        yield "the storage bucket it inserts stays, with what was uploaded to it"
        return
    yield _ROWS[node.kind].format(table=_shown(schema, name))


def _only_new_columns(node: Node, table: tuple[str, str], made: _Made) -> bool:
    columns = [target.text("name") for target in node.nodes("targetList")]
    return bool(columns) and all((*table, column) in made.columns for column in columns)


def _of_call(query: Node, call: Node) -> Iterator[str]:
    parts = call.strings("funcname")
    name = ".".join(part for part in parts if part != "pg_catalog")
    if name in _CALLS:
        yield _CALLS[name]
    elif parts[0] == "net":
        yield f"the request that {name}() sent is sent"
    elif (
        query.kind == "SelectStmt"
        and len(parts) > 1
        and parts[0] != "pg_catalog"
        and not query.has("fromClause")
    ):
        yield f"what {name}() did to rows stays"


def _shown(schema: str, name: str) -> str:
    return name if schema in {"", "public"} else f"{schema}.{name}"
