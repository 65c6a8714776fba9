"""Fixtures for tests on real parts: the throwaway platform, a project folder, and supa-deploy as a child process.

The linked path needs private namespaces (or host names that resolve); `make test` runs pytest inside them:
`python -m supa_deploy.platform.namespace -- python -m pytest tests/e2e`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from supa_deploy.platform.hosts import Reach, choose_reach
from supa_deploy.platform.parts import Parts, find_parts
from supa_deploy.platform.pins import pins
from supa_deploy.platform.throwaway import Platform
from supa_deploy.secret import Secret
from supa_deploy.shadow import sql
from supa_deploy.shadow.binaries import cache_home
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pg8000.native import Connection

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "supabase"
NEWEST = pins().supabase
GENERATIONS = (NEWEST, "2.122.1", "2.99.0")
_CONFIG = 'project_id = "under-test"\n\n[db]\nmajor_version = 17\n'
NOTES = "20260101000000"
_NOTES = """create table public.notes (
  id bigint generated always as identity primary key,
  author uuid references auth.users (id) on delete cascade,
  body text not null,
  stars integer not null default 0
);
alter table public.notes enable row level security;
grant all on public.notes to service_role;
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `generations` run on every CLI generation, or on those that the mark names; others on the newest."""
    if "cli_version" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("generations")
        versions = (marked.args or GENERATIONS) if marked else (NEWEST,)
        metafunc.parametrize("cli_version", versions, scope="function")


@pytest.fixture(scope="session")
def parts() -> Parts:
    """The real parts, fetched when they are not in the cache yet."""
    return find_parts(os.environ)


@pytest.fixture(scope="session")
def reach() -> Reach:
    """How this test run reaches a linked project."""
    return choose_reach()


@pytest.fixture(scope="session")
def private_home() -> Iterator[Path]:
    """A HOME for every child: the person's own CLI login must play no part."""
    folder = Path(tempfile.mkdtemp(prefix="supa-deploy-home-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def start_platform(parts: Parts, reach: Reach) -> Iterator[Callable[..., Platform]]:
    """Starts a platform of one's own (keyword arguments of `Platform.start`); all are ended with the session."""
    started: list[Platform] = []

    def start(**wishes: Any) -> Platform:
        linked = wishes.pop("linked", reach.linked and not reach.enter_first)
        started.append(Platform.start(parts, os.environ, linked=linked, **wishes))
        return started[-1]

    yield start
    for platform in started:
        platform.close()


@dataclass
class _Shared:
    """The worker's platform and whether a test has used it since its last reset."""

    platform: Platform
    used: bool = False


@pytest.fixture(scope="session")
def shared_platform(start_platform: Callable[..., Platform]) -> _Shared:
    """One platform for all tests of this worker."""
    return _Shared(start_platform())


@pytest.fixture
def any_platform(shared_platform: _Shared) -> Platform:
    """A fresh project, linked where that can be had, else by database URL."""
    if shared_platform.used:
        shared_platform.platform.reset()
    shared_platform.used = True
    return shared_platform.platform


@pytest.fixture
def platform(reach: Reach, request: pytest.FixtureRequest) -> Platform:
    """A fresh project that can be reached as a linked one; skips, with the reason, where it cannot."""
    if reach.enter_first:
        pytest.skip(f"needs private namespaces: run `make test` ({reach.why})")
    if not reach.linked:
        pytest.skip(f"no linked path on this machine: {reach.why}")
    found: Platform = request.getfixturevalue("any_platform")
    return found


@dataclass
class Project:
    """A project folder of the test's own: `path` holds `supabase/`."""

    path: Path

    @property
    def migrations(self) -> Path:
        """The folder of migration files."""
        return self.path / "supabase" / "migrations"

    def write(self, name: str, text: str) -> Path:
        """Writes a migration file; returns its path."""
        self.migrations.mkdir(parents=True, exist_ok=True)
        file = self.migrations / name
        file.write_text(text, "utf-8")
        return file

    def write_notes(self) -> str:
        """One small migration, where a test needs no more: a table with a key, granted; returns its version."""
        self.write(f"{NOTES}_notes.sql", _NOTES)
        return NOTES

    def copy_example(self) -> None:
        """The repository's own example project: config, seed and five migrations."""
        shutil.rmtree(self.path / "supabase")
        shutil.copytree(EXAMPLE, self.path / "supabase", ignore=shutil.ignore_patterns(".temp", ".branches"))

    def unlink(self) -> None:
        """Forgets what `supabase link` left."""
        shutil.rmtree(self.path / "supabase" / ".temp", ignore_errors=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project: a config, no migrations."""
    folder = tmp_path / "project"
    (folder / "supabase" / "migrations").mkdir(parents=True)
    (folder / "supabase" / "config.toml").write_text(_CONFIG, "utf-8")
    return Project(folder)


@dataclass(frozen=True)
class Ran:
    """How one run of supa-deploy ended. `document` is stdout as JSON (None when it is not asked for)."""

    exit_code: int
    stdout: str
    stderr: str
    document: dict[str, Any] | None

    @property
    def report(self) -> dict[str, Any]:
        """The JSON document; fails the test when there is none."""
        assert self.document is not None, f"no JSON document\n{self.stdout}\n{self.stderr}"
        return self.document

    @property
    def outcome(self) -> str:
        """The document's outcome."""
        return str(self.report["outcome"])

    def verdicts(self) -> dict[str, str]:
        """Verdict by object, as `table public.ai_threads` or `column public.t.c`."""
        found: dict[str, str] = {}
        for check in self.report["checks"]:
            owner = f"{check['table']}." if check.get("table") else ""
            own = check["column"] or check["name"]
            found[f"{check['object']} {check['schema']}.{owner}{own}"] = check["verdict"]
        return found


@dataclass
class Running:
    """A run under way."""

    process: subprocess.Popen[str]
    runner: Runner

    def signal(self, signum: signal.Signals) -> None:
        """Sends a signal to supa-deploy itself, as a pipeline does."""
        self.process.send_signal(signum)

    def finish(self, within: float = 120.0) -> Ran:
        """Waits for the end, at most `within` seconds."""
        try:
            stdout, stderr = self.process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            stdout, stderr = self.process.communicate()
            pytest.fail(f"still running after {within} s\n{stdout}\n{stderr}")
        return self.runner.judge(self.process.returncode, stdout, stderr)


@dataclass
class Runner:
    """Runs supa-deploy against the platform with exactly the environment it says."""

    platform: Platform
    project: Project
    home: Path
    cli: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list, repr=False)
    extra_secrets: list[str] = field(default_factory=list)
    extra_env: dict[str, str] = field(default_factory=dict)

    def environment(
        self, *, linked: bool | None = None, env: Mapping[str, str | None] | None = None
    ) -> dict[str, str]:
        """The child's whole environment; `env` adds, or takes out with None."""
        base: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "src"),
            "SUPA_DEPLOY_SUPABASE_BIN": str(self.cli),
            **self.platform.environ(linked=linked),
            **self.extra_env,
            **(env or {}),
        }
        return {name: value for name, value in base.items() if value is not None}

    def start(
        self,
        *arguments: str,
        linked: bool | None = None,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> Running:
        """Starts `supa-deploy ARGUMENTS…` in the project folder, in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "supa_deploy", *arguments],
            cwd=cwd or self.project.path,
            env=self.environment(linked=linked, env=env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.started.append(process)
        return Running(process, self)

    def __call__(
        self,
        *arguments: str,
        linked: bool | None = None,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        within: float = 120.0,
    ) -> Ran:
        """Runs it to its end."""
        return self.start(*arguments, linked=linked, env=env, cwd=cwd).finish(within)

    def recorded(self) -> list[str]:
        """The versions in the remote history, read from the database itself."""
        if self.platform.sql("select to_regclass('supabase_migrations.schema_migrations')") == [[None]]:
            return []
        rows = self.platform.sql("select version from supabase_migrations.schema_migrations order by 1")
        return [str(version) for (version,) in rows]

    def judge(self, exit_code: int, stdout: str, stderr: str) -> Ran:
        """Holds what every run has to keep: no secret anywhere, and one valid document where JSON was asked for."""
        for name, text in (("stdout", stdout), ("stderr", stderr)):
            self.assert_no_secret(name, text)
        document = None
        if stdout.lstrip().startswith("{"):
            document = json.loads(stdout)
            schema = json.loads((ROOT / "src/supa_deploy/render/report.schema.json").read_text("utf-8"))
            jsonschema.validate(document, schema)
            assert document["exit_code"] == exit_code
        return Ran(exit_code, stdout, stderr, document)

    def secret_forms(self) -> tuple[str, ...]:
        """Every secret of the platform in every spelling it could surface in."""
        known = self.platform.credentials
        values = (
            known.access_token,
            known.database_password,
            known.secret_key,
            known.service_role_key,
            known.jwt_secret,
            *self.extra_secrets,
        )
        return tuple(form for value in values for form in Secret(value).forms())

    def assert_no_secret(self, where: str, text: str) -> None:
        """Fails when a secret is in the text; does not repeat it."""
        hits = sum(form in text for form in self.secret_forms())
        assert hits == 0, f"{where} holds a secret"

    def assert_no_secret_in_files(self, folder: Path) -> None:
        """Fails when a file below `folder` holds a secret."""
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                self.assert_no_secret(str(file), file.read_text("utf-8", "replace"))


def find_cli(version: str, parts: Parts) -> Path | None:
    """The native binary of a CLI generation: the newest from the parts, the older ones from tests/clis."""
    if version == NEWEST:
        return parts.supabase
    for manifest in sorted((ROOT / "tests" / "clis").glob("**/@supabase/cli-*/package.json")):
        if json.loads(manifest.read_text("utf-8"))["version"] == version:
            binary = manifest.parent / "bin" / "supabase"
            if binary.exists():
                return binary
    return None


@pytest.fixture
def cli(cli_version: str, parts: Parts) -> Path:
    """The Supabase CLI this test runs on."""
    found = find_cli(cli_version, parts)
    if found is None:
        pytest.skip(f"supabase {cli_version} is not installed: run `make clis`")
    return found


@contextmanager
def ended(runner: Runner) -> Iterator[Runner]:
    """A runner whose runs are over when the test is: one left by a failed test would disturb the next."""
    yield runner
    for process in runner.started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def settings_for(request: pytest.FixtureRequest) -> dict[str, str]:
    """What a test's runs get besides the platform's settings: a scratch server to be found where the test is marked
    for one. The others go without: it would double the time of the suite."""
    if request.node.get_closest_marker("scratch") is None:
        return {"SUPA_DEPLOY_SHADOW_URL": "off"}
    return {"XDG_CACHE_HOME": str(cache_home(os.environ).parent)}


@pytest.fixture
def supa_deploy(
    request: pytest.FixtureRequest, platform: Platform, project: Project, private_home: Path, cli: Path
) -> Iterator[Runner]:
    """supa-deploy against a linked project: `supa_deploy("deploy", "--yes", "--output", "json")`."""
    with ended(Runner(platform, project, private_home, cli, extra_env=settings_for(request))) as runner:
        yield runner


@pytest.fixture
def supa_deploy_by_url(
    request: pytest.FixtureRequest, any_platform: Platform, project: Project, private_home: Path, cli: Path
) -> Iterator[Runner]:
    """The same by database URL (pass `linked=False` to each run); works on every machine."""
    with ended(Runner(any_platform, project, private_home, cli, extra_env=settings_for(request))) as runner:
        yield runner


def wait_until(fact: Callable[[], object], what: str, within: float = 60.0) -> None:
    """Waits until the fact holds; fails, naming it, when it does not within so many seconds."""
    ends = time.monotonic() + within
    while not fact():
        if time.monotonic() > ends:
            pytest.fail(f"not seen within {within} s: {what}")
        time.sleep(0.05)  # between two looks at the fact


@pytest.fixture
def eventually() -> Callable[..., None]:
    """`eventually(fact, "what it is")` waits for an observable fact."""
    return wait_until


@dataclass
class Gate:
    """A migration that holds `statement` stands still there until the gate opens; on the server it looks like any
    long statement."""

    platform: Platform
    connection: Connection
    number: int

    @property
    def statement(self) -> str:
        """SQL that waits for the gate."""
        return f"select pg_advisory_xact_lock({self.number});"

    def waiting(self) -> int:
        """How many sessions stand at the gate."""
        return int(
            self.platform.sql(
                "select count(*) from pg_locks where locktype = 'advisory' and objid = :number and not granted",
                number=self.number,
            )[0][0]
        )

    def wait_for(self, sessions: int = 1) -> None:
        """Waits until so many sessions stand at the gate."""
        wait_until(lambda: self.waiting() >= sessions, f"{sessions} at the gate")

    def open(self) -> None:
        """Lets everybody pass, one after the other."""
        self.connection.run("select pg_advisory_unlock_all()")


@pytest.fixture
def make_gate(any_platform: Platform) -> Iterator[Callable[[], Gate]]:
    """Makes closed gates; what still stands closed at the end of the test is opened."""
    port = urlsplit(any_platform.database_url).port
    assert port is not None
    with ExitStack() as stack:

        def make() -> Gate:
            where = sql.Socket(any_platform.folder, port, SUPERUSER)
            connection = stack.enter_context(sql.connected(where))
            made.append(Gate(any_platform, connection, 7001 + len(made)))
            connection.run("select pg_advisory_lock(:number)", number=made[-1].number)
            return made[-1]

        made: list[Gate] = []
        yield make


@pytest.fixture
def gate(make_gate: Callable[[], Gate]) -> Gate:
    """One closed gate."""
    return make_gate()


def processes_naming(path: Path) -> list[str]:
    """The command lines of processes that name this path or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            where = (process / "cwd").readlink()
        except OSError:
            continue  # it ended meanwhile, or is another user's
        if str(path) in line or where.is_relative_to(path):
            found.append(line)
    return found


@pytest.fixture
def leftovers(project: Project) -> Callable[[], list[str]]:
    """The command lines of processes that are at work on the test's project."""
    return lambda: processes_naming(project.path)
