"""The report story: everything that is known of a feature's files, or of all, without changing anything."""

from dataclasses import dataclass

from supa_deploy.errors import HistoryConflict
from supa_deploy.looking import about, chosen_versions, judge, observe
from supa_deploy.model import Drift, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, refuse_conflicts
from supa_deploy.release import Release, open_release
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
        release.chosen = chosen_versions(release, options.only, options.since)
        release.link()
        plan = release.plan()
        run.draft.findings = judge(release)
        release.note_edited(plan)
        run.draft.findings = about(release, run.draft.findings)
        _say_besides(release, plan)
        back = prospect(release, plan) if run.way_back else NOWHERE
        release.replay(plan.remote, back.stops)
        release.look([migration.version for migration in plan.migrations])
        release.comparison.compare()
        observe(release, plan)
        drift = _diff(release, plan)
        tell(release, back, plan, drift)
        run.check_interrupt()
        return run.finish(Outcome.OK)


def _say_besides(release: Release, plan: Plan) -> None:
    """What a deploy would do besides, or stumble over."""
    journal = release.run.journal
    if release.chosen is not None:
        others = [version for version in plan.pending_versions if version not in release.chosen]
        if others:
            journal.notice(f"Pending besides, and sent by the next deploy too: {', '.join(others)}.")
    try:
        refuse_conflicts(plan, include_all=False)
    except HistoryConflict as error:
        said = error.message.removesuffix("Nothing was sent.").strip()
        journal.notice(f"A deploy would be refused: {said} {error.hint}")


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
