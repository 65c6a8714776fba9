"""The section on verification: how much of what was promised who confirmed, and a query to see for oneself."""

from collections import Counter
from collections.abc import Sequence

from supa_deploy.model import Check, ObjectKind, Report, Verdict
from supa_deploy.render.document.blocks import Block, Code, Line, Section, Strong
from supa_deploy.render.document.pieces import grid, paragraph, script, seen_by
from supa_deploy.render.document.query import query
from supa_deploy.render.document.state import SAYS
from supa_deploy.render.text import count

_FIRST = (Verdict.CONFIRMED, *(v for v in Verdict if v.is_failure))
_QUERY = "See for yourself"


def verification(report: Report) -> Section | None:
    """The counts of the checks, and the query; None where there is neither."""
    blocks = [*_counts(report.checks), *_query(report)]
    return Section("verification", ("Verification",), tuple(blocks)) if blocks else None


def _counts(checks: Sequence[Check]) -> tuple[Block, ...]:
    """A row for each kind of object, a column for each verdict that there is."""
    there = {check.verdict for check in checks}
    verdicts = [v for v in (*_FIRST, *(v for v in Verdict if v not in _FIRST)) if v in there]
    rows = [_row(kind, [c for c in checks if c.object is kind], verdicts) for kind in ObjectKind]
    shown = [row for row in rows if row]
    if len(shown) > 1:
        shown.append(_row(None, checks, verdicts))
    head = ("Object", "Promised", *(SAYS[verdict].capitalize() for verdict in verdicts), "Seen by")
    return grid("What was promised, and what was seen of it", head, shown)


def _row(kind: ObjectKind | None, own: Sequence[Check], verdicts: Sequence[Verdict]) -> tuple[Line, ...]:
    if not own:
        return ()
    numbers = Counter(check.verdict for check in own)
    name: Line = (Strong("Total"),) if kind is None else (_noun(kind),)
    seen = seen_by(c.witness for c in own) or "nobody"
    return (name, (f"{len(own):,}",), *((f"{numbers[verdict]:,}",) for verdict in verdicts), (seen,))


def _noun(kind: ObjectKind) -> str:
    return "RLS" if kind is ObjectKind.RLS else kind.value.replace("_", " ").capitalize()


def _query(report: Report) -> list[Block]:
    made = query(report.feature) if report.feature else None
    if made is None:
        return []
    where = "in the SQL editor of the Dashboard, or with psql"
    blocks: list[Block] = [
        paragraph(Strong(f"{_QUERY}:"), f" run this {where}. It only reads."),
        *script(made.sql),
    ]
    done = f"Once all of it is applied, it returns {count(made.rows, 'row')}, each with "
    blocks.append(paragraph(done, Code("ok"), " = true."))
    if made.left_out:
        them = "object" if made.left_out == 1 else "objects"
        blocks.append(paragraph(f"It leaves out {made.left_out:,} {them} that would make it too long."))
    return blocks
