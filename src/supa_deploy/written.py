"""Files that are written whole or not at all: whoever reads one meets the old text or the new, never a half."""

import os
import tempfile
from pathlib import Path


def write_whole(file: Path, data: bytes, mode: int) -> None:
    """Puts the data in the file's place, with this mode; the file is private until it is complete. A link stays one:
    what it points to is replaced. Raises OSError, and then the old file is as it was."""
    target = file.resolve()
    descriptor, name = tempfile.mkstemp(
        dir=target.parent, prefix=f"{target.name[:64]}.", suffix=".new"
    )  # 0600
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
