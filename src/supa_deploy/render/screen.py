"""A report as a person reads it: what was found, what is confirmed, and, if something is wrong, one paragraph."""

from typing import TYPE_CHECKING

from supa_deploy.model import Check, Report, Verdict
from supa_deploy.outcome import Outcome
from supa_deploy.render import (
    bundle,
    findings,
    onboarding,
    paragraphs,
    sections,
    selection,
    tables,
    text,
    verdict,
)
from supa_deploy.render.checks import groups, headline, line, titles_of
from supa_deploy.render.counts import by_witness
from supa_deploy.render.look import Look, to_text

if TYPE_CHECKING:
    from rich.console import RenderableType

_LOOKING = frozenset({"plan", "status"})


def screen(report: Report, look: Look) -> str:
    """The whole result as text. With -q only what is wrong and the last line; with -v everything. Of `report` what is
    found stands in its documents."""
    parts: list[RenderableType] = []
    if report.command == "report":
        return to_text([*_spaced(_failure(report, look)), _last(report)], look)
    if not look.quiet:
        told = (
            [] if onboarding.is_last(report) else _diagnostics(report),
            _migrations(report),
            _before_and_after(report),
            _checks(report, look),
        )
        for section in told:
            parts.extend(section)
    for show in (sections.drift, sections.preview, sections.rollback, _costs):
        parts.extend(show(report, look))
    for show in (findings.findings, findings.fixes, findings.claims):
        parts.extend(show(report, look))
    parts.extend(bundle.lines(report))
    parts.extend(_failure(report, look))
    if not look.quiet and onboarding.is_last(report):
        parts.extend(onboarding.last_screen(report))
    return to_text([*_spaced(parts), _last(report)], look)


def _diagnostics(report: Report) -> "list[RenderableType]":
    return [tables.diagnostics(report.diagnostics)] if report.diagnostics else []


def _migrations(report: Report) -> "list[RenderableType]":
    if report.command not in _LOOKING and not verdict.is_dry(report):
        return []
    if not report.migrations:
        return [*tables.words(report.pending)]
    known = {m.version: m for m in report.migrations}
    pending = [m for m in report.pending if not (m.version in known and known[m.version].words)]
    told = report.migrations if report.command == "status" else ()
    unapplied = [m for m in report.migrations if m.local and not m.remote]
    return [tables.migrations(report.migrations), *tables.words(told or unapplied), *tables.words(pending)]


def _before_and_after(report: Report) -> "list[RenderableType]":
    from rich.text import Text

    if not report.checks_before:
        return []
    brought = _brought(report)
    parts: list[RenderableType] = []
    for title, checks in (("Before", report.checks_before), ("After", report.checks)):
        shown = headline(checks, brought)
        if shown:
            lines = tables.check_lines((line(_bare(check)) for check in shown), details=False)
            parts.extend((Text(), Text(title, style="bold"), *lines))
    return parts


def _brought(report: Report) -> list[str]:
    """The versions that a rehearsal brought: what was pending, or what was not there before."""
    pending = [m.version for m in report.pending]
    return pending or [c.migration for c in report.checks_before if c.verdict is not Verdict.CONFIRMED]


def _bare(check: Check) -> Check:
    """The check without its detail: the details stand with the groups."""
    from dataclasses import replace

    return replace(check, detail=None) if check.verdict is Verdict.MISSING else check


def _checks(report: Report, look: Look) -> "list[RenderableType]":
    checks = report.checks
    if report.checks_before and not look.verbose:
        told = set(headline(checks, _brought(report)))
        checks = tuple(c for c in checks if c not in told and c.verdict is not Verdict.CONFIRMED)
    made = groups(checks, titles_of(report), unseen=look.verbose, fold=not look.verbose)
    return [*tables.check_groups(made, details=look.verbose)]


def _costs(report: Report, look: Look) -> "list[RenderableType]":
    from rich.text import Text

    if not look.verbose:
        return []
    lines = []
    if report.target or report.project_ref:
        lines.append(f"target: {text.safe(report.target or report.project_ref or '')}")
    if report.cli_version:
        lines.append(
            f"Supabase CLI {text.safe(report.cli_version)}, supa-deploy {text.safe(report.tool_version)}"
        )
    confirmed = by_witness(report.checks)
    if confirmed:
        lines.append(f"confirmed: {confirmed}")
    if report.traffic:
        requests = text.count(report.traffic.requests, "request")
        lines.append(f"verification: {requests}, {report.traffic.bytes:,} bytes of answers")
    return [Text(), *(Text(said, style="dim") for said in lines)] if lines else []


def _failure(report: Report, look: Look) -> "list[RenderableType]":
    from rich.text import Text

    if report.failure is None or selection.says_it_all(report):
        return []
    return [Text(), *paragraphs.failure(report.failure, verdict.mark_of(report.outcome), look)]


def _last(report: Report) -> "RenderableType":
    from rich.text import Text

    good = "bold yellow" if verdict.differs_though_ok(report) else "bold green"
    bad = "bold yellow" if report.outcome is Outcome.UNVERIFIED else "bold red"
    return Text(verdict.last_line(report), style=good if report.outcome.is_success else bad)


def _spaced(parts: "list[RenderableType]") -> "list[RenderableType]":
    """No empty line at the top, one before the last line, never two together."""
    from rich.text import Text

    spaced: list[RenderableType] = []
    was_empty = True
    for part in (*parts, Text()):
        is_empty = isinstance(part, Text) and not part.plain
        if not (is_empty and was_empty):
            spaced.append(part)
        was_empty = is_empty
    return spaced
