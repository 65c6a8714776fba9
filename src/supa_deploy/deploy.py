"""The deploy story: preflight → check → link → plan → (ask) → push → history → verify → report."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from supa_deploy.consent import agreed, declined
from supa_deploy.drift.words import drift_failure, not_compared
from supa_deploy.errors import Unreachable, UsageError
from supa_deploy.looking import judge
from supa_deploy.migrations import Caret, locate_error, transaction_risks
from supa_deploy.model import Failure, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, make_plan, migration_states, refuse_conflicts
from supa_deploy.reconcile import Aftermath, reconcile
from supa_deploy.release import Release, open_release
from supa_deploy.run import Run
from supa_deploy.settling import LOOK_AGAIN, history_or_none, settled_history
from supa_deploy.supabase import Ended, PushAnswer, PushOptions
from supa_deploy.verify import Verification
from supa_deploy.wayback.prospect import NOWHERE, Prospect, prospect, tell

_QUIET_LOOKS = 6  # readings with nobody at work and nothing new, after which another deploy counts as ended


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What a deploy was asked for, as its flags say it."""

    dry_run: bool = False
    yes: bool = False
    include_all: bool = False
    include_seed: bool = False
    include_roles: bool = False
    verify: bool = True
    diff: bool = True
    fail_on_drift: bool = False
    require_api: bool = False

    @property
    def extras(self) -> bool:
        """True when something besides migrations is to be pushed."""
        return self.include_seed or self.include_roles


def deploy(run: Run, options: DeployOptions) -> Report:
    """Applies what is pending and confirms it.

    Whatever way it ends, the report says what the database holds. Nothing is sent before the files are
    checked and consent is given; after the push only the history decides what is applied.
    """
    if not options.dry_run and not options.yes and run.person is None:
        raise UsageError(
            "There is no terminal to ask at, and --yes was not given. Nothing was touched.",
            hint="Give --yes to apply, or --dry-run to see what would be applied.",
            code="no_consent",
        )
    verifies = options.verify and not options.dry_run
    compares = options.diff and not options.dry_run
    with open_release(
        run, verifies=verifies, compares=compares, judges=True, may_be_empty=options.extras
    ) as release:
        release.link()
        plan = release.plan(sends=True)
        if run.reports:
            judge(release)
        if blocked := refuse_findings(release, plan):
            return blocked
        refuse_conflicts(plan, include_all=options.include_all)
        if options.dry_run:
            return run.finish(Outcome.OK if plan.pending else Outcome.UP_TO_DATE)
        back = prospect(release, plan) if run.way_back else NOWHERE
        if not plan.pending and not options.extras:
            if release.marker_left and options.yes:
                release.remove_marker()
            release.replay(plan.remote, back.stops)
            return _confirm(release, plan, (), options, back)
        if not options.yes and not agreed(
            release, plan, roles=options.include_roles, seed=options.include_seed
        ):
            return declined(run)
        if release.marker_left:
            release.remove_marker()
        _refuse_late(run)
        aftermath = _push(release, plan, options, back.stops)
        run.draft.applied = aftermath.applied
        run.draft.migrations = migration_states(
            make_plan(plan.migrations, (*plan.remote, *aftermath.applied)), release.words
        )
        if aftermath.outcome is not Outcome.OK:
            return run.finish(aftermath.outcome, aftermath.failure)
        return _confirm(release, plan, plan.pending_versions, options, back)


def refuse_findings(release: Release, plan: Plan) -> Report | None:
    """The report of a run that stops because of what the files hold, None when nothing stops it."""
    errors = release.blocking(plan)
    if not errors:
        return None
    first = errors[0]
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return release.run.finish(
        Outcome.FINDINGS,
        Failure(
            first.rule,
            f"{first.file}:{first.line}:{first.column}: {first.message.rstrip('.')}{more}. Nothing was sent.",
            first.help,
            file=first.file,
            line=first.line,
        ),
    )


def _refuse_late(run: Run) -> None:
    """Nothing is sent after a signal, nor when there is no time left to see it through."""
    run.check_interrupt()
    if run.deadline.left <= 0:
        raise Unreachable(
            "The time was up before the push began. Nothing was sent.",
            hint="Run it again with a longer --timeout; `supa-deploy doctor` shows what is slow.",
            code="timed_out",
        )


def _push(release: Release, plan: Plan, options: DeployOptions, stops: Collection[str]) -> Aftermath:
    """Steps `push` and `history`: sends the files, then reads what the history has of them. The replay beside it keeps
    the state at each of `stops`."""
    run = release.run
    push = PushOptions(
        include_all=options.include_all,
        include_roles=options.include_roles,
        include_seed=options.include_seed,
    )
    loose = _loose(release, plan)
    with run.journal.step("push") as step:
        pending = release.supabase.begin_push(push)
        release.replay((*plan.remote, *plan.pending_versions), stops)
        run.meanwhile()
        answer = pending.result()
        if answer.failure:
            step.fail(answer.failure.message.splitlines()[0])
    with run.journal.step("history") as step:
        after = settled_history(release, plan, answer)
        aftermath = reconcile(plan, answer, after, loose)
        if aftermath.outcome is Outcome.STATE_UNKNOWN and answer.ended is Ended.EXITED and after is not None:
            # A surprise is not believed on the word of a shortcut: the CLI itself is asked.
            after = history_or_none(release, plain=True)
            aftermath = reconcile(plan, answer, after, loose)
        if aftermath.await_other:
            aftermath = _await_other(release, plan, aftermath, loose)
        step.note = f"{len(aftermath.applied)} of {len(plan.pending)} recorded"
        if aftermath.outcome is not Outcome.OK:
            step.fail(step.note)
    return replace(aftermath, failure=_with_line(release, plan, answer, aftermath.failure))


def _loose(release: Release, plan: Plan) -> dict[str, str]:
    """For each pending version that is not one transaction: the statements that keep it from being one."""
    scripts = [script for version in plan.pending_versions if (script := release.script(version))]
    risks = {script.migration.version: transaction_risks(script) for script in scripts}
    return {
        version: "; ".join(f"line {risk.line}: {risk.text}" for risk in found)
        for version, found in risks.items()
        if found
    }


def _await_other(release: Release, plan: Plan, aftermath: Aftermath, loose: Mapping[str, str]) -> Aftermath:
    """Another deploy is at work: waits until the history has all that is pending, or the time is up, or the
    other has evidently ended without it."""
    run = release.run
    run.journal.notice("Another deploy is at work on the same files: waiting for it to finish.")
    for version, statements in loose.items():
        run.journal.notice(f"{version} is not one transaction ({statements}): it may have acted twice.")
    history: frozenset[str] = frozenset(aftermath.applied)
    quiet = 0
    while not history.issuperset(plan.pending_versions):
        if run.interrupt.requested or run.deadline.left <= LOOK_AGAIN or quiet >= _QUIET_LOOKS:
            return _gave_up_waiting(run, plan, aftermath, history)
        run.interrupt.pause(LOOK_AGAIN)
        at_work = release.supabase.active_backends()
        seen = history_or_none(release)
        quiet = quiet + 1 if at_work == 0 and seen == history else 0
        history = history if seen is None else seen
    run.journal.notice("The other deploy applied the files; this one confirms them.")
    return Aftermath(Outcome.OK, plan.pending_versions)


def _gave_up_waiting(run: Run, plan: Plan, aftermath: Aftermath, history: frozenset[str]) -> Aftermath:
    gained = tuple(version for version in plan.pending_versions if version in history)
    absent = ", ".join(version for version in plan.pending_versions if version not in history)
    outcome, failure = aftermath.outcome, aftermath.failure
    if run.interrupt.requested:
        outcome = Outcome.STATE_UNKNOWN
        why = "Interrupted while another deploy was at work on the same files."
    elif run.deadline.left <= LOOK_AGAIN:
        why = "Another deploy is at work on the same files, and did not finish in time."
    else:
        why = "Another deploy was at work on the same files, and seems to have ended without finishing."
    if failure is not None:
        recorded = f"Recorded in the history: {', '.join(gained)}." if gained else "Nothing is recorded yet."
        failure = replace(failure, message=f"{why} {recorded} Not recorded: {absent}.")
    return replace(aftermath, outcome=outcome, applied=gained, failure=failure)


def _with_line(release: Release, plan: Plan, answer: PushAnswer, failure: Failure | None) -> Failure | None:
    """The failure with the line of its file, where the CLI's words lead to one."""
    said = answer.failure
    if failure is None or failure.file is None or said is None or said.statement_text is None:
        return failure
    script = release.script(next((m.version for m in plan.pending if m.file == failure.file), None))
    if script is None:
        return failure
    caret = Caret(said.caret.line + 1, said.caret.column + 1) if said.caret else None
    place = locate_error(script, said.statement_index, said.statement_text, caret)
    return replace(failure, line=place.line) if place else failure


def _confirm(
    release: Release, plan: Plan, pushed: tuple[str, ...], options: DeployOptions, back: Prospect
) -> Report:
    """Steps `verify` and `diff`: what was just applied, or everything when nothing was pending; and where all is well
    `rollback`, for a report that tells the way back."""
    run = release.run
    sent = bool(pushed) or options.extras
    done = Outcome.OK if sent else Outcome.UP_TO_DATE
    applied = (*(m.version for m in plan.applied), *pushed)
    if options.verify or (options.diff and not release.comparison.skipped):
        release.look(applied)
    if pushed:
        release.comparison.compare()
    verification = _verify(release, applied, pushed, options)
    drifted = _diff(run, release, options)
    outcome = verification.outcome(require_api=options.require_api)
    if run.interrupt.requested and (outcome is Outcome.UNVERIFIED or drifted is not None):
        return _stopped_at_verification(run, sent=sent)
    if release.comparison.interrupted and outcome is Outcome.OK:
        return _stopped_at_diff(run, sent=sent)
    if outcome is not Outcome.OK:
        return run.finish(outcome, verification.failure(require_api=options.require_api))
    if drifted is None and options.diff:
        tell(release, back, make_plan(plan.migrations, (*plan.remote, *pushed)), run.draft.drift)
    return drifted or run.finish(done)


def _verify(
    release: Release, applied: tuple[str, ...], pushed: tuple[str, ...], options: DeployOptions
) -> Verification:
    with release.run.journal.step("verify") as step:
        if not options.verify:
            step.skip("--no-verify")
            return Verification()
        verification = release.verify(applied, pushed or None)
        outcome = verification.outcome(require_api=options.require_api)
        if outcome is not Outcome.OK:
            step.fail(outcome.label)
        return verification


def _diff(run: Run, release: Release, options: DeployOptions) -> Report | None:
    """The report of a deploy that drift ends, or that could not look for it though it was to; None otherwise."""
    with run.journal.step("diff") as step:
        if not options.diff:
            step.skip("--no-diff")
            return None
        drift = release.drift(step)
    if not options.fail_on_drift or (drift is not None and drift.empty):
        return None
    if drift is None:
        return run.finish(Outcome.UNVERIFIED, not_compared(release.comparison.skipped))
    return run.finish(Outcome.DRIFT, drift_failure(drift))


def _stopped_at_diff(run: Run, *, sent: bool) -> Report:
    if not sent:
        run.check_interrupt()
    return run.finish(
        Outcome.STATE_UNKNOWN,
        Failure(
            "diff_interrupted",
            "Interrupted after the push, before drift was looked for. The history has all that was sent.",
            "Run `supa-deploy diff`, or the same command again.",
        ),
    )


def _stopped_at_verification(run: Run, *, sent: bool) -> Report:
    if not sent:
        run.check_interrupt()
    return run.finish(
        Outcome.STATE_UNKNOWN,
        Failure(
            "verify_interrupted",
            "Interrupted after the push. The history has all that was sent; what the database shows of it is not "
            "confirmed.",
            "Run `supa-deploy verify`, or the same command again.",
        ),
    )
