"""PostgreSQL's own programs on this machine: where they may be, and which of them will do."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_OLDEST = 15
_PLACES = (
    "/opt/homebrew/opt/postgresql@17/bin",
    "/usr/local/opt/postgresql@17/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/pgsql-17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb` of version `major`. `key` names exactly these, for caches made with
    them."""

    folder: Path
    major: int
    key: str


def on_this_machine(environ: Mapping[str, str]) -> Binaries | None:
    """The PostgreSQL of the system: the usual places, then PATH. None where there is none new enough."""
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    places = [*map(Path, _PLACES), *([Path(on_path).resolve().parent] if on_path else [])]
    for place in places:
        if (place / "postgres").exists() and (place / "initdb").exists():
            found = inspect(place)
            if found.major >= _OLDEST:
                return found
    return None


def inspect(folder: Path) -> Binaries:
    """The binaries in a folder, asked for their version (0 where they do not say)."""
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    found = re.search(r"(\d+)", said.stdout)
    return Binaries(folder, int(found.group(1)) if found else 0, said.stdout.strip())


def cache_home(environ: Mapping[str, str]) -> Path:
    """The user's cache folder for this tool: `$XDG_CACHE_HOME/supa-deploy` or `~/.cache/supa-deploy`."""
    base = environ.get("XDG_CACHE_HOME")
    return (
        Path(base) if base else Path(environ.get("HOME") or tempfile.gettempdir()) / ".cache"
    ) / "supa-deploy"
