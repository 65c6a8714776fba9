"""A run as Markdown for GitHub's step summary. Names from files and databases are never read as Markdown."""

from collections.abc import Iterable

from supa_deploy.model import Report
from supa_deploy.render import summary_changes, summary_findings, verdict
from supa_deploy.render.checks import Line, Mark, groups, titles_of
from supa_deploy.render.markdown import cell, code, plain, table
from supa_deploy.render.paragraphs import place_of
from supa_deploy.render.tables import PENDING, mark_of
from supa_deploy.render.text import safe_lines

SUMMARY_LIMIT = 1024 * 1024  # bytes a step; GitHub refuses a longer summary whole
_CUT = "\n… cut here: the rest is in the step's log.\n"


def markdown(report: Report) -> str:
    """The summary: the last line as heading, what went wrong, migrations and what they do, checks,
    drift and rollback, claims, findings and fixes, diagnostics."""
    parts = [f"### supa-deploy {plain(report.command)}", plain(verdict.last_line(report))]
    sections = (
        _failure(report),
        _migrations(report),
        summary_changes.words(report),
        _checks(report),
        summary_changes.drift(report),
        summary_changes.preview(report),
        summary_changes.rollback(report),
        summary_findings.claims(report),
        summary_findings.findings(report),
        summary_findings.fixes(report),
        _diagnostics(report),
    )
    parts.extend(section for section in sections if section)
    if report.steps:
        parts.append(f"<sub>{plain(verdict.steps_in_words(report))}</sub>")
    return "\n\n".join(parts) + "\n\n"


def fitted(text: str, limit: int) -> str:
    """The text, or as many of its lines as fit into `limit` bytes with a word that it was cut."""
    if len(text.encode("utf-8", errors="replace")) <= limit:
        return text
    room = limit - len(_CUT.encode())
    if room < 0:
        return ""
    head = text.encode("utf-8", errors="replace")[:room]
    return head[: head.rfind(b"\n") + 1].decode("utf-8") + _CUT


def _failure(report: Report) -> str:
    if report.failure is None:
        return ""
    lines = [plain(said) for said in safe_lines(report.failure.message)]
    place = place_of(report.failure)
    if place:
        lines.append(code(place))
    lines.extend(
        f"**Next:** {plain(said)}" if n == 0 else plain(said) for n, said in _numbered(report.failure.hint)
    )
    return "\n".join(f"> {said}<br>" for said in lines)


def _migrations(report: Report) -> str:
    if report.migrations:
        rows = [
            (
                cell(m.version),
                cell(m.name or ""),
                Mark.YES.value if m.local else f"{Mark.NO} no file here",
                Mark.YES.value if m.remote or m.version in report.applied else f"{PENDING} pending",
            )
            for m in report.migrations
        ]
        return table(("Version", "Name", "Local", "Remote"), rows)
    planned = [
        (
            cell(m.version),
            cell(m.name),
            f"{Mark.YES} applied" if m.version in report.applied else f"{PENDING} pending",
        )
        for m in report.pending
    ]
    return table(("Version", "Name", "Status"), planned) if planned else ""


def _checks(report: Report) -> str:
    made = groups(report.checks, titles_of(report))
    return "\n\n".join(f"**{plain(group.title)}**\n\n{_list(group.lines)}" for group in made)


def _list(lines: Iterable[Line]) -> str:
    rows = []
    for said in lines:
        rows.append(f"- {said.mark} {plain(said.says)}")
        if said.mark in {Mark.NO, Mark.WARN}:
            rows.extend(f"  - {code(below)}" for below in said.below)
    return "\n".join(rows)


def _diagnostics(report: Report) -> str:
    rows = [
        (
            f"{mark_of(d)} {cell(d.check)}",
            "<br>".join(plain(said) for said in safe_lines(d.detail)),
            "<br>".join(plain(said) for said in safe_lines(d.next or "")),
        )
        for d in report.diagnostics
    ]
    return table(("Check", "Found", "Next"), rows) if rows else ""


def _numbered(text: str | None) -> Iterable[tuple[int, str]]:
    return enumerate(safe_lines(text or ""))
