"""The commands and their own options. Each builds one story's options and hands the story to `execute`."""

from collections.abc import Callable
from typing import Annotated

import typer

from supa_deploy.cli.commands.bundling import bundle
from supa_deploy.cli.commands.changing import deploy, rehearse, rollback
from supa_deploy.cli.commands.checking import check
from supa_deploy.cli.commands.looking import diff, doctor, plan, report, status, verify
from supa_deploy.cli.commands.onboarding import onboard

app = typer.Typer(
    name="supa-deploy",
    help="Releases a Supabase database with the official CLI, without asking and without hanging, and proves "
    "through the Data API that the schema is there.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# In the order of --help, each with its example.
_COMMANDS: tuple[tuple[Callable[..., None], str], ...] = (
    (deploy, "supa-deploy deploy --yes"),
    (plan, "supa-deploy plan --exit-code"),
    (check, "supa-deploy check --base origin/main --report check.sarif"),
    (status, "supa-deploy status --output json"),
    (verify, "supa-deploy verify --only 20250118000001"),
    (diff, "supa-deploy diff --exit-code"),
    (report, "supa-deploy report report.md report.html --since 20250118000001"),
    (bundle, "supa-deploy bundle --for dashboard release.sql"),
    (rollback, "supa-deploy rollback --last 1 --save rows/"),
    (onboard, "supa-deploy onboard --env staging"),
    (rehearse, "supa-deploy rehearse --base 20250101000000"),
    (doctor, "supa-deploy doctor"),
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        from supa_deploy import __version__

        typer.echo(f"supa-deploy {__version__}")
        raise typer.Exit


for _command, _example in _COMMANDS:
    app.command(epilog=f"Example: {_example}")(_command)
