"""What `check --fix` can mend without thinking: small insertions into a file's text, everything else left as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from supa_deploy.migrations import Script
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Finding
from supa_deploy.rules.fixing.diff import unified_diff
from supa_deploy.rules.fixing.existence import add_column, add_value, create, drop, replace
from supa_deploy.rules.fixing.functions import fix_search_path
from supa_deploy.rules.fixing.grants import grant
from supa_deploy.rules.fixing.place import Edit, Place, apply, place_of
from supa_deploy.rules.fixing.policies import call_once, guard
from supa_deploy.rules.fixing.writing import write

__all__ = ["FIXABLE", "Fixed", "fix", "write"]

_FIXERS: dict[str, Callable[[Place], list[Edit]]] = {
    "column-twice": add_column,
    "create-twice": create,
    "definer-search-path": fix_search_path,
    "drop-twice": drop,
    "enum-value-twice": add_value,
    "no-api-grant": grant,
    "policy-auth-per-row": call_once,
    "policy-twice": guard,
    "replace-twice": replace,
}
FIXABLE = frozenset(_FIXERS)
"""The rules whose findings can be mended, as far as the statement at hand allows it."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A mended file: its new text (without a byte order mark), the rules that were mended, in the order of their names,
    and the change as a unified diff."""

    text: str = field(repr=False)
    rules: tuple[str, ...]
    diff: str


def fix(script: Script, findings: Sequence[Finding]) -> Fixed | None:
    """The file with these findings about it mended; None when none of them can be, or the file does not parse.

    Nothing is written. A change after which the file would no longer parse is not made.
    """
    edits: set[Edit] = set()
    mended: set[str] = set()
    for finding in findings:
        fixer = _FIXERS.get(finding.rule)
        place = place_of(script, finding) if fixer is not None else None
        made = fixer(place) if fixer is not None and place is not None else []
        edits.update(made)
        mended.update([finding.rule] if made else [])
    if not edits:
        return None
    text = apply(script, edits)
    again = parse_text(script.migration, text)
    if len(again.problems) > len(script.problems) or not again.statements:
        return None
    return Fixed(text, tuple(sorted(mended)), unified_diff(script.migration.file, script.text, text))
