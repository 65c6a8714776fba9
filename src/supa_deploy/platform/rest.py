"""Real PostgREST for the throwaway platform, reached over a Unix socket by the gateway alone."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.shadow import launch

EXPOSED_SCHEMAS = "public,graphql_public"
_START_SECONDS = 30.0


class SocketConnection(http.client.HTTPConnection):
    """An HTTP connection over a Unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connects the socket (called by http.client)."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@dataclass(slots=True)
class PostgRest:
    """A PostgREST process: its socket and log are in `folder`, the database's socket too (`database_port`)."""

    program: Path
    folder: Path
    database_port: int
    jwt_secret: str = field(repr=False)
    schemas: str = EXPOSED_SCHEMAS
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "rest.sock"

    def start(self) -> None:
        """Starts it and waits until its schema cache is loaded; PreflightFailed when it does not get there."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "PGRST_DB_URI": f"postgres://authenticator@/postgres?host={self.folder}&port={self.database_port}",
            "PGRST_DB_SCHEMAS": self.schemas,
            "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_JWT_SECRET": self.jwt_secret,
            "PGRST_SERVER_UNIX_SOCKET": str(self.socket),
        }
        wrapper = [sys.executable, "-E", "-S", launch.__file__, "--die-with", str(int(signal.SIGKILL)), "--"]
        with (self.folder / "postgrest.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, str(self.program)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )
        self._wait_until_ready(self.process)

    def stop(self) -> None:
        """Ends it."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        self.socket.unlink(missing_ok=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up and process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = SocketConnection(self.socket, timeout=5)
                try:
                    # 503 while the schema cache is being loaded (facts/postgrest.md, 4.3)
                    connection.request("HEAD", "/")
                    if connection.getresponse().status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                        return
                finally:
                    connection.close()
            time.sleep(0.01)
        tail = (self.folder / "postgrest.log").read_text("utf-8", "replace").splitlines()[-3:]
        self.stop()
        raise PreflightFailed(
            f"PostgREST did not start for the throwaway platform: {' | '.join(tail)}. Nothing was touched.",
            hint="Report this with the text above.",
            code="postgrest_not_started",
        )
