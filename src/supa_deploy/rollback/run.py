"""Going the way back: one push that changes schema and history together, and what the database holds after it."""

from collections.abc import Sequence
from dataclasses import replace

from supa_deploy.drift.words import listed
from supa_deploy.errors import SupaDeployError
from supa_deploy.migrations import Migration
from supa_deploy.model import Change, Failure, Loss, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import ROLLBACK_MARKER, Plan, make_plan
from supa_deploy.release import Release
from supa_deploy.settling import settled_history
from supa_deploy.supabase import PushAnswer, PushOptions
from supa_deploy.wayback.losses import guard
from supa_deploy.wayback.target import Way
from supa_deploy.wayback.way import WayBack, files_of
from supa_deploy.workspace import folder_of


def go(release: Release, plan: Plan, way: Way, back: WayBack, losses: Sequence[Loss]) -> Report:
    """Pushes the way, reads the history, takes the marker away, compares and verifies."""
    answer, history = _push(release, plan, way, back, losses)
    failure = _judge(way, answer, history)
    if failure is not None:
        outcome = Outcome.STATE_UNKNOWN if failure.code == "rollback_unknown" else Outcome.ROLLBACK_FAILED
        return release.run.finish(outcome, failure)
    draft = release.run.draft
    if draft.rollback is not None:
        draft.rollback = replace(draft.rollback, done=True)
    release.note(make_plan(plan.migrations, history or ()))
    try:
        release.remove_marker()
    except SupaDeployError as error:
        release.run.journal.notice(
            f"The marker {ROLLBACK_MARKER} is still in the history ({error.message.splitlines()[0]}): the next "
            "`supa-deploy deploy` or `rollback` takes it away."
        )
    release.comparison = release.comparison.against(back.goal)
    return confirm(release, way.kept, back.remains)


def _push(
    release: Release, plan: Plan, way: Way, back: WayBack, losses: Sequence[Loss]
) -> tuple[PushAnswer, frozenset[str] | None]:
    run = release.run
    files = files_of(way, back.sql, guard(losses))
    name = files[-1][0]
    with (
        run.journal.step("push") as step,
        folder_of(files, linked_as=release.supabase.linked_folder) as folder,
    ):
        with release.supabase.in_folder(folder):
            pending = release.supabase.begin_push(PushOptions())
            run.meanwhile()
            answer = pending.result()
        if answer.failure:
            step.fail(answer.failure.message.splitlines()[0])
    with run.journal.step("history") as step:
        marker = Migration(
            ROLLBACK_MARKER, "supa_deploy_rollback", f"supabase/migrations/{name}", folder / name
        )
        history = settled_history(release, replace(plan, pending=(marker,)), answer)
        if history is None:
            step.fail("not readable")
        else:
            left = sum(migration.version in history for migration in way.undone)
            step.note = f"{len(way.undone) - left} of {len(way.undone)} undone"
    return answer, history


def _judge(way: Way, answer: PushAnswer, history: frozenset[str] | None) -> Failure | None:
    """Why the rollback did not happen, None when the history says that it did. Schema and history rows change in
    one transaction: either both are as before, or both are as they shall be."""
    undone = {migration.version for migration in way.undone}
    said = " ".join(answer.failure.message.split()) if answer.failure else "the CLI reported success"
    again = "Run the same command again: it finds out what the database holds."
    if history is None:
        return Failure(
            "rollback_unknown",
            f"The history cannot be read after the push ({said}). The database is either as it was or all the way "
            f"back at {way.to}: both change in one transaction.",
            again,
        )
    if not history & undone and ROLLBACK_MARKER in history:
        return None
    if undone <= history and ROLLBACK_MARKER not in history:
        return Failure(
            "rollback_refused",
            f"The rollback was not carried out: {said}. Schema and history are as they were.",
            _advice(answer) or "Mend what the message names, and run the same command again.",
            sqlstate=answer.failure.sqlstate if answer.failure else None,
        )
    recorded = ", ".join(sorted(history & undone)) or "none of the undone versions"
    return Failure(
        "rollback_unknown",
        f"The history has {recorded}, and {'has' if ROLLBACK_MARKER in history else 'has not'} the rollback's marker: "
        f"something else changed it meanwhile ({said}).",
        "Look at it with `supa-deploy status` before anything else.",
    )


_ADVICE = {
    "SD001": "The table is being written to: stop that, look at the dry run again, and run the same command.",
    "55P03": "Something else holds the table: wait until it is done (or end it), and run the same command again.",
    "40P01": "Something else holds the tables: wait until it is done (or end it), and run the same command again.",
    "22P02": "Rows hold a value that the older schema has no place for: change these rows, and run the same command "
    "again.",
}


def _advice(answer: PushAnswer) -> str | None:
    return _ADVICE.get(answer.failure.sqlstate or "") if answer.failure is not None else None


def confirm(release: Release, kept: Sequence[Migration], told: Sequence[Change] = ()) -> Report:
    """Steps `verify` and `diff`, as after a deploy, over the comparison's own scratch database; what hand-written
    files leave was told before."""
    run = release.run
    versions = tuple(migration.version for migration in kept)
    to = versions[-1] if versions else "nothing"
    release.look(versions)
    release.comparison.compare()
    with run.journal.step("verify") as step:
        verification = release.verify(versions, None)
        outcome = verification.outcome()
        if outcome is not Outcome.OK:
            step.fail(outcome.label)
    with run.journal.step("diff") as step:
        drift = release.drift(step)
    if run.interrupt.requested:
        return run.finish(
            Outcome.STATE_UNKNOWN,
            Failure(
                "rollback_unconfirmed",
                f"Interrupted after the rollback: the history is back at {to}; that the database is too was not "
                "confirmed.",
                "Run `supa-deploy diff` and `supa-deploy verify`.",
            ),
        )
    if drift is not None and (left := _untold(drift.changes, told)):
        return run.finish(Outcome.ROLLBACK_FAILED, _not_there(to, left))
    if outcome is not Outcome.OK:
        return run.finish(outcome, verification.failure())
    if drift is None:
        return run.finish(
            Outcome.UNVERIFIED,
            Failure(
                "rollback_unconfirmed",
                f"The history is back at {to}; whether the schema is could not be compared: "
                f"{release.comparison.skipped}.",
                "Run `supa-deploy diff`.",
            ),
        )
    return run.finish(Outcome.OK)


def _untold(changes: Sequence[Change], told: Sequence[Change]) -> tuple[Change, ...]:
    return tuple(change for change in changes if change not in told)


def _not_there(to: str, left: Sequence[Change]) -> Failure:
    return Failure(
        "rollback_incomplete",
        f"The history is back at {to}, but the database is not all as it was there: {listed(left)}.",
        "Look at the SQL that `supa-deploy diff` shows; keep or undo it by hand.",
    )
