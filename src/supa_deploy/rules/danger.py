"""What hurts a database in use and squawk does not find."""

from collections.abc import Iterable, Iterator

from supa_deploy.migrations import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.sight import Readers, Sight
from supa_deploy.rules.squawk.locks import missing_timeout
from supa_deploy.rules.values import Found, Rule, Topic
from supa_deploy.schema import QName


def _rule(rule: str, why: str, fix: str, severity: Severity = Severity.WARNING) -> Rule:
    return Rule(rule, Topic.DANGER, severity, why, fix)


UPDATE_ALL = _rule(
    "update-without-where",
    "An UPDATE without WHERE writes every row anew in one transaction, and whoever changes one of them waits for it.",
    "Add a WHERE that leaves out rows which are right already, and go through large tables in steps.",
)
DELETE_ALL = _rule(
    "delete-without-where",
    "A DELETE without WHERE deletes every row, whatever the table holds by the time the file is sent.",
    "Add a WHERE that names the rows that are meant.",
)
TRUNCATE = _rule(
    "truncate",
    "TRUNCATE deletes every row, whatever the table holds by the time the file is sent.",
    "Write a DELETE with a WHERE that names the rows that are meant.",
)
CASCADE = _rule(
    "drop-cascade",
    "CASCADE drops everything that hangs on it too: views, keys, policies and functions that the file does not name.",
    "Drop what hangs on it by name first, then it without CASCADE: what nobody thought of then stops the push.",
)
REFRESH = _rule(
    "refresh-without-concurrently",
    "REFRESH MATERIALIZED VIEW locks the view against reads until it is filled anew.",
    "Write REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index on the view.",
)
VACUUM_FULL = _rule(
    "vacuum-full",
    "VACUUM FULL and CLUSTER write the whole table anew and lock it against reads and writes until they are done.",
    "Write plain VACUUM, or do this by hand at a quiet hour.",
)
REWRITE = _rule(
    "table-rewrite",
    "SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD write the whole table anew under a full lock.",
    "Do this by hand at a quiet hour, or fill a new table in steps and swap the two.",
)
ATTACH = _rule(
    "attach-partition",
    "ATTACH PARTITION reads every row of the new partition under a full lock, unless a CHECK proves that all fit.",
    "Add a CHECK with the partition's bounds as NOT VALID, VALIDATE it in a file before, then attach.",
)
PUBLICATION = _rule(
    "publication-set-table",
    "ALTER PUBLICATION … SET replaces the whole list: tables it does not name are no longer sent to Realtime.",
    "Write ALTER PUBLICATION … ADD TABLE (or DROP TABLE) for the tables that are meant.",
)
_REWRITES = {
    "AT_SetLogged": "SET LOGGED",
    "AT_SetUnLogged": "SET UNLOGGED",
    "AT_SetTableSpace": "SET TABLESPACE",
    "AT_SetAccessMethod": "SET ACCESS METHOD",
}
_CASCADED = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_FOREIGN_TABLE": "foreign table",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_SEQUENCE": "sequence",
}


def _in_use(sight: Sight, name: QName) -> bool:
    """True for a relation that may hold rows which this file did not put there."""
    return sight.is_old(name) and not sight.is_platform(name)


def _every_row(sight: Sight, statement: Statement) -> Iterator[Found]:
    """UPDATE and DELETE of all rows."""
    tree = statement.tree
    name = sight.relation(tree.child("relation"))
    if (
        tree.has("whereClause")
        or not _in_use(sight, name)
        or tree.has("fromClause")
        or tree.has("usingClause")
    ):
        return
    if tree.kind == "DeleteStmt":
        yield Found(DELETE_ALL, statement.start, f"This deletes every row of {name}.")
    else:
        yield Found(UPDATE_ALL, statement.start, f"This writes every row of {name} anew.")


def _truncate(sight: Sight, statement: Statement) -> Iterator[Found]:
    names = [sight.relation(target) for target in statement.tree.nodes("relations")]
    old = ", ".join(str(name) for name in names if _in_use(sight, name))
    if old:
        yield Found(TRUNCATE, statement.start, f"This deletes every row of {old}.")


def _drop_cascade(sight: Sight, statement: Statement) -> Iterator[Found]:
    tree = statement.tree
    kind = _CASCADED.get(tree.text("removeType"))
    if tree.text("behavior") != "DROP_CASCADE" or kind is None:
        return
    names = [_parts(target) for target in tree.nodes("objects")]
    if kind in {"table", "view", "materialized view"} and not any(
        _in_use(sight, sight.state.relation_parts(parts)) for parts in names if parts
    ):
        return
    shown = ", ".join(".".join(parts) for parts in names)
    yield Found(CASCADE, statement.start, f"This drops the {kind} {shown} and all that hangs on it, unnamed.")


def _parts(target: Node) -> tuple[str, ...]:
    if target.kind == "String":
        return (target.text("sval"),)
    return target.strings("items") or target.strings("objname") or target.strings("names")


def _refresh(sight: Sight, statement: Statement) -> Iterator[Found]:
    tree = statement.tree
    name = sight.relation(tree.child("relation"))
    if not tree.flag("concurrent") and not tree.flag("skipData") and _in_use(sight, name):
        yield Found(REFRESH, statement.start, f"Nobody can read {name} until this is done.")


def _vacuum(sight: Sight, statement: Statement) -> Iterator[Found]:
    full = any(
        option.text("defname") == "full" and not _is_off(option) for option in statement.tree.nodes("options")
    )
    if not full:
        return
    names = [
        sight.relation(relation.child("relation"))
        for relation in statement.tree.nodes("rels")
        if relation.child("relation") is not None
    ]
    if not names or any(_in_use(sight, name) for name in names):
        shown = ", ".join(map(str, names)) or "every table"
        yield Found(VACUUM_FULL, statement.start, f"Nobody can read or write {shown} until this is done.")


def _is_off(option: Node) -> bool:
    argument = option.child("arg")
    return argument is not None and argument.text("sval").lower() in {"off", "false", "0"}


def _cluster(sight: Sight, statement: Statement) -> Iterator[Found]:
    relation = statement.tree.child("relation")
    if relation is None or _in_use(sight, sight.relation(relation)):
        shown = str(sight.relation(relation)) if relation is not None else "any clustered table"
        yield Found(VACUUM_FULL, statement.start, f"Nobody can read or write {shown} until this is done.")


def _alter_table(sight: Sight, statement: Statement) -> Iterator[Found]:
    tree = statement.tree
    name = sight.relation(tree.child("relation"))
    for command in tree.nodes("cmds"):
        kind = command.text("subtype")
        if kind in _REWRITES and tree.text("objtype") == "OBJECT_TABLE" and _in_use(sight, name):
            message = f"{_REWRITES[kind]} writes {name} anew; nobody can read or write it until then."
            yield Found(REWRITE, statement.start, message)
        elif kind == "AT_AttachPartition" and tree.text("objtype") == "OBJECT_TABLE":
            yield from _attached(sight, statement, command)
        elif kind == "AT_DropColumn" and command.text("behavior") == "DROP_CASCADE" and _in_use(sight, name):
            shown = f"{name}.{command.text('name')}"
            yield Found(
                CASCADE, statement.start, f"This drops the column {shown} and all that hangs on it, unnamed."
            )


def _attached(sight: Sight, statement: Statement, command: Node) -> Iterator[Found]:
    definition = command.child("def")
    partition = sight.relation(definition.child("name")) if definition is not None else None
    if partition is None or not _in_use(sight, partition):
        return
    draft = sight.state.tables.get(partition)
    if draft is not None and any(one.expression and one.valid for one in draft.constraints.values()):
        return
    yield Found(ATTACH, statement.start, f"Every row of {partition} is read for this under a full lock.")


def _publication(sight: Sight, statement: Statement) -> Iterable[Found]:
    del sight
    tree = statement.tree
    if tree.text("action") != "AP_SetObjects":
        return ()
    name = tree.text("pubname")
    return (
        Found(PUBLICATION, statement.start, f"{name} then sends these tables only, whatever it sent before."),
    )


RULES: tuple[Rule, ...] = (
    UPDATE_ALL,
    DELETE_ALL,
    TRUNCATE,
    CASCADE,
    REFRESH,
    VACUUM_FULL,
    REWRITE,
    ATTACH,
    PUBLICATION,
)
READERS = Readers(
    statements={
        "UpdateStmt": (_every_row,),
        "DeleteStmt": (_every_row,),
        "TruncateStmt": (_truncate,),
        "DropStmt": (_drop_cascade,),
        "RefreshMatViewStmt": (_refresh,),
        "VacuumStmt": (_vacuum,),
        "ClusterStmt": (_cluster,),
        "AlterTableStmt": (_alter_table,),
        "AlterPublicationStmt": (_publication,),
    },
    files=(missing_timeout,),
)
