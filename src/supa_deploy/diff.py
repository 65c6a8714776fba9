"""The diff story: what the database holds outside the files."""

from collections.abc import Collection

from supa_deploy.drift.words import drift_failure, not_compared
from supa_deploy.model import Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import refuse_unknown
from supa_deploy.release import open_release
from supa_deploy.run import Run


def diff(run: Run, *, schemas: Collection[str], exit_code: bool) -> Report:
    """Replays the applied files on a scratch server and compares the database with it, over the schemas that the
    files touch and `schemas`.

    `exit_code`: DRIFT (11) instead of OK when they differ. What stands in the way of comparing is raised: a diff
    that was not made is never a good end.
    """
    with open_release(run, verifies=False, compares=True) as release:
        release.link()
        found = release.plan()
        refuse_unknown(found)
        release.replay(found.remote)
        release.look(found.remote, schemas)
        with run.journal.step("diff") as step:
            drift = release.drift(step)
        run.check_interrupt()
        if drift is None:
            if (error := release.comparison.error) is not None:
                raise error
            return run.finish(Outcome.UNVERIFIED, not_compared(release.comparison.skipped))
        if drift.empty or not exit_code:
            return run.finish(Outcome.OK)
        return run.finish(Outcome.DRIFT, drift_failure(drift))
