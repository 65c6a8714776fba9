"""Statements that write rows, as acts: inserts, updates, copies, and calls that do more than read."""

from collections.abc import Callable, Iterator

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.creates import table_as
from supa_deploy.rules.rerun.keys import can_strike
from supa_deploy.rules.rerun.names import Names
from supa_deploy.rules.rerun.rules import CALL, INSERT, UPDATE
from supa_deploy.rules.rerun.updating import changes_again

Acts = list[Act]

_DOES_AGAIN = {
    (
        "vault",
        "create_secret",
    ): "vault.create_secret() fails on a second run, or makes another secret where it gets no name.",
    ("net", "http_post"): "net.http_post() sends its request again on every run.",
    ("net", "http_get"): "net.http_get() sends its request again on every run.",
    ("net", "http_delete"): "net.http_delete() sends its request again on every run.",
}
_SCHEDULE, _UNSCHEDULE = ("cron", "schedule"), ("cron", "unschedule")


def insert(names: Names, node: Node) -> Acts:
    """INSERT."""
    relation = node.child("relation")
    found = common(names, node)
    if relation is None or names.is_temporary(relation):
        return found
    key = names.relation(relation)
    conflict = node.child("onConflictClause")
    table = f"{key.schema}.{key.name}"
    source = node.child("selectStmt")
    if conflict is None:
        if source is None or not _asks_first(source, relation.text("relname")):
            said = f"The INSERT into {table} has no ON CONFLICT: a second run fails on its key or adds the rows again."
            found.append(_fill(names, key, said))
    elif not can_strike(names, key, node):
        said = f"ON CONFLICT never strikes here: no key of {table} gets the same value twice, so rows are added again."
        found.append(_fill(names, key, said))
    elif changes_again(names, key, conflict.nodes("targetList"), conflict.child("whereClause")):
        said = f"On a second run the INSERT into {table} meets its own rows and its DO UPDATE changes them again."
        found.append(Act(Verb.FILL, key, names.statement.start, "", UPDATE, message=said))
    return found


def _fill(names: Names, key: Key, said: str) -> Act:
    return Act(Verb.FILL, key, names.statement.start, "", INSERT, message=said)


def _asks_first(source: Node, target: str) -> bool:
    """True when the rows to insert are chosen by what the table holds already."""
    if any(n.text("op") == "SETOP_EXCEPT" for n in source.walk()):
        return True
    where = source.child("whereClause")
    if where is None:
        return False
    asked = [*where.walk()]
    if any(n.text("relname") == target for n in asked):
        return True
    joined = any(n.text("relname") == target for one in source.nodes("fromClause") for n in one.walk())
    return joined and any(n.kind == "NullTest" for n in asked)


def update(names: Names, node: Node) -> Acts:
    """UPDATE."""
    relation = node.child("relation")
    found = common(names, node)
    if relation is None or names.is_temporary(relation):
        return found
    key = names.relation(relation)
    if changes_again(names, key, node.nodes("targetList"), node.child("whereClause")):
        said = f"The UPDATE of {key.schema}.{key.name} changes the same rows again on a second run."
        found.append(Act(Verb.FILL, key, names.statement.start, "", UPDATE, message=said))
    return found


def delete(names: Names, node: Node) -> Acts:
    """DELETE: what is inserted afterwards may be what is deleted here."""
    relation = node.child("relation")
    found = common(names, node)
    if relation is not None and not names.is_temporary(relation):
        found.append(Act(Verb.EMPTY, names.relation(relation), names.statement.start))
    return found


def truncate(names: Names, node: Node) -> Acts:
    """TRUNCATE."""
    relations = [one for one in node.nodes("relations") if not names.is_temporary(one)]
    return [Act(Verb.EMPTY, names.relation(one), names.statement.start) for one in relations]


def copy(names: Names, node: Node) -> Acts:
    """COPY … FROM."""
    relation = node.child("relation")
    if relation is None or not node.flag("is_from") or names.is_temporary(relation):
        return []
    key = names.relation(relation)
    return [
        _fill(
            names, key, f"COPY into {key.schema}.{key.name} adds its rows again, or fails, on a second run."
        )
    ]


def select(names: Names, node: Node) -> Acts:
    """SELECT: INTO makes a table, and some calls do more than read."""
    into = node.child("intoClause")
    found = common(names, node)
    if into is not None:
        found += table_as(names, node, "intoClause")
    conditional = node.has("whereClause") or node.has("fromClause")
    for call in _calls(node):
        said = _again(call, conditional=conditional)
        if said is not None:
            byte = max(names.statement.start, call.location)
            found.append(Act(Verb.ALWAYS, Key("call", "", "", ""), byte, "", CALL, message=said))
    return found


def _calls(node: Node) -> Iterator[Node]:
    for target in node.nodes("targetList"):
        value = target.child("val")
        while value is not None and value.kind == "TypeCast":
            value = value.child("arg")
        if value is not None and value.kind == "FuncCall":
            yield value


def _again(call: Node, *, conditional: bool) -> str | None:
    name = call.strings("funcname")
    if conditional or len(name) != 2:
        return None
    if name == _SCHEDULE and len(call.nodes("args")) == 2:
        return "cron.schedule() without a name for the job makes another job on every run."
    if name == _UNSCHEDULE:
        return "cron.unschedule() fails on a second run, because the job is gone."
    return _DOES_AGAIN.get((name[0], name[1]))


def common(names: Names, node: Node) -> Acts:
    """Statements in WITH that write rows."""
    clause = node.child("withClause")
    found: Acts = []
    for entry in clause.nodes("ctes") if clause is not None else ():
        query = entry.child("ctequery")
        if query is not None and query.kind in _WRITING:
            found += _WRITING[query.kind](names, query)
    return found


_WRITING: dict[str, Callable[[Names, Node], Acts]] = {
    "DeleteStmt": delete,
    "InsertStmt": insert,
    "UpdateStmt": update,
}
ROWS: dict[str, Callable[[Names, Node], Acts]] = {
    **_WRITING,
    "CopyStmt": copy,
    "SelectStmt": select,
    "TruncateStmt": truncate,
}
