"""The scratch server on real parts: what real first migrations do works in it, and nothing of it survives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pg8000.exceptions import DatabaseError

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.shadow import (
    OwnServer,
    Shadow,
    ShadowDatabase,
    ShadowUnavailable,
    binaries,
    find_server,
    postgres,
    sql,
)
from supa_deploy.supabase.target import ByUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Project

    from supa_deploy.platform.parts import Parts

_CASES = dict(
    re.findall(
        r"^-- case: (.+)\n((?:(?!^-- case: ).*\n)+)",
        (Path(__file__).parent / "shadow_cases.sql").read_text("utf-8"),
        re.MULTILINE,
    )
)


def open_shadow(found: OwnServer) -> Shadow:
    return Shadow.open(found, os.environ, deadline=Deadline.after(120), interrupt=Interrupt())


@pytest.fixture(scope="module")
def own_server(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> OwnServer:
    """The npm PostgreSQL of our own cache, as a run finds it that has no other."""
    found = find_server(os.environ, tmp_path_factory.mktemp("nothing"), None)
    assert isinstance(found, OwnServer)
    assert found.binaries.folder == parts.postgres.folder
    return found


@pytest.fixture(scope="module")
def shadow(own_server: OwnServer) -> Iterator[Shadow]:
    with open_shadow(own_server) as opened:
        yield opened


@pytest.fixture
def fresh(shadow: Shadow) -> Iterator[ShadowDatabase]:
    database = shadow.fresh("case")
    yield database
    shadow.drop(database)


def as_postgres(database: ShadowDatabase, text: str) -> list[list[object]]:
    """Runs SQL as the role that migrations run as."""
    assert isinstance(database.where, sql.Socket)
    with sql.connected(replace(database.where, user="postgres"), database.url.database) as connection:
        return connection.run(text) or []


@pytest.mark.parametrize("name", _CASES)
def test_first_migrations_of_real_projects(fresh: ShadowDatabase, name: str) -> None:
    as_postgres(fresh, _CASES[name])


def test_the_cases_are_all_there() -> None:
    assert len(_CASES) >= 25


@pytest.mark.parametrize(
    ("text", "sqlstate"),
    [
        ("create role boss superuser", "42501"),
        ("alter system set work_mem = '1GB'", "42501"),
        ("insert into public.nowhere values (1)", "42P01"),
    ],
)
def test_what_a_hosted_project_refuses_is_refused(fresh: ShadowDatabase, text: str, sqlstate: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        as_postgres(fresh, text)
    assert refused.value.args[0]["C"] == sqlstate


def test_databases_are_apart_and_copies_hold_what_was_there(shadow: Shadow) -> None:
    first, second = shadow.fresh("first"), shadow.fresh("second")
    as_postgres(first, "create table public.here (id int); insert into public.here values (7)")
    copied = shadow.copy(first, "copied")
    assert copied.query("select id from public.here") == [[7]]
    assert second.query("select to_regclass('public.here')") == [[None]]
    as_postgres(copied, "drop table public.here")
    assert first.query("select id from public.here") == [[7]]
    owner = copied.query("select datdba::regrole::text from pg_database where datname = current_database()")
    assert owner == [["postgres"]]


def test_it_says_what_it_is(shadow: Shadow, fresh: ShadowDatabase) -> None:
    version = str(fresh.query("show server_version")[0][0])
    assert shadow.describe.startswith(f"PostgreSQL {version} of @embedded-postgres/")
    assert shadow.major == int(version.partition(".")[0])
    assert fresh.url.password is None
    assert fresh.stand_ins() == ()


def test_it_listens_on_its_private_socket_only(fresh: ShadowDatabase) -> None:
    assert isinstance(fresh.where, sql.Socket)
    assert fresh.query("show listen_addresses") == [[""]]
    assert fresh.where.folder.stat().st_mode & 0o777 == 0o700


def test_stand_ins_are_told(fresh: ShadowDatabase) -> None:
    as_postgres(
        fresh, "create extension vector with schema extensions; create extension citext schema extensions"
    )
    assert fresh.stand_ins() == ("vector",)


@pytest.mark.generations
@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_the_real_cli_pushes_over_the_socket(
    fresh: ShadowDatabase, project: Project, private_home: Path, cli: Path, cli_version: str, mode: str
) -> None:
    """Whatever the user's environment asks of TLS: a socket has none."""
    if cli_version == "2.99.0":
        pytest.skip("CLI 2.99.0 passes over the socket in a URL; its diff goes through Docker anyway")
    project.write("20260101000000_made.sql", "create table public.made (id int);")
    pushed = subprocess.run(
        [cli, "db", "push", "--db-url", fresh.url.url, "--yes", "--workdir", project.path],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(private_home),
            "CI": "true",
            "PGSSLMODE": mode,
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "BUN_JSC_useDFGJIT": "0",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert pushed.returncode == 0, pushed.stderr
    assert fresh.query("select tableowner from pg_tables where tablename = 'made'") == [["postgres"]]
    assert fresh.query("select version from supabase_migrations.schema_migrations") == [["20260101000000"]]
    assert not ByUrl(fresh.url).sslmode
    assert ByUrl(fresh.url).is_loopback


def test_the_systems_postgresql_serves_as_well() -> None:
    programs = binaries.on_this_machine(os.environ)
    if programs is None:
        pytest.skip("this machine has no PostgreSQL of its own in the usual places")
    with open_shadow(OwnServer(programs, binaries.version_of(programs), str(programs.folder))) as shadow:
        database = shadow.fresh("case")
        as_postgres(database, _CASES["profile for every new user, by trigger on auth.users"])
        as_postgres(database, _CASES["bucket and policies on storage.objects"])
        assert str(database.query("show server_version")[0][0]).startswith(str(shadow.major))


def is_real_root() -> bool:
    """Root with every uid to give up to, not the one of a user namespace."""
    return os.geteuid() == 0 and Path("/proc/self/uid_map").read_text("ascii").split()[2] == "4294967295"


@pytest.mark.skipif(sys.platform != "linux" or not is_real_root(), reason="only a real root can give it up")
def test_root_without_user_namespaces(own_server: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container: the server is nobody's, and reads a copy of what only root may read."""
    monkeypatch.setattr(postgres, "_works", lambda _wrapper: False)
    with open_shadow(own_server) as shadow:
        database = shadow.fresh("case")
        as_postgres(database, "create extension vector with schema extensions")
        assert isinstance(database.where, sql.Socket)
        folder = database.where.folder
        assert (folder / "data").stat().st_uid == 65534
    assert not folder.exists()


def test_a_refused_question_and_a_used_name_are_told(shadow: Shadow, fresh: ShadowDatabase) -> None:
    with pytest.raises(ShadowUnavailable, match="division by zero"):
        fresh.query("select 1 / 0")
    with pytest.raises(ShadowUnavailable, match="already exists"):
        shadow.fresh("case")


@pytest.mark.parametrize("how", ["end", "error"])
def test_nothing_is_left_when_the_block_ends(own_server: OwnServer, how: str) -> None:
    def block() -> Path:
        with open_shadow(own_server) as opened:
            where = opened.fresh("some").where
            assert isinstance(where, sql.Socket)
            seen.append(where.folder)
            if how == "error":
                raise LookupError
        return where.folder

    seen: list[Path] = []
    if how == "error":
        with pytest.raises(LookupError):
            block()
    else:
        block()
    assert not seen[0].exists()
    assert servers_in(seen[0]) == []


_HOLDER = """
import os, sys
from pathlib import Path
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.shadow import Shadow, find_server
found = find_server(os.environ, Path("/"), None)
shadow = Shadow.open(found, os.environ, deadline=Deadline.after(120), interrupt=Interrupt())
print(shadow.fresh("held").where.folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_no_server_and_the_next_removes_the_folder(
    own_server: OwnServer, signum: signal.Signals, eventually: Callable[..., None]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        assert folder.is_dir()
        assert servers_in(folder)
        holder.send_signal(signum)
        holder.wait(timeout=30)
    eventually(lambda: not servers_in(folder), "no process of the killed run's server")
    assert folder.is_dir()
    with open_shadow(own_server):
        assert not folder.exists()


def servers_in(folder: Path) -> list[str]:
    """The processes that name this folder or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            where = (process / "cwd").readlink()
        except OSError:
            continue  # it ended meanwhile
        if str(folder) in line or where.is_relative_to(folder):
            found.append(line)
    return found
