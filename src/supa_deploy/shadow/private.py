"""The platform's private folder: everything it writes is in there, and a folder whose owner died is swept."""

import contextlib
import fcntl
import shutil
import tempfile
from pathlib import Path
from typing import IO

_PREFIX = "sd-"
_LOCK = "owner.lock"


def make_folder() -> tuple[Path, IO[str]]:
    """A new folder (mode 0700) and the lock that says its owner lives; the kernel drops it with the owner.

    The name is short: a Unix socket's path has at most 107 bytes (103 on macOS).
    """
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = (folder / _LOCK).open("w", encoding="ascii")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def sweep() -> None:
    """Removes the folders of owners that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
