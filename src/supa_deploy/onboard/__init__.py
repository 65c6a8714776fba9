"""The onboard story: a new environment in one go. What is found is checked, what is missing is asked for, each answer
is tried before the next question and kept at once; then link, deploy and, where it is wanted, the workflow."""

from contextlib import ExitStack
from dataclasses import replace

from supa_deploy.clock import Deadline
from supa_deploy.deploy import DeployOptions, deploy
from supa_deploy.errors import Interrupted, PreflightFailed, UsageError
from supa_deploy.migrations import discover
from supa_deploy.model import Failure, Report, Verdict
from supa_deploy.onboard.account import choose_project, find_account, profile_of
from supa_deploy.onboard.credentials import find_keys, find_password
from supa_deploy.onboard.envfile import values_of
from supa_deploy.onboard.program import find_program, project_folder
from supa_deploy.onboard.seed import wants_seed
from supa_deploy.onboard.setup import OnboardOptions, Setup
from supa_deploy.onboard.workflow import offer_workflow
from supa_deploy.outcome import Outcome
from supa_deploy.run import Run
from supa_deploy.supabase import Binary, Linked, Project, Supabase, find_login
from supa_deploy.supabase.dialect import Dialect
from supa_deploy.supabase.temp import is_linked
from supa_deploy.workspace import own_folder

__all__ = ["OnboardOptions", "onboard"]

_CUT_SHORT = Failure(
    "workflow_interrupted",
    "Interrupted after the push, before the workflow was written. The history has all that was sent, and it is "
    "confirmed.",
    "Run the same command again: it goes on from here.",
)


def onboard(run: Run, options: OnboardOptions) -> Report:
    """Sets an environment up, from the CLI to the verified deploy. The report's outcome is the deploy's; its
    diagnostics say what exists by then, each looked at. Raises UsageError, naming all that is missing, where nobody
    can be asked; PreflightFailed, AuthFailed or Unreachable for what no answer mends."""
    setup = Setup.of(run, options)
    try:
        return _onboard(setup)
    except Interrupted as error:
        error.message += setup.kept
        raise


def _onboard(setup: Setup) -> Report:
    _refuse_url(setup)
    project_folder(setup.settings)
    binary, dialect = _program(setup)
    project = choose_project(setup, find_account(setup))
    find_password(setup, binary, dialect, project)
    find_keys(setup, binary, project)
    _tell_env_file(setup)
    _link(setup, binary, project)
    report = _deploy(setup)
    if report.outcome.is_success or report.outcome is Outcome.DECLINED:
        try:
            offer_workflow(setup)
        except Interrupted:
            if not report.applied:
                raise
            return setup.run.finish(Outcome.STATE_UNKNOWN, _CUT_SHORT)
    return setup.run.finish(report.outcome, report.failure)


def _refuse_url(setup: Setup) -> None:
    if setup.settings.db_url is not None:
        raise UsageError(
            "onboard sets up a hosted project, and the settings name a database by its URL. Nothing was touched.",
            hint="Leave SUPABASE_DB_URL (--db-url) out, or use `supa-deploy deploy` with it.",
            code="onboard_by_url",
        )


def _program(setup: Setup) -> tuple[Binary, Dialect]:
    """The CLI. Where nobody can be asked, everything that is missing is named at once."""
    try:
        binary, dialect = find_program(setup)
    except PreflightFailed as error:
        if setup.person is None and error.code == "no_cli":
            _refuse_missing(setup, ["the Supabase CLI"], error.hint)
        raise
    if setup.person is None:
        password = [] if setup.settings.db_password or dialect.login_role else ["SUPABASE_DB_PASSWORD"]
        _refuse_missing(setup, password)
    return binary, dialect


def _refuse_missing(setup: Setup, also: list[str], hint: str | None = None) -> None:
    settings = setup.settings
    missing = [] if find_login(settings).token else ["SUPABASE_ACCESS_TOKEN"]
    missing += [] if settings.project_ref else ["SUPABASE_PROJECT_REF"]
    missing += [] if setup.options.yes else ["--yes"]
    if missing or (also and hint is None):
        raise UsageError(
            f"There is no terminal to ask at, and this is missing: {', '.join((*also, *missing))}. Nothing was "
            "touched.",
            hint="\n".join((*([hint] if hint else []), "Set what is missing, or run it at a terminal.")),
            code="missing_settings",
        )


def _tell_env_file(setup: Setup) -> None:
    """What the file holds now, read back; who can read it; whether git leaves it alone."""
    file = setup.env_file
    values = values_of(setup.settings)
    if differing := file.differing(values):
        setup.found("env file", f"{file.name} does not hold {', '.join(differing)}", ok=False)
        return
    ignored = {True: "ignored by git", False: "NOT ignored by git", None: "listed in .gitignore"}
    left_alone = file.git.ignores(file.path)
    private = "for you alone (0600)" if file.is_private else "readable by others"
    setup.found(
        "env file",
        f"{file.name}: {len(values)} settings, {private}, {ignored[left_alone]}",
        ok=file.is_private and left_alone is not False,
        next_step=None
        if left_alone is not False
        else f"Some .gitignore takes {file.name} in again: mend it.",
    )
    if file.unlike_in_a_shell(values.values()):
        setup.run.journal.notice(
            f"{file.name} holds a value with $ or ` next to a quote or a backslash: supa-deploy reads it right, a "
            "shell that sources the file would not."
        )


def _link(setup: Setup, binary: Binary, project: Project) -> None:
    run, settings = setup.run, setup.settings
    target = Linked(project.ref, profile_of(setup).project_host)
    with ExitStack() as stack:
        step = stack.enter_context(run.journal.step("link"))
        cli = stack.enter_context(Supabase(binary, target, settings, run.deadline, run.interrupt))
        if settings.environment:
            # What `link` leaves goes through the folder's own link to .temp, which has to be there first.
            (settings.workdir / "supabase" / ".temp").mkdir(exist_ok=True)
            folder = stack.enter_context(own_folder(settings.workdir, environment=settings.environment))
            cli.move_to(folder, altogether=True)
        if is_linked(settings.workdir, project.ref):
            step.skip("already linked")
        else:
            for warning in cli.begin_link().result().warnings:
                run.journal.notice(warning)
    left = settings.workdir / "supabase" / ".temp" / "project-ref"
    linked = left.is_file() and left.read_text(encoding="utf-8", errors="replace").strip() == project.ref
    says = f"the Supabase CLI's own commands mean {project.name} here now"
    setup.found("link", says if linked else "`supabase link` left no trace", ok=linked)


def _has_migrations(setup: Setup) -> bool:
    """True when there is something to deploy, or when deploy has something to say of why not."""
    if not setup.settings.migrations_dir.is_dir():
        return False  # as `supabase init` leaves it
    discovery = discover(setup.settings.workdir)
    return bool(discovery.migrations or discovery.disabled)


def _deploy(setup: Setup) -> Report:
    """The deploy story with what is set up by now; without any migration file there is nothing to deploy."""
    run = setup.run
    if not _has_migrations(setup):
        setup.found(
            "migrations",
            "there is no migration file yet: nothing was pushed",
            ok=None,
            next_step="Make one with `supabase migration new NAME`, then run `supa-deploy deploy`.",
        )
        return run.finish(Outcome.OK)
    seed = wants_seed(setup)
    run.deadline = Deadline.after(max(setup.settings.timeout, 1.0))
    report = deploy(run, DeployOptions(yes=setup.options.yes, include_seed=seed))
    of_deploy = run.secrets
    run.secrets = lambda: (*setup.learned, *of_deploy())
    recorded = sum(migration.remote for migration in run.draft.migrations)
    left = sum(migration.local and not migration.remote for migration in run.draft.migrations)
    pending = f", {left} pending" if left else ""
    setup.found("migrations", f"{recorded} in the history{pending}", ok=None if left else True)
    confirmed = sum(check.verdict is Verdict.CONFIRMED for check in run.draft.checks)
    if confirmed:
        setup.found(
            "schema", f"{confirmed} objects confirmed in the database", ok=report.outcome.is_success or None
        )
    if report.failure is not None and report.outcome is Outcome.DECLINED:
        said = report.failure.message.partition(". ")[0]
        message = f"{said}. Nothing was sent to the database; the settings are in {setup.env_file.name}."
        return replace(report, failure=replace(report.failure, message=message))
    if seed and report.outcome.is_success:
        setup.found("seed", "the seed files ran (those that had run before, unchanged, were left out)")
    return report
