"""The section on the way back: what it undoes, by which SQL, what it costs, and the command that goes it."""

from supa_deploy.model import Report, Rollback
from supa_deploy.render import rollback as undoing
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Block, Callout, Code, Item, Line, Section, Strong, Tone
from supa_deploy.render.document.differences import changes
from supa_deploy.render.document.pieces import bullets, command, items, paragraph, script, sign
from supa_deploy.render.drift import Telling

_NOT_COMPUTED = "There is no rollback plan"
_FILES_ONLY = frozenset({"check"})
_WITHOUT = frozenset({"doctor", "onboard", "diff", "verify", "bundle", "rollback"})


def rollback(report: Report) -> Section | None:
    """The rollback plan, or the rollback that was done; without one, why there is none where that was asked for."""
    back = report.rollback
    title = "Rollback" if undoing.asked(report) else "Rollback plan"
    if back is None:
        why = _why_not(report)
        return Section("rollback", (title,), (paragraph(*why),)) if why else None
    if not back.versions:
        return Section(
            "rollback", (title,), (paragraph(f"Nothing to undo: the database stands at {back.to}."),)
        )
    return Section("rollback", (title,), tuple(_blocks(report, back)))


def _blocks(report: Report, back: Rollback) -> list[Block]:
    blocks: list[Block] = [paragraph(f"{undoing.title(back)}.")]
    blocks.extend(bullets([Item((name,)) for name in undoing.undone(report, back)]))
    if back.sql.strip():
        blocks.append(paragraph(Strong(f"{undoing.sql_title(back)}:")))
        blocks.extend(script(back.sql))
    blocks.extend(_costs(back))
    if back.remains:
        blocks.append(paragraph(Strong(f"{undoing.remains_title(back)}:")))
        blocks.extend(changes(back.remains, Telling.REMAINS))
    if not back.done and report.command != "rehearse":  # what was rehearsed on is gone
        blocks.append(paragraph("To go this way: ", Code(undoing.command(report, back))))
    return blocks


def _costs(back: Rollback) -> list[Block]:
    if not back.losses and not back.cannot_restore:
        none = "Nothing was lost with it." if back.done else "No table and no column is lost with it."
        return [paragraph(sign(Mark.YES, "no loss"), f" {none}")]
    blocks: list[Block] = []
    if back.losses:
        said = "Data was lost with it." if back.done else "It takes data away."
        some = any(loss.rows or not loss.exists for loss in back.losses)
        if some:
            blocks.append(Callout(Tone.WARN, ((Strong("Warning:"), f" {said}"),)))
        blocks.append(paragraph(Strong(f"{undoing.losses_title(back)}:")))
        blocks.extend(bullets(items(undoing.losses(back))))
    if back.cannot_restore:
        blocks.append(paragraph(Strong("What it cannot bring back:")))
        words = [Item((sign(Mark.NO, "cannot be brought back"), f" {said}")) for said in back.cannot_restore]
        blocks.extend(bullets(words))
    return blocks


def _why_not(report: Report) -> Line:
    """The run's own word for it; else that the command does not look for one."""
    said = next((notice for notice in report.notices if notice.startswith(_NOT_COMPUTED)), "")
    if said:
        return (said,)
    if report.command in _WITHOUT or report.feature is None or not report.feature.files:
        return ()
    if report.command in _FILES_ONLY:
        asks = command(report, "report")
        return ("Not computed, because no database was asked: ", asks, " computes it against one.")
    shows = command(report, "rollback", "--to", "VERSION")
    return ("Not computed in this run: ", shows, " shows the way back and changes nothing.")
