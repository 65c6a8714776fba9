"""A file played twice: its statements as acts, the first run for what it leaves, the second for what it meets."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from supa_deploy.migrations import Statement
from supa_deploy.migrations.blocks import block_of
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import NOTHING, Act, Key, Verb
from supa_deploy.rules.rerun.alters import ALTERS
from supa_deploy.rules.rerun.defines import CREATES
from supa_deploy.rules.rerun.drops import DROPS
from supa_deploy.rules.rerun.guarded import is_guarded
from supa_deploy.rules.rerun.memory import Memory
from supa_deploy.rules.rerun.names import Names
from supa_deploy.rules.rerun.renames import RENAMES
from supa_deploy.rules.rerun.rows import ROWS
from supa_deploy.rules.rerun.rules import GONE
from supa_deploy.rules.rerun.users import used
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.values import Found

_READ: dict[str, Callable[[Names, Node], list[Act]]] = {**ALTERS, **CREATES, **DROPS, **RENAMES, **ROWS}


class _Step(NamedTuple):
    """A statement's acts, and the search_path that it found."""

    statement: Statement
    acts: list[Act]
    path: tuple[str, ...]


def twice(sight: Sight) -> Iterable[Found]:
    """What a second run of the file, right after the first, would stumble over."""
    if is_guarded(sight.script):
        return
    names = Names(sight)
    steps = [step for statement in sight.script.statements if (step := _step(names, statement))]
    if not any(step.acts for step in steps):
        return
    memory = Memory()
    for step in steps:
        for _ in memory.play(step.acts):
            pass
    memory.second_run()
    for step in steps:
        lost = _lost(names, memory, step)
        found = list(memory.play(step.acts))
        yield from [lost] if lost is not None and not found else found


def _step(names: Names, statement: Statement) -> _Step:
    names.start(statement)
    path = names.path
    if statement.kind == "VariableSetStmt":
        names.set_variable(statement.tree)
    elif statement.kind == "DoStmt":
        return _Step(statement, list(_block(names, statement)), path)
    reader = _READ.get(statement.kind)
    return _Step(statement, reader(names, statement.tree) if reader is not None else [], path)


def _block(names: Names, statement: Statement) -> Iterator[Act]:
    """A DO block's statements: those that always run as any other; the guarded ones leave a doubt."""
    block = block_of(names.source, statement)
    if block is None or block.dynamic:
        yield Act(Verb.FORGET, NOTHING, statement.start)
        return
    for inner in block.statements:
        reader = _READ.get(inner.tree.kind)
        for act in reader(names, inner.tree) if reader is not None else ():
            if not inner.guarded:
                yield replace(act, byte=statement.start)
            elif act.verb in {Verb.MAKE, Verb.TAKE, Verb.MOVE, Verb.EMPTY}:
                yield Act(Verb.DOUBT, act.key, statement.start)
                if act.to is not None:
                    yield Act(Verb.DOUBT, act.to, statement.start)


def _lost(names: Names, memory: Memory, step: _Step) -> Found | None:
    """A table or column that the statement needs and that a first run of the file has taken away."""
    if not memory.gone:
        return None
    names.path = step.path
    needed = next((key for key in used(names, step.statement) if key in memory.gone), None)
    if needed is None:
        return None
    where = (
        f"column {needed.name} of {needed.schema}.{needed.table}"
        if needed.table
        else f"{needed.schema}.{needed.name}"
    )
    text = (
        f"{where} is gone when this file runs a second time: a later statement takes it away or renames it."
    )
    return Found(GONE, step.statement.start, text)


__all__ = ["Key", "twice"]
