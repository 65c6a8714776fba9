"""A scratch server that the user names: databases of our own in it, and none when the run is over, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.platform.hosts import free_port
from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl, parse_database_url
from supa_deploy.shadow import GivenServer, Shadow, ShadowUnavailable, find_server, sql
from supa_deploy.shadow.postgres import CHILD_ENVIRONMENT, Postgres, postgres_wrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from supa_deploy.platform.parts import Parts

_PASSWORD = "sesame-öffne-dich"


@pytest.fixture(scope="module")
def plain_server(parts: Parts) -> Iterator[DatabaseUrl]:
    """A PostgreSQL as anybody starts one: superuser postgres with a password, nothing of Supabase's."""
    folder = Path(tempfile.mkdtemp(prefix="g-"))
    (folder / "password").write_text(_PASSWORD, "utf-8")
    data = str(folder / "data")
    subprocess.run(
        [
            *postgres_wrapper(folder),
            *(
                parts.postgres.folder / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--no-sync",
            ),
            *("-E", "UTF8", "--no-locale", f"--pwfile={folder / 'password'}"),
        ],
        env=CHILD_ENVIRONMENT,
        check=True,
        capture_output=True,
    )
    server = Postgres(parts.postgres, folder, ("127.0.0.1",), free_port())
    server.start()
    yield parse_database_url(
        f"postgresql://postgres@127.0.0.1:{server.port}/postgres",
        name="test",
        fallback_password=Secret(_PASSWORD),
    )
    server.stop()
    shutil.rmtree(folder)


def open_shadow(url: DatabaseUrl) -> Shadow:
    return Shadow.open(GivenServer(url), os.environ, deadline=Deadline.after(120), interrupt=Interrupt())


def databases(url: DatabaseUrl) -> set[str]:
    with sql.connected(sql.Server(url)) as connection:
        return {name for (name,) in connection.run("select datname from pg_database") or []}


_PLAIN = {"postgres", "template0", "template1"}


def test_the_setting_comes_first(plain_server: DatabaseUrl) -> None:
    assert find_server(os.environ, Path("/"), plain_server) == GivenServer(plain_server)


def test_databases_are_made_and_dropped(plain_server: DatabaseUrl) -> None:
    with open_shadow(plain_server) as shadow:
        first = shadow.fresh("first")
        assert first.query("select count(*) from auth.users") == [[0]]
        first.query("create table public.here (id int)")
        copied = shadow.copy(first, "copied")
        assert copied.query("select to_regclass('public.here')::text") == [["here"]]
        assert copied.url.password == Secret(_PASSWORD)
        assert _PASSWORD not in repr(copied)
        assert shadow.major == 17
        assert shadow.describe.startswith("PostgreSQL 17.")
        assert copied.stand_ins() == ()
        assert len(databases(plain_server) - _PLAIN) == 3
        # The setting that applied files may delete by is the scratch role's own; a given superuser keeps its own.
        assert first.query("select rolconfig from pg_roles where rolname = 'postgres'") == [[None]]
    assert databases(plain_server) == _PLAIN


def test_two_runs_at_once_and_roles_that_are_there(plain_server: DatabaseUrl) -> None:
    with open_shadow(plain_server) as one, open_shadow(plain_server) as other:
        assert one.fresh("same").url.database != other.fresh("same").url.database
        assert len(databases(plain_server) - _PLAIN) == 4
    assert databases(plain_server) == _PLAIN


def test_another_superuser_makes_what_postgres_owns(plain_server: DatabaseUrl) -> None:
    with sql.connected(sql.Server(plain_server)) as connection:
        connection.run(f"create role boss superuser login password '{_PASSWORD}'")
    url = parse_database_url(
        plain_server.url.replace("postgres@", "boss@"), name="test", fallback_password=plain_server.password
    )
    with open_shadow(url) as shadow:
        database = shadow.copy(shadow.fresh("first"), "second")
        with sql.connected(sql.Server(database.url), database.url.database) as connection:
            connection.run("create table public.made (id int)")
        owner = database.query("select tableowner from pg_tables where tablename = 'made'")
        assert owner == [["postgres"]]
        assert database.query("select current_user") == [["boss"]]
    assert databases(plain_server) == _PLAIN
    with sql.connected(sql.Server(plain_server)) as connection:
        connection.run("drop role boss")


_HOLDER = """
import os, sys
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.secret import Secret
from supa_deploy.settings import parse_database_url
from supa_deploy.shadow import GivenServer, Shadow
url = parse_database_url(sys.argv[1], name="test", fallback_password=Secret(os.environ["PGPASSWORD"]))
shadow = Shadow.open(GivenServer(url), os.environ, deadline=Deadline.after(120), interrupt=Interrupt())
print(shadow.fresh("held").url.database, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_run_left_is_dropped_by_the_next(
    plain_server: DatabaseUrl, eventually: Callable[..., None]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, plain_server.url],
        env={**os.environ, "PGPASSWORD": _PASSWORD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        left = holder.stdout.readline().strip()
        with open_shadow(plain_server) as shadow:
            shadow.fresh("while_it_lives")
            assert left in databases(plain_server)
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=30)
    assert left in databases(plain_server)

    def swept() -> bool:
        # The server notices that the killed run's session is gone a moment later.
        with open_shadow(plain_server) as shadow:
            shadow.ready()
        return databases(plain_server) == _PLAIN

    eventually(swept, "the killed run's databases are gone")


def test_a_server_that_refuses_is_told_without_the_password(plain_server: DatabaseUrl) -> None:
    wrong = replace(plain_server, password=Secret("not-the-password"))
    with pytest.raises(ShadowUnavailable, match="password authentication failed") as refused:
        open_shadow(wrong).ready()
    assert "not-the-password" not in f"{refused.value.message} {refused.value.hint}"


def test_a_server_that_is_not_there() -> None:
    url = parse_database_url(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres", name="test")
    with pytest.raises(ShadowUnavailable, match="SUPA_DEPLOY_SHADOW_URL"):
        open_shadow(url).ready()


def test_a_role_that_is_no_superuser(plain_server: DatabaseUrl) -> None:
    with sql.connected(sql.Server(plain_server)) as connection:
        connection.run(f"create role small login createdb password '{_PASSWORD}'")
    url = parse_database_url(
        plain_server.url.replace("postgres@", "small@"), name="test", fallback_password=plain_server.password
    )
    with pytest.raises(ShadowUnavailable, match="no superuser"):
        open_shadow(url).ready()
    with sql.connected(sql.Server(plain_server)) as connection:
        connection.run("drop role small")
    assert databases(plain_server) == _PLAIN
