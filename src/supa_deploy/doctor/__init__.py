"""The doctor story: looks at this machine, the CLI, the credentials, the project and the ways there, all side by
side, and says what to do about each. It changes nothing and sends no SQL but the reading of the history."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from supa_deploy.doctor import local, project, ways
from supa_deploy.errors import SupaDeployError
from supa_deploy.http import Http
from supa_deploy.model import Diagnostic, Failure, Report
from supa_deploy.outcome import Outcome
from supa_deploy.run import Run
from supa_deploy.supabase import ByUrl, Linked, Supabase, find_binary

__all__ = ["doctor"]


def doctor(run: Run) -> Report:
    """Every check there is. OK when none failed, PREFLIGHT_FAILED otherwise; the report lists them all."""
    with run.journal.step("machine"):
        found = [*local.machine(run.settings), *local.settings(run.settings, run.refused)]
    with ExitStack() as stack:
        with run.journal.step("cli"):
            supabase, of_cli = _open(run, stack)
            found.append(of_cli)
        if supabase is not None:
            run.draft.cli_version = supabase.cli_version
            run.draft.target = str(supabase.target)
            with run.journal.step("project"):
                found.extend(_remote(run, supabase, stack))
    found = [replace(diagnostic, next=None) if diagnostic.ok else diagnostic for diagnostic in found]
    run.draft.diagnostics = tuple(found)
    failed = [diagnostic for diagnostic in found if diagnostic.ok is False]
    if not failed:
        return run.finish(Outcome.OK)
    names = ", ".join(diagnostic.check for diagnostic in failed)
    return run.finish(
        Outcome.PREFLIGHT_FAILED,
        Failure("doctor", f"Not in order: {names}. Nothing was touched.", failed[0].next),
    )


def _open(run: Run, stack: ExitStack) -> tuple[Supabase | None, Diagnostic]:
    """The CLI, and what it is. It is looked at even where no database is named, which was said already."""
    try:
        binary = find_binary(run.settings, run.interrupt)
        found = local.cli(run.settings, binary)
        if run.settings.project_ref is None and run.settings.db_url is None:
            return None, found
        supabase = stack.enter_context(Supabase.open(run.settings, run.deadline, run.interrupt))
    except SupaDeployError as error:
        return None, Diagnostic("Supabase CLI", ok=False, detail=error.message, next=error.hint)
    run.secrets = lambda: supabase.secrets
    return supabase, found


def _remote(run: Run, supabase: Supabase, stack: ExitStack) -> Iterator[Diagnostic]:
    """Everything that crosses the network: the CLI's child first (it forks), the rest in threads beside it."""
    http = stack.enter_context(Http(run.deadline, run.interrupt))
    history = supabase.begin_history() if project.can_read_history(run.settings, supabase) else None
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="supa-deploy-doctor") as pool:
        of_ways = pool.submit(ways.look, run.settings, supabase)
        of_platform = None
        if isinstance(supabase.target, Linked):
            of_platform = pool.submit(project.look, supabase, http)
        keys, of_api = project.data_api(
            run.settings, supabase, http, of_platform.result() if of_platform else None
        )
        platform = of_platform.result().diagnostics if of_platform else ()
        reached = of_ways.result()
    tried = project.password(run.settings, supabase, history)
    yield from platform
    yield from ways.judge(reached, arrived=tried.arrived)
    yield tried.diagnostic
    yield keys
    yield from of_api
    if isinstance(supabase.target, ByUrl):
        yield Diagnostic("token", ok=None, detail="a database URL needs none")
