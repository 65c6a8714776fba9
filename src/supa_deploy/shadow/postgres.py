"""A PostgreSQL server of our own: one template made once, a copy of it for every start.

TLS (a certificate that nobody verifies, as `PGSSLMODE=require` asks), scram passwords, no durability. Runs
under an ordinary user, under root (which PostgreSQL refuses) and inside a user namespace.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.shadow import launch, sql
from supa_deploy.shadow.binaries import Binaries

SUPERUSER = "supabase_admin"
_START_SECONDS = 60.0
_NOBODY = 65534

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
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
logging_collector = off
"""
# Who may pass the private folder to its socket may be any role; over TCP it takes a password.
_ACCESS = f"""
local all all trust
host all {SUPERUSER} all reject
host all all all scram-sha-256
"""


def postgres_wrapper(folder: Path) -> tuple[str, ...]:
    """How PostgreSQL has to be started here so that it accepts who it is; `folder` is what it must own.

    Nothing for an ordinary user. For a root (a real one, or uid 0 of a user namespace) a user namespace of its
    own; where those are forbidden, the uid of nobody, which then owns `folder`.
    """
    base = (sys.executable, "-E", "-S", launch.__file__, "--die-with", str(int(signal.SIGQUIT)))
    if os.geteuid() != 0:
        return (*base, "--")
    as_user = (*base, "--as-user", "--")
    if _works(as_user):
        return as_user
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
    return (*base, "--uid", str(_NOBODY), "--")


def _works(wrapper: tuple[str, ...]) -> bool:
    tried = subprocess.run([*wrapper, "/bin/sh", "-c", ":"], capture_output=True, check=False, timeout=30)
    return tried.returncode == 0


@dataclass(slots=True)
class Postgres:
    """A PostgreSQL cluster in `folder` (its data in `folder/data`, its socket and log beside it)."""

    binaries: Binaries
    folder: Path
    addresses: tuple[str, ...]
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        """Where the server writes."""
        return self.folder / "postgres.log"

    def start(self) -> None:
        """Starts the server on the data that is there and waits until it answers.

        Raises PreflightFailed with the end of its log when it does not.
        """
        arguments = [
            *("-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)),
            *("-c", f"listen_addresses={','.join(self.addresses)}"),
        ]
        wrapper = postgres_wrapper(self.folder)
        binary = _readable_binary(self.binaries, self.folder, given_up_root="--uid" in wrapper)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, str(binary / "postgres"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            )
        self._wait_until_ready(self.process)

    def stop(self) -> None:
        """Ends the server at once (nothing in it is worth a checkpoint)."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def run(self, script: str, user: str = SUPERUSER) -> None:
        """Runs a script of statements over the private socket."""
        with sql.connected(sql.Socket(self.folder, self.port, user)) as connection:
            connection.run(script)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + _START_SECONDS
        status = self.folder / "data" / "postmaster.pid"
        while time.monotonic() < give_up and process.poll() is None:
            # Its last line says `ready` once connections are accepted (PostgreSQL: pidfile.h).
            with contextlib.suppress(OSError):
                if status.read_text("utf-8", "replace").rstrip().endswith("ready"):
                    return
            time.sleep(0.01)
        tail = self.log.read_text("utf-8", "replace").splitlines()[-5:]
        self.stop()
        raise PreflightFailed(
            f"PostgreSQL did not start for the throwaway platform: {' | '.join(tail)}. Nothing was touched.",
            hint="If its port is taken, end the other server; otherwise report this with the text above.",
            code="postgres_not_started",
        )


def copy_template(binaries: Binaries, cache: Path, folder: Path) -> None:
    """Puts a fresh data folder into `folder/data`: a copy of the template, which is made when there is none."""
    template = cache / f"template-{_template_key(binaries)}"
    if not (template / "data" / "PG_VERSION").exists():
        with _locked(cache / f"{template.name}.lock"):
            if not (template / "data" / "PG_VERSION").exists():
                _make_template(binaries, template)
    target = folder / "data"
    shutil.copytree(template / "data", target, symlinks=True)
    target.chmod(0o700)


def _template_key(binaries: Binaries) -> str:
    recipe = f"{binaries.key}|{binaries.folder}|{binaries.major}|{_SETTINGS}|{_ACCESS}|{read_script('bootstrap.sql')}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def read_script(name: str) -> str:
    """A SQL script of the package's own."""
    return resources.files("supa_deploy.shadow").joinpath(name).read_text("utf-8")


def _make_template(binaries: Binaries, template: Path) -> None:
    for stale in template.parent.glob("template-new-*"):
        shutil.rmtree(stale, ignore_errors=True)
    # Short and world-passable on the way: a socket path has 107 bytes, and the server may be another user.
    work = Path(tempfile.mkdtemp(prefix="sd-tpl-"))
    try:
        server = Postgres(binaries, work, (), 5432)
        _initdb(binaries, work)
        _certificate(work / "data")
        server.start()
        try:
            server.run(read_script("bootstrap.sql"))
            server.run("checkpoint")
        finally:
            server.stop()
        fresh = Path(tempfile.mkdtemp(prefix="template-new-", dir=template.parent))
        shutil.copytree(work / "data", fresh / "data", symlinks=True)
        (fresh / "data" / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(template, ignore_errors=True)
        fresh.rename(template)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _initdb(binaries: Binaries, work: Path) -> None:
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    wrapper = postgres_wrapper(work)
    binary = _readable_binary(binaries, work, given_up_root="--uid" in wrapper)
    arguments = [
        *("-D", str(work / "data"), "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "--no-sync", "-A", "trust"),
        *("--wal-segsize=1", "--no-instructions", *locale),
    ]
    done = subprocess.run(
        [*wrapper, str(binary / "initdb"), *arguments],
        cwd=work,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise PreflightFailed(
            f"initdb failed for the throwaway platform: {' '.join(done.stderr.split())[-400:]}. Nothing was touched.",
            hint="Check free disk space and that the parts' folder can be read, then try again.",
            code="postgres_not_started",
        )
    (work / "data" / "postgresql.auto.conf").write_text("", "utf-8")
    with (work / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)
    (work / "data" / "pg_hba.conf").write_text(_ACCESS, "utf-8")


def _certificate(data: Path) -> None:
    try:
        import trustme
    except ImportError:
        raise sql.missing_driver("trustme") from None
    issued = trustme.CA().issue_cert("localhost", "*.localhost", "127.0.0.1", "::1")
    (data / "server.crt").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key = data / "server.key"
    key.write_bytes(issued.private_key_pem.bytes())
    key.chmod(0o600)


def _readable_binary(binaries: Binaries, folder: Path, *, given_up_root: bool) -> Path:
    """The folder with `postgres`: as found, or a copy where nobody could not read it (a cache under /root)."""
    if not given_up_root or all(
        parent.stat().st_mode & 0o001 for parent in (binaries.folder, *binaries.folder.parents)
    ):
        return binaries.folder
    copied = folder / "postgres"
    if not copied.exists():
        shutil.copytree(binaries.folder.parent, copied, symlinks=True)
    return copied / "bin"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
