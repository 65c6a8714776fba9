"""The command that makes a script for the Dashboard or psql: bundle."""

from pathlib import Path
from typing import Annotated

import typer

from supa_deploy.cli.commands.shared import IncludeAll
from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.model.bundle import Runner
from supa_deploy.settings import Flags


@with_common_options
def bundle(
    flags: Flags,
    *,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write it (.sql). Default: stdout.", show_default=False),
    ] = None,
    runner: Annotated[Runner, typer.Option("--for", help="Where it will be run.", show_default=False)],
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="All files, without asking any database: the script passes over what is there."
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", help="The same from this version on.", metavar="VERSION"),
    ] = None,
    include_all: IncludeAll = False,
) -> None:
    """Write the pending migrations as one SQL script, with their rows in the history: for those who have only the
    Dashboard's SQL editor, or psql. Nothing is sent."""
    from supa_deploy.bundle import BundleOptions
    from supa_deploy.bundle import bundle as story

    if every and since is not None:
        raise typer.BadParameter("it is part of --all; give one of the two", param_hint="--since")
    options = BundleOptions(runner, file, every=every, since=since, include_all=include_all)
    execute("bundle", flags, lambda run: story(run, options), without_settings=True)
