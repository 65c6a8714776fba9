"""The commands that change a database: deploy, rollback, rehearse."""

from pathlib import Path
from typing import Annotated

import typer

from supa_deploy.cli.commands.shared import Diff, IncludeAll, IncludeSeed, RequireApi
from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags


@with_common_options
def deploy(
    flags: Flags,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop before anything is sent.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    include_all: IncludeAll = False,
    include_seed: IncludeSeed = False,
    include_roles: Annotated[
        bool, typer.Option("--include-roles", help="Also run supabase/roles.sql.")
    ] = False,
    verify: Annotated[bool, typer.Option(help="Confirm through the Data API afterwards.")] = True,
    diff: Diff = True,
    fail_on_drift: Annotated[
        bool,
        typer.Option("--fail-on-drift", help="Exit 11 when the database holds more than the files make."),
    ] = False,
    require_api: RequireApi = False,
) -> None:
    """Apply the pending migrations, read the history again, and confirm what they promise."""
    from supa_deploy.deploy import DeployOptions
    from supa_deploy.deploy import deploy as story

    options = DeployOptions(
        dry_run=dry_run,
        yes=yes,
        include_all=include_all,
        include_seed=include_seed,
        include_roles=include_roles,
        verify=verify,
        diff=diff,
        fail_on_drift=fail_on_drift,
        require_api=require_api,
    )
    execute("deploy", flags, lambda run: story(run, options))


@with_common_options
def rollback(
    flags: Flags,
    *,
    to: Annotated[
        str | None, typer.Option("--to", help="The version that is the newest afterwards.", metavar="VERSION")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--last", help="Back by so many versions.", metavar="N", min=1)
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", help="Keep the rows that go, as CSV files in this folder.", metavar="DIR"),
    ] = None,
    discard_drift: Annotated[
        bool, typer.Option("--discard-drift", help="Lose also what the database holds outside the files.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do it. Without it only what would happen is shown.")
    ] = False,
) -> None:
    """Go back to a version: the SQL is computed and tried out first, every loss is told before anything runs."""
    from supa_deploy.rollback import RollbackOptions
    from supa_deploy.rollback import rollback as story

    options = RollbackOptions(to=to, last=last, save=save, discard_drift=discard_drift, yes=yes)
    execute("rollback", flags, lambda run: story(run, options))


@with_common_options
def rehearse(
    flags: Flags,
    *,
    base: Annotated[
        str | None,
        typer.Option(help="Start from a database that has the files up to here.", metavar="VERSION"),
    ] = None,
    legacy_grants: Annotated[
        bool,
        typer.Option("--legacy-grants", help="Grant new tables to the API roles, as before 2026-10-30."),
    ] = False,
    include_seed: IncludeSeed = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platform running, and say how to reach it.")
    ] = False,
) -> None:
    """Run the whole deploy against a throwaway platform on this machine: real PostgreSQL, PostgREST and CLI."""
    from supa_deploy.rehearse import RehearseOptions
    from supa_deploy.rehearse import rehearse as story

    options = RehearseOptions(base=base, legacy_grants=legacy_grants, include_seed=include_seed, keep=keep)
    execute("rehearse", flags, lambda run: story(run, options))
