"""The environment's own file: written whole or not at all, for its owner alone, and kept out of git first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.onboard.git import Git
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings
from supa_deploy.settings.envfile import read_env
from supa_deploy.settings.written import check_text, reads_the_same_everywhere, with_values
from supa_deploy.written import write_whole

HEADING = "written by `supa-deploy onboard`"
_OTHER_NAMES = {
    "SUPABASE_PROJECT_REF": "SUPABASE_PROJECT_ID",
    "SUPABASE_SECRET_KEY": "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_PUBLISHABLE_KEY": "SUPABASE_ANON_KEY",
}


def place_of(settings: Settings) -> Path:
    """The file that onboarding writes: the one the run reads, else `.env` (`.env.NAME`) beside `supabase/`."""
    read = settings.env_file
    if read is not None and read.parent != settings.workdir / "supabase":
        return read
    return settings.workdir / (f".env.{settings.environment}" if settings.environment else ".env")


def values_of(settings: Settings) -> Mapping[str, Secret | str]:
    """What a later run needs to find everything again. A login that `supabase login` keeps is not repeated."""
    found: dict[str, Secret | str | None] = {
        "SUPABASE_PROJECT_REF": settings.project_ref,
        "SUPABASE_ACCESS_TOKEN": settings.access_token,
        "SUPABASE_DB_PASSWORD": settings.db_password,
        "SUPABASE_SECRET_KEY": settings.secret_key,
        "SUPABASE_PUBLISHABLE_KEY": settings.publishable_key,
        "SUPABASE_URL": settings.api_url,
        "SUPABASE_PROFILE": settings.profile,
    }
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One env file. `values` are as `values_of` gives them."""

    path: Path
    git: Git

    @property
    def name(self) -> str:
        """The file's name, for people."""
        return self.path.name

    def differing(self, values: Mapping[str, Secret | str]) -> tuple[str, ...]:
        """The names that the file does not hold with these values, read back the way every run reads it."""
        held = read_env(self.path, []) if self.path.is_file() else {}
        return tuple(
            name
            for name, value in values.items()
            if (held.get(name) or held.get(_OTHER_NAMES.get(name, ""))) != _plain(value)
        )

    def write(self, values: Mapping[str, Secret | str]) -> bool:
        """Brings the file up to these values; True when that changed it. Raises PreflightFailed when it cannot be
        written, or is among the files that git commits; UsageError for what no text file can hold."""
        plain = {name: _plain(values[name]) for name in self.differing(values)}
        for name, value in plain.items():
            check_text(name, value)
        if not plain and not self.path.is_file():
            return False
        if self.git.tracks(self.path):
            raise PreflightFailed(
                f"{self.name} is among the files that git commits: no secret is written into it. Nothing was sent to "
                "the database.",
                hint=f"Take it out of git (git rm --cached {self.name}), and run again.",
                code="env_file_in_git",
            )
        try:
            self._keep_out_of_git()
            if not plain:
                self.path.chmod(0o600)
                return False
            write_whole(self.path, with_values(self._text(), plain, HEADING).encode(), 0o600)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text (UTF-8)"
            raise PreflightFailed(
                f"{self.name} cannot be written: {reason}. Nothing was sent to the database.",
                hint="Make the folder writable, or name another file with --env-file.",
                code="env_file_unwritable",
            ) from None
        return True

    @property
    def is_private(self) -> bool:
        """True when nobody but its owner can read it."""
        return self.path.is_file() and not self.path.stat().st_mode & 0o077

    def unlike_in_a_shell(self, values: Iterable[Secret | str]) -> bool:
        """True when a shell that sources the file would read one of the values otherwise."""
        return not all(reads_the_same_everywhere(_plain(value)) for value in values)

    def _keep_out_of_git(self) -> None:
        """Lists the file in the `.gitignore` beside it, unless some pattern covers it; also where there is no
        repository yet."""
        if self.git.ignores(self.path):
            return
        patterns = self.path.parent / ".gitignore"
        text = patterns.read_text(encoding="utf-8") if patterns.is_file() else ""
        if self.name in text.split() or f"/{self.name}" in text.split():
            return
        gap = "\n" if text and not text.endswith("\n") else ""
        with patterns.open("a", encoding="utf-8") as file:
            file.write(f"{gap}/{self.name}\n")

    def _text(self) -> str:
        """What the file holds, its line ends as they are."""
        if not self.path.is_file():
            return ""
        with self.path.open(encoding="utf-8", newline="") as file:
            return file.read()


def _plain(value: Secret | str) -> str:
    return value.reveal() if isinstance(value, Secret) else value
