"""Finding the CLI, with a child of our own where only the CLI itself can tell its version."""

import tempfile
from pathlib import Path

from supa_deploy.clock import Interrupt
from supa_deploy.settings import Settings
from supa_deploy.supabase.children import Children
from supa_deploy.supabase.command import Command, Completed
from supa_deploy.supabase.environment import bare_environment
from supa_deploy.supabase.locate import Binary, locate

_VERSION_SECONDS = 30.0


def find_binary(settings: Settings, interrupt: Interrupt, *, npx: bool = True) -> Binary:
    """The CLI of this run (see `locate`). Raises PreflightFailed when there is none that can be used."""
    with tempfile.TemporaryDirectory(prefix="supa-deploy-home-") as home:
        environ = bare_environment(settings, Path(home))
        with Children(interrupt, settings.redact) as children:

            def run(command: Command) -> Completed:
                (completed,) = children.wait(children.start(command, environ, total=_VERSION_SECONDS))
                return completed

            return locate(settings, run, npx=npx)
