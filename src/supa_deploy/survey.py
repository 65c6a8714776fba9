"""The stories that only look: plan, status, verify."""

from collections.abc import Collection
from dataclasses import replace

from supa_deploy.deploy import refuse_findings
from supa_deploy.drift.preview import preview
from supa_deploy.errors import PreflightFailed
from supa_deploy.looking import chosen_versions, judge, observe
from supa_deploy.model import Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_conflicts
from supa_deploy.release import Release, open_release
from supa_deploy.run import Run
from supa_deploy.wayback.prospect import NOWHERE, prospect, tell


def plan(run: Run, *, exit_code: bool, include_all: bool, diff: bool = False) -> Report:
    """What `deploy` would do, and what would stop it. `exit_code`: PENDING (10) instead of OK when something is
    pending. `diff`: also what it will do to the database as it is, tried on a scratch server."""
    with open_release(run, verifies=False, compares=diff, recalls=True, judges=True) as release:
        release.link()
        found = release.plan(sends=True)
        if run.reports:
            judge(release)
        release.note_edited(found)
        if blocked := refuse_findings(release, found):
            return blocked
        refuse_conflicts(found, include_all=include_all)
        if diff:
            _look_at_effect(release, found)
        if not found.pending:
            return run.finish(Outcome.UP_TO_DATE)
        return run.finish(Outcome.PENDING if exit_code else Outcome.OK)


def _look_at_effect(release: Release, found: Plan) -> None:
    """Steps `diff` and `preview`: what is there outside the files, and what the push will make of it; for a report
    `rollback` too. Raises what keeps the first two from being known."""
    run = release.run
    back = prospect(release, found) if run.way_back else NOWHERE
    release.replay(found.remote, back.stops)
    release.look([migration.version for migration in found.migrations])
    with run.journal.step("diff") as step:
        drift = release.drift(step)
    run.check_interrupt()
    if drift is None:
        raise release.comparison.error or PreflightFailed(
            "The database could not be compared with the files. Nothing was touched.", code="not_compared"
        )
    if not found.pending:
        tell(release, back, found, drift)
        return
    with run.journal.step("preview") as step:
        trial = preview(release.comparison, found.applied, found.pending, drift)
        run.draft.preview = trial.preview
        for notice in trial.notices:
            run.journal.notice(notice)
        if trial.failing is not None:
            step.fail("a pending file fails on the database as it is")
            run.draft.findings = (*run.draft.findings, trial.failing)
    tell(release, back, found, drift)


def status(run: Run) -> Report:
    """The table of migrations, and the state of what each creates, pending ones included. Only looks: a conflict
    is shown, not refused, and what cannot be confirmed is told without failing."""
    with open_release(run, verifies=True, only_looks=True, recalls=True, judges=True) as release:
        release.link()
        found = release.plan()
        release.note_edited(found)
        release.look([migration.version for migration in found.applied])
        observe(release, found)
        return run.finish(Outcome.OK)


def verify(run: Run, *, only: Collection[str], require_api: bool) -> Report:
    """Confirms what the applied files promise, or what those of `only` do."""
    with open_release(run, verifies=True, compares=True) as release:
        release.chosen = chosen_versions(release, only)
        release.link()
        found = release.plan()
        versions = release.chosen
        expected = {*found.remote, *(versions or ())}
        release.replay(expected)
        release.look(expected)
        with run.journal.step("verify") as step:
            applied = {m.version for m in found.applied} | set(versions or ())
            verification = release.verify(applied, versions)
            run.check_interrupt()
            outcome = verification.outcome(require_api=require_api)
            if outcome is not Outcome.OK:
                step.fail(outcome.label)
        not_applied = [v for v in versions or () if v not in found.remote]
        failure = (
            None
            if outcome is Outcome.OK
            else verification.failure(require_api=require_api, recorded=not not_applied)
        )
        if failure is not None and not_applied:
            failure = replace(
                failure, message=f"{failure.message} Not in the history: {', '.join(not_applied)}."
            )
        return run.finish(outcome, failure)
