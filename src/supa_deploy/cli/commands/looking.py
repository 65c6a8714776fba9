"""The commands that only look at a project: plan, status, verify, diff, report, doctor."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from supa_deploy.cli.commands.shared import IncludeAll, Only, RequireApi
from supa_deploy.cli.execute import execute
from supa_deploy.cli.files import Kind
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags, Output


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
def report(
    flags: Flags,
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files to write it to, their kind told by the ending: .md, .html, .json, .xml (JUnit), .sarif. "
            "Default: stdout.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Only about this version (repeatable).", metavar="VERSION"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Only about this version and all newer ones.", metavar="VERSION"),
    ] = None,
    format_: Annotated[
        Kind | None,
        typer.Option("--format", help="What stdout carries. Default: markdown.", show_default=False),
    ] = None,
) -> None:
    """Write the status report of a feature, or of everything. It changes nothing, and what is wrong stands in it: the
    exit code is 0 whenever it could be made."""
    from supa_deploy.report import ReportOptions
    from supa_deploy.report import report as story

    if format_ is not None and (files or flags.output is Output.JSON):
        raise typer.BadParameter(
            "it says what stdout carries, which files or --output json decide already", param_hint="--format"
        )
    flags = replace(flags, report=(*(files or ()), *flags.report))
    options = ReportOptions(only=tuple(only or ()), since=since)
    document = None if files else format_ or Kind.MARKDOWN
    if flags.output is Output.JSON:
        document = Kind.JSON
    execute("report", flags, lambda run: story(run, options), document=document)


@with_common_options
def doctor(flags: Flags) -> None:
    """Check this machine, the CLI, the credentials, the project and the network path."""
    from supa_deploy.doctor import doctor as story

    execute("doctor", flags, story, without_settings=True)
