"""A report as test cases: one for each promised object, step, finding, claim, difference and diagnostic.

CI tools show a run red by its cases. What ends a run and is no object's fault (a token refused, a push refused) is
therefore a case too: the step that failed, or the run itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from supa_deploy.model import (
    Check,
    ClaimVerdict,
    Diagnostic,
    Finding,
    Report,
    Severity,
    Step,
    StepStatus,
    Verdict,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render import drift
from supa_deploy.render.checks import label, line, titles_of
from supa_deploy.render.document.state import pending_versions
from supa_deploy.render.findings import untrue
from supa_deploy.render.paragraphs import WORDS, place_of
from supa_deploy.render.text import safe, safe_lines
from supa_deploy.render.verdict import last_line

_PRIVATE = frozenset({Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED})


class Result(StrEnum):
    """How a case ended. FAILED: what was looked at is wrong; BROKEN: the run itself did not get through."""

    PASSED = "passed"
    FAILED = "failure"
    BROKEN = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `kind` is the verdict's, rule's or outcome's name, `message` a line, `detail` the lines beneath;
    `seconds` where it was measured. All safe text."""

    owner: str
    name: str
    result: Result = Result.PASSED
    kind: str = ""
    message: str = ""
    detail: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together; `seconds` where they were measured."""

    name: str
    cases: tuple[Case, ...]
    seconds: float = 0.0


def suites(report: Report) -> tuple[Suite, ...]:
    """Every suite that has a case, the migrations' first; the steps' (or the run's) always has one."""
    made = (
        *_migrations(report),
        Suite("findings", tuple(_finding(finding) for finding in report.findings)),
        Suite("claims", tuple(_claim(verdict) for verdict in report.claims)),
        Suite("drift", tuple(_drift(report))),
        Suite("diagnostics", tuple(_diagnostic(found) for found in report.diagnostics)),
        Suite("run", tuple(_run(report)), report.seconds),
    )
    return tuple(Suite(s.name, _told_apart(s.cases), s.seconds) for s in made if s.cases)


def _migrations(report: Report) -> Iterable[Suite]:
    titles = titles_of(report)
    by_version: dict[str, list[Check]] = {}
    for check in report.checks:
        by_version.setdefault(check.migration, []).append(check)
    private_fails = _private_fails(report)
    ahead = frozenset() if report.outcome is Outcome.VERIFICATION_FAILED else pending_versions(report)
    for version in sorted(by_version):
        checks = by_version[version]
        cases = tuple(
            _check(check, private_fails=private_fails, is_ahead=version in ahead) for check in checks
        )
        yield Suite(titles.get(version, safe(version)), cases)


def _private_fails(report: Report) -> bool:
    """True where the run was told that what the Data API does not show fails it (--require-api)."""
    if report.outcome is not Outcome.VERIFICATION_FAILED:
        return False
    if not any(check.verdict.is_failure for check in report.checks):
        return True
    said = report.failure.message if report.failure else ""
    return any(f": {verdict.value.replace('_', ' ')}" in said for verdict in _PRIVATE)


def _check(check: Check, *, private_fails: bool, is_ahead: bool) -> Case:
    """`is_ahead`: of a file that is not applied, and nobody expects its objects."""
    owner = safe(f"{check.schema}.{check.table or check.name}")
    said = line(check)
    kind = check.verdict.value
    if check.verdict is Verdict.CONFIRMED:
        return Case(owner, label(check), detail=(said.says, f"seen by: {check.witness}"))
    message = said.says.removeprefix(label(check)).strip(" ()") or kind
    if is_ahead and check.verdict.is_failure:
        return Case(owner, label(check), Result.SKIPPED, "pending", f"pending: {message}")
    if check.verdict is Verdict.NOT_CHECKABLE:
        return Case(owner, label(check), Result.SKIPPED, kind, "; ".join((message, *said.below)))
    fails = check.verdict.is_failure or (private_fails and check.verdict in _PRIVATE)
    result = Result.FAILED if fails else Result.PASSED
    return Case(owner, label(check), result, kind, message, (said.says, *said.below))


def _finding(finding: Finding) -> Case:
    message, *more = safe_lines(finding.message) or [""]
    place = safe(f"{finding.file}:{finding.line}:{finding.column}")
    detail = (f"{place}: {WORDS[finding.severity]}: {message}", *more, *safe_lines(finding.help or ""))
    name = safe(f"{finding.rule} at {PurePosixPath(finding.file).name}:{finding.line}:{finding.column}")
    result = Result.FAILED if finding.severity is Severity.ERROR else Result.PASSED
    return Case(safe(finding.file), name, result, safe(finding.rule), message, detail)


def _claim(verdict: ClaimVerdict) -> Case:
    """A claim that only warnings are against is neither true nor a failure."""
    said, place, proof = untrue(verdict)
    if verdict.holds:
        return Case("claims", safe(verdict.claim.value))
    is_error = verdict.proof is not None and verdict.proof.severity is Severity.ERROR
    result = Result.FAILED if is_error else Result.SKIPPED
    detail = tuple(part for part in (said, place, proof) if part)
    return Case("claims", safe(verdict.claim.value), result, "claim", said, detail)


def _drift(report: Report) -> Iterable[Case]:
    if report.drift is None:
        return
    if report.drift.empty:
        yield Case("drift", "nothing but what the files make")
    fails = report.outcome is Outcome.DRIFT
    for change in drift.worst_first(report.drift.changes):
        said = drift.line(change)
        result = Result.FAILED if fails else Result.SKIPPED
        yield Case(
            "drift",
            safe(drift.subject(change)),
            result,
            change.change.value,
            said.says,
            (said.says, *said.below),
        )


def _diagnostic(found: Diagnostic) -> Case:
    result = Result.SKIPPED if found.ok is None else Result.PASSED if found.ok else Result.FAILED
    message, *more = safe_lines(found.detail) or [""]
    detail = (message, *more, *safe_lines(found.next or ""))
    return Case("doctor", safe(found.check), result, "diagnostic", message, detail)


def _run(report: Report) -> Iterable[Case]:
    """The steps; what ended the run is the last one that failed, else a case of its own."""
    wrong = None if report.outcome.is_success or _is_told(report) else _ending(report)
    failed = [number for number, step in enumerate(report.steps) if step.status is StepStatus.FAILED]
    for number, step in enumerate(report.steps):
        if wrong is not None and failed[-1:] == [number]:
            yield Case(
                "supa-deploy",
                safe(step.name),
                Result.BROKEN,
                wrong.kind,
                wrong.message,
                wrong.detail,
                step.seconds,
            )
        else:
            yield _step(step)
    if wrong is not None and not failed:
        yield wrong
    elif not report.steps:
        yield Case("supa-deploy", safe(report.command), detail=(last_line(report),))


def _step(step: Step) -> Case:
    results = {StepStatus.SKIPPED: Result.SKIPPED, StepStatus.FAILED: Result.FAILED}
    result = results.get(step.status, Result.PASSED)
    note = safe(step.note or "")
    if result is Result.FAILED:
        note = note or "failed: see the other cases"
    return Case("supa-deploy", safe(step.name), result, f"step_{step.status}", note, (), step.seconds)


def _ending(report: Report) -> Case:
    name, kind = safe(report.command), report.outcome.label
    if report.failure is None:
        return Case("supa-deploy", name, Result.BROKEN, kind, last_line(report))
    message, *more = safe_lines(report.failure.message) or [kind]
    detail = (message, *more, place_of(report.failure), *safe_lines(report.failure.hint or ""))
    return Case("supa-deploy", name, Result.BROKEN, kind, message, tuple(row for row in detail if row))


def _is_told(report: Report) -> bool:
    """True where cases of objects, findings or differences are red for what the run ended with."""
    match report.outcome:
        case Outcome.VERIFICATION_FAILED:
            return any(c.verdict.is_failure or c.verdict in _PRIVATE for c in report.checks)
        case Outcome.FINDINGS:
            return any(finding.severity is Severity.ERROR for finding in report.findings)
        case Outcome.DRIFT:
            return report.drift is not None and not report.drift.empty
        case _:
            return any(found.ok is False for found in report.diagnostics)


def _told_apart(cases: Iterable[Case]) -> tuple[Case, ...]:
    """CI tools take cases of one name for one case: the second gets a number."""
    seen: dict[tuple[str, str], int] = {}
    made = []
    for case in cases:
        number = seen[case.owner, case.name] = seen.get((case.owner, case.name), 0) + 1
        name = case.name if number == 1 else f"{case.name} ({number})"
        made.append(Case(case.owner, name, case.result, case.kind, case.message, case.detail, case.seconds))
    return tuple(made)
