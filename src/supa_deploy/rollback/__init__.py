"""The rollback story: back to a version, with every loss told before anything runs."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from supa_deploy.drift.words import drift_failure
from supa_deploy.errors import PreflightFailed
from supa_deploy.model import Drift, Failure, Loss, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_unknown
from supa_deploy.release import Release, open_release
from supa_deploy.rollback.run import confirm, go
from supa_deploy.rollback.save import check_folder, save
from supa_deploy.run import Run
from supa_deploy.wayback.computing import as_rollback, compute
from supa_deploy.wayback.downs import pieces_of
from supa_deploy.wayback.losses import count
from supa_deploy.wayback.target import choose
from supa_deploy.wayback.way import WayBack

__all__ = ["RollbackOptions", "rollback"]


@dataclass(frozen=True, slots=True)
class RollbackOptions:
    """What a rollback was asked for: `to` a version or back by `last` many; `save` is the folder for the lost rows;
    `discard_drift`: what the database holds outside the files goes too."""

    to: str | None = None
    last: int | None = None
    save: Path | None = None
    discard_drift: bool = False
    yes: bool = False


def rollback(run: Run, options: RollbackOptions) -> Report:
    """Computes the way back, tells what it takes away, and with `yes` goes it.

    Raises UsageError below the baseline or for a version that is not in the history, HistoryConflict for versions
    that no file here has, PreflightFailed where there is no proven way. Whatever happens after the push, the report
    says what the database holds.
    """
    with open_release(run, verifies=options.yes, compares=True) as release:
        release.link()
        plan = release.plan()
        refuse_unknown(plan)
        if release.marker_left and options.yes and options.last is not None:
            release.remove_marker()
            return _finished(release, plan)
        way = choose(plan, to=options.to, last=options.last)
        pieces = pieces_of(way, release.discovery.downs)
        if release.marker_left and options.yes:
            release.remove_marker()
        if not way.undone:
            return run.finish(Outcome.UP_TO_DATE)
        drift = _drift(release, plan, {way.to, *(piece.stop for piece in pieces)})
        if not drift.empty and not options.discard_drift:
            return run.finish(Outcome.DRIFT, _would_destroy(drift))
        with run.journal.step("compute") as step:
            back = compute(release, step, way, pieces, drift)
        losses = _losses(release, back, options)
        run.draft.rollback = as_rollback(release, way, back, losses)
        run.check_interrupt()
        return go(release, plan, way, back, losses) if options.yes else run.finish(Outcome.OK)


def _drift(release: Release, plan: Plan, stops: Collection[str]) -> Drift:
    """Step `diff`: what the database holds outside the files, replayed with a stop at each of `stops`. Raises what
    keeps it from being known."""
    release.look(plan.remote)
    release.replay(plan.remote, stops)
    with release.run.journal.step("diff") as step:
        drift = release.drift(step)
    release.run.check_interrupt()
    if drift is None:
        raise release.comparison.error or PreflightFailed(
            "The database could not be compared with the files. Nothing was changed.", code="not_compared"
        )
    return drift


def _losses(release: Release, back: WayBack, options: RollbackOptions) -> tuple[Loss, ...]:
    """Step `losses`: what goes, counted, and kept where that was asked for."""
    with release.run.journal.step("losses") as step:
        losses = count(release.supabase, back.lost)
        step.note = f"{sum(loss.rows for loss in losses)} rows and values"
    if options.save is None:
        return losses
    with release.run.journal.step("save") as step:
        check_folder(options.save, losses)
        kept = tuple(
            replace(loss, saved=str(save(release.supabase, loss, options.save))) if loss.rows else loss
            for loss in losses
        )
        step.note = str(options.save)
        return kept


def _would_destroy(drift: Drift) -> Failure:
    said = drift_failure(drift)
    return replace(
        said,
        message=f"{said.message.removesuffix('Nothing was changed to mend it.')}A rollback would destroy that. "
        "Nothing was changed.",
        hint="Keep it with a new migration, or give --discard-drift to lose it too.",
    )


def _finished(release: Release, plan: Plan) -> Report:
    """A rollback that was cut off after its work was in: its marker is gone now, and the rest is confirmed."""
    release.run.journal.notice(
        f"A rollback to {plan.remote[-1] if plan.remote else 'nothing'} had been cut off after its work was in: it is "
        "finished now, and no further version undone. Run the same command again to go further back."
    )
    release.replay(plan.remote)
    return confirm(release, plan.applied)
