"""Names that a file uses before an earlier file, or Supabase, makes them; versions in the wrong order."""

from collections.abc import Iterable

from supa_deploy.migrations import Statement
from supa_deploy.rules.sight import Sight, Whole
from supa_deploy.rules.values import Found, FoundAt, Rule

RULES: tuple[Rule, ...] = ()


class Order:
    """Keeps what has been made and what was used before it was there."""

    def statement(self, sight: Sight, statement: Statement) -> Iterable[Found]:
        """Looks at a statement before it is folded."""
        del sight, statement
        return ()

    def end(self, whole: Whole) -> Iterable[FoundAt]:
        """What was used and never made, or made later."""
        del whole
        return ()
