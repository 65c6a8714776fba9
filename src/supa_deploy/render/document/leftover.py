"""What a run leaves to do whose end was good: what is pending, missing, closed, drifted, or not looked at."""

import shlex
from collections.abc import Callable, Iterable, Mapping

from supa_deploy.model import Report, Runner, Severity, Verdict
from supa_deploy.render import rollback
from supa_deploy.render.document.blocks import Code, Line, Link
from supa_deploy.render.document.pieces import codes, command, lines_of
from supa_deploy.render.document.standing import Standing, versions
from supa_deploy.render.document.state import pending_versions
from supa_deploy.render.text import count

Steps = Iterable[Line]


def left_to_do(report: Report) -> Steps:
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
        said = lines_of(diagnostic.next or "") if diagnostic.ok is False else []
        if said:
            yield f"{diagnostic.check}: ", *said[0]
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


def _after_bundle(report: Report) -> Steps:
    """Running the script is a person's work; what the database holds afterwards is looked at again."""
    made = report.bundle
    if made is None:
        return
    script: Line = (Code(made.file),) if made.file else ("the script",)
    if made.runner is Runner.DASHBOARD:
        where: Line = (
            (Link("the Dashboard's SQL editor", made.url),) if made.url else ("the Dashboard's SQL editor",)
        )
        yield "Paste all of ", *script, " into ", *where, ", as the role ", Code("postgres"), ", and run it."
    else:
        named = shlex.quote(made.file) if made.file else "-"
        yield "Run ", *script, ": ", Code(f'psql "$SUPABASE_DB_URL" -X -f {named}')
    yield ("Every line of its last result should have a ✅.",)
    yield "Have it confirmed: ", command(report, "verify")


def _by_facts(report: Report) -> Steps:
    """For commands about the database: what is pending, missing, closed, drifted, not looked at."""
    yield from _conflicts(report)
    yield from _unconfirmed(report)
    yield from apply(report)
    if report.drift and not report.drift.empty:
        yield from settle_drift(report)
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
        yield from mend_schema(report)
    if report.applied and not report.checks:
        yield "Confirm what was applied, which nobody has yet: ", command(report, "verify")
    closed = {Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED}
    number = sum(check.verdict in closed for check in report.checks)
    if number:
        objects = count(number, "object")
        yield (
            f"Decide whether the Data API should show {objects}: the statement that would change it stands above.",
        )


def apply(report: Report) -> Steps:
    """Pending files are tried, then applied."""
    waiting = [v for v in versions(report) if v.standing is Standing.PENDING]
    if not waiting:
        return
    yield "Try it on a throwaway project first: ", command(report, "rehearse")
    yield (
        f"Apply {count(len(waiting), 'pending migration')} and have it confirmed: ",
        command(report, "deploy"),
    )


def settle_drift(report: Report) -> Steps:
    """Each difference is kept or undone."""
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


def mend_schema(report: Report) -> Steps:
    """The database does not show what the files promise."""
    yield "See what the database holds instead: ", command(report, "diff")
    yield (
        "Mend it with a new migration, never by editing one that is applied, and deploy that: ",
        command(report, "deploy"),
    )
    yield "Confirm again: ", command(report, "verify")


_BY_COMMAND: Mapping[str, Callable[[Report], Steps]] = {
    "bundle": _after_bundle,
    "check": _after_check,
    "doctor": _after_doctor,
    "rehearse": _after_rehearsal,
    "rollback": _after_rollback,
}
