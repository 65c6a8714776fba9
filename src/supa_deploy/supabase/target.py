"""Which database a run is about: a hosted project, or any PostgreSQL by URL."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from supa_deploy.errors import UsageError
from supa_deploy.settings import DatabaseUrl, Settings

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Linked:
    """A hosted project, spoken to through its ref."""

    project_ref: str
    project_host: str = "supabase.co"

    @property
    def host(self) -> str:
        """The direct database host."""
        return f"db.{self.project_ref}.{self.project_host}"

    def __str__(self) -> str:
        return f"project {self.project_ref}"


@dataclass(frozen=True, slots=True)
class ByUrl:
    """A PostgreSQL server named by URL; its password travels apart (PGPASSWORD)."""

    url: DatabaseUrl

    @property
    def host(self) -> str:
        """The server's host."""
        return self.url.host

    @property
    def sslmode(self) -> str | None:
        """What the URL itself says about TLS."""
        return self._option("sslmode")

    @property
    def is_loopback(self) -> bool:
        """True when the server is on this machine, where the wire cannot be listened to."""
        return self.url.host in _LOOPBACK

    @property
    def is_socket(self) -> bool:
        """True when the option `host` names a folder: then a Unix socket in it is meant, and no network at all."""
        return (self._option("host") or "").startswith("/")

    def _option(self, name: str) -> str | None:
        return parse_qs(urlsplit(self.url.url).query).get(name, [None])[-1]

    def __str__(self) -> str:
        return f"{self.url.host}:{self.url.port}/{self.url.database}"


Target = Linked | ByUrl


def target_of(settings: Settings, project_host: str) -> Target:
    """The target that the settings name. Raises UsageError when they name none."""
    if settings.db_url is not None:
        return ByUrl(settings.db_url)
    if settings.project_ref is not None:
        return Linked(settings.project_ref, project_host)
    raise UsageError(
        "No database is named. Nothing was touched.",
        hint="Set SUPABASE_PROJECT_REF (or --project-ref) for a hosted project, or SUPABASE_DB_URL (or --db-url).",
        code="no_target",
    )
