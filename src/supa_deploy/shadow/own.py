"""A scratch server of our own: on a private socket in a private folder, gone with the run."""

import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import IO, Self
from urllib.parse import quote

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.settings import DatabaseUrl
from supa_deploy.shadow import private, sql
from supa_deploy.shadow.binaries import cache_home
from supa_deploy.shadow.databases import ShadowDatabase, refused
from supa_deploy.shadow.extensions import prepared
from supa_deploy.shadow.find import OwnServer, with_libraries
from supa_deploy.shadow.postgres import SUPERUSER, Postgres
from supa_deploy.shadow.template import copy_template

# The socket's number. It stands in the URL as a port, and should a client pass over the socket and go to that port of
# the loopback, no PostgreSQL may be there: 9 is the discard service's.
_PORT = 9
_ROLE = "postgres"
_BOOTSTRAPPED = "postgres"
_MAINTENANCE = "template1"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


class Own:
    """A started server (see server.Server)."""

    def __init__(
        self, found: OwnServer, postgres: Postgres, lock: IO[str], pretended: frozenset[str]
    ) -> None:
        self._found = found
        self._postgres = postgres
        self._lock = lock
        self._pretended = pretended

    @classmethod
    def launch(cls, found: OwnServer, environ: Mapping[str, str]) -> Self:
        """Starts one and does not wait. Sweeps what killed runs left first."""
        private.sweep()
        cache = cache_home(environ)
        ready = prepared(with_libraries(found, cache), cache)
        programs = replace(ready.binaries, root=ready.root)
        folder, lock = private.make_folder()
        server = cls(found, Postgres(programs, folder, (), _PORT), lock, ready.stand_ins)
        with ExitStack() as undo:
            undo.callback(server.close)
            copy_template(programs, cache, folder, lean=True)
            server._postgres.launch()
            undo.pop_all()
        return server

    @property
    def describe(self) -> str:
        """Version and origin."""
        return f"PostgreSQL {self._found.version} of {self._found.name}"

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return self._found.binaries.major

    @property
    def pretended(self) -> frozenset[str]:
        """The extensions that exist as stand-ins only."""
        return self._pretended

    def wait(self, deadline: Deadline, interrupt: Interrupt) -> None:
        """Returns when it accepts connections."""
        self._postgres.wait(deadline, interrupt)

    def create(self, name: str, copy_of: ShadowDatabase | None) -> ShadowDatabase:
        """A new database."""
        if not _NAME.fullmatch(name) or name == _BOOTSTRAPPED:
            raise ValueError(f"not a name for a scratch database: {name}")
        source = sql.identifier(copy_of.url.database if copy_of else _BOOTSTRAPPED)
        # Without durability the files are copied quicker than their content is logged.
        how = f"template {source} owner {_ROLE} strategy file_copy"
        self._run(f"create database {sql.identifier(name)} {how}")
        return ShadowDatabase(name, self._url(name), self._where, self._pretended)

    def drop(self, database: ShadowDatabase) -> None:
        """Removes a database."""
        self._run(f"drop database if exists {sql.identifier(database.url.database)} with (force)")

    def close(self) -> None:
        """Ends the server and removes the folder."""
        self._postgres.stop()
        shutil.rmtree(self._postgres.folder, ignore_errors=True)
        self._lock.close()

    def _run(self, text: str) -> None:
        try:
            with sql.connected(self._where, _MAINTENANCE) as connection:
                connection.run(text)
        except sql.failures() as error:
            raise refused(error) from None

    @property
    def _where(self) -> sql.Socket:
        return sql.Socket(self._postgres.folder, self._postgres.port, SUPERUSER)

    def _url(self, database: str) -> DatabaseUrl:
        folder = quote(str(self._postgres.folder), safe="/")
        return DatabaseUrl(
            url=f"postgresql://{_ROLE}@localhost:{_PORT}/{database}?host={folder}",
            password=None,
            host="localhost",
            port=_PORT,
            user=_ROLE,
            database=database,
        )
