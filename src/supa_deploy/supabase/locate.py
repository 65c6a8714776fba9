"""Finding the CLI and its version, as far as possible without starting a process.

Order (PRODUCT): as told, `node_modules/.bin/supabase` upward from the project folder, PATH, `npx --no-install`.
Where npm's script is found, the native binary it would start is run instead: the script costs a Node start, and
that of 2.99 does not hand signals on.
"""

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import PreflightFailed
from supa_deploy.settings import Settings
from supa_deploy.supabase.command import Command, Completed, EnvValue, Verb
from supa_deploy.supabase.version import Version, parse_version

INSTALL = "npm install --save-dev supabase"

Run = Callable[[Command], Completed]
"""Runs a command to its end (see `process`)."""


@dataclass(frozen=True, slots=True)
class Binary:
    """The CLI that will be run: the words that start it, its version, and how it was found. `env` is what it needs
    beside a child's ordinary environment."""

    program: tuple[str, ...]
    version: Version
    found: str
    env: Mapping[str, EnvValue] = field(default_factory=lambda: MappingProxyType({}))


def locate(settings: Settings, run: Run, *, npx: bool = True) -> Binary:
    """The CLI of this run. `run` is used only when no file tells the version; `npx` False leaves the last resort
    out. Raises PreflightFailed when there is none, or when the one that was named is none."""
    if settings.supabase_bin is not None:
        return _told(settings, run)
    for path, found in _candidates(settings):
        binary = _binary(path, found, settings, run)
        if binary is not None:
            return binary
    through_npx = _npx(settings, run) if npx else None
    if through_npx is not None:
        return through_npx
    raise PreflightFailed(
        "The Supabase CLI was not found: not in node_modules upward from the project folder, not on PATH, not by "
        "npx. Nothing was touched.",
        hint=f"Install it: {INSTALL}",
        code="no_cli",
    )


def _told(settings: Settings, run: Run) -> Binary:
    path = settings.supabase_bin
    assert path is not None  # noqa: S101  # the caller looked
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise PreflightFailed(
            f"{path} (SUPA_DEPLOY_SUPABASE_BIN) is not a program that can be run. Nothing was touched.",
            hint=f"Name another, or leave it out and install one: {INSTALL}",
            code="no_cli",
        )
    binary = _binary(path, settings.sources.get("SUPA_DEPLOY_SUPABASE_BIN", "setting"), settings, run)
    if binary is None:
        raise PreflightFailed(
            f"{path} (SUPA_DEPLOY_SUPABASE_BIN) does not tell a version as the Supabase CLI does. Nothing was touched.",
            hint=f"Name another, or leave it out and install one: {INSTALL}",
            code="no_cli",
        )
    return binary


def _candidates(settings: Settings) -> Iterator[tuple[Path, str]]:
    for folder in (settings.workdir, *settings.workdir.parents):
        path = folder / "node_modules" / ".bin" / "supabase"
        if path.is_file() and os.access(path, os.X_OK):
            yield path, "node_modules"
    on_path = shutil.which("supabase", path=settings.environ.get("PATH"))
    if on_path:
        yield Path(on_path), "PATH"


def _binary(path: Path, found: str, settings: Settings, run: Run) -> Binary | None:
    """The CLI behind a path: npm's package tells its version and its native binary; anything else is asked."""
    real = path.resolve()
    package = _npm_package(real)
    if package is not None:
        folder, version = package
        native = _native(folder, version)
        if native is not None:
            return Binary((str(native),), version, found)
        if real.suffix != ".js":
            return Binary((str(real),), version, found)
        return Binary((str(path),), version, found)
    sibling = _platform_package(real)
    if sibling is not None:
        return Binary((str(real),), sibling, found)
    asked = _ask((str(path),), real, settings, run)
    return Binary((str(path),), asked, found) if asked else None


def _npm_package(real: Path) -> tuple[Path, Version] | None:
    """The npm package `supabase` that a file belongs to (`dist/supabase.js`, before 2.99 `bin/supabase`)."""
    for folder in real.parents[:3]:
        manifest = _manifest(folder)
        if manifest is not None and manifest[0] == "supabase":
            return folder, manifest[1]
    return None


def _platform_package(real: Path) -> Version | None:
    """The version of npm's platform package when the file is its `bin/supabase`."""
    manifest = _manifest(real.parent.parent)
    return manifest[1] if manifest is not None and manifest[0].startswith("@supabase/cli-") else None


def _native(package: Path, version: Version) -> Path | None:
    """The binary of this machine's platform package, when it is of the same version."""
    for folder in (package, *package.parents):
        for name in platform_names():
            candidate = folder / "node_modules" / "@supabase" / f"cli-{name}"
            manifest = _manifest(candidate)
            binary = candidate / "bin" / "supabase"
            if manifest is not None and manifest[1] == version and os.access(binary, os.X_OK):
                return binary
    return None


def platform_names() -> tuple[str, ...]:
    """npm's names for this machine, the C library's own first."""
    system = {"darwin": "darwin", "linux": "linux"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine()
    )
    name = f"{system}-{machine}"
    if system != "linux":
        return (name,)
    names = (name, f"{name}-musl")
    return names if platform.libc_ver()[0] == "glibc" else names[::-1]


def _manifest(folder: Path) -> tuple[str, Version] | None:
    """Name and version of the npm package in a folder."""
    try:
        content = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    version = parse_version(str(content.get("version", "")))
    return (str(content.get("name", "")), version) if version else None


def _npx(settings: Settings, run: Run) -> Binary | None:
    """The last resort: a CLI that only npm knows of (its global folder, its cache)."""
    npx = shutil.which("npx", path=settings.environ.get("PATH"))
    if npx is None:
        return None
    home = settings.environ.get("HOME")
    cache = settings.environ.get("npm_config_cache") or (str(Path(home) / ".npm") if home else None)
    env = MappingProxyType({"npm_config_cache": cache} if cache else {})  # the child's HOME is an empty one
    # Offline: without a network npm would try to reach its registry for 30 s before it says no.
    program = (npx, "--offline", "--no-install", "supabase")
    version = _version(Command(Verb.VERSION, (*program, "--version"), settings.workdir, env=env), run)
    return Binary(program, version, "npx", env) if version else None


def _ask(program: tuple[str, ...], real: Path, settings: Settings, run: Run) -> Version | None:
    """`--version`, remembered for as long as the file stays the same: it costs half a second, and a look at
    GitHub where there is a network."""
    stat = real.stat()
    key = f"{real}:{stat.st_mtime_ns}:{stat.st_size}"
    cache = _cache_file(settings.environ)
    known = _read_cache(cache)
    if version := parse_version(known.get(key, "")):
        return version
    version = _version(Command(Verb.VERSION, (*program, "--version"), settings.workdir), run)
    if version:
        _write_cache(cache, {**known, key: str(version)})
    return version


def _version(command: Command, run: Run) -> Version | None:
    completed = run(command)
    return parse_version(completed.stdout) if completed.succeeded else None


def _cache_file(environ: Mapping[str, str]) -> Path | None:
    home = environ.get("HOME")
    if environ.get("XDG_CACHE_HOME"):
        return Path(environ["XDG_CACHE_HOME"]) / "supa-deploy" / "cli-versions.json"
    if not home:
        return None
    folder = Path(home) / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return folder / "supa-deploy" / "cli-versions.json"


def _read_cache(cache: Path | None) -> dict[str, str]:
    try:
        content = json.loads(cache.read_text(encoding="utf-8")) if cache else {}
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in content.items()} if isinstance(content, dict) else {}


def _write_cache(cache: Path | None, known: Mapping[str, str]) -> None:
    """Best effort: a cache that cannot be written costs half a second, no more."""
    if cache is None:
        return
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh = cache.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(dict(list(known.items())[-20:])), encoding="utf-8")
        fresh.replace(cache)
    except OSError:
        return
