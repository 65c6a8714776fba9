"""The section on what to do next: for each way a run can end, and for what a run that ended well has found."""

from collections.abc import Callable, Mapping

from supa_deploy.model import Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.document.blocks import Bullets, Code, Item, Line, Section
from supa_deploy.render.document.leftover import Steps, apply, left_to_do, mend_schema, settle_drift
from supa_deploy.render.document.pieces import command, lines_of
from supa_deploy.render.paragraphs import place_of

_MOST = 20


def next_steps(report: Report) -> Section:
    """What to do, in order: what the failure itself says, then what fits outcome and command. Never empty."""
    hint = lines_of(report.failure.hint or "") if report.failure else []
    first = [Item(hint[0], tuple(hint[1:]))] if hint else []
    ours = _AFTER[report.outcome](report)
    found = [*first, *(Item(line) for line in ours)]
    return Section("next-steps", ("Next steps",), (Bullets(tuple(found[:_MOST]), ordered=True),))


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
    yield from _mend(report)
    yield "Try all files on a throwaway project: ", command(report, "rehearse")
    yield _again(report, "nothing was recorded")


def _partly_applied(report: Report) -> Steps:
    yield from _mend(report)
    yield _again(report, "what is applied is not sent twice")
    yield "Or see the way back: ", *_way_back(report)


def _state_unknown(report: Report) -> Steps:
    yield "See what the history has now: ", command(report, "status")
    yield _again(report, "it finds out what the database holds, and sends only what is not recorded")


def _pending(report: Report) -> Steps:
    yield from apply(report)


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


def _mend(report: Report) -> Steps:
    """Where nothing else says what to mend, that something is to be."""
    if report.failure is None or not report.failure.hint:
        place = place_of(report.failure) if report.failure else ""
        yield ("Mend what was refused at ", Code(place), ".") if place else ("Mend what was refused.",)


def _way_back(report: Report) -> Line:
    back = report.rollback
    if back is not None and back.versions:
        return (command(report, "rollback", "--to", back.to),)
    return (command(report, "rollback", "--last", "1"),)


_AFTER: Mapping[Outcome, Callable[[Report], Steps]] = {
    Outcome.OK: left_to_do,
    Outcome.UP_TO_DATE: left_to_do,
    Outcome.INTERNAL_ERROR: _internal_error,
    Outcome.USAGE_ERROR: _usage_error,
    Outcome.PREFLIGHT_FAILED: _preflight_failed,
    Outcome.AUTH_FAILED: _auth_failed,
    Outcome.UNREACHABLE: _unreachable,
    Outcome.PUSH_FAILED: _push_failed,
    Outcome.PARTLY_APPLIED: _partly_applied,
    Outcome.STATE_UNKNOWN: _state_unknown,
    Outcome.VERIFICATION_FAILED: mend_schema,
    Outcome.PENDING: _pending,
    Outcome.DRIFT: settle_drift,
    Outcome.FINDINGS: _findings,
    Outcome.HISTORY_CONFLICT: _history_conflict,
    Outcome.BUSY: _busy,
    Outcome.DECLINED: _declined,
    Outcome.ROLLBACK_FAILED: _rollback_failed,
    Outcome.UNVERIFIED: _unverified,
    Outcome.INTERRUPTED: _interrupted,
    Outcome.TERMINATED: _interrupted,
}
