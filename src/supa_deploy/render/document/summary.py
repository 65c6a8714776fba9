"""The summary: what was done, what the history holds, what witnesses saw and whether there is drift, in sentences."""

from collections import Counter
from collections.abc import Callable, Mapping

from supa_deploy.model import Report, Severity, Verdict
from supa_deploy.outcome import Outcome
from supa_deploy.render import bundle, drift, rollback
from supa_deploy.render.counts import by_witness
from supa_deploy.render.counts import summary as seen
from supa_deploy.render.document.blocks import Bullets, Item, Section
from supa_deploy.render.document.pieces import paragraph, where
from supa_deploy.render.document.standing import Standing, versions
from supa_deploy.render.document.state import pending_versions
from supa_deploy.render.selection import numbers
from supa_deploy.render.text import count, listing
from supa_deploy.render.verdict import is_dry

_LOOKING = frozenset({"plan", "status", "report", "verify", "diff", "bundle"})
_NOTICES = 20
ENDINGS: Mapping[Outcome, str] = {
    Outcome.OK: "",
    Outcome.UP_TO_DATE: "",
    Outcome.PENDING: "",
    Outcome.INTERNAL_ERROR: "supa-deploy stopped at a bug of its own; what is told here is what was known by then.",
    Outcome.USAGE_ERROR: "A flag or a setting is wrong or missing. Nothing was touched.",
    Outcome.PREFLIGHT_FAILED: "Something that the command needs is not there. Nothing was touched.",
    Outcome.AUTH_FAILED: "The token or the password was refused. Nothing was touched.",
    Outcome.UNREACHABLE: "The project could not be reached. Nothing was sent.",
    Outcome.PUSH_FAILED: "The SQL was refused, and the history recorded none of it.",
    Outcome.PARTLY_APPLIED: "Some of what was asked for is in, some is not.",
    Outcome.STATE_UNKNOWN: "What the database holds now is known only in part.",
    Outcome.VERIFICATION_FAILED: "The database does not show all that the files promise.",
    Outcome.DRIFT: "The database differs from what the files make.",
    Outcome.FINDINGS: "The files hold what must be mended first. Nothing was sent.",
    Outcome.HISTORY_CONFLICT: "The files and the migration history do not fit together. Nothing was sent.",
    Outcome.BUSY: "Another deploy was at work on the same files and did not finish in time.",
    Outcome.DECLINED: "The question was answered with no. Nothing was touched.",
    Outcome.ROLLBACK_FAILED: "The rollback did not come to its end.",
    Outcome.UNVERIFIED: "What the database holds could not be confirmed: nothing is known to be wrong.",
    Outcome.INTERRUPTED: "The run was interrupted before anything was sent.",
    Outcome.TERMINATED: "The run was ended from outside before anything was sent.",
}
"""What each outcome means, in a sentence; those that end well are told by what was done."""


def summary(report: Report) -> Section:
    """The sentences that fit command and outcome, and the notices of the run."""
    told = [paragraph(" ".join(sentences(report)))]
    if not report.notices:
        return Section("summary", ("Summary",), tuple(told))
    notices = [Item((notice,)) for notice in report.notices[:_NOTICES]]
    if len(report.notices) > _NOTICES:
        notices.append(Item((f"… and {len(report.notices) - _NOTICES:,} more",)))
    return Section("summary", ("Summary",), (*told, Bullets(tuple(notices))))


def sentences(report: Report) -> list[str]:
    """Two to five sentences; never none."""
    made = (ENDINGS[report.outcome], _done(report), _history(report), _seen(report), _drift(report))
    told = [sentence for sentence in made if sentence]
    return told or ["The run ended well, and there is nothing to tell of."]


def _done(report: Report) -> str:
    told = _TELLERS[report.command](report) if report.command in _TELLERS else ""
    if not told and report.command in _LOOKING and report.outcome.is_success:
        return "This was a look: nothing was changed."
    return told


def _bundled(report: Report) -> str:
    if report.bundle is None:
        return ""
    return f"A script was made, and nothing was sent: {bundle.in_short(report)}."


def _pushed(report: Report) -> str:
    if report.applied:
        gained = f"{count(len(report.applied), 'migration')} {_were(len(report.applied))} applied"
        throwaway = " (a throwaway project)" if report.command == "rehearse" else ""
        return f"{gained} to {where(report)}{throwaway}: the migration history gained them in this run."
    if is_dry(report):
        return "This was a look ahead: nothing was sent."
    return "No migration had to be applied." if report.outcome.is_success else ""


def _checked(report: Report) -> str:
    files = report.files_checked
    read = "" if files is None else f"{files:,} {'file was' if files == 1 else 'files were'} read: "
    found = numbers(report.findings) if report.findings else "nothing was found" if read else ""
    if not found:
        return ""
    errors = any(f.severity is Severity.ERROR for f in report.findings)
    none = "no errors, " if report.findings and not errors else ""
    sentence = f"{read}{none}{found}. No database was asked."
    return sentence[0].upper() + sentence[1:]


def _diagnosed(report: Report) -> str:
    numbered = Counter(diagnostic.ok for diagnostic in report.diagnostics)
    words = {True: "in order", False: "not in order", None: "not looked at"}
    told = [f"{numbered[ok]} {said}" for ok, said in words.items() if numbered[ok]]
    total = len(report.diagnostics)
    return f"{count(total, 'thing')} {_were(total)} looked at: {listing(told)}." if told else ""


def _rolled_back(report: Report) -> str:
    back = report.rollback
    if back is None:
        return ""
    if not back.versions:
        return f"There is nothing to undo: the database stands at {back.to}."
    number = count(len(back.versions), "version")
    if back.done:
        return f"{number} {_were(len(back.versions))} undone, and the history stands at {back.to}."
    if rollback.is_shown(report):
        return f"This was a look ahead: the way back to {back.to} undoes {number}. Nothing was changed."
    return f"The way back to {back.to} undoes {number}."


def _history(report: Report) -> str:
    numbered = Counter(version.standing for version in versions(report, everything=True))
    if not numbered or set(numbered) == {Standing.NOT_ASKED}:
        return ""
    if report.applied:
        before = numbered[Standing.APPLIED]
        parts = [f"{count(before, 'migration')} {_were(before)} there before"] if before else []
    else:
        applied = numbered[Standing.APPLIED]
        parts = [f"{count(applied, 'migration') if applied else 'no migration'} {_is(applied or 1)} applied"]
    pending = numbered[Standing.PENDING]
    parts += [f"{pending or 'none'} {_is(pending or 1)} pending"] if pending or not report.applied else []
    rest = (
        (Standing.UNDONE, "undone now"),
        (Standing.UNSURE, "not known to be in or not"),
        (Standing.NO_FILE, "in the history with no file here"),
    )
    parts += [
        f"{numbered[standing]} {_is(numbered[standing])} {said}"
        for standing, said in rest
        if numbered[standing]
    ]
    is_narrow = report.command == "report" and report.feature is not None and not report.feature.whole
    about = "Of this feature: " if is_narrow else ""
    sentence = f"{about}{listing(parts)}." if parts else ""
    return sentence[:1].upper() + sentence[1:]


def _seen(report: Report) -> str:
    """What applied files promise, and apart from it what pending ones do: that is not expected to be there."""
    waiting = pending_versions(report)
    own = [check for check in report.checks if check.migration not in waiting]
    ahead = [check for check in report.checks if check.migration in waiting]
    who = by_witness(own)
    asked = f" (confirmed: {who})" if who else ""
    told = [f"Of what the files promise: {seen(own)}{asked}."] if own else []
    early = any(c.verdict is Verdict.CONFIRMED for c in ahead)
    expected = "some of it is there already" if early else "as is to be expected"
    told += [f"Of what pending files will make: {seen(ahead)}; {expected}."] if ahead else []
    return " ".join(told)


def _drift(report: Report) -> str:
    if report.drift is None:
        return ""
    found = report.drift
    told = drift.none_found(found) if found.empty else f"drift: {drift.counted(found.changes)}"
    return f"{told[0].upper()}{told[1:]}."


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


_TELLERS: Mapping[str, Callable[[Report], str]] = {
    "bundle": _bundled,
    "check": _checked,
    "deploy": _pushed,
    "doctor": _diagnosed,
    "onboard": _pushed,
    "rehearse": _pushed,
    "rollback": _rolled_back,
}
