"""Finding the Supabase CLI, or saying the one command that installs it."""

import shutil
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.onboard.setup import Setup
from supa_deploy.settings import Settings
from supa_deploy.supabase import Binary, find_binary
from supa_deploy.supabase.dialect import Dialect, dialect_for

_BY_LOCK_FILE = {
    "pnpm-lock.yaml": "pnpm add --save-dev supabase",
    "yarn.lock": "yarn add --dev supabase",
    "bun.lock": "bun add --dev supabase",
    "bun.lockb": "bun add --dev supabase",
}
_NPM = "npm install --save-dev supabase"
_BREW = "brew install supabase/tap/supabase"


def find_program(setup: Setup) -> tuple[Binary, Dialect]:
    """The CLI and what it can do. Where there is none (or one too old) the person is told how to get one and asked to
    look again; raises PreflightFailed when nobody does."""
    while True:
        try:
            return _look(setup)
        except PreflightFailed as error:
            if error.code == "no_cli" and setup.settings.supabase_bin is None:
                error.hint = f"In {setup.settings.workdir}: {install_command(setup.settings)}"
            if setup.person is None:
                raise
            setup.person.hears(f"{error.message}\n{error.hint}")
            if not setup.agrees("Look again?", default=True):
                raise


def _look(setup: Setup) -> tuple[Binary, Dialect]:
    with setup.run.journal.step("cli") as step:
        binary = find_binary(setup.settings, setup.run.interrupt)
        dialect = dialect_for(binary.version)
        step.note = f"{binary.version} ({binary.found})"
    setup.run.draft.cli_version = str(binary.version)
    setup.found("Supabase CLI", step.note)
    return binary, dialect


def install_command(settings: Settings) -> str:
    """The one command that installs the CLI, by what the project is kept with."""
    for folder in (settings.workdir, *settings.workdir.parents):
        for lock_file, command in _BY_LOCK_FILE.items():
            if (folder / lock_file).is_file():
                return command
        if (folder / "package.json").is_file():
            return _NPM
    path = settings.environ.get("PATH")
    if shutil.which("npm", path=path) is None and shutil.which("brew", path=path) is not None:
        return _BREW
    return _NPM


def project_folder(settings: Settings) -> Path:
    """The project's `supabase/` folder. Raises PreflightFailed where there is none."""
    folder = settings.workdir / "supabase"
    if not folder.is_dir():
        raise PreflightFailed(
            f"There is no supabase/ folder in {settings.workdir}. Nothing was touched.",
            hint="Run `supabase init` there (npx supabase init), or name the folder that holds supabase/ with "
            "--workdir.",
            code="no_project_folder",
        )
    return folder
