"""The data folder that every server starts from: made once with initdb and the scripts in bootstrap/, then copied."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from supa_deploy.shadow import private, sql
from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.postgres import (
    CHILD_ENVIRONMENT,
    SUPERUSER,
    Postgres,
    ShadowUnavailable,
    postgres_wrapper,
    readable_binary,
)

_UNUSED_SECONDS = 14 * 86_400.0  # then a template of other programs, or of an older release of ours, goes

_TEMPLATE0 = "4"  # the folder of its files: a fixed number since PostgreSQL 15 (pg_database.dat)

_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
max_wal_size = 256MB
shared_buffers = 32MB
max_connections = 100
autovacuum = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
password_encryption = 'scram-sha-256'
logging_collector = off
"""
# Who may pass the private folder to its socket may be any role; over TCP it takes a password.
_ACCESS = f"""
local all all trust
host all {SUPERUSER} all reject
host all all all scram-sha-256
"""


def copy_template(binaries: Binaries, cache: Path, folder: Path, *, lean: bool = False) -> None:
    """Puts a fresh data folder into `folder/data`: a copy of the template, which is made when there is none. `lean`
    leaves out what no database of ours is made from: of a thousand small files, every one counts.

    Raises ShadowUnavailable when it cannot be made.
    """
    template = cache / f"template-{_template_key(binaries)}"
    if not (template / "data" / "PG_VERSION").exists():
        with _locked(cache / f"{template.name}.lock"):
            if not (template / "data" / "PG_VERSION").exists():
                _make_template(binaries, template)
    with contextlib.suppress(OSError):
        os.utime(template)
    target = folder / "data"
    shutil.copytree(template / "data", target, symlinks=True, ignore=_unused if lean else None)
    target.chmod(0o700)


def _unused(folder: str, _names: list[str]) -> set[str]:
    return {_TEMPLATE0} if Path(folder).name == "base" else set()


def read_script(name: str) -> str:
    """A SQL script of the package's own."""
    return resources.files("supa_deploy.shadow").joinpath(name).read_text("utf-8")


def bootstrap_script() -> str:
    """What makes an empty database one of Supabase's, for a superuser to send as one script."""
    scripts = resources.files("supa_deploy.shadow").joinpath("bootstrap").iterdir()
    return "\n".join(script.read_text("utf-8") for script in sorted(scripts, key=lambda script: script.name))


def _template_key(binaries: Binaries) -> str:
    recipe = f"{binaries.key}|{binaries.folder}|{binaries.major}|{_SETTINGS}|{_ACCESS}|{bootstrap_script()}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def _make_template(binaries: Binaries, template: Path) -> None:
    _remove_stale(template.parent)
    work, lock = private.make_folder()
    try:
        server = Postgres(binaries, work, (), 5432)
        _initdb(binaries, work)
        server.start()
        try:
            server.run(bootstrap_script())
            server.run("checkpoint")
        except sql.failures() as error:
            raise ShadowUnavailable(
                f"The PostgreSQL in {binaries.folder} could not be made a scratch server: {sql.reason(error)}. "
                "Nothing was touched.",
                hint="Install PostgreSQL 17 with its contrib modules, or report this with the text above.",
                code="postgres_not_started",
            ) from None
        finally:
            server.stop(cleanly=True)
        fresh = Path(tempfile.mkdtemp(prefix="template-new-", dir=template.parent))
        shutil.copytree(work / "data", fresh / "data", symlinks=True)
        (fresh / "data" / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(template, ignore_errors=True)
        fresh.rename(template)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.close()


def _remove_stale(cache: Path) -> None:
    for half_made in cache.glob("template-new-*"):
        shutil.rmtree(half_made, ignore_errors=True)
    for template in cache.glob("template-*"):
        with contextlib.suppress(OSError):
            if template.is_dir() and template.stat().st_mtime < time.time() - _UNUSED_SECONDS:
                shutil.rmtree(template, ignore_errors=True)
                (cache / f"{template.name}.lock").unlink(missing_ok=True)


def _initdb(binaries: Binaries, work: Path) -> None:
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    wrapper = postgres_wrapper(work)
    binary = readable_binary(binaries, work, given_up_root="--uid" in wrapper)
    arguments = [
        *("-D", str(work / "data"), "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "--no-sync", "-A", "trust"),
        *("--wal-segsize=1", "--no-instructions", *locale),
    ]
    done = subprocess.run(
        [*wrapper, str(binary / "initdb"), *arguments],
        cwd=work,
        env=CHILD_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise ShadowUnavailable(
            f"initdb failed for the scratch server: {' '.join(done.stderr.split())[-400:]}. Nothing was touched.",
            hint="Check free disk space and that PostgreSQL's folder can be read, then try again.",
            code="postgres_not_started",
        )
    (work / "data" / "postgresql.auto.conf").write_text("", "utf-8")
    with (work / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
    (work / "data" / "pg_hba.conf").write_text(_ACCESS, "utf-8")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
