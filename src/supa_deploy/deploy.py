"""The deploy story: preflight → check → link → plan → (ask) → push → history → verify → report."""

from dataclasses import dataclass, replace

from supa_deploy.errors import SupaDeployError, UsageError
from supa_deploy.migrations import Caret, locate_error, transaction_risks
from supa_deploy.model import Failure, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_conflicts
from supa_deploy.reconcile import Aftermath, reconcile
from supa_deploy.release import Release, open_release
from supa_deploy.run import Run
from supa_deploy.supabase import Ended, PushAnswer, PushOptions

_LOOK_AGAIN = 0.5  # seconds between two readings of a history that is still moving


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What a deploy was asked for, as its flags say it."""

    dry_run: bool = False
    yes: bool = False
    include_all: bool = False
    include_seed: bool = False
    include_roles: bool = False
    verify: bool = True
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
    if not options.dry_run and not options.yes and run.ask is None:
        raise UsageError(
            "There is no terminal to ask at, and --yes was not given. Nothing was touched.",
            hint="Give --yes to apply, or --dry-run to see what would be applied.",
            code="no_consent",
        )
    with open_release(run, verifies=options.verify and not options.dry_run) as release:
        release.link()
        plan = release.plan()
        if blocked := refuse_findings(release, plan):
            return blocked
        refuse_conflicts(plan, include_all=options.include_all)
        if options.dry_run:
            return run.finish(Outcome.OK if plan.pending else Outcome.UP_TO_DATE)
        if not plan.pending and not options.extras:
            return _confirm(release, plan, (), options)
        if not options.yes and not _agreed(run, plan, options):
            return run.finish(
                Outcome.DECLINED,
                Failure("declined", "Declined. Nothing was touched.", "Run it again when you are ready."),
            )
        run.check_interrupt()
        aftermath = _push(release, plan, options)
        run.draft.applied = aftermath.applied
        if aftermath.outcome is not Outcome.OK:
            return run.finish(aftermath.outcome, aftermath.failure)
        return _confirm(release, plan, plan.pending_versions, options)


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
            f"{first.file}:{first.line}:{first.column}: {first.message}{more} Nothing was sent.",
            first.help,
            file=first.file,
            line=first.line,
        ),
    )


def _agreed(run: Run, plan: Plan, options: DeployOptions) -> bool:
    if run.ask is None:
        return False
    count = len(plan.pending)
    parts = [f"apply {count} migration{'s' if count != 1 else ''}"] if count else []
    parts += ["run the roles file"] if options.include_roles else []
    parts += ["run the seed files"] if options.include_seed else []
    return run.ask(f"{' and '.join(parts).capitalize()} on {run.draft.target}?", run.draft.pending)


def _push(release: Release, plan: Plan, options: DeployOptions) -> Aftermath:
    """Steps `push` and `history`: sends the files, then reads what the history has of them."""
    run = release.run
    push = PushOptions(
        include_all=options.include_all,
        include_roles=options.include_roles,
        include_seed=options.include_seed,
    )
    with run.journal.step("push") as step:
        answer = release.supabase.push(push)
        if answer.failure:
            step.fail(answer.failure.message.splitlines()[0])
    with run.journal.step("history") as step:
        after = _settled_history(release, plan, answer)
        aftermath = reconcile(plan, answer, after)
        if aftermath.outcome is Outcome.STATE_UNKNOWN and answer.ended is Ended.EXITED and after is not None:
            # A surprise is not believed on the word of a shortcut: the CLI itself is asked.
            after = _history_or_none(release, plain=True)
            aftermath = reconcile(plan, answer, after)
        if aftermath.await_other:
            aftermath = _await_other(release, plan, aftermath)
        step.note = f"{len(aftermath.applied)} of {len(plan.pending)} recorded"
        if aftermath.outcome is not Outcome.OK:
            step.fail(step.note)
    return replace(aftermath, failure=_located(release, plan, answer, aftermath))


def _settled_history(release: Release, plan: Plan, answer: PushAnswer) -> frozenset[str] | None:
    """The history once it stands still. After a push that was cut off the server may still be at work on the
    file it was sent: the history is polled until that file is in, nobody is at work, or the time is up."""
    run = release.run
    history = _history_or_none(release)
    if answer.ended is Ended.EXITED and (answer.failure is None or history is not None):
        return history
    in_flight = next(
        (m.version for m in plan.pending if answer.started and m.path.name == answer.started[-1]), None
    )
    while not _is_settled(release, history, in_flight):
        if run.interrupt.at_once or run.deadline.left_with_reserve <= _LOOK_AGAIN:
            break
        run.interrupt.pause(_LOOK_AGAIN)
        history = _history_or_none(release) or history
    return history


def _is_settled(release: Release, history: frozenset[str] | None, in_flight: str | None) -> bool:
    if history is not None and (in_flight is None or in_flight in history):
        return True
    return history is not None and release.supabase.active_backends() == 0 and _same_again(release, history)


def _same_again(release: Release, history: frozenset[str]) -> bool:
    """Nobody is at work any more: one last look, since the file may have been recorded just before."""
    return _history_or_none(release) == history


def _await_other(release: Release, plan: Plan, aftermath: Aftermath) -> Aftermath:
    """Another deploy is at work: waits until the history has all that is pending, or the time is up."""
    run = release.run
    run.journal.notice("Another deploy is at work on the same files: waiting for it to finish.")
    history = _history_or_none(release)
    while history is None or not history.issuperset(plan.pending_versions):
        if run.interrupt.requested or run.deadline.left <= _LOOK_AGAIN:
            gained = tuple(v for v in plan.pending_versions if history and v in history)
            return replace(aftermath, applied=gained)
        run.interrupt.pause(_LOOK_AGAIN)
        history = _history_or_none(release) or history
    run.journal.notice("The other deploy applied the files; this one confirms them.")
    return Aftermath(Outcome.OK, plan.pending_versions)


def _history_or_none(release: Release, *, plain: bool = False) -> frozenset[str] | None:
    """The versions in the history, read with the time that is kept for it; None when it cannot be read now."""
    try:
        return frozenset(release.remote.history(final=True, plain=plain))
    except SupaDeployError:
        return None


def _located(release: Release, plan: Plan, answer: PushAnswer, aftermath: Aftermath) -> Failure | None:
    """The failure with its file's line, and with what a file that is not one transaction may have left."""
    failure, said = aftermath.failure, answer.failure
    if failure is None or failure.file is None:
        return failure
    version = next((m.version for m in plan.pending if m.file == failure.file), None)
    script = release.script(version)
    if script is None:
        return failure
    if said is not None and said.statement_text is not None:
        caret = Caret(said.caret.line + 1, said.caret.column + 1) if said.caret else None
        place = locate_error(script, said.statement_index, said.statement_text, caret)
        if place is not None:
            failure = replace(failure, line=place.line)
    risks = [risk for risk in transaction_risks(script) if version not in aftermath.applied]
    if risks:
        where = ", ".join(f"line {risk.line}: {risk.text}" for risk in risks)
        failure = replace(
            failure,
            message=f"{failure.message.replace(' and rolled back', '')} This file is not one transaction ({where}): "
            "what stands before the failing statement may still be in the database, unrecorded.",
            hint="Look at what it left behind, take that away or make the file safe to run twice, then run the "
            "same command again.",
        )
    return failure


def _confirm(release: Release, plan: Plan, pushed: tuple[str, ...], options: DeployOptions) -> Report:
    """Step `verify`: what was just applied, or everything when nothing was pending."""
    run = release.run
    done = Outcome.OK if pushed or options.extras else Outcome.UP_TO_DATE
    with run.journal.step("verify") as step:
        if not options.verify:
            step.skip("--no-verify")
            return run.finish(done)
        applied = (*(m.version for m in plan.applied), *pushed)
        verification = release.verify(applied, pushed or None)
        outcome = verification.outcome(require_api=options.require_api)
        if outcome is not Outcome.OK:
            step.fail(outcome.label)
    if outcome is Outcome.OK:
        return run.finish(done)
    return run.finish(outcome, verification.failure(require_api=options.require_api))
