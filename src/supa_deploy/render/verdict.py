"""The last line: the outcome's name, and the counts behind it. Shared by the screen and the step summary."""

from collections import Counter

from supa_deploy.model import Report, Severity, StepStatus
from supa_deploy.outcome import Outcome
from supa_deploy.render import bundle, drift, rollback, text
from supa_deploy.render.checks import Mark
from supa_deploy.render.counts import summary
from supa_deploy.render.selection import numbers

_PUSHING = frozenset({"deploy", "rehearse", "onboard"})
_VERIFYING = frozenset({"deploy", "rehearse", "onboard", "verify"})
_NO_FAULT = frozenset({Outcome.PENDING, Outcome.DECLINED})


def last_line(report: Report) -> str:
    """`✅ ok: 4 migrations applied; 3 tables, 41 columns and 12 keys confirmed; … · 2.4 s`."""
    outcome = report.outcome
    number = "" if outcome.is_success else f" (exit {outcome.exit_code})"
    said = (
        rollback.in_short(report),
        bundle.in_short(report),
        _migrations(report),
        _checks(report),
        _diagnostics(report),
        _findings(report),
        drift.in_short(report),
    )
    parts = [part for part in said if part]
    if outcome is Outcome.DRIFT and report.drift:
        parts = [parts[-1], *parts[:-1]]
    shown = f": {'; '.join(parts)}" if parts else ""
    mark = Mark.WARN if differs_though_ok(report) else mark_of(outcome)
    where = f" · {text.safe(report.environment)}" if report.environment else ""
    return (
        f"{mark} {outcome.label}{number}{shown}{where} · {text.seconds(report.seconds)}{rollback.how(report)}"
    )


def differs_though_ok(report: Report) -> bool:
    """True for a `diff` that found drift and was not asked to fail on it."""
    found = report.drift
    return bool(report.command == "diff" and report.outcome.is_success and found and not found.empty)


def mark_of(outcome: Outcome) -> Mark:
    """The sign of an outcome: ⚠️ where nothing is known to be wrong and yet it is not done."""
    if outcome.is_success:
        return Mark.YES
    return Mark.WARN if outcome in _NO_FAULT or outcome is Outcome.UNVERIFIED else Mark.NO


def still_pending(report: Report) -> tuple[str, ...]:
    """The versions that were planned and that the history did not gain."""
    return tuple(m.version for m in report.pending if m.version not in report.applied)


def is_dry(report: Report) -> bool:
    """True for a deploy that was only a look: files pending, nothing sent, nothing wrong."""
    return bool(
        report.command in _PUSHING and report.outcome.is_success and report.pending and not report.applied
    )


def is_verified(report: Report) -> bool:
    """True when the run ended well and a witness confirmed something of it."""
    return report.outcome.is_success and any(
        not c.verdict.is_failure and c.witness != "none" for c in report.checks
    )


def _migrations(report: Report) -> str:
    left = len(still_pending(report))
    if report.command in _PUSHING:
        applied = f"{text.count(len(report.applied), 'migration')} applied" if report.applied else ""
        pending = f"{left} still pending" if applied else f"{text.count(left, 'migration')} pending"
        nothing = "nothing to apply" if report.outcome.is_success and not report.pending else ""
        return ", ".join(part for part in (applied or nothing, pending if left else "") if part)
    if report.command not in {"plan", "status", "report"} or not (
        report.migrations or report.outcome.is_success
    ):
        return ""
    both = sum(m.local and m.remote for m in report.migrations)
    only_there = sum(not m.local for m in report.migrations)
    counts = [
        f"{text.count(both, 'migration')} applied",
        f"{left or _unapplied(report)} pending",
        f"{only_there} with no file here" if only_there else "",
    ]
    return ", ".join(part for part in counts if part)


def _unapplied(report: Report) -> int:
    return sum(m.local and not m.remote for m in report.migrations)


def _checks(report: Report) -> str:
    if report.checks:
        return summary(report.checks)
    if report.command in _VERIFYING and report.outcome.is_success and not is_dry(report):
        return "nothing verified"
    return ""


def _diagnostics(report: Report) -> str:
    if not report.diagnostics:
        return ""
    by_result = Counter(diagnostic.ok for diagnostic in report.diagnostics)
    words = {True: "in order", False: "not in order", None: "not looked at"}
    return ", ".join(f"{by_result[ok]} {said}" for ok, said in words.items() if by_result[ok])


def _findings(report: Report) -> str:
    if report.command == "check":
        return _checked(report)
    return numbers(report.findings)


def _checked(report: Report) -> str:
    """`checked 5 files: no errors, 2 warnings in 1 of them`."""
    if report.files_checked is None and not report.findings:
        return ""
    no_errors = [] if any(f.severity is Severity.ERROR for f in report.findings) else ["no errors"]
    said = ", ".join((*no_errors, *([numbers(report.findings)] if report.findings else [])))
    files = len({finding.file for finding in report.findings})
    if report.files_checked is None:
        return f"{said} in {text.count(files, 'file')}" if files else said
    share = "all" if files == report.files_checked else f"{files:,}"
    among = f" in {share} of them" if files and report.files_checked > 1 else ""
    return (
        f"checked {report.files_checked:,} {'file' if report.files_checked == 1 else 'files'}: {said}{among}"
    )


def steps_in_words(report: Report) -> str:
    """`link skipped, push 0.6 s, verify failed`: the steps in one line."""
    words = {StepStatus.OK: None, StepStatus.SKIPPED: "skipped", StepStatus.FAILED: "failed"}
    return ", ".join(
        f"{text.safe(step.name)} {words[step.status] or text.seconds(step.seconds)}" for step in report.steps
    )
