"""The rows that a script takes away: found in its statements, before anything runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.drift.engine import EngineStatement
from supa_deploy.migrations.acts import Act, Deed


class Why(StrEnum):
    """How rows or values go."""

    DROPPED = "dropped"
    EMPTIED = "emptied"
    RETYPED = "its values are converted to another type, and may be cut or refused"


@dataclass(frozen=True, slots=True)
class LostTable:
    """A table whose rows go. `cascade`: what refers to it goes, or is emptied, too."""

    schema: str
    table: str
    why: Why = Why.DROPPED
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column whose values go, or are converted."""

    schema: str
    table: str
    column: str
    why: Why = Why.DROPPED


@dataclass(frozen=True, slots=True)
class LostBehind:
    """A DROP … CASCADE whose victims only the database can tell: every table of a schema, every column of a type.
    `object` is `schema`, `type`, `domain` or `extension`; `schema` is empty for the first and the last."""

    object: str
    schema: str
    name: str


Lost = LostTable | LostColumn | LostBehind


def losses_in(statements: Iterable[EngineStatement]) -> tuple[Lost, ...]:
    """What the statements take away, each once, in their order. A column of a table that goes as a whole is not
    told again. Views and materialized views hold nothing of their own."""
    acts = [act for statement in statements for act in statement.acts]
    found = dict.fromkeys(loss for act in acts for loss in _losses(act))
    whole = {(loss.schema, loss.table) for loss in found if isinstance(loss, LostTable)}
    dropped = {
        (loss.schema, loss.table, loss.column)
        for loss in found
        if isinstance(loss, LostColumn) and loss.why is Why.DROPPED
    }
    return tuple(loss for loss in found if not _is_told(loss, whole, dropped))


def _is_told(loss: Lost, whole: set[tuple[str, str]], dropped: set[tuple[str, str, str]]) -> bool:
    if not isinstance(loss, LostColumn):
        return False
    place = (loss.schema, loss.table)
    return place in whole or (loss.why is Why.RETYPED and (*place, loss.column) in dropped)


def _losses(act: Act) -> Iterator[Lost]:
    if act.deed is Deed.DROP:
        yield from _dropped(act)
    elif act.deed is Deed.ROWS and act.detail == "truncate":
        yield LostTable(act.schema, act.name, Why.EMPTIED, act.cascade)
    elif act.object == "column" and act.deed is Deed.ALTER and (act.detail or "").startswith("type "):
        yield LostColumn(act.schema, act.table or "?", act.name, Why.RETYPED)


def _dropped(act: Act) -> Iterator[Lost]:
    if act.object == "table":
        yield LostTable(act.schema, act.name, Why.DROPPED, act.cascade)
    elif act.object == "column" and act.table is not None:
        yield LostColumn(act.schema, act.table, act.name)
    elif act.cascade and act.object in {"schema", "type", "domain", "extension"}:
        yield LostBehind(act.object, act.schema, act.name)
