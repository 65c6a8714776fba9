"""The section on what to do next: for each way a run can end, and for what a run that ended well has found."""

import shlex
from collections.abc import Callable, Iterable, Mapping

from supa_deploy.model import Report, Severity, Verdict
from supa_deploy.outcome import Outcome
from supa_deploy.render import rollback
from supa_deploy.render.document.blocks import Bullets, Code, Item, Line, Section
from supa_deploy.render.document.pieces import codes, lines_of
from supa_deploy.render.document.standing import Standing, Version, versions
from supa_deploy.render.document.state import pending_versions
from supa_deploy.render.paragraphs import place_of
from supa_deploy.render.text import count

_MOST = 20
Steps = Iterable[Line]


def next_steps(report: Report) -> Section:
    """What to do, in order: what the failure itself says, then what fits outcome and command. Never empty."""
    hint = lines_of(report.failure.hint or "") if report.failure else []
    first = [Item(hint[0], tuple(hint[1:]))] if hint else []
    ours = _AFTER[report.outcome](report)
    found = [*first, *(Item(line) for line in ours)]
    return Section("next-steps", ("Next steps",), (Bullets(tuple(found[:_MOST]), ordered=True),))


def command(report: Report, *words: str) -> Code:
    """A command of ours, for the environment of the run."""
    named = ["--env", report.environment] if report.environment else []
    return Code(shlex.join(["supa-deploy", *words, *named]))


def _again(report: Report, why: str) -> Line:
    return "Run the same command again (", command(report, report.command), f"): {why}."


def _internal_error(report: Report) -> Steps:
    yield "See what the database holds: ", command(report, "status")
    yield ("Tell us, with the report file that the message names.",)


def _usage_error(report: Report) -> Steps:
    yield (
        "Mend the flag or the setting that is named above; all of them: ",
        command(report, report.command, "--help"),
    )
    yield _again(report, "nothing was touched")


def _preflight_failed(report: Report) -> Steps:
    yield "See what else is missing: ", command(report, "doctor")
    yield _again(report, "nothing was touched")


def _auth_failed(report: Report) -> Steps:
    yield "Try token, password and keys: ", command(report, "doctor")
    yield _again(report, "nothing was touched")


def _unreachable(report: Report) -> Steps:
    yield "See what is slow or closed: ", command(report, "doctor")
    yield _again(report, "nothing was sent, so it is safe")


def _push_failed(report: Report) -> Steps:
    yield _mend(report)
    yield "Try all files on a throwaway project: ", command(report, "rehearse")
    yield _again(report, "nothing was recorded")


def _partly_applied(report: Report) -> Steps:
    yield _mend(report)
    yield _again(report, "what is applied is not sent twice")
    yield "Or see the way back: ", *_way_back(report)


def _state_unknown(report: Report) -> Steps:
    yield "See what the history has now: ", command(report, "status")
    yield _again(report, "it finds out what the database holds, and sends only what is not recorded")


def _verification_failed(report: Report) -> Steps:
    yield "See what the database holds instead: ", command(report, "diff")
    yield (
        "Mend it with a new migration, never by editing one that is applied, and deploy that: ",
        command(report, "deploy"),
    )
    yield "Confirm again: ", command(report, "verify")


def _pending(report: Report) -> Steps:
    yield from _apply(report)


def _drift(report: Report) -> Steps:
    if report.command == "rollback":
        yield (
            "Keep it: write a migration that makes it, and look at the way back again. Or lose it too: ",
            command(report, "rollback", "--discard-drift"),
        )
        return
    yield (
        "Decide for each difference: keep it with a new migration that makes it, or undo it in the database.",
    )
    yield "Look again: ", command(report, "diff", "--exit-code")


def _findings(report: Report) -> Steps:
    yield ("Mend the errors in the files.",)
    if any(not fix.written for fix in report.fixes) or report.command != "check":
        yield "What can be mended by itself: ", command(report, "check", "--fix")
    yield _again(report, "nothing was sent")


def _history_conflict(report: Report) -> Steps:
    yield "See both sides: ", command(report, "status")
    yield _again(report, "nothing was sent")


def _busy(report: Report) -> Steps:
    yield "Wait until the other deploy is done, and see what it recorded: ", command(report, "status")
    yield _again(report, "what is applied is not sent twice")


def _declined(report: Report) -> Steps:
    yield "Look at the plan: ", command(report, "plan")
    yield _again(report, "nothing was touched")


def _rollback_failed(report: Report) -> Steps:
    yield "See what the history has: ", command(report, "status")
    yield "See what the schema is: ", command(report, "diff")
    yield "Look at the way back again; this changes nothing: ", *_way_back(report)


def _unverified(report: Report) -> Steps:
    yield "Ask again when the project answers: ", command(report, "verify")
    yield "See what stands in the way: ", command(report, "doctor")


def _interrupted(report: Report) -> Steps:
    yield _again(report, "nothing was sent")


def _well(report: Report) -> Steps:
    """What a run that ended well leaves to do."""
    found = list(_BY_COMMAND.get(report.command, _by_facts)(report))
    return found or [
        ("Nothing has to be done.",),
        ("Watch for drift: ", command(report, "diff", "--exit-code")),
    ]


def _after_check(report: Report) -> Steps:
    if any(not fix.written for fix in report.fixes):
        yield "Mend what can be mended by itself: ", command(report, "check", "--fix")
    if report.findings:
        yield ("Look at what was found, and mend what matters before the files are applied.",)
    yield "See what a deploy would do: ", command(report, "plan")


def _after_doctor(report: Report) -> Steps:
    for diagnostic in report.diagnostics:
        if diagnostic.ok is False and diagnostic.next:
            yield f"{diagnostic.check}: ", *lines_of(diagnostic.next)[0]
    yield "See what a deploy would do: ", command(report, "plan")


def _after_rehearsal(report: Report) -> Steps:
    if report.findings:
        yield "Look at what was found in the files: ", command(report, "check")
    if report.drift and not report.drift.empty:
        yield ("Find out why the database differs from the files, though nobody but they made it.",)
    yield "Do it for real: ", command(report, "deploy")


def _after_rollback(report: Report) -> Steps:
    back = report.rollback
    if back is None or not back.versions:
        return
    if not back.done:
        yield "Read the SQL and the losses. To do it: ", Code(rollback.command(report, back))
        return
    yield "Take away or mend these files, because the next deploy applies them again: ", *codes(back.versions)
    yield "See what stands where: ", command(report, "status")


def _by_facts(report: Report) -> Steps:
    """For commands about the database: what is pending, missing, closed, drifted, not looked at."""
    yield from _conflicts(report)
    yield from _unconfirmed(report)
    yield from _apply(report)
    if report.drift and not report.drift.empty:
        yield from _drift(report)
    if any(finding.severity is not Severity.INFO for finding in report.findings):
        yield "Look at what was found in the files: ", command(report, "check")


def _conflicts(report: Report) -> Steps:
    strangers = [v.version for v in versions(report) if v.standing is Standing.NO_FILE]
    if strangers:
        yield (
            "Bring the files of these versions here (git pull), because a deploy is refused without them: ",
            *codes(strangers),
        )


def _unconfirmed(report: Report) -> Steps:
    waiting = pending_versions(report)
    failing = [c for c in report.checks if c.verdict.is_failure and c.migration not in waiting]
    if failing:
        yield from _verification_failed(report)
    if report.applied and not report.checks:
        yield "Confirm what was applied, which nobody has yet: ", command(report, "verify")
    closed = {Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED}
    number = sum(check.verdict in closed for check in report.checks)
    if number:
        objects = count(number, "object")
        yield (
            f"Decide whether the Data API should show {objects}: the statement that would change it stands above.",
        )


def _apply(report: Report) -> Steps:
    waiting = [v for v in versions(report) if v.standing is Standing.PENDING]
    if not waiting:
        return
    yield "Try it on a throwaway project first: ", command(report, "rehearse")
    yield f"Apply {_named(waiting)} and have it confirmed: ", command(report, "deploy")


def _named(waiting: list[Version]) -> str:
    return f"{count(len(waiting), 'pending migration')}"


def _mend(report: Report) -> Line:
    place = place_of(report.failure) if report.failure else ""
    return ("Mend what was refused at ", Code(place), ".") if place else ("Mend what was refused.",)


def _way_back(report: Report) -> Line:
    back = report.rollback
    if back is not None and back.versions:
        return (command(report, "rollback", "--to", back.to),)
    return (command(report, "rollback", "--last", "1"),)


_BY_COMMAND: Mapping[str, Callable[[Report], Steps]] = {
    "check": _after_check,
    "doctor": _after_doctor,
    "rehearse": _after_rehearsal,
    "rollback": _after_rollback,
}
_AFTER: Mapping[Outcome, Callable[[Report], Steps]] = {
    Outcome.OK: _well,
    Outcome.UP_TO_DATE: _well,
    Outcome.INTERNAL_ERROR: _internal_error,
    Outcome.USAGE_ERROR: _usage_error,
    Outcome.PREFLIGHT_FAILED: _preflight_failed,
    Outcome.AUTH_FAILED: _auth_failed,
    Outcome.UNREACHABLE: _unreachable,
    Outcome.PUSH_FAILED: _push_failed,
    Outcome.PARTLY_APPLIED: _partly_applied,
    Outcome.STATE_UNKNOWN: _state_unknown,
    Outcome.VERIFICATION_FAILED: _verification_failed,
    Outcome.PENDING: _pending,
    Outcome.DRIFT: _drift,
    Outcome.FINDINGS: _findings,
    Outcome.HISTORY_CONFLICT: _history_conflict,
    Outcome.BUSY: _busy,
    Outcome.DECLINED: _declined,
    Outcome.ROLLBACK_FAILED: _rollback_failed,
    Outcome.UNVERIFIED: _unverified,
    Outcome.INTERRUPTED: _interrupted,
    Outcome.TERMINATED: _interrupted,
}
