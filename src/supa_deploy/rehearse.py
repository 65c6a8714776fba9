"""The rehearse story: the whole deploy against a throwaway platform on this machine, on a copy of the project.

Nothing of the user's is touched: the project folder is copied, the user's own credentials are left out of the
run, the platform is gone when the run ends.
"""

import shutil
import sys
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from supa_deploy.deploy import DeployOptions, deploy
from supa_deploy.errors import PreflightFailed, SupaDeployError, UsageError
from supa_deploy.http import Http
from supa_deploy.journal import Journal
from supa_deploy.migrations import Migration, Script, discover, fold, parse_all
from supa_deploy.model import Failure, Report
from supa_deploy.platform import namespace
from supa_deploy.platform.hosts import Reach, Way, choose_reach
from supa_deploy.platform.parts import Parts, find_parts
from supa_deploy.platform.throwaway import Platform
from supa_deploy.postgrest import DataApi, rest_url
from supa_deploy.run import Run
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings, parse_database_url
from supa_deploy.shortfall import find_shortfalls, fit_files
from supa_deploy.supabase import find_binary
from supa_deploy.verify import AT_ONCE, verify

_NOT_COPIED = shutil.ignore_patterns(".env*", ".temp", ".branches", "functions", "node_modules")


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """What a rehearsal was asked for. `base`: the newest version that the database already has."""

    base: str | None = None
    legacy_grants: bool = False
    include_seed: bool = False
    keep: bool = False


def rehearse(run: Run, options: RehearseOptions) -> Report:
    """Runs the very same deploy as a user would get, against a project that exists for this run only.

    Raises PreflightFailed when the platform cannot be had, UsageError for a base that no file has.
    """
    migrations = discover(run.settings.workdir).migrations
    later = _later_than(migrations, options.base)
    parts = find_parts(
        run.settings.environ, run.journal.notice, deadline=run.deadline, interrupt=run.interrupt
    )
    reach = _reach(options)
    with run.journal.step("platform") as step:
        platform = Platform.start(
            parts, run.settings.environ, linked=reach.linked, legacy_grants=options.legacy_grants
        )
        step.note = "PostgreSQL, PostgREST, gateway"
    with ExitStack() as undo:
        undo.callback(platform.close)
        run.journal.notice(reach.why)
        run.check_interrupt()
        report = _told(run, platform, parts, options, later)
        if options.keep:
            _say_how_to_reach(run, platform)
        undo.pop_all()
    with run.journal.step("remove") as step:
        if options.keep:
            step.skip(f"kept, process {platform.keep()}")
        else:
            platform.close()
    return replace(report, steps=run.journal.steps, notices=run.journal.notices)


def _told(
    run: Run, platform: Platform, parts: Parts, options: RehearseOptions, later: Collection[str]
) -> Report:
    """The rehearsal itself; a deploy that an error ended is a report too, so that `--keep` can show its database."""
    try:
        run.settings = _rehearsal_settings(run.settings, platform, parts, run)
        scripts = parse_all(discover(run.settings.workdir).migrations).scripts
        for sentence in find_shortfalls(scripts, platform):
            run.journal.notice(sentence)
        if options.base is not None:
            stopped = _set_base(run, options.base)
            if stopped is not None:
                return stopped
            _look_before(run, platform, scripts, later)
        return deploy(run, DeployOptions(yes=True, include_seed=options.include_seed))
    except SupaDeployError as error:
        return run.fail(error)


def _later_than(migrations: tuple[Migration, ...], base: str | None) -> tuple[str, ...]:
    versions = tuple(migration.version for migration in migrations)
    if base is not None and base not in versions:
        raise UsageError(
            f"No migration file has the version {base} that --base names. Nothing was started.",
            hint=f"Versions here: {', '.join(versions) or 'none'}.",
            code="unknown_base",
        )
    return versions[versions.index(base) + 1 :] if base is not None else versions


def _reach(options: RehearseOptions) -> Reach:
    """How the platform is reached; starts this very command again where that has to be inside namespaces."""
    reach = choose_reach()
    if not reach.enter_first:
        return reach
    if options.keep:
        return Reach(
            Way.URL, "By database URL, not as a linked project: what is kept has to be reached from outside."
        )
    sys.stdout.flush()
    sys.stderr.flush()
    return namespace.become([sys.executable, *sys.orig_argv[1:]])


def _rehearsal_settings(settings: Settings, platform: Platform, parts: Parts, run: Run) -> Settings:
    """The user's settings with everything that names or opens a project replaced by the throwaway one's."""
    copy = platform.folder / "project"
    shutil.copytree(settings.workdir / "supabase", copy / "supabase", ignore=_NOT_COPIED)
    fit_files(copy / "supabase", platform)
    given = platform.environ()
    environ = {
        name: value for name, value in settings.environ.items() if not name.startswith(("SUPABASE_", "PG"))
    }
    url = given.get("SUPABASE_DB_URL")
    return replace(
        settings,
        workdir=copy,
        env_file=None,
        environment=None,
        project_ref=given.get("SUPABASE_PROJECT_REF"),
        db_url=parse_database_url(
            url, name="the throwaway URL", fallback_password=_secret(given, "PGPASSWORD")
        )
        if url
        else None,
        access_token=_secret(given, "SUPABASE_ACCESS_TOKEN"),
        db_password=_secret(given, "SUPABASE_DB_PASSWORD"),
        secret_key=_secret(given, "SUPABASE_SECRET_KEY"),
        publishable_key=None,
        api_url=given["SUPABASE_URL"],
        profile=given.get("SUPABASE_PROFILE"),
        supabase_bin=_cli(settings, parts, run),
        sources=MappingProxyType(dict.fromkeys(given, "throwaway platform")),
        environ=MappingProxyType({**environ, **given}),
        warnings=(),
    )


def _cli(settings: Settings, parts: Parts, run: Run) -> Path | None:
    """The user's own CLI where there is one (None: it is found again), else the pinned one."""
    if settings.supabase_bin is not None:
        return settings.supabase_bin
    try:
        found = find_binary(settings, run.interrupt, npx=False)
    except PreflightFailed as error:
        if error.code != "no_cli" or parts.supabase is None:
            raise
        return parts.supabase
    return Path(found.program[0]) if len(found.program) == 1 else None


def _set_base(run: Run, base: str) -> Report | None:
    """Step `base`: the same deploy, of the files up to there. Returns the report when that did not end well."""
    with run.journal.step("base") as step:
        folder = run.settings.workdir.parent / "base"
        shutil.copytree(run.settings.workdir / "supabase", folder / "supabase")
        for migration in discover(folder).migrations:
            if migration.version > base:
                migration.path.unlink()
        settings = replace(run.settings, workdir=folder)
        inner = replace(run, settings=settings, journal=Journal(), draft=type(run.draft)())
        report = deploy(inner, DeployOptions(yes=True, verify=False, diff=False))
        step.note = f"{len(report.applied)} applied, up to {base}"
        if report.outcome.is_success:
            return None
        step.fail(report.outcome.label)
    said = report.failure
    return run.finish(
        report.outcome,
        Failure(
            said.code if said else report.outcome.label,
            f"The files up to {base} could not be applied: {said.message if said else report.outcome.label}",
            said.hint if said else None,
            said.file if said else None,
            said.line if said else None,
            said.sqlstate if said else None,
        ),
    )


def _look_before(run: Run, platform: Platform, scripts: tuple[Script, ...], later: Collection[str]) -> None:
    """Step `before`: what of the later files' promises is there already."""
    with run.journal.step("before") as step, Http(run.deadline, run.interrupt) as http:
        api = DataApi(rest_url(platform.api_url), Secret(platform.credentials.secret_key), http)
        seen = verify(
            fold(scripts),
            later,
            api,
            http=http,
            deadline=run.deadline,
            interrupt=run.interrupt,
            patience=AT_ONCE,
        )
        run.draft.checks_before = seen.checks
        missing = sum(check.verdict.is_failure for check in seen.checks)
        step.note = f"{missing} of {len(seen.checks)} promises not there yet"


def _say_how_to_reach(run: Run, platform: Platform) -> None:
    """Writes the throwaway credentials beside the platform, and notes where everything is."""
    file = platform.write_environment(run.settings.supabase_bin)
    run.journal.notice(
        f"Kept: {platform.database_url} and {platform.api_url}/rest/v1/; try: supa-deploy status --env-file {file}"
    )
    run.journal.notice(f"End it with: kill {platform.process_id}")


def _secret(values: Mapping[str, str], name: str) -> Secret | None:
    return Secret(values[name]) if values.get(name) else None
