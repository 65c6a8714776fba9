"""What a run is told, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from supa_deploy.secret import Redactor, Secret


class Output(StrEnum):
    """What stdout carries."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A PostgreSQL URL taken apart: `url` is complete but for the password (what may stand in argv), the
    password is a secret of its own (what goes into PGPASSWORD)."""

    url: str
    password: Secret | None
    host: str
    port: int
    user: str
    database: str


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings. Paths are absolute. `sources` says for each setting that is set where it came from
    (`flag`, `environment`, `.env`, `supabase link`, `default`), never its value. `environ` is the process
    environment as it was, for children to be built from (see supabase.environment). `shadow_off`: no scratch server is
    to be looked for. `environment` is the name that --env gave."""

    workdir: Path
    env_file: Path | None = None
    environment: str | None = None
    project_ref: str | None = None
    db_url: DatabaseUrl | None = None
    access_token: Secret | None = None
    db_password: Secret | None = None
    secret_key: Secret | None = None
    publishable_key: Secret | None = None
    api_url: str | None = None
    profile: str | None = None
    supabase_bin: Path | None = None
    shadow_url: DatabaseUrl | None = None
    shadow_off: bool = False
    output: Output = Output.TEXT
    timeout: float = 600.0
    verbosity: int = 0
    color: bool | None = None
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret of this run, for masking and redaction."""
        url_password = self.db_url.password if self.db_url else None
        shadow_password = self.shadow_url.password if self.shadow_url else None
        keys = (self.access_token, self.db_password, self.secret_key, self.publishable_key)
        values = (*keys, url_password, shadow_password)
        return tuple(value for value in values if value)

    @property
    def redact(self) -> Redactor:
        """Takes this run's secrets out of a text."""
        return Redactor(self.secrets)

    @property
    def migrations_dir(self) -> Path:
        """Where the migration files are: `<workdir>/supabase/migrations`."""
        return self.workdir / "supabase" / "migrations"
