"""The one place that opens connections to scratch databases (pg8000, imported when needed), and how texts and names are
written in SQL."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from supa_deploy.errors import PreflightFailed
from supa_deploy.settings import DatabaseUrl

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from pg8000.native import Connection

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_APPLICATION = "supa-deploy shadow"


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


@dataclass(frozen=True, slots=True)
class Server:
    """Any server by URL, with the URL's role and password."""

    url: DatabaseUrl


@contextlib.contextmanager
def connected(
    where: Socket | Server, database: str = "postgres", seconds: float = 60.0
) -> "Iterator[Connection]":
    """A connection, closed at the end. Each socket operation waits `seconds` at most.

    Raises PreflightFailed when the driver is not installed; the driver's own errors otherwise.
    """
    connection = open_connection(where, database, seconds)
    try:
        yield connection
    finally:
        connection.close()


def open_connection(where: Socket | Server, database: str, seconds: float = 60.0) -> "Connection":
    """The same, for the caller to close."""
    try:
        from pg8000.native import Connection
    except ImportError:
        raise missing_driver("pg8000") from None
    if isinstance(where, Socket):
        return Connection(
            where.user,
            database=database,
            unix_sock=where.path,
            timeout=seconds,
            application_name=_APPLICATION,
        )
    url = where.url
    password = url.password.reveal() if url.password else None
    folder = _option(url, "host")
    if folder and folder.startswith("/"):
        path = str(Path(folder) / f".s.PGSQL.{url.port}")
        return Connection(
            url.user,
            database=database,
            password=password,
            unix_sock=path,
            timeout=seconds,
            application_name=_APPLICATION,
        )
    return Connection(
        url.user,
        host=folder or url.host,
        port=url.port,
        database=database,
        password=password,
        timeout=seconds,
        ssl_context=_tls(url),
        application_name=_APPLICATION,
    )


def _tls(url: DatabaseUrl) -> "ssl.SSLContext | None":
    """TLS as libpq reads `sslmode`; without one none on this machine, and `require` to any other."""
    mode = _option(url, "sslmode") or ("disable" if url.host in _LOOPBACK else "require")
    if mode in {"disable", "allow", "prefer"}:
        return None
    import ssl

    context = ssl.create_default_context(cafile=_option(url, "sslrootcert"))
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return context


def _option(url: DatabaseUrl, name: str) -> str | None:
    return parse_qs(urlsplit(url.url).query).get(name, [None])[-1]


def failures() -> tuple[type[Exception], ...]:
    """What the driver raises when the server refuses, is not there, or goes away."""
    from pg8000.exceptions import DatabaseError, InterfaceError

    return DatabaseError, InterfaceError, OSError


def reason(error: Exception) -> str:
    """The server's own words in an error of the driver, without what that wraps them in."""
    told = error.args[0] if error.args else None
    return str(told.get("M", "")) if isinstance(told, dict) else f"{error}" or type(error).__name__


def missing_driver(name: str) -> PreflightFailed:
    """The error for a Python package that is not installed."""
    return PreflightFailed(
        f"A database on this machine needs the Python package {name}, which is not installed. Nothing was touched.",
        hint="Install it with: pip install 'supa-deploy[rehearse]'",
        code="extra_missing",
    )


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'" if "\\" not in text else _escaped(text)


def enclose(text: str, name: str) -> str:
    """A text in dollar quotes, under this name or the first numbered one that the text cannot end early."""
    tag, number = f"${name}$", 1
    while (text + tag).find(tag) < len(text):
        tag, number = f"${name}_{number}$", number + 1
    return f"{tag}{text}{tag}"


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _escaped(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
