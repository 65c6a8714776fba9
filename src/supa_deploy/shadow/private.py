"""Private folders: everything a run writes on this machine is in one, and a folder whose owner died is swept, with the
server that may still run in it."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO

_PREFIX = "sd-"
_LOCK = "owner.lock"
_LONGEST = 80  # bytes of a folder whose socket's path (107 on Linux, 103 on macOS) still fits
_MEMORY = Path("/dev/shm")  # noqa: S108 - as `_SHORT`
_ROOM = 1_000_000_000  # bytes; a scratch server takes 30 to 100 million
_SHORT = Path("/tmp")  # noqa: S108 - only where the user's own is too long for a socket, and then with mode 0700


def make_folder() -> tuple[Path, IO[str]]:
    """A new folder (mode 0700) and the lock that says its owner lives; the kernel drops it with the owner."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_home()))
        with contextlib.suppress(FileNotFoundError):
            lock = (folder / _LOCK).open("w", encoding="ascii")
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (folder / _LOCK).exists():
                return folder, lock
            lock.close()
        # Swept by another run between two of these steps: once more.


def sweep() -> None:
    """Removes the folders of owners that were killed before they could, and ends what runs in them."""
    for folder in (folder for home in {_home(), _on_disk()} for folder in home.glob(f"{_PREFIX}*")):
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _end_server(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _home() -> Path:
    """In memory where Linux offers it and nobody asked for another place: a scratch server is a thousand small files,
    and copying them is most of what it costs to have one."""
    return _MEMORY if Path(tempfile.gettempdir()) == _SHORT and _has_room(_MEMORY) else _on_disk()


def _on_disk() -> Path:
    home = Path(tempfile.gettempdir())
    return home if len(os.fsencode(home)) <= _LONGEST or not _SHORT.is_dir() else _SHORT


def _has_room(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize >= _ROOM and os.access(folder, os.W_OK | os.X_OK)


def _end_server(folder: Path) -> None:
    """Ends the PostgreSQL of a dead owner. On Linux the kernel has done it (launch.py); elsewhere nobody has."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text("ascii").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    # The number may be another process's by now.
    asked = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=30
    )
    if str(folder / "data") in asked.stdout:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
