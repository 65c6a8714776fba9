"""The stories that only look: plan, status, verify."""

from collections.abc import Collection
from dataclasses import replace

from supa_deploy.deploy import refuse_findings
from supa_deploy.drift.preview import preview
from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.model import Report, Traffic
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_conflicts
from supa_deploy.release import Release, open_release
from supa_deploy.run import Run
from supa_deploy.verify import AT_ONCE, Verification


def plan(run: Run, *, exit_code: bool, include_all: bool, diff: bool = False) -> Report:
    """What `deploy` would do, and what would stop it. `exit_code`: PENDING (10) instead of OK when something is
    pending. `diff`: also what it will do to the database as it is, tried on a scratch server."""
    with open_release(run, verifies=False, compares=diff, recalls=True, judges=True) as release:
        release.link()
        found = release.plan()
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
    """Steps `diff` and `preview`: what is there outside the files, and what the push will make of it. Raises what
    keeps either from being known."""
    run = release.run
    release.replay(found.remote)
    release.look([migration.version for migration in found.migrations])
    with run.journal.step("diff") as step:
        drift = release.drift(step)
    run.check_interrupt()
    if drift is None:
        raise release.comparison.error or PreflightFailed(
            "The database could not be compared with the files. Nothing was touched.", code="not_compared"
        )
    if not found.pending:
        return
    with run.journal.step("preview") as step:
        trial = preview(release.comparison, found.applied, found.pending, drift)
        run.draft.preview = trial.preview
        for notice in trial.notices:
            run.journal.notice(notice)
        if trial.failing is not None:
            step.fail("a pending file fails on the database as it is")
            run.draft.findings = (*run.draft.findings, trial.failing)


def status(run: Run) -> Report:
    """The table of migrations, and the state of what each creates, pending ones included. Only looks: a conflict
    is shown, not refused, and what cannot be confirmed is told without failing."""
    with open_release(run, verifies=True, only_looks=True, recalls=True, judges=True) as release:
        release.link()
        found = release.plan()
        release.note_edited(found)
        release.look([migration.version for migration in found.applied])
        with run.journal.step("verify") as step:
            verification = release.verify([m.version for m in found.applied], None)
            if found.pending and verification.available:
                _look_ahead(release, found, verification)
            run.check_interrupt()
            if not verification.available:
                step.skip(verification.reason or "the Data API could not be asked")
        return run.finish(Outcome.OK)


def _look_ahead(release: Release, found: Plan, seen: Verification) -> None:
    """Adds the state of what pending files will create to what was seen of the applied ones."""
    versions = found.pending_versions
    ahead = release.verify((*(m.version for m in found.applied), *versions), versions, AT_ONCE)
    draft = release.run.draft
    draft.checks = (*seen.checks, *ahead.checks)
    draft.traffic = Traffic(
        seen.traffic.requests + ahead.traffic.requests, seen.traffic.bytes + ahead.traffic.bytes
    )


def verify(run: Run, *, only: Collection[str], require_api: bool) -> Report:
    """Confirms what the applied files promise, or what those of `only` do."""
    with open_release(run, verifies=True, compares=True) as release:
        release.link()
        found = release.plan()
        versions = _chosen(release, found, only)
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


def _chosen(release: Release, found: Plan, only: Collection[str]) -> tuple[str, ...] | None:
    """The versions asked for, None for all. Raises UsageError for one that no file here has."""
    known = {m.version for m in found.migrations}
    if unknown := [version for version in only if version not in known]:
        raise UsageError(
            f"No migration file here has the version {', '.join(unknown)}. Nothing was touched.",
            hint=f"The files are in {release.run.settings.migrations_dir.relative_to(release.run.settings.workdir)}; "
            "a version is the digits that a file's name begins with.",
            code="unknown_version",
        )
    return tuple(only) or None
