"""Writes a mended file: all of it or nothing, with the mode that it had."""

import os
import tempfile
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations.discover import BOM


def write(path: Path, text: str) -> None:
    """Replaces the content of a file; its mode, its byte order mark and the symbolic links on the way stay.

    The new content is written beside it and put in its place at once, so that nobody ever sees half of it. Raises
    PreflightFailed, the file untouched, when it is a link that leads out of its folder's project, or cannot be written.
    """
    target = _target(path)
    try:
        old = target.read_bytes()
        mode = target.stat().st_mode & 0o7777
        data = (BOM if old.startswith(BOM) else b"") + text.removeprefix(BOM.decode()).encode()
        _replace(target, data, mode)
    except OSError as error:
        raise PreflightFailed(
            f"{path} could not be written ({error.strerror or error}). It is as it was.",
            hint="Make the file and its folder writable, or apply the diff by hand.",
            code="file_not_written",
        ) from None


def _target(path: Path) -> Path:
    """The file itself behind a symbolic link: replacing the link would leave the real file as it was."""
    if not path.is_symlink():
        return path
    target = path.resolve()
    home = path.parent.resolve()
    if not target.is_relative_to(home):
        raise PreflightFailed(
            f"{path} is a link to {target}, outside the migrations folder. It is as it was.",
            hint="Mend the file where it stands.",
            code="file_not_written",
        )
    return target


def _replace(target: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
