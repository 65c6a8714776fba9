"""Comparisons that cannot be made, or not wholly: each says so, none is taken for "no drift", nothing is left behind.

A file that waits wherever it is replayed, and nowhere else, holds a run while its scratch server is up.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Project, Runner, Running

    from supa_deploy.platform.throwaway import Platform

pytestmark = pytest.mark.scratch

BOTH = pytest.mark.generations("3.1.0", "2.122.1")
SIGNALS = pytest.mark.parametrize(
    ("signum", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
VERSION = "20260101000000"
DIFF = ("diff", "--exit-code", "--output", "json")
DEPLOY = ("deploy", "--yes", "--output", "json", "--no-verify")
PUSH = (*DEPLOY, "--no-diff")
TABLE = "create table public.notes (id int primary key, body text);\n"
# Of the databases here only the project's own is called postgres.
WAITS_ON_SCRATCH = (
    "do $$ begin if current_database() <> 'postgres' then perform pg_sleep(600); end if; end $$;\n"
)
NOT_LOOKED_FOR = "Drift was not looked for: "


@dataclass(frozen=True)
class Process:
    """A process as /proc tells it."""

    pid: int
    parent: int
    line: str


def processes() -> list[Process]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            parent = int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        found.append(Process(int(folder.name), parent, line))
    return found


def servers_of(pid: int) -> list[Process]:
    """The PostgreSQL servers that a run has started."""
    return [process for process in processes() if process.parent == pid and "/postgres -D " in process.line]


@dataclass
class Held:
    """A run that stands still while it replays a file on its scratch server."""

    running: Running
    server: Process
    folder: Path

    def left(self) -> list[str]:
        """What still runs of the server."""
        return [p.line for p in processes() if str(self.folder) in p.line or p.parent == self.server.pid]


@pytest.fixture
def hold(
    supa_deploy: Runner, project: Project, eventually: Callable[..., None]
) -> Iterator[Callable[..., Held]]:
    """`hold(*arguments)`: starts a run and waits until it replays. The test's runs have a folder for temporary files
    of their own, so that no run of another test sweeps there."""
    project.write(f"{VERSION}_waits.sql", TABLE + WAITS_ON_SCRATCH)
    place = tempfile.mkdtemp(prefix="sdt-")  # a short name: sockets go there
    supa_deploy.extra_env["TMPDIR"] = place

    def start(*arguments: str) -> Held:
        running = supa_deploy.start(*arguments)

        def replaying() -> bool:
            servers = {process.pid for process in servers_of(running.process.pid)}
            return any(p.parent in servers and " files " in p.line and " DO" in p.line for p in processes())

        eventually(replaying, "a file on its way on the scratch server")
        (server,) = servers_of(running.process.pid)
        folder = Path(server.line.partition(" -D ")[2].split()[0]).parent
        assert folder.is_relative_to(place)
        return Held(running, server, folder)

    yield start
    shutil.rmtree(place, ignore_errors=True)


def applied(supa_deploy: Runner) -> None:
    """The held file is in, as a diff needs it."""
    ran = supa_deploy(*PUSH)
    assert ran.exit_code == 0, ran.stdout + ran.stderr


@SIGNALS
def test_a_signal_while_a_diff_replays(
    supa_deploy: Runner, hold: Callable[..., Held], signum: signal.Signals, exit_code: int
) -> None:
    applied(supa_deploy)
    held = hold(*DIFF)
    held.running.signal(signum)
    ran = held.running.finish()
    assert (ran.exit_code, ran.outcome) == (exit_code, "interrupted"), ran.stdout + ran.stderr
    assert ran.report["drift"] is None
    assert held.left() == []
    assert not held.folder.exists()


def test_a_signal_after_the_push_of_a_deploy(
    supa_deploy: Runner, hold: Callable[..., Held], eventually: Callable[..., None]
) -> None:
    held = hold(*DEPLOY)
    eventually(lambda: supa_deploy.recorded() == [VERSION], "the push is recorded")
    held.running.signal(signal.SIGTERM)
    ran = held.running.finish()
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), ran.stdout + ran.stderr
    assert held.left() == []
    assert not held.folder.exists()


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its group"])
def test_a_killed_diff_leaves_no_server_and_the_next_run_sweeps(
    supa_deploy: Runner,
    project: Project,
    hold: Callable[..., Held],
    eventually: Callable[..., None],
    group: bool,
) -> None:
    applied(supa_deploy)
    held = hold(*DIFF)
    (os.killpg if group else os.kill)(held.running.process.pid, signal.SIGKILL)
    held.running.process.communicate()
    eventually(lambda: not held.left(), "no process of the killed run's server")
    assert held.folder.exists()
    project.write(f"{VERSION}_waits.sql", TABLE)
    ran = supa_deploy(*DIFF)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert not held.folder.exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "outcome"),
    [
        (DIFF, 3, "preflight_failed"),
        (DEPLOY, 0, "up_to_date"),
        ((*DEPLOY, "--fail-on-drift"), 17, "unverified"),
    ],
    ids=["diff", "deploy", "--fail-on-drift"],
)
def test_the_scratch_server_dies(
    supa_deploy: Runner, hold: Callable[..., Held], arguments: tuple[str, ...], exit_code: int, outcome: str
) -> None:
    applied(supa_deploy)
    held = hold(*arguments)
    os.kill(held.server.pid, signal.SIGKILL)
    ran = held.running.finish()
    assert ran.outcome != "internal_error", ran.report["error"]
    assert ran.report["drift"] is None
    if ran.outcome == "unreachable":  # what the CLI says of a server that went away depends on when it did
        assert arguments == DIFF
        return
    assert (ran.exit_code, ran.outcome) == (exit_code, outcome), ran.stdout + ran.stderr
    if arguments != DIFF:
        assert any(notice.startswith(NOT_LOOKED_FOR) for notice in ran.report["notices"])


def test_the_time_is_up(supa_deploy: Runner, hold: Callable[..., Held]) -> None:
    applied(supa_deploy)
    held = hold(*DIFF, "--timeout", "25")
    ran = held.running.finish()
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert ran.report["drift"] is None
    assert held.left() == []


@BOTH
def test_where_the_engine_gives_up_the_catalogs_speak(supa_deploy: Runner, project: Project) -> None:
    """The CLI's engine cannot compare a database with a publication of tables made by hand."""
    project.write(f"{VERSION}_notes.sql", TABLE)
    assert supa_deploy(*PUSH).exit_code == 0
    supa_deploy.platform.sql("set role postgres; create publication mine for table public.notes")
    ran = supa_deploy(*DIFF)
    assert (ran.exit_code, ran.outcome) == (11, "drift"), ran.stdout + ran.stderr
    drift = ran.report["drift"]
    assert (drift["sql"], drift["engine"]) == ("", None)
    assert [(c["change"], c["object"], c["name"]) for c in drift["changes"]] == [
        ("added", "publication", "mine")
    ]
    (notice,) = (notice for notice in ran.report["notices"] if "diff engine" in notice)
    assert "there is no SQL for it" in notice


def test_a_file_that_cannot_be_replayed_is_named(supa_deploy: Runner, project: Project) -> None:
    """It needs what was made by hand: the files alone do not make this database."""
    supa_deploy.platform.sql("set role postgres; create table public.by_hand (id int primary key)")
    project.write(f"{VERSION}_more.sql", TABLE + "\n\nalter table public.by_hand add column body text;\n")
    deployed = supa_deploy(*DEPLOY)
    assert (deployed.exit_code, deployed.report["applied"]) == (0, [VERSION]), deployed.stderr
    (notice,) = (notice for notice in deployed.report["notices"] if notice.startswith(NOT_LOOKED_FOR))
    assert f"{VERSION}_more.sql cannot be replayed" in notice
    assert supa_deploy(*DEPLOY, "--fail-on-drift").exit_code == 17
    ran = supa_deploy(*DIFF)
    assert (ran.exit_code, ran.report["error"]["code"]) == (3, "replay_failed"), ran.stderr
    error = ran.report["error"]
    assert (error["file"], error["line"], error["sqlstate"]) == (
        f"supabase/migrations/{VERSION}_more.sql",
        4,
        "42P01",
    )
    assert "by hand" in error["hint"]


NO_POSTGRESQL = """
import supa_deploy.shadow.find as find
find.binaries.on_this_machine = lambda environ: None
find.docker_version = lambda environ: None
"""


@pytest.fixture
def without_postgresql(supa_deploy: Runner, tmp_path: Path) -> Runner:
    """A machine with neither PostgreSQL nor Docker, whatever this one has."""
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(NO_POSTGRESQL, "utf-8")
    path = f"{tmp_path / 'patch'}{os.pathsep}{supa_deploy.environment()['PYTHONPATH']}"
    return replace(supa_deploy, extra_env={"PYTHONPATH": path})


def test_without_any_scratch_server(without_postgresql: Runner, project: Project) -> None:
    project.write(f"{VERSION}_notes.sql", TABLE)
    deployed = without_postgresql(*DEPLOY)
    assert (deployed.exit_code, deployed.outcome) == (0, "ok"), deployed.stderr
    (notice,) = (notice for notice in deployed.report["notices"] if notice.startswith(NOT_LOOKED_FOR))
    assert "npm install" in notice
    wanted = without_postgresql(*DEPLOY, "--fail-on-drift")
    assert (wanted.exit_code, wanted.report["error"]["code"]) == (17, "not_compared")
    ran = without_postgresql(*DIFF)
    assert (ran.exit_code, ran.report["error"]["code"]) == (3, "no_scratch_server")
    assert "npm install" in ran.report["error"]["hint"]


def test_no_room_for_a_scratch_server(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    """Its cache cannot be made: a file stands where the folder should."""
    project.write(f"{VERSION}_notes.sql", TABLE)
    packages = Path(supa_deploy.extra_env["XDG_CACHE_HOME"]) / "supa-deploy"
    for parts in packages.glob("parts-*/node_modules"):
        (project.path / "node_modules").symlink_to(parts)
        break
    (tmp_path / "cache").write_text("", "utf-8")
    runner = replace(supa_deploy, extra_env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    ran = runner(*DIFF)
    assert (ran.exit_code, ran.report["error"]["code"]) == (3, "no_scratch_space"), ran.stdout + ran.stderr


PASSWORD = "Zq7v%'K$w 2R"
KEPT = f"create function public.keeps() returns text language sql as $f$ select $x${PASSWORD}$x$ $f$"


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "by URL"])
def test_no_secret_is_seen_while_it_compares(
    supa_deploy: Runner, project: Project, start_platform: Callable[..., Platform], linked: bool
) -> None:
    """Neither in a command line nor in the SQL that explains a function which holds one (`Runner` looks there)."""
    project.write(f"{VERSION}_notes.sql", TABLE)
    platform = start_platform(password=PASSWORD)
    runner = replace(supa_deploy, platform=platform)
    assert runner(*PUSH, linked=linked).exit_code == 0
    platform.sql(f"set role postgres; {KEPT}")
    running = runner.start(*DIFF, linked=linked)
    seen: set[str] = set()
    while running.process.poll() is None:
        seen |= {process.line for process in processes()}
    ran = running.finish()
    platform.close()
    assert any(" db diff " in line for line in seen)
    for line in seen:
        runner.assert_no_secret("a command line", line)
    assert (ran.exit_code, len(ran.report["drift"]["changes"])) == (11, 1), ran.stdout + ran.stderr
    assert "[secret]" in ran.report["drift"]["sql"]
