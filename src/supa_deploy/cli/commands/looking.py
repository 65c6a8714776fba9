"""The commands that only look at a project: plan, status, verify, diff, doctor."""

from typing import Annotated

import typer

from supa_deploy.cli.commands.shared import IncludeAll, Only, RequireApi
from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags


@with_common_options
def plan(
    flags: Flags,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something is pending.")
    ] = False,
    include_all: IncludeAll = False,
    diff: Annotated[
        bool,
        typer.Option("--diff", help="Also what the push will do to the database as it is, drift included."),
    ] = False,
) -> None:
    """Show what deploy would do: the pending files, in words, and what stands in the way."""
    from supa_deploy import survey

    execute(
        "plan",
        flags,
        lambda run: survey.plan(run, exit_code=exit_code, include_all=include_all, diff=diff),
    )


@with_common_options
def status(flags: Flags) -> None:
    """Show every migration, here and in the database, and the state of what each creates."""
    from supa_deploy import survey

    execute("status", flags, survey.status)


@with_common_options
def verify(flags: Flags, *, only: Only = None, require_api: RequireApi = False) -> None:
    """Confirm through the Data API what the applied files promise."""
    from supa_deploy import survey

    execute("verify", flags, lambda run: survey.verify(run, only=only or (), require_api=require_api))


@with_common_options
def diff(
    flags: Flags,
    *,
    schema: Annotated[
        list[str] | None,
        typer.Option("--schema", help="Also this schema (repeatable).", metavar="NAME"),
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 11 when there is drift.")] = False,
) -> None:
    """Show what the database holds outside the files: the SQL, and what was added, changed and lost."""
    from supa_deploy.diff import diff as story

    execute("diff", flags, lambda run: story(run, schemas=schema or (), exit_code=exit_code))


@with_common_options
def doctor(flags: Flags) -> None:
    """Check this machine, the CLI, the credentials, the project and the network path."""
    from supa_deploy.doctor import doctor as story

    execute("doctor", flags, story, without_settings=True)
