"""The one place that opens connections to the throwaway database (pg8000, from the `rehearse` extra)."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from supa_deploy.errors import PreflightFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pg8000.native import Connection


@dataclass(frozen=True, slots=True)
class Socket:
    """The server's private Unix socket: who may pass its folder may be any role that it trusts."""

    folder: Path
    port: int
    user: str

    @property
    def path(self) -> str:
        """The socket's file name, as libpq builds it."""
        return str(self.folder / f".s.PGSQL.{self.port}")


@contextlib.contextmanager
def connected(where: Socket, database: str = "postgres", seconds: float = 60.0) -> "Iterator[Connection]":
    """A connection, closed at the end. Each socket operation waits `seconds` at most.

    Raises PreflightFailed when the driver is not installed; the driver's own errors otherwise.
    """
    try:
        from pg8000.native import Connection
    except ImportError:
        raise missing_driver("pg8000") from None
    connection = Connection(
        where.user,
        database=database,
        unix_sock=where.path,
        timeout=seconds,
        application_name="supa-deploy platform",
    )
    try:
        yield connection
    finally:
        connection.close()


def missing_driver(name: str) -> PreflightFailed:
    """The error for a package of the extra that is not installed."""
    return PreflightFailed(
        f"The throwaway platform needs the Python package {name}, which is not installed. Nothing was touched.",
        hint="Install it with: pip install 'supa-deploy[rehearse]'",
        code="extra_missing",
    )


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'" if "\\" not in text else _escaped(text)


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _escaped(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
