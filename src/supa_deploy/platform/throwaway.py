"""The throwaway platform as an object: a Supabase project on this machine that is gone when the block ends.

Real PostgreSQL 17, real PostgREST; stand-ins for the Management API and the gateway. It runs in a process of
its own (platform.server) that ends, and removes everything, when this one does, however it does.
"""

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any, Self

import supa_deploy
from supa_deploy.errors import PreflightFailed
from supa_deploy.platform import sql
from supa_deploy.platform.faults import Action, Fault
from supa_deploy.platform.hosts import LINK_PORT
from supa_deploy.platform.keys import Credentials
from supa_deploy.platform.parts import Parts, cache_home
from supa_deploy.platform.postgres import SUPERUSER
from supa_deploy.platform.protocol import DirectHost, Message, Reply, Spec, Started, Verb
from supa_deploy.platform.web import Logged

_STOP_SECONDS = 20.0
_STARTING_BODY = (
    '{"code":"PGRST002","details":null,"hint":null,'
    '"message":"Could not query the database for the schema cache. Retrying."}'
)


class Link:
    """The line to the platform's process: one message, one reply."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        # A file, not a pipe: nobody reads it until something went wrong.
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        package_root = str(Path(supa_deploy.__file__).parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supa_deploy.platform.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            cwd="/",
            env={**environ, "PYTHONPATH": package_root, "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,  # a Ctrl-C is for the deploy; the platform goes when the deploy has
        )

    def ask(self, message: Message) -> Reply:
        """Sends a message, returns its reply; PreflightFailed when the platform could not do it."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            self.process.stdin.write(message.line() + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise PreflightFailed(
                f"The throwaway platform ended unexpectedly ({self._last_words()}). Nothing else was touched.",
                hint="Run the command again; if it ends like this again, report the text above.",
                code="platform_ended",
            )
        reply = Reply.parse(line)
        if reply.failure is not None:
            raise PreflightFailed(reply.failure, hint=reply.hint, code=reply.code)
        return reply

    def end(self) -> None:
        """Closes the line, which is what the process waits for, and waits until it has cleaned up."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()

    def let_go(self) -> None:
        """Closes the line without waiting: the process was told to stay."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.close()
        self.process.returncode = 0  # it outlives this run on purpose; no warning about that

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "no message"


@dataclass(frozen=True, slots=True)
class Faults:
    """Misbehaviour on cue, for tests; `Platform.reset` and `clear` end all of it.

    `path` is a regular expression matched at the start of a request's path, such as
    `/v1/projects/[^/]+$` or `/rest/v1/`."""

    _link: Link

    def answer(
        self,
        path: str,
        status: int,
        body: str = "",
        *,
        times: int | None = None,
        after: int = 0,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        wait: float = 0.0,
    ) -> None:
        """Answers with this status and body instead, `times` times (None: for ever) after `after` good ones."""
        pairs = tuple((headers or {}).items())
        fault = Fault(path, Action.ANSWER, status, body, pairs, content_type, method, times, after, wait)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def hang(self, path: str, *, times: int | None = None, after: int = 0, method: str | None = None) -> None:
        """Accepts the request and never answers."""
        fault = Fault(path, Action.HANG, times=times, after=after, method=method)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def close(
        self, path: str, *, times: int | None = None, after: int = 0, method: str | None = None
    ) -> None:
        """Closes the connection without an answer."""
        fault = Fault(path, Action.CLOSE, times=times, after=after, method=method)
        self._link.ask(Message(Verb.FAULT, fault=fault))

    def data_api_starting(self, times: int | None = None) -> None:
        """The Data API answers 503 PGRST002, as while it loads its schema cache."""
        self.answer("/rest/v1", 503, _STARTING_BODY, times=times, headers={"Retry-After": "0"})

    def data_api_refuses_key(self) -> None:
        """The gateway refuses every API key."""
        hint = "Double check your Supabase `anon` or `service_role` API key."
        self.answer("/rest/v1", 401, f'{{"message":"Invalid API key","hint":"{hint}"}}')

    def stale(self, until_request: int | None = None) -> None:
        """PostgREST hears of no change any more: for ever, or until so many Data API requests have passed."""
        self._link.ask(Message(Verb.STALE, number=until_request))

    def project_status(self, status: str) -> None:
        """The project's status in the Management API (`INACTIVE` is a paused project)."""
        self._link.ask(Message(Verb.STATUS, text=status))

    def direct_host(self, to: DirectHost) -> None:
        """Where `db.<ref>.<host>` leads (namespaces only); the pooler's name stays good."""
        self._link.ask(Message(Verb.DIRECT_HOST, text=to.value))

    def freeze_database(self) -> None:
        """PostgreSQL is stopped in its tracks: connections are accepted and never answered."""
        self._link.ask(Message(Verb.FREEZE))

    def clear(self) -> None:
        """Everything behaves again; what the database holds stays."""
        self._link.ask(Message(Verb.CLEAR))


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
            postgres=str(parts.postgres),
            postgres_major=parts.postgres_major,
            postgrest=str(parts.postgrest),
            key=parts.key,
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
    def management_url(self) -> str:
        """Base of the Management API stand-in."""
        return self.api_url

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

    def write_environment(self) -> Path:
        """Writes the settings for this project into a file (mode 0600) in the platform's folder."""
        file = self.folder / "platform.env"
        file.touch(mode=0o600)
        lines = (f"{name}={shlex.quote(value)}" for name, value in self.environ().items())
        file.write_text("\n".join((*lines, "")), "utf-8")
        return file

    @property
    def _is_linked(self) -> bool:
        return self._started.port == LINK_PORT
