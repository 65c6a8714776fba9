"""Names that a file uses before an earlier file, or Supabase, makes them; versions in the wrong order.

What a statement uses is looked up in the database as the statements before it leave it. What is not there is kept,
until a later statement makes it or the files end; only then is it known what to say.
"""

from collections.abc import Iterable, Iterator

from supa_deploy.migrations import Script, Statement
from supa_deploy.model import Severity
from supa_deploy.rules.order.catalogue import AFTER_DROP, BEFORE, NEVER, RULES
from supa_deploy.rules.order.eye import Eye
from supa_deploy.rules.order.ledger import Kind, Late, Ledger, Miss
from supa_deploy.rules.order.made import MAKERS
from supa_deploy.rules.order.names import any_brings, in_postgresql
from supa_deploy.rules.order.uses import READERS
from supa_deploy.rules.sight import Sight, Whole
from supa_deploy.rules.values import FoundAt

__all__ = ["RULES", "Order"]

_SORTS = {Kind.FUNCTION: "functions", Kind.TYPE: "types", Kind.RELATION: "relations", Kind.SCHEMA: "schemas"}


class Order:
    """Keeps what has been made and what was used before it was there."""

    def __init__(self) -> None:
        self._ledger = Ledger()

    def file(self, script: Script) -> None:
        """A file begins: a new session. One that does not parse may make what it names."""
        self._ledger.bodies_checked = True
        if script.problems and not script.statements:
            self._ledger.see_text(script.source.data)

    def statement(self, sight: Sight, statement: Statement) -> None:
        """Looks at a statement before it is folded; what is wrong with it is known only at the end."""
        looks, notes = READERS.get(statement.kind), MAKERS.get(statement.kind)
        if looks is None and notes is None:
            return
        eye = Eye(sight.script, statement, sight.state, self._ledger)
        self._ledger.see_doubts(sight.state)
        if looks is not None:
            looks(eye, statement.tree)
        if notes is not None:
            notes(eye, statement.tree)

    def end(self, whole: Whole) -> Iterable[FoundAt]:
        """What was used and never made, or made later."""
        del whole
        for late in self._ledger.late:
            yield from self._too_early(late)
        for miss in self._ledger.pending.values():
            yield from self._missing(miss)

    def _too_early(self, late: Late) -> Iterator[FoundAt]:
        miss = late.miss
        if (miss.bare and self._may_be_brought(miss)) or (miss.doubtful and not late.plain):
            return
        where = f"{late.file}:{late.line}"
        later = f"is created only later, in {where}"
        if miss.gone is not None:
            later = f"was dropped or renamed in {miss.gone.file}:{miss.gone.line} and {later}"
        if late.extension is not None:
            later = f"comes with the extension {late.extension}, which is created only later, in {where}"
        yield FoundAt(
            BEFORE,
            miss.file,
            miss.line,
            f"{miss.words} {later}; the database refuses this statement{_more(miss)}.",
            severity=Severity.WARNING if miss.doubtful else None,
            column=miss.column,
        )

    def _missing(self, miss: Miss) -> Iterator[FoundAt]:
        if miss.doubtful or (miss.kind is not Kind.COLUMN and self._may_be_brought(miss)):
            return
        if miss.gone is not None:
            gone = f"{miss.gone.file}:{miss.gone.line}"
            message = f"{miss.words} was dropped or renamed in {gone}; the database refuses this statement"
            yield FoundAt(AFTER_DROP, miss.file, miss.line, f"{message}{_more(miss)}.", column=miss.column)
        elif miss.certain:
            message = (
                f"No file creates {miss.words[0].lower()}{miss.words[1:]}: a new environment cannot be made"
            )
            message = f"{message} from these files; the live database must have it by hand"
            yield FoundAt(NEVER, miss.file, miss.line, f"{message}{_more(miss)}.", column=miss.column)

    def _may_be_brought(self, miss: Miss) -> bool:
        """True when PostgreSQL, Supabase or an extension may have a thing of that name."""
        name = miss.name.schema if miss.kind is Kind.SCHEMA else miss.name.name
        if miss.kind is Kind.COLUMN:
            return False
        if miss.bare and miss.kind is Kind.FUNCTION and in_postgresql("functions", name):
            return True
        if miss.kind is Kind.RELATION and miss.gone is not None:
            return False
        return any_brings(self._ledger.extensions, _SORTS[miss.kind], name)


def _more(miss: Miss) -> str:
    further = miss.count - 1
    if not further:
        return ""
    return f" ({further} more use{'s' if further > 1 else ''} of it follow{'' if further > 1 else 's'})"
