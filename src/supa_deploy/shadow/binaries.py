"""PostgreSQL's own programs on this machine: where they may be, which of them will do, and the pinned npm package of
them (package data: postgres.json)."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from supa_deploy.errors import PreflightFailed

OLDEST, NEWEST = 15, 17  # what Supabase runs; a newer one is taken where there is no other
_PLACES = (
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@*/bin"),
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
)
_IN_PLACE = re.compile(r"(?:postgresql@|pgsql-|postgresql/)(\d+)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb` of version `major`. `key` names exactly these, for caches made with
    them; `root` is the installation that they need around them (None: the folder above)."""

    folder: Path
    major: int
    key: str
    root: Path | None = None

    @property
    def installation(self) -> Path:
        """What has to be kept together for the programs to run."""
        return self.root or self.folder.parent


@dataclass(frozen=True, slots=True)
class Package:
    """The npm package that carries PostgreSQL for a platform (None where npm has none), in the tried version."""

    name: str | None
    version: str

    @property
    def install(self) -> str | None:
        """The command that adds it to a project."""
        return f"npm install --save-dev {self.name}@{self.version}" if self.name else None


def this_platform() -> str:
    """This machine as npm spells it: `linux-x64`, `linux-arm64`, `darwin-arm64`, `darwin-x64`."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}.get(
        machine, machine
    )
    return f"{sys.platform}-{architecture}"


@cache
def package(on: str | None = None) -> Package:
    """The pinned package for a platform (default: this one)."""
    raw = json.loads(resources.files("supa_deploy.shadow").joinpath("postgres.json").read_text("utf-8"))
    return Package(raw["packages"].get(on or this_platform()), raw["version"])


def on_this_machine(environ: Mapping[str, str]) -> Binaries | None:
    """The PostgreSQL of the system that suits best: the newest up to NEWEST, else the oldest above it. None where
    there is none of OLDEST or later."""
    above: list[Binaries] = []
    for place in _candidates(environ):
        if (place / "postgres").exists() and (place / "initdb").exists():
            found = inspect(place)
            if OLDEST <= found.major <= NEWEST:
                return found
            if found.major > NEWEST:
                above.append(found)
    return min(above, key=lambda found: found.major, default=None)


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    """The usual places, newest first, then PATH: a wrapper there may be anything."""
    places = [(base, place) for base, pattern in _PLACES for place in Path(base).glob(pattern)]
    yield from (place for _, place in sorted(places, key=lambda found: _told_major(found[1]), reverse=True))
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    if on_path:
        yield Path(on_path).resolve().parent


def _told_major(place: Path) -> int:
    told = _IN_PLACE.search(str(place))
    return int(told.group(1)) if told else 0


def inspect(folder: Path) -> Binaries:
    """The binaries in a folder, asked for their version (0 where they do not say)."""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except OSError:
        said = ""
    return Binaries(folder, _number(said), said.strip())


def version_of(binaries: Binaries) -> str:
    """The version in numbers, such as `17.10`, as far as the binaries' own words hold it."""
    told = re.search(r"\d+(\.\d+)?", binaries.key) if binaries.key.startswith("postgres ") else None
    return told.group(0) if told else str(binaries.major)


def _number(text: str) -> int:
    found = re.search(r"(\d+)", text)
    return int(found.group(1)) if found else 0


def link_libraries(folder: Path) -> None:
    """Makes the symbolic links of an @embedded-postgres package (its list: `native/pg-symlinks.json`).

    The package does this in an install script, which many installs switch off, as npm 11 does by itself. Raises
    PreflightFailed when the package is not whole.
    """
    for source, target in _links(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))
        if not source.exists():
            raise PreflightFailed(
                f"The package {folder.name} lacks {source.relative_to(folder)}. Nothing was started.",
                hint="Remove the package's folder and install it again.",
                code="parts_incomplete",
            )


def is_linked(folder: Path) -> bool:
    """True when the package's symbolic links are there."""
    return all(target.exists() for _, target in _links(folder))


def _links(folder: Path) -> list[tuple[Path, Path]]:
    listing = folder / "native" / "pg-symlinks.json"
    if not listing.exists():
        return []
    return [
        (folder / entry["source"], folder / entry["target"])
        for entry in json.loads(listing.read_text("utf-8"))
    ]


def cache_home(environ: Mapping[str, str]) -> Path:
    """The user's cache folder for this tool: `$XDG_CACHE_HOME/supa-deploy` or `~/.cache/supa-deploy`."""
    base = environ.get("XDG_CACHE_HOME")
    return (
        Path(base) if base else Path(environ.get("HOME") or tempfile.gettempdir()) / ".cache"
    ) / "supa-deploy"
