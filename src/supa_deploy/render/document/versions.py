"""The end of a report: what ran against what, when, for how long."""

from supa_deploy.model import Report, Step, StepStatus
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Block, Code, Facts, Folded, Line, Section, Small
from supa_deploy.render.document.pieces import cut, grid, sign
from supa_deploy.render.text import count, moment, seconds

_MARKS = {
    StepStatus.OK: (Mark.YES, "done"),
    StepStatus.SKIPPED: (Mark.UNSEEN, "skipped"),
    StepStatus.FAILED: (Mark.NO, "failed"),
}


def versions(report: Report) -> Section:
    """Versions and times, and each step behind a click."""
    pairs: list[tuple[str, Line]] = [("supa-deploy", (Small(report.tool_version),))]
    if report.cli_version:
        pairs.append(("Supabase CLI", (Small(report.cli_version),)))
    pairs.append(("Started", (Small(moment(report.started_at)),)))
    pairs.append(("Took", (Small(seconds(report.seconds)),)))
    if report.files_checked is not None:
        pairs.append(("Files read", (Small(f"{report.files_checked:,}"),)))
    if report.traffic is not None:
        requests = count(report.traffic.requests, "request")
        pairs.append(("Data API", (Small(f"{requests}, {report.traffic.bytes:,} bytes"),)))
    blocks: list[Block] = [Facts(tuple(pairs))]
    if report.steps:
        rows = [_row(step) for step in report.steps]
        blocks.append(Folded("Each step", grid("Steps", ("Step", "How it went", "Time", "Note"), rows)))
    return Section("versions", ("Versions and times",), tuple(blocks))


def foot(report: Report) -> tuple[Line, ...]:
    """Who wrote the report, and when."""
    return ((Small(f"Written by supa-deploy {report.tool_version}, {moment(report.started_at)}."),),)


def _row(step: Step) -> tuple[Line, ...]:
    mark, said = _MARKS[step.status]
    return (
        (Code(step.name),),
        (sign(mark, said), f" {said}"),
        (seconds(step.seconds),),
        (cut(step.note or ""),),
    )
