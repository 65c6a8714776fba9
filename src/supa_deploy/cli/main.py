"""The command line as a whole: typer's own errors become outcomes too, and `--output json` stays one document."""

import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from typer import Exit, main
from typer.exceptions import TyperException

from supa_deploy.cli.commands import app
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import UsageError
from supa_deploy.journal import Journal
from supa_deploy.outcome import Outcome
from supa_deploy.render.github import GitHub, finish
from supa_deploy.render.guard import Guard, harmless
from supa_deploy.render.streams import write
from supa_deploy.run import Run
from supa_deploy.settings import Settings, environment

_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)\S*@")


def run_command_line(argv: Sequence[str]) -> int:
    """Runs one command; returns the number to exit with."""
    command = main.get_command(app)
    try:
        result = command.main(args=list(argv), prog_name="supa-deploy", standalone_mode=False)
    except Exit as leaving:
        return leaving.exit_code
    except TyperException as error:
        if not argv:
            write(sys.stderr, f"{error.format_message()}\n")
            return Outcome.USAGE_ERROR.exit_code
        return _usage_error(argv, error)
    return result if isinstance(result, int) else 0


def _usage_error(argv: Sequence[str], error: TyperException) -> int:
    """A wrong flag or command, in the form that was asked for. Its words may quote what was given: a URL's
    password, which does not belong there, is taken out."""
    words = _URL_PASSWORD.sub(r"\1[secret]@", error.format_message()).rstrip(".?")
    named = next((word for word in argv if not word.startswith("-")), "supa-deploy")
    known = {info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands}
    run = Run(
        command=named if named in known else "supa-deploy",
        settings=Settings(workdir=Path.cwd()),
        deadline=Deadline.after(1),
        interrupt=Interrupt(),
        journal=Journal(),
    )
    report = run.fail(
        UsageError(
            f"{words}. Nothing was touched.",
            hint=f"See `supa-deploy {named if named in known else ''} --help`.".replace("  ", " "),
            code="usage",
        )
    )
    if asks_for_json(argv):
        from supa_deploy.render.json import to_json

        write(sys.stdout, to_json(report))
    elif report.failure is not None:
        write(sys.stderr, harmless(f"error: {report.failure.message}\nhint: {report.failure.hint}\n"))
    github = GitHub.from_environ(environment(), run.settings.workdir)
    if github is not None:
        finish(report, github, Guard(sys.stderr))
    return report.outcome.exit_code


def asks_for_json(argv: Sequence[str]) -> bool:
    """True when the words ask for JSON, whether or not the rest of them can be understood."""
    pairs = pairwise([*argv, ""])
    return any(word == "--output=json" or (word == "--output" and after == "json") for word, after in pairs)
