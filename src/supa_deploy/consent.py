"""Consent: what a deploy asks before it sends anything, and what counts as production."""

import re

from supa_deploy.model import Failure, Report
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan
from supa_deploy.release import Release
from supa_deploy.run import Run

_PRODUCTION = re.compile(r"(?<![a-z])(?:prod|production)(?![a-z])")


def is_production(name: str | None) -> bool:
    """True for whatever is called production: `production`, `prod`, `prod-eu`, `Acme Production`."""
    return name is not None and _PRODUCTION.search(name.lower()) is not None


def agreed(release: Release, plan: Plan, *, roles: bool, seed: bool) -> bool:
    """True when the person at the terminal agreed. For production its name must be typed: a yes is too quick."""
    run = release.run
    if run.person is None:
        return False
    count = len(plan.pending)
    parts = [f"apply {count} migration{'s' if count != 1 else ''}"] if count else []
    parts += ["run the roles file"] if roles else []
    parts += ["run the seed files"] if seed else []
    environment = run.settings.environment
    where = f"{run.draft.target} ({environment})" if environment else run.draft.target
    question = f"{' and '.join(parts).capitalize()} on {where}?"
    name = next((n for n in (environment, release.remote.project_name) if is_production(n)), None)
    if not run.person.agrees(question, run.draft.pending):
        return False
    return name is None or run.person.types(f"This is production. Type its name ({name}) to go on:", name)


def declined(run: Run) -> Report:
    """The report of a run that was not agreed to."""
    answer = "Nobody answered in time" if run.deadline.left <= 0 else "Declined"
    failure = Failure("declined", f"{answer}. Nothing was touched.", "Run it again when you are ready.")
    return run.finish(Outcome.DECLINED, failure)
