"""The command that looks at the files alone: check."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags


class FailOn(StrEnum):
    """From which severity on `check` fails."""

    ERROR = "error"
    WARNING = "warning"


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
