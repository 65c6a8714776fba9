"""The commands and their own options. Each builds one story's options and hands the story to `execute`."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags

app = typer.Typer(
    name="supa-deploy",
    help="Releases a Supabase database with the official CLI, without asking and without hanging, and proves "
    "through the Data API that the schema is there.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="Only what this version created (repeatable).", metavar="VERSION"),
]
_IncludeAll = Annotated[
    bool, typer.Option("--include-all", help="Also files older than the newest applied one.")
]
_IncludeSeed = Annotated[bool, typer.Option("--include-seed", help="Also run the seed files of config.toml.")]
_Diff = Annotated[
    bool, typer.Option("--diff/--no-diff", help="Compare the database with the files, on a scratch server.")
]
_RequireApi = Annotated[
    bool, typer.Option("--require-api", help="A table that the Data API may not show is a failure (9).")
]


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        from supa_deploy import __version__

        typer.echo(f"supa-deploy {__version__}")
        raise typer.Exit


@app.command(epilog="Example: supa-deploy deploy --yes")
@with_common_options
def deploy(
    flags: Flags,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop before anything is sent.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    include_all: _IncludeAll = False,
    include_seed: _IncludeSeed = False,
    include_roles: Annotated[
        bool, typer.Option("--include-roles", help="Also run supabase/roles.sql.")
    ] = False,
    verify: Annotated[bool, typer.Option(help="Confirm through the Data API afterwards.")] = True,
    diff: _Diff = True,
    fail_on_drift: Annotated[
        bool,
        typer.Option("--fail-on-drift", help="Exit 11 when the database holds more than the files make."),
    ] = False,
    require_api: _RequireApi = False,
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


@app.command(epilog="Example: supa-deploy plan --exit-code")
@with_common_options
def plan(
    flags: Flags,
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something is pending.")
    ] = False,
    include_all: _IncludeAll = False,
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


class FailOn(StrEnum):
    """From which severity on `check` fails."""

    ERROR = "error"
    WARNING = "warning"


@app.command(epilog="Example: supa-deploy check --base origin/main --report check.sarif")
@with_common_options
def check(
    flags: Flags,
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Migration files, or a folder of them. Default: all of the project's.", show_default=False
        ),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="Exit 12 from this severity on. Default: the project's setting, else error.",
            show_default=False,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", help="Leave this rule out (repeatable).", metavar="RULE"),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help="Files that this git revision has count as released.", metavar="REF"),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Also read what the project's history has.")
    ] = False,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Show what can be mended mechanically, as a diff; with --yes write it."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write what --fix shows.")] = False,
    explain: Annotated[
        str | None, typer.Option("--explain", help="Say what a rule is about, and end.", metavar="RULE")
    ] = None,
    list_rules: Annotated[bool, typer.Option("--list", help="List all rules, and end.")] = False,
) -> None:
    """Look at the migration files alone: syntax, order, what runs twice, security, danger; no database, no network."""
    if explain is not None or list_rules:
        from supa_deploy.cli.rules import explain_or_list

        explain_or_list(flags, explain)
    from supa_deploy.check import CheckOptions
    from supa_deploy.check import check as story
    from supa_deploy.cli.files import project_of
    from supa_deploy.model import Severity

    if flags.workdir is None and files:
        flags = replace(flags, workdir=project_of(files))
    options = CheckOptions(
        files=tuple(files or ()),
        fail_on=Severity(fail_on.value) if fail_on else None,
        ignore=tuple(ignore or ()),
        base=base,
        history=history,
        fix=fix,
        yes=yes,
    )
    execute("check", flags, lambda run: story(run, options), without_settings=True)


@app.command(epilog="Example: supa-deploy status --output json")
@with_common_options
def status(flags: Flags) -> None:
    """Show every migration, here and in the database, and the state of what each creates."""
    from supa_deploy import survey

    execute("status", flags, survey.status)


@app.command(epilog="Example: supa-deploy verify --only 20250118000001")
@with_common_options
def verify(flags: Flags, *, only: _Only = None, require_api: _RequireApi = False) -> None:
    """Confirm through the Data API what the applied files promise."""
    from supa_deploy import survey

    execute("verify", flags, lambda run: survey.verify(run, only=only or (), require_api=require_api))


@app.command(epilog="Example: supa-deploy diff --exit-code")
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


@app.command(epilog="Example: supa-deploy rollback --last 1 --save rows/")
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


@app.command(epilog="Example: supa-deploy rehearse --base 20250101000000")
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
    include_seed: _IncludeSeed = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the platform running, and say how to reach it.")
    ] = False,
) -> None:
    """Run the whole deploy against a throwaway platform on this machine: real PostgreSQL, PostgREST and CLI."""
    from supa_deploy.rehearse import RehearseOptions
    from supa_deploy.rehearse import rehearse as story

    options = RehearseOptions(base=base, legacy_grants=legacy_grants, include_seed=include_seed, keep=keep)
    execute("rehearse", flags, lambda run: story(run, options))


@app.command(epilog="Example: supa-deploy doctor")
@with_common_options
def doctor(flags: Flags) -> None:
    """Check this machine, the CLI, the credentials, the project and the network path."""
    from supa_deploy.doctor import doctor as story

    execute("doctor", flags, story, without_settings=True)
