"""What stories that look have in common: the versions they were asked about, what is claimed of their files, and the
state of what these made or will make."""

from collections.abc import Collection, Iterable

from supa_deploy.errors import UsageError
from supa_deploy.model import Finding, Traffic
from supa_deploy.planning import Plan
from supa_deploy.release import Release
from supa_deploy.rules import claims_of
from supa_deploy.verify import AT_ONCE, Verification


def chosen_versions(
    release: Release, only: Collection[str] = (), since: str | None = None
) -> tuple[str, ...] | None:
    """The versions that were asked for, `since` one (with it) and `only` these, None for all. Raises UsageError for
    one that no file here has, and for two wishes that leave nothing."""
    known = [migration.version for migration in release.migrations]
    asked = (*only, *([since] if since is not None else []))
    if unknown := [version for version in asked if version not in known]:
        settings = release.run.settings
        raise UsageError(
            f"No migration file here has the version {', '.join(unknown)}. Nothing was touched.",
            hint=f"The files are in {settings.migrations_dir.relative_to(settings.workdir)}; "
            "a version is the digits that a file's name begins with.",
            code="unknown_version",
        )
    if not asked:
        return None
    chosen = [v for v in (tuple(only) or known) if since is None or known.index(v) >= known.index(since)]
    if not chosen:
        raise UsageError(
            f"--only names nothing from {since} on. Nothing was touched.",
            hint="Give one of --only and --since.",
            code="nothing_chosen",
        )
    return tuple(dict.fromkeys(chosen))


def about(release: Release, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of the findings that are about the story's files."""
    chosen = release.chosen
    files = {m.file for m in release.migrations if chosen is None or m.version in chosen}
    return tuple(finding for finding in findings if chosen is None or finding.file in files)


def judge(release: Release) -> tuple[Finding, ...]:
    """The findings about the story's files, applied ones included; what these say of the five claims goes into the
    draft."""
    found = about(release, release.findings)
    release.run.draft.claims = claims_of(found)
    release.run.draft.files_checked = len(release.migrations)
    return found


def observe(release: Release, plan: Plan) -> None:
    """Step `verify`: the state of what the applied files made, and of what the pending ones will make, as far as the
    story is about them. Raises Interrupted after a signal; what cannot be confirmed is told without failing."""
    chosen = release.chosen
    applied = tuple(migration.version for migration in plan.applied)
    past = None if chosen is None else [version for version in applied if version in chosen]
    coming = [version for version in plan.pending_versions if chosen is None or version in chosen]
    seen = Verification()
    with release.run.journal.step("verify") as step:
        if past is None or past:
            seen = release.verify(applied, past)
        if coming and seen.available:
            seen = _look_ahead(release, plan, coming, seen)
        release.run.check_interrupt()
        if not seen.available:
            step.skip(seen.reason or "the Data API could not be asked")


def _look_ahead(release: Release, plan: Plan, coming: Collection[str], seen: Verification) -> Verification:
    """Adds the state of what pending files will create to what was seen of the applied ones."""
    every = [migration.version for migration in (*plan.applied, *plan.pending)]
    ahead = release.verify(every, coming, AT_ONCE, ahead=True)
    draft = release.run.draft
    draft.checks = (*seen.checks, *ahead.checks)
    draft.traffic = Traffic(
        seen.traffic.requests + ahead.traffic.requests, seen.traffic.bytes + ahead.traffic.bytes
    )
    return ahead if not seen.checks else seen
