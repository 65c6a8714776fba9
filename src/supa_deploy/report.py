"""The report story: everything that is known of a feature's files, or of all, without changing anything."""

from collections.abc import Collection
from dataclasses import dataclass

from supa_deploy.errors import HistoryConflict
from supa_deploy.looking import chosen_versions, observe
from supa_deploy.model import Drift, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_conflicts
from supa_deploy.release import Release, open_release
from supa_deploy.rules import claims_of
from supa_deploy.run import Run
from supa_deploy.wayback.prospect import NOWHERE, prospect, tell


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report is to be about: `only` these versions, `since` this one (with it), or everything."""

    only: tuple[str, ...] = ()
    since: str | None = None


def report(run: Run, options: ReportOptions) -> Report:
    """Says what the files make, what of it is there, what is wrong with either, and the way back.

    OK whenever it could be made: what is missing, pending, drifted or in conflict stands in it. What could not be
    found out is a notice. Raises UsageError for a version that no file here has, and whatever keeps the history from
    being read.
    """
    with open_release(
        run, verifies=True, only_looks=True, recalls=True, judges=True, compares=True
    ) as release:
        release.link()
        plan = release.plan()
        chosen = chosen_versions(release, plan, options.only, options.since)
        release.note_edited(plan)
        _judge(release, chosen)
        _narrow(run, plan, chosen)
        _say_conflict(run, plan)
        back = prospect(release, plan, chosen) if run.way_back else NOWHERE
        release.replay(plan.remote, back.stops)
        release.look([migration.version for migration in plan.migrations])
        release.comparison.compare()
        observe(release, plan, chosen)
        drift = _diff(release, plan)
        tell(release, back, plan, drift)
        run.check_interrupt()
        return run.finish(Outcome.OK)


def _judge(release: Release, chosen: Collection[str] | None) -> None:
    """The findings about the chosen files, applied ones included, and what they say of the five claims."""
    draft = release.run.draft
    files = {m.file for m in release.migrations if chosen is None or m.version in chosen}
    every = dict.fromkeys((*release.findings, *draft.findings))
    draft.findings = tuple(finding for finding in every if chosen is None or finding.file in files)
    draft.claims = claims_of(draft.findings)
    draft.files_checked = len(files)


def _narrow(run: Run, plan: Plan, chosen: Collection[str] | None) -> None:
    """Leaves what the report is about; that a deploy sends more than that is said."""
    if chosen is None:
        return
    draft = run.draft
    draft.migrations = tuple(state for state in draft.migrations if state.version in chosen)
    draft.pending = tuple(migration for migration in draft.pending if migration.version in chosen)
    others = [version for version in plan.pending_versions if version not in chosen]
    if others:
        run.journal.notice(f"Pending besides, and sent by the next deploy too: {', '.join(others)}.")


def _say_conflict(run: Run, plan: Plan) -> None:
    try:
        refuse_conflicts(plan, include_all=False)
    except HistoryConflict as error:
        said = error.message.removesuffix("Nothing was sent.").strip()
        run.journal.notice(f"A deploy would be refused: {said} {error.hint}")


def _diff(release: Release, plan: Plan) -> Drift | None:
    """Step `diff`. What versions without a file made is not known, so that there would be drift that is none."""
    with release.run.journal.step("diff") as step:
        if plan.unknown:
            step.skip("the history has versions that no file here has")
            release.run.journal.notice(
                f"Drift was not looked for: what {', '.join(plan.unknown)} made is not known here."
            )
            return None
        drift = release.drift(step)
    release.run.check_interrupt()
    return drift
