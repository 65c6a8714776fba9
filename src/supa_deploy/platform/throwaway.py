"""The throwaway platform as an object: a Supabase project on this machine that is gone when the block ends.

Real PostgreSQL 17, real PostgREST; stand-ins for the Management API and the gateway. It runs in a process of
its own (platform.server) that ends, and removes everything, when this one does, however it does.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from supa_deploy.errors import PreflightFailed
from supa_deploy.platform.cues import Faults
from supa_deploy.platform.hosts import LINK_PORT
from supa_deploy.platform.keys import Credentials
from supa_deploy.platform.link import Link
from supa_deploy.platform.parts import Parts
from supa_deploy.platform.protocol import Message, Spec, Started, Verb
from supa_deploy.platform.web import Logged
from supa_deploy.shadow import sql
from supa_deploy.shadow.binaries import cache_home
from supa_deploy.shadow.postgres import SUPERUSER

__all__ = ["Faults", "Platform"]


class Platform:
    """A running throwaway project. Use `Platform.start(...)` in a `with` block."""

    def __init__(self, link: Link, started: Started) -> None:
        self._link = link
        self._started = started
        self.credentials = Credentials(**started.credentials)
        self.folder = Path(started.folder)
        self.faults = Faults(link)

    @classmethod
    def start(
        cls,
        parts: Parts,
        environ: Mapping[str, str],
        *,
        linked: bool,
        legacy_grants: bool = False,
        ref: str | None = None,
        password: str | None = None,
        secret_key: str | None = None,
    ) -> Self:
        """Starts one. `linked`: on port 5432 under the project's own host names (see hosts.choose_reach).

        `environ` is the process environment (PATH, HOME and the cache's place are taken from it). Raises
        PreflightFailed when a part does not start.
        """
        spec = Spec(
            postgres=str(parts.postgres.folder),
            postgres_major=parts.postgres.major,
            postgrest=str(parts.postgrest),
            key=parts.postgres.key,
            cache=str(cache_home(environ)),
            linked=linked,
            legacy_grants=legacy_grants,
            ref=ref,
            password=password,
            secret_key=secret_key,
        )
        link = Link({name: environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in environ})
        started = None
        try:
            started = link.ask(Message(Verb.START, spec=spec)).started
        finally:
            if started is None:
                link.end()
        if started is None:
            raise PreflightFailed("The throwaway platform did not say where it is.")
        return cls(link, started)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it and removes everything it wrote."""
        self._link.end()

    def keep(self) -> int:
        """Lets it run on after this process; returns the process id to end it with (SIGTERM)."""
        self._link.ask(Message(Verb.KEEP))
        self._link.let_go()
        return self._started.pid

    def reset(self) -> None:
        """Back to a fresh database, no faults, an empty log of requests; addresses and credentials stay."""
        self._link.ask(Message(Verb.RESET))

    @property
    def ref(self) -> str:
        """The project ref."""
        return self.credentials.ref

    @property
    def api_url(self) -> str:
        """Base of the project's gateway (the Data API is under `/rest/v1`), and of the Management API."""
        return f"http://{self._started.direct}:{self._started.http_port}"

    @property
    def profile_path(self) -> Path:
        """The profile file that makes the CLI talk to this platform (`SUPABASE_PROFILE`)."""
        return self.folder / "profile.yaml"

    @property
    def direct_host(self) -> str:
        """The linked project's database host name."""
        return self._started.direct_host

    @property
    def pooler_host(self) -> str:
        """The pooler's host name."""
        return self._started.pooler_host

    @property
    def database_url(self) -> str:
        """The database by address, without the password."""
        return f"postgresql://postgres@{self._started.direct}:{self._started.port}/postgres"

    @property
    def requests(self) -> tuple[Logged, ...]:
        """What the stand-ins were asked since the start or the last reset."""
        return self._link.ask(Message(Verb.REQUESTS)).requests

    def sql(self, text: str, **parameters: object) -> list[list[Any]]:
        """Runs SQL as the superuser and returns the rows; `:name` stands for a parameter."""
        with sql.connected(sql.Socket(self.folder, self._started.port, SUPERUSER)) as connection:
            rows: list[list[Any]] | None = connection.run(text, **parameters)
            return rows or []

    def environ(self, *, linked: bool | None = None) -> Mapping[str, str]:
        """The settings with which supa-deploy (or the CLI) finds this project, for a child's environment.

        `linked` False gives the database URL and the Data API key instead of the project and its token.
        """
        known = self.credentials
        if self._is_linked if linked is None else linked:
            return MappingProxyType(
                {
                    "SUPABASE_PROJECT_REF": known.ref,
                    "SUPABASE_ACCESS_TOKEN": known.access_token,
                    "SUPABASE_DB_PASSWORD": known.database_password,
                    "SUPABASE_PROFILE": str(self.profile_path),
                    "SUPABASE_URL": self.api_url,
                }
            )
        return MappingProxyType(
            {
                "SUPABASE_DB_URL": self.database_url,
                "PGPASSWORD": known.database_password,
                "SUPABASE_URL": self.api_url,
                "SUPABASE_SECRET_KEY": known.secret_key,
            }
        )

    @property
    def process_id(self) -> int:
        """The platform's own process; SIGTERM ends it and removes everything."""
        return self._started.pid

    def write_environment(self, supabase_bin: Path | None = None) -> Path:
        """Writes the settings for this project into a file (mode 0600) in the platform's folder; `supabase_bin` is
        the CLI to use with it, where one has to be named."""
        file = self.folder / "platform.env"
        file.touch(mode=0o600)
        program = {"SUPA_DEPLOY_SUPABASE_BIN": str(supabase_bin)} if supabase_bin else {}
        lines = (f"{name}={shlex.quote(value)}" for name, value in {**self.environ(), **program}.items())
        file.write_text("\n".join((*lines, "")), "utf-8")
        return file

    @property
    def _is_linked(self) -> bool:
        return self._started.port == LINK_PORT
