"""The rollback plan of a report: the way back from the files it is about, applied or still to come. It is looked for
beside the story's own work and never decides how that ends: where there is none, a notice says why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from supa_deploy.drift.replay import Replay, contents_of
from supa_deploy.drift.words import not_writable
from supa_deploy.errors import PreflightFailed, SupaDeployError
from supa_deploy.migrations import Migration
from supa_deploy.model import Drift, Loss
from supa_deploy.planning import Plan
from supa_deploy.release import Release
from supa_deploy.wayback.computing import as_rollback, compute
from supa_deploy.wayback.downs import Piece, pieces_of
from supa_deploy.wayback.holdings import Lost, holdings
from supa_deploy.wayback.losses import count
from supa_deploy.wayback.search import Start
from supa_deploy.wayback.target import Way


@dataclass(frozen=True, slots=True)
class Prospect:
    """Which way a report is to tell; without one `why` says what stands against it (None: nothing to tell)."""

    way: Way | None = None
    pieces: tuple[Piece, ...] = ()
    why: str | None = None

    @property
    def stops(self) -> frozenset[str]:
        """The versions at which a replay of the files has to stop, so that the way can be tried."""
        return frozenset({self.way.to, *(piece.stop for piece in self.pieces)}) if self.way else frozenset()


NOWHERE = Prospect()


def prospect(release: Release, plan: Plan) -> Prospect:
    """The way back to the version before the first that the story is about; where it is about all, before what is
    pending, else before the newest version.

    Files that are not applied yet count as applied when the story is about one of them. What is newer than the first
    one is undone with it, asked for or not.
    """
    asked = frozenset(_last_step(plan) if release.chosen is None else release.chosen)
    if not asked:
        return NOWHERE
    if plan.unknown:
        return Prospect(why=f"the history has versions that no file here has ({', '.join(plan.unknown)})")
    applied = plan.applied
    files = applied if asked <= {migration.version for migration in applied} else plan.migrations
    first = next(i for i, migration in enumerate(files) if migration.version in asked)
    if first == 0:
        return Prospect(
            why=f"{files[0].version} is the oldest version, and what the database was before it is not known"
        )
    kept, undone = files[:first], files[first:]
    way = Way(kept[-1].version, kept, tuple(reversed(undone)))
    try:
        return Prospect(way, pieces_of(way, release.discovery.downs))
    except PreflightFailed as error:
        return Prospect(why=error.message)


def tell(release: Release, found: Prospect, plan: Plan, drift: Drift | None) -> None:
    """Step `rollback`: the way into the run's draft. `plan` is what the history has now; its applied files were
    replayed with the prospect's stops, and `drift` is what came of comparing. Never raises for what keeps it from
    being computed: the step and a notice say it."""
    if found == NOWHERE:
        return
    with release.run.journal.step("rollback") as step:
        why = found.why or _not_now(release, drift)
        if why is None and found.way is not None and drift is not None:
            try:
                start = _start(release, found.way, found.stops, plan)
                back = compute(release, step, found.way, found.pieces, drift, start=start)
                losses = _losses(release, back.lost, found.way, plan)
                release.run.draft.rollback = as_rollback(release, found.way, back, losses)
            except SupaDeployError as error:
                why = " ".join(error.message.split())
            except OSError as error:
                why = not_writable(error).message
        if why is not None:
            step.skip("there is none")
            release.run.journal.notice(f"There is no rollback plan: {why.rstrip('.')}.")


def _last_step(plan: Plan) -> tuple[str, ...]:
    return plan.pending_versions or tuple(migration.version for migration in plan.applied[-1:])


def _not_now(release: Release, drift: Drift | None) -> str | None:
    """Why it is not even looked for."""
    if release.run.interrupt.requested:
        return "the run was interrupted"
    if release.run.deadline.left <= 0:
        return "the time was up"
    if drift is None:
        return f"drift was not looked for: {release.comparison.skipped or 'the files were not compared'}"
    if not drift.empty:
        return (
            "it would destroy what the database holds outside the files. Keep that with a new migration; "
            "`supa-deploy rollback --discard-drift` computes the way that loses it too"
        )
    return None


def _start(release: Release, way: Way, stops: Collection[str], plan: Plan) -> Start | None:
    """The scratch database with the files that are to come, None where all that is undone is applied. Raises
    ReplayFailed where they fail."""
    coming = _coming(way, plan)
    comparison = release.comparison
    shadow, at = comparison.shadow, comparison.replayed()
    if not coming or shadow is None or at is None:
        return None
    every = sorted((*plan.applied, *coming), key=lambda migration: migration.version)
    stages = {plan.applied[-1].version: at} if plan.applied else {}
    ends = [migration for migration in coming if migration.version in stops and migration != coming[-1]]
    for number, end in enumerate((*ends, coming[-1])):
        files = [migration for migration in every if migration.version <= end.version]
        with Replay(comparison.supabase, shadow.copy(at, f"planned_{number}"), contents_of(files)) as replay:
            at = stages[end.version] = replay.finish()
    return Start(at, stages)


def _coming(way: Way, plan: Plan) -> Sequence[Migration]:
    """The files of the way that are not applied yet, oldest first."""
    applied = {migration.version for migration in plan.applied}
    return [m for m in (*way.kept, *reversed(way.undone)) if m.version not in applied]


def _losses(release: Release, lost: Sequence[Lost], way: Way, plan: Plan) -> tuple[Loss, ...]:
    """Counted in the real database where they are there already."""
    here = tuple(lost)
    if _coming(way, plan) and (applied := release.comparison.replayed()) is not None:
        present = {
            place
            for held in holdings(applied).values()
            for place in (
                Lost(held.schema, held.name),
                *(Lost(held.schema, held.name, column) for column in held.columns.values()),
            )
        }
        here = tuple(each for each in lost if each in present)
    counted = dict(zip(here, count(release.supabase, here), strict=True))
    return tuple(
        counted.get(each) or Loss(each.schema, each.table, each.column, rows=0, exists=False) for each in lost
    )
