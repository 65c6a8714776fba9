"""Where a script goes: a file of the user's choice, written whole or not at all, or stdout."""

from collections.abc import Mapping
from pathlib import Path

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.written import write_whole

_ENDING = ".sql"


def refuse_folder(file: Path) -> None:
    """Raises UsageError for a file that is no .sql, that is in a folder which is not there, or that the Supabase CLI
    would take for a migration."""
    if file.suffix.lower() != _ENDING:
        raise UsageError(
            f"{file} is no SQL file. Nothing was touched.",
            hint="The name must end in .sql.",
            code="unknown_bundle",
        )
    folder = file.resolve().parent
    if not folder.is_dir():
        raise UsageError(
            f"The folder of {file} does not exist. Nothing was touched.",
            hint="Make the folder first.",
            code="no_bundle_folder",
        )
    if folder.name == "migrations" and folder.parent.name == "supabase":
        raise UsageError(
            f"{file} would stand among the migrations themselves. Nothing was touched.",
            hint="Name a file in another folder.",
            code="bundle_among_migrations",
        )


def refuse_stdout(environ: Mapping[str, str], *, holds_secret: bool) -> None:
    """Raises UsageError where a script must not go to stdout: with a secret in it, or in a job, whose log is no place
    for text that has to stay as it is."""
    if holds_secret:
        raise UsageError(
            "A migration file holds what looks like a secret, so the script is not printed. Nothing was touched.",
            hint="Name a file for it: supa-deploy bundle --for … FILE.sql (it can be read by you alone).",
            code="secret_in_bundle",
        )
    if environ.get("GITHUB_ACTIONS") == "true":
        raise UsageError(
            "In a job of GitHub Actions the script is not printed: what the log makes of it is no script any more. "
            "Nothing was touched.",
            hint="Name a file for it: supa-deploy bundle --for … FILE.sql",
            code="bundle_in_a_log",
        )


def put(file: Path, text: str, *, private: bool) -> None:
    """Writes the script, byte for byte; `private`: only its owner may read it. Raises PreflightFailed where it cannot
    be written."""
    try:
        write_whole(file, text.encode(), 0o600 if private else 0o644)
    except OSError as error:
        raise PreflightFailed(
            f"{file} could not be written: {error.strerror or 'the file cannot be written'}. Nothing was touched.",
            hint="Name a file that this user may write.",
            code="bundle_not_written",
        ) from None
