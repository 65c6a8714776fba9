"""Views that show rows which row-level security would hide."""

from collections.abc import Iterator

from supa_deploy.migrations.fold.drafts import ViewDraft
from supa_deploy.model import Severity
from supa_deploy.rules.doubts import RELATION_GONE, Doubts
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.sight import Whole
from supa_deploy.rules.values import FoundAt, Rule, Topic
from supa_deploy.schema import QName

BYPASS = Rule(
    "view-bypasses-rls",
    Topic.SECURITY,
    Severity.WARNING,
    "A view reads its tables with its owner's rights, so it shows all rows whatever the tables' policies say.",
    "Make the view `with (security_invoker = true)`, or `alter view … set (security_invoker = true)`.",
)
MATVIEW = Rule(
    "matview-exposed",
    Topic.SECURITY,
    Severity.WARNING,
    "A materialized view holds a copy of rows that no policy protects, and in an exposed schema whoever has a grant "
    "reads it.",
    "Make it in a schema that is not exposed, and read it through a function or a view that checks who asks.",
)
RULES = (BYPASS, MATVIEW)

_ALWAYS_PROTECTED = frozenset({"auth", "storage", "vault"})
_CHANGES = frozenset({"AT_SetRelOptions", "ViewStmt"}) | RELATION_GONE


def _read(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    views = whole.state.views
    for view in views.values():
        if view.name.schema not in whole.terms.exposed or is_platform_schema(view.name.schema):
            continue
        shown = sorted(_shown(whole, view, frozenset()))
        if not shown or doubts.since(view.origin, _CHANGES, view.name):
            continue
        tables = ", ".join(str(name) for name in shown[:3]) + (
            f" and {len(shown) - 3} more" if shown[3:] else ""
        )
        file, line = view.origin.file, view.origin.line
        if view.materialized:
            message = (
                f"Materialized view {view.name} copies rows of {tables}, which row-level security protects."
            )
            yield FoundAt(MATVIEW, file, line, message)
        else:
            message = f"View {view.name} shows rows of {tables} that row-level security would hide."
            yield FoundAt(BYPASS, file, line, message, _advice(whole, view))


def _advice(whole: Whole, view: ViewDraft) -> str:
    """The views that have to be mended: this one, and those it reads."""
    found: list[ViewDraft] = []
    left = [view]
    while left:
        one = left.pop()
        if one in found:
            continue
        found.append(one)
        left += [
            whole.state.views[name] for name in sorted(one.mention.relations) if name in whole.state.views
        ]
    return " ".join(
        f"alter view {whole.state.quoted(one.name)} set (security_invoker = true);"
        for one in found
        if not one.invoker and not one.materialized
    )


def _shown(whole: Whole, view: ViewDraft, above: frozenset[QName]) -> set[QName]:
    """The tables with row-level security that a view reads as its owner, through other views too. One with
    security_invoker asks as the reader, whichever view it is read through; what a materialized view below holds is
    that one's matter."""
    found: set[QName] = set()
    for name in view.mention.relations - above:
        below = whole.state.views.get(name)
        if below is not None:
            if not below.materialized:
                found |= _shown(whole, below, above | {view.name})
        elif not view.invoker and _is_protected(whole, name):
            found.add(name)
    return found


def _is_protected(whole: Whole, name: QName) -> bool:
    table = whole.state.tables.get(name)
    return name.schema in _ALWAYS_PROTECTED or (table is not None and table.rls is not None)


WHOLE = (_read,)
