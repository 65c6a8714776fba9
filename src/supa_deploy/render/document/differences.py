"""The sections on drift, on what a push will do to the database as it is, and on the machine (`doctor`)."""

from collections.abc import Mapping, Sequence

from supa_deploy.model import Change, Diagnostic, Report
from supa_deploy.render import drift as drifting
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Block, Folded, Item, Line, Section, Small
from supa_deploy.render.document.pieces import bullets, item, lines_of, paragraph, raw_lines, script, sign
from supa_deploy.render.drift import Telling
from supa_deploy.render.tables import mark_of
from supa_deploy.render.text import count

_SAYS: Mapping[Mark, str] = {
    Mark.YES: "yes",
    Mark.NO: "lost",
    Mark.WARN: "changed",
    Mark.UNSEEN: "not known",
    Mark.MORE: "added",
    Mark.WAIT: "pending",
}
_LOOKED: Mapping[Mark, str] = {
    **_SAYS,
    Mark.YES: "in order",
    Mark.NO: "not in order",
    Mark.UNSEEN: "not looked at",
}


def drift(report: Report) -> Section | None:
    """What differs from the files, worst first, and the SQL that explains it."""
    found = report.drift
    if found is None:
        return None
    if found.empty:
        blocks: list[Block] = [paragraph(sign(Mark.YES, "no drift"), f" {drifting.none_found(found)}")]
        title = "Drift"
    else:
        blocks = [paragraph(f"{drifting.counted(found.changes)}."), *changes(found.changes)]
        blocks.extend(sql("The SQL that explains it", found.sql))
        title = drifting.title(report)
        if found.left_out:
            blocks.append(paragraph(Small(drifting.left_out(found))))
    if found.stand_ins:
        blocks.append(paragraph(Small(drifting.stand_ins(found))))
    made = [word for word in (found.engine, found.shadow) if word]
    if made:
        blocks.append(paragraph(Small(f"compared by {' with '.join(made)}")))
    return Section("drift", (title,), tuple(blocks))


def preview(report: Report) -> Section | None:
    """What a push will do to the database as it is."""
    found = report.preview
    if found is None:
        return None
    told = changes(found.changes, Telling.PUSH) or (paragraph("Nothing: its schema stays as it is."),)
    title = "What the push will do to the database as it is"
    return Section("preview", (title,), (*told, *sql("As SQL", found.sql)))


def changes(found: Sequence[Change], telling: Telling = Telling.DRIFT) -> tuple[Block, ...]:
    """One item for each difference, worst first."""
    return bullets([item(line, _SAYS) for line in drifting.lines(found, telling)])


def sql(title: str, text: str) -> tuple[Block, ...]:
    """SQL behind a click, with the number of its lines."""
    rows = raw_lines(text)
    return (Folded(f"{title} ({count(len(rows), 'line')})", script(text)),) if rows else ()


def diagnostics(report: Report) -> Section | None:
    """`doctor`: what was looked at, what was found, and what to do."""
    found = [_diagnostic(value) for value in report.diagnostics]
    return Section("diagnostics", ("What was looked at",), bullets(found)) if found else None


def _diagnostic(value: Diagnostic) -> Item:
    mark = mark_of(value)
    first, *rest = lines_of(value.detail) or [()]
    below: list[Line] = [*rest, *(("→ ", *line) for line in lines_of(value.next or ""))]
    aside: Line = (": ", *first) if first else ()
    return Item((sign(mark, _LOOKED[mark]), f" {value.check}", *aside), tuple(below))
