"""The command that sets an environment up: onboard."""

from dataclasses import replace
from typing import Annotated

import typer

from supa_deploy.cli.execute import execute
from supa_deploy.cli.options import with_common_options
from supa_deploy.settings import Flags


@with_common_options
def onboard(
    flags: Flags,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Push without asking.")] = False,
    include_seed: Annotated[
        bool | None,
        typer.Option(
            "--include-seed/--no-seed",
            help="Also run the seed files of config.toml. Default: asked for.",
            show_default=False,
        ),
    ] = None,
    workflow: Annotated[
        bool | None,
        typer.Option(
            "--workflow/--no-workflow",
            help="Write a GitHub workflow that deploys. Default: asked for; with --yes none.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Set an environment up in one go: CLI, token, project, password, env file, link, push, keys, verify, workflow."""
    from supa_deploy.onboard import OnboardOptions
    from supa_deploy.onboard import onboard as story

    options = OnboardOptions(yes=yes, include_seed=include_seed, workflow=workflow)
    execute("onboard", replace(flags, founding=True), lambda run: story(run, options))
