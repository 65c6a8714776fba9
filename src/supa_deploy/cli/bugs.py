"""An error nobody foresaw: a bug of ours. It ends the run as `internal_error`, with a file to report."""

import os
import sys
import tempfile
import traceback
from types import TracebackType

from supa_deploy import __version__
from supa_deploy.cli.stage import Stage
from supa_deploy.model import Failure
from supa_deploy.outcome import Outcome
from supa_deploy.run import Run
from supa_deploy.secret import Redactor


def report_from_here(run: Run, stage: Stage) -> None:
    """From now on an unforeseen exception writes the report file and the run's document, and exits 1.

    It works through `sys.excepthook`, so nothing catches what it does not understand.
    """

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        redact = Redactor((*run.settings.secrets, *run.secrets()))
        path = write_report_file(redact("".join(traceback.format_exception(kind, error, trace))))
        sent = any(step.name == "push" for step in run.journal.steps)
        holds = "The push may have changed the database." if sent else "Nothing was sent."
        report = run.finish(
            Outcome.INTERNAL_ERROR,
            Failure(
                "internal_error",
                f"supa-deploy met something it does not understand ({kind.__name__}). {holds}",
                f"This is a bug of supa-deploy. Please report it with the file {path}; "
                "`supa-deploy status` says what the database holds.",
            ),
        )
        stage.show(run, report)

    sys.excepthook = hook


def write_report_file(trace: str) -> str:
    """Writes the report (mode 0600, free of secrets) into the temporary folder; returns its path."""
    descriptor, path = tempfile.mkstemp(prefix="supa-deploy-bug-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"supa-deploy {__version__}, Python {sys.version}\n\n{trace}")
    return path
