"""The last look for secrets: takes them out of every free text of a report before anything shows it.

Whoever raises or notes something redacts first; this is the second line, for text that came from files and
servers.
"""

from dataclasses import replace

from supa_deploy.model import Check, Diagnostic, Failure, Finding, Report, Step
from supa_deploy.secret import Redactor


def scrub(report: Report, redact: Redactor) -> Report:
    """The same report with each secret in its free texts replaced; names, versions and codes stay."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else redact(text)

    def check(value: Check) -> Check:
        return replace(value, detail=maybe(value.detail))

    def step(value: Step) -> Step:
        return replace(value, note=maybe(value.note))

    def diagnostic(value: Diagnostic) -> Diagnostic:
        return replace(value, detail=redact(value.detail), next=maybe(value.next))

    def finding(value: Finding) -> Finding:
        return replace(
            value, message=redact(value.message), help=maybe(value.help), excerpt=maybe(value.excerpt)
        )

    def failure(value: Failure) -> Failure:
        return replace(value, message=redact(value.message), hint=maybe(value.hint))

    return replace(
        report,
        target=maybe(report.target),
        steps=tuple(step(value) for value in report.steps),
        pending=tuple(replace(m, words=tuple(map(redact, m.words))) for m in report.pending),
        checks=tuple(check(value) for value in report.checks),
        checks_before=tuple(check(value) for value in report.checks_before),
        migrations=tuple(replace(m, words=tuple(map(redact, m.words))) for m in report.migrations),
        diagnostics=tuple(diagnostic(value) for value in report.diagnostics),
        findings=tuple(finding(value) for value in report.findings),
        notices=tuple(map(redact, report.notices)),
        failure=failure(report.failure) if report.failure else None,
    )
