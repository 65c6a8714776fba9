"""Row-level security policies and triggers."""

from dataclasses import replace

from supa_deploy.migrations import lexer
from supa_deploy.migrations.fold.functions import function_name
from supa_deploy.migrations.fold.grants import role_names
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Policy, RelationKind, Trigger

_BEFORE, _INSTEAD = 2, 64
_CONDITIONS = (("qual", ("USING",)), ("with_check", ("WITH", "CHECK")))
_EVENTS = ((4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE"))


def create_policy(state: State, node: Node) -> None:
    """CREATE POLICY."""
    table = state.table(state.relation(node.child("table")))
    name = node.text("policy_name")
    using, check = _conditions(state, node)
    table.policies[name] = Policy(
        name=name,
        command=(node.text("cmd_name") or "all").upper(),
        roles=role_names(node.nodes("roles")) or ("public",),
        origin=state.origin,
        permissive=node.flag("permissive"),
        using=using,
        check=check,
    )
    table.mentions[name] = state.mention(node.child("qual"), node.child("with_check"))


def alter_policy(state: State, node: Node) -> None:
    """ALTER POLICY: roles and conditions that are given replace the old ones."""
    table = state.table(state.relation(node.child("table")))
    name = node.text("policy_name")
    before = table.policies.get(name)
    if before is None:
        return
    using, check = _conditions(state, node)
    table.policies[name] = replace(
        before,
        roles=role_names(node.nodes("roles")) or before.roles,
        using=using if node.has("qual") else before.using,
        check=check if node.has("with_check") else before.check,
        origin=state.origin,
    )
    mention = state.mention(node.child("qual"), node.child("with_check"))
    known = table.mentions.setdefault(name, mention)
    known.relations |= mention.relations
    known.functions |= mention.functions
    known.columns |= mention.columns


def _conditions(state: State, node: Node) -> tuple[str | None, str | None]:
    """The texts of USING and WITH CHECK, which stand in this order after the table; None for one that is not there."""
    source, end = state.script.source, state.statement.end
    relation = node.child("table")
    start = relation.location if relation is not None else state.statement.start
    found: list[str | None] = []
    for field, words in _CONDITIONS:
        place = next(lexer.after_words(source.data, start, end, *words), None) if node.has(field) else None
        inside = lexer.in_brackets(source.data, place, end) if place is not None else None
        found.append(source.text(*inside).strip() if inside is not None else None)
        start = inside[1] + 1 if inside is not None else start
    return found[0], found[1]


def create_trigger(state: State, node: Node) -> None:
    """CREATE TRIGGER; a partitioned table's row triggers are its partitions' too."""
    relation = node.child("relation")
    name = state.relation(relation)
    if name in state.views or state.is_temporary(relation):
        return
    timing = node.number("timing")
    when = "BEFORE" if timing & _BEFORE else "INSTEAD OF" if timing & _INSTEAD else "AFTER"
    events = [word for bit, word in _EVENTS if node.number("events") & bit]
    columns = node.strings("columns")
    words = [f"UPDATE OF {', '.join(columns)}" if e == "UPDATE" and columns else e for e in events]
    trigger = Trigger(
        name=node.text("trigname"),
        fires=f"{when} {' OR '.join(words)}",
        function=function_name(state, node.strings("funcname")),
        origin=state.origin,
    )
    table = state.table(name)
    table.triggers[trigger.name] = trigger
    if node.flag("row"):
        for child in state.children(name):
            if child.kind is RelationKind.PARTITION:
                child.triggers[trigger.name] = trigger
