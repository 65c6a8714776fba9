"""A PostgreSQL server of our own, as a child of this process that never outlives it.

No durability. Runs under an ordinary user, under root (which PostgreSQL refuses) and inside a user namespace. Start
it from a thread that lives as long as it shall: the kernel ends it with that thread.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, PreflightFailed
from supa_deploy.shadow import launch, sql
from supa_deploy.shadow.binaries import Binaries

SUPERUSER = "supabase_admin"
CHILD_ENVIRONMENT: Mapping[str, str] = MappingProxyType({"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
_START_SECONDS = 60.0
_NOBODY = 65534


class ShadowUnavailable(PreflightFailed):
    """There is no scratch server, or it does not do what it has to; nothing but the scratch server was touched."""


def postgres_wrapper(folder: Path) -> tuple[str, ...]:
    """How PostgreSQL has to be started here so that it accepts who it is; `folder` is what it must own.

    Nothing for an ordinary user. For a root (a real one, or uid 0 of a user namespace) a user namespace of its
    own; where those are forbidden, the uid of nobody, which then owns `folder`.
    """
    base = (sys.executable, "-E", "-S", launch.__file__, "--die-with", str(int(signal.SIGQUIT)))
    if os.geteuid() != 0:
        return (*base, "--")
    as_user = (*base, "--as-user", "--")
    if _works(as_user):
        return as_user
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
    return (*base, "--uid", str(_NOBODY), "--")


@cache
def _works(wrapper: tuple[str, ...]) -> bool:
    tried = subprocess.run([*wrapper, "/bin/sh", "-c", ":"], capture_output=True, check=False, timeout=30)
    return tried.returncode == 0


@dataclass(slots=True)
class Postgres:
    """A PostgreSQL cluster in `folder` (its data in `folder/data`, its socket and log beside it)."""

    binaries: Binaries
    folder: Path
    addresses: tuple[str, ...]
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """Where the server writes."""
        return self.folder / "postgres.log"

    def start(self) -> None:
        """Starts the server on the data that is there and waits until it answers.

        Raises ShadowUnavailable with the end of its log when it does not.
        """
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Starts the server and does not wait."""
        arguments = [
            *("-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)),
            *("-c", f"listen_addresses={','.join(self.addresses)}"),
        ]
        wrapper = postgres_wrapper(self.folder)
        binary = readable_binary(self.binaries, self.folder, given_up_root="--uid" in wrapper)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, str(binary / "postgres"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=CHILD_ENVIRONMENT,
            )

    def wait(self, deadline: Deadline | None = None, interrupt: Interrupt | None = None) -> None:
        """Waits until the launched server answers. Raises ShadowUnavailable when it does not, Interrupted on a
        signal; the server is ended then."""
        give_up = time.monotonic() + _START_SECONDS
        interrupt = interrupt or Interrupt()
        while not self._is_ready():
            if interrupt.requested:
                self.stop()
                raise Interrupted(
                    "Stopped on request while the scratch server started. The database was not touched.",
                    terminated=interrupt.terminated,
                    hint="Run the same command again when you are ready.",
                )
            late = time.monotonic() > give_up or (deadline is not None and deadline.left <= 0)
            if late or self.process is None or self.process.poll() is not None:
                raise self._not_started()
            interrupt.pause(0.01)

    def stop(self, *, cleanly: bool = False) -> None:
        """Ends the server: at once (nothing in it is worth a checkpoint), or `cleanly`, so that the next start on its
        data need not recover."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT if cleanly else signal.SIGQUIT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def run(self, script: str, user: str = SUPERUSER) -> None:
        """Runs a script of statements over the private socket."""
        with sql.connected(sql.Socket(self.folder, self.port, user)) as connection:
            connection.run(script)

    def _is_ready(self) -> bool:
        """Its status file's last line says `ready` once connections are accepted (PostgreSQL: pidfile.h)."""
        with contextlib.suppress(OSError):
            status = (self.folder / "data" / "postmaster.pid").read_text("utf-8", "replace")
            return status.rstrip().endswith("ready")
        return False

    def _not_started(self) -> ShadowUnavailable:
        tail = self.log.read_text("utf-8", "replace").splitlines()[-5:] if self.log.exists() else []
        self.stop()
        return ShadowUnavailable(
            f"PostgreSQL did not start as a scratch server: {' | '.join(tail) or 'it said nothing'}. "
            "Nothing was touched.",
            hint="If its port is taken, end the other server; otherwise report this with the text above.",
            code="postgres_not_started",
        )


def readable_binary(binaries: Binaries, folder: Path, *, given_up_root: bool) -> Path:
    """The folder with `postgres`: as found, or a copy where nobody could not read it (a cache under /root)."""
    if not given_up_root or _for_all(binaries.folder):
        return binaries.folder
    copied = folder / "postgres"
    if not copied.exists():
        _copy_for_all(binaries.installation, copied)
    return copied / binaries.folder.relative_to(binaries.installation)


def _for_all(path: Path) -> bool:
    """True when every user of this machine gets there."""
    return all(parent.stat().st_mode & 0o001 for parent in (path.resolve(), *path.resolve().parents))


def _copy_for_all(source: Path, target: Path) -> None:
    """A copy of an installation. Links out of it stay links where everybody can follow them, else what they lead to
    is copied too."""
    target.mkdir(mode=0o755)
    for entry in source.iterdir():
        copy = target / entry.name
        if entry.is_symlink() and not entry.exists():
            continue
        if entry.is_symlink() and _for_all(entry.resolve().parent):
            copy.symlink_to(entry.resolve())
        elif entry.is_dir():
            _copy_for_all(entry.resolve(), copy)
        elif entry.suffix != ".a":
            shutil.copy2(entry, copy)
