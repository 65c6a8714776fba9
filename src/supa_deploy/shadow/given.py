"""A scratch server that the user runs (SUPA_DEPLOY_SHADOW_URL): databases of our own in it, dropped at the end."""

import contextlib
import re
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.settings import DatabaseUrl, at_database
from supa_deploy.shadow import sql
from supa_deploy.shadow.databases import ShadowDatabase, refused
from supa_deploy.shadow.postgres import ShadowUnavailable
from supa_deploy.shadow.template import bootstrap_script

if TYPE_CHECKING:
    from pg8000.native import Connection

_PREFIX = "supa_deploy_"
_OURS = re.compile(rf"{_PREFIX}([0-9a-f]{{12}})_[a-z0-9_]+")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_BOOTSTRAPPED = "template"
_CONNECT_SECONDS = 10.0
_COMMON = "postgres"
_ROLE = "postgres"
_NO_SUCH_DATABASE = "3D000"


class Given:
    """A given server (see server.Server). One session stays open for the run's whole life and holds an advisory lock
    with the run's number: a database whose run holds no lock was left behind. Roles that were missing stay."""

    def __init__(self, url: DatabaseUrl) -> None:
        self._given = url
        self._where = sql.Server(url)
        self._number = secrets.token_hex(6)
        self._session: Connection | None = None
        self._major = 0
        self._version = ""

    @property
    def describe(self) -> str:
        """Version and address."""
        version = f"PostgreSQL {self._version}" if self._version else "PostgreSQL"
        return (
            f"{version} at {self._given.host}:{self._given.port} (SUPA_DEPLOY_SHADOW_URL, without stand-ins)"
        )

    @property
    def major(self) -> int:
        """PostgreSQL's major version; 0 before it was asked."""
        return self._major

    @property
    def pretended(self) -> frozenset[str]:
        """None: nothing is put into somebody else's installation."""
        return frozenset()

    def wait(self, deadline: Deadline, interrupt: Interrupt) -> None:  # noqa: ARG002 - a server that runs is not waited for
        """Connects, sweeps what killed runs left, and makes the database that others are copies of."""
        seconds = max(1.0, min(_CONNECT_SECONDS, deadline.left))
        try:
            self._session = self._connect(seconds)
            self._look()
            self._run(f"select pg_advisory_lock({int(self._number, 16)})")
            self._sweep()
            template = self._create(_BOOTSTRAPPED, "template0")
            with sql.connected(self._where, template.url.database) as connection:
                connection.run("set role none")
                connection.run(bootstrap_script())
        except sql.failures() as error:
            self.close()
            raise _unfit(sql.reason(error)) from None
        except ShadowUnavailable:
            self.close()
            raise

    def create(self, name: str, copy_of: ShadowDatabase | None) -> ShadowDatabase:
        """A new database."""
        if not _NAME.fullmatch(name) or name == _BOOTSTRAPPED:
            raise ValueError(f"not a name for a scratch database: {name}")
        try:
            return self._create(name, copy_of.url.database if copy_of else self._full(_BOOTSTRAPPED))
        except sql.failures() as error:
            raise refused(error) from None

    def drop(self, database: ShadowDatabase) -> None:
        """Removes a database."""
        try:
            self._drop(database.url.database)
        except sql.failures() as error:
            raise refused(error) from None

    def close(self) -> None:
        """Drops what is ours. What cannot be dropped now goes at the next run."""
        if self._session is None:
            return
        with contextlib.suppress(*sql.failures()):
            for name, number in self._databases():
                if number == self._number:
                    self._drop(name)
        with contextlib.suppress(*sql.failures()):
            self._session.close()
        self._session = None

    def _connect(self, seconds: float) -> "Connection":
        """Always to one database, for advisory locks hold within one; nobody needs it to be empty."""
        from pg8000.exceptions import DatabaseError

        try:
            return sql.open_connection(self._where, _COMMON, seconds)
        except DatabaseError as error:
            told = error.args[0]
            if not isinstance(told, dict) or told.get("C") != _NO_SUCH_DATABASE:
                raise
        return sql.open_connection(self._where, self._given.database, seconds)

    def _look(self) -> None:
        rows = self._run("select current_setting('server_version_num'), current_setting('is_superuser')")
        number, superuser = int(str(rows[0][0])), str(rows[0][1])
        self._major, self._version = number // 10_000, f"{number // 10_000}.{number % 10_000}"
        if superuser != "on":
            raise _unfit(f"its role {self._given.user} is no superuser, and what Supabase sets up takes one")

    def _sweep(self) -> None:
        """Drops the databases of runs that hold no lock any more."""
        for name, number in self._databases():
            key = int(number, 16)
            if number != self._number and self._run(f"select pg_try_advisory_lock({key})") == [[True]]:
                self._drop(name)
                self._run(f"select pg_advisory_unlock({key})")

    def _databases(self) -> Iterator[tuple[str, str]]:
        for (name,) in self._run("select datname from pg_database"):
            if found := _OURS.fullmatch(str(name)):
                yield str(name), found.group(1)

    def _create(self, name: str, template: str) -> ShadowDatabase:
        full = self._full(name)
        self._run(f"create database {full} template {sql.identifier(template)}")
        self._run(f'alter database {full} set search_path to "$user", public, extensions')
        if self._given.user != _ROLE and template != "template0":
            # Whoever logs in: migrations run as postgres, and what they make is postgres'.
            user = sql.identifier(self._given.user)
            self._run(f"alter database {full} owner to {_ROLE}")
            self._run(f"alter role {user} in database {full} set role to {_ROLE}")
        return ShadowDatabase(name, at_database(self._given, full), self._where)

    def _full(self, name: str) -> str:
        return f"{_PREFIX}{self._number}_{name}"

    def _drop(self, name: str) -> None:
        self._run(f"drop database if exists {sql.identifier(name)} with (force)")

    def _run(self, text: str) -> list[list[object]]:
        if self._session is None:
            raise ShadowUnavailable(
                "The scratch server is closed. Nothing was touched.", code="shadow_closed"
            )
        rows: list[list[object]] | None = self._session.run(text)
        return rows or []


def _unfit(reason: str) -> ShadowUnavailable:
    return ShadowUnavailable(
        f"The scratch server that SUPA_DEPLOY_SHADOW_URL names cannot be used: {reason}. Nothing else was touched.",
        hint="Give a superuser of a throwaway PostgreSQL 15 to 17, or unset it and let one be started on this machine.",
        code="shadow_unfit",
    )
