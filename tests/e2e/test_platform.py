"""The throwaway platform against the real CLI: what a hosted project shows, this one shows too."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.platform import hosts
from supa_deploy.platform.protocol import DirectHost
from supa_deploy.shadow import postgres, template
from supa_deploy.shadow.binaries import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Project, Runner

    from supa_deploy.platform.parts import Parts
    from supa_deploy.platform.throwaway import Platform

_TABLE = """
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade
);
alter table public.notes enable row level security;
create policy own on public.notes using (auth.uid() = user_id);
"""


def run_cli(runner: Runner, *arguments: str, password: bool = True) -> subprocess.CompletedProcess[str]:
    """The real CLI itself, linked, with telemetry off."""
    env = runner.environment(
        env={"SUPABASE_TELEMETRY_DISABLED": "1", "BUN_JSC_useDFGJIT": "0", "PGSSLMODE": "require"}
    )
    if not password:
        env.pop("SUPABASE_DB_PASSWORD")
    return subprocess.run(
        [runner.cli, *arguments, "--workdir", str(runner.project.path)],
        env=env,
        cwd=runner.project.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def target(cli_version: str) -> str:
    return "--remote" if cli_version.startswith("3.") else "--linked"


def get(platform: Platform, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(platform.api_url + path, headers={"User-Agent": "test", **headers})  # noqa: S310 - http to the loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.generations
def test_real_cli_links_and_pushes(
    supa_deploy: Runner, platform: Platform, project: Project, cli_version: str
) -> None:
    project.write("20250101000000_notes.sql", _TABLE)
    assert run_cli(supa_deploy, "link", "--project-ref", platform.ref).returncode == 0
    pooler = (project.path / "supabase" / ".temp" / "pooler-url").read_text("utf-8")
    assert pooler == f"postgresql://postgres.{platform.ref}@{platform.pooler_host}:5432/postgres"
    pushed = run_cli(supa_deploy, "db", "push", target(cli_version), "--yes")
    assert pushed.returncode == 0, pushed.stderr
    assert platform.sql("select version from supabase_migrations.schema_migrations") == [["20250101000000"]]
    owner = platform.sql("select tableowner from pg_tables where tablename = 'notes'")
    assert owner == [["postgres"]]


@pytest.mark.generations("3.1.0", "2.99.0")
@pytest.mark.parametrize("direct", [DirectHost.UNKNOWN, DirectHost.REFUSES])
def test_pooler_takes_over(
    supa_deploy: Runner, platform: Platform, project: Project, cli_version: str, direct: DirectHost
) -> None:
    project.write("20250101000000_notes.sql", _TABLE)
    run_cli(supa_deploy, "link", "--project-ref", platform.ref)
    platform.faults.direct_host(direct)
    pushed = run_cli(supa_deploy, "db", "push", target(cli_version), "--yes")
    assert pushed.returncode == 0, pushed.stderr
    assert platform.sql("select tableowner from pg_tables where tablename = 'notes'") == [["postgres"]]


@pytest.mark.generations("3.1.0", "2.99.0")
def test_login_role_replaces_the_password(
    supa_deploy: Runner, platform: Platform, project: Project, cli_version: str
) -> None:
    project.write("20250101000000_notes.sql", _TABLE)
    run_cli(supa_deploy, "link", "--project-ref", platform.ref)
    pushed = run_cli(supa_deploy, "db", "push", target(cli_version), "--yes", password=False)
    assert pushed.returncode == 0, pushed.stderr
    assert any(entry.path.endswith("/cli/login-role") and entry.status == 201 for entry in platform.requests)
    assert platform.sql("select tableowner from pg_tables where tablename = 'notes'") == [["postgres"]]


def test_wrong_password_is_refused(supa_deploy: Runner, platform: Platform, project: Project) -> None:
    project.write("20250101000000_notes.sql", _TABLE)
    run_cli(supa_deploy, "link", "--project-ref", platform.ref)
    env = supa_deploy.environment(env={"SUPABASE_DB_PASSWORD": "wrong"})
    tried = subprocess.run(
        [supa_deploy.cli, "migration", "list", "--remote", "--workdir", str(project.path)],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert tried.returncode == 1
    assert "28P01" in tried.stderr


def test_gateway_keeps_the_root_from_visitors(any_platform: Platform) -> None:
    known = any_platform.credentials
    assert get(any_platform, "/rest/v1/", apikey=known.secret_key)[0] == 200
    assert get(any_platform, "/rest/v1/", apikey=known.service_role_key)[0] == 200
    refused = get(any_platform, "/rest/v1/", apikey=known.publishable_key)
    assert (refused[0], json.loads(refused[1])["message"]) == (401, "Secret API key required")
    refused = get(any_platform, "/rest/v1/", apikey=known.anon_key)
    assert (refused[0], json.loads(refused[1])["message"]) == (401, "Invalid API key")
    assert "No API key found" in get(any_platform, "/rest/v1/")[1]
    assert get(any_platform, "/rest/v1/", apikey="sb_secret_of_another_project")[0] == 401
    browser = get(
        any_platform, "/rest/v1/", apikey=known.secret_key, **{"User-Agent": "Mozilla/5.0 Chrome/1"}
    )
    assert browser[0] == 401


def test_new_tables_get_no_grants_by_default(
    any_platform: Platform, start_platform: Callable[..., Platform]
) -> None:
    create = "set role postgres; create table public.t (id int); notify pgrst, 'reload schema'"
    any_platform.sql(create)
    status, body = get(any_platform, "/rest/v1/t?select=id", apikey=any_platform.credentials.secret_key)
    assert (status, json.loads(body)["code"]) == (403, "42501")
    legacy = start_platform(linked=False, legacy_grants=True)
    legacy.sql(create)
    assert get(legacy, "/rest/v1/t?select=id", apikey=legacy.credentials.publishable_key) == (200, "[]")


def test_reset_leaves_nothing(any_platform: Platform) -> None:
    any_platform.sql("create table public.left_behind (id int)")
    any_platform.sql("create role left_behind_too")
    any_platform.faults.answer("/rest/v1", 503)
    any_platform.reset()
    assert any_platform.sql("select to_regclass('public.left_behind')::text") == [[None]]
    assert any_platform.sql("select 1 from pg_roles where rolname = 'left_behind_too'") == []
    assert get(any_platform, "/rest/v1/", apikey=any_platform.credentials.secret_key)[0] == 200
    assert len(any_platform.requests) == 1


def test_faults_come_on_cue(any_platform: Platform) -> None:
    key = any_platform.credentials.secret_key
    any_platform.faults.answer(
        "/rest/v1", 429, '{"message":"slow down"}', times=1, after=1, headers={"Retry-After": "7"}
    )
    statuses = [get(any_platform, "/rest/v1/", apikey=key)[0] for _ in range(3)]
    assert statuses == [200, 429, 200]
    any_platform.faults.close("/auth/v1/health")
    with pytest.raises(OSError, match=r"."):
        get(any_platform, "/auth/v1/health")


def test_stale_cache_until_a_request(any_platform: Platform) -> None:
    key = any_platform.credentials.secret_key
    any_platform.faults.stale()
    any_platform.sql("create table public.unseen (id int); grant select on public.unseen to service_role")
    assert "/unseen" not in json.loads(get(any_platform, "/rest/v1/", apikey=key)[1])["paths"]
    any_platform.faults.stale(until_request=1)
    get(any_platform, "/rest/v1/", apikey=key)
    for _ in range(200):
        if "/unseen" in json.loads(get(any_platform, "/rest/v1/", apikey=key)[1])["paths"]:
            return
    pytest.fail("the schema cache was never reloaded")


def test_history_and_queries_are_the_real_ones(any_platform: Platform) -> None:
    token = {"Authorization": f"Bearer {any_platform.credentials.access_token}"}
    base = f"/v1/projects/{any_platform.ref}"
    assert get(any_platform, f"{base}/database/migrations", **token) == (200, "[]")
    any_platform.sql(
        "create schema supabase_migrations; create table supabase_migrations.schema_migrations "
        "(version text primary key, statements text[], name text); "
        "insert into supabase_migrations.schema_migrations values ('1', null, 'one')"
    )
    assert json.loads(get(any_platform, f"{base}/database/migrations", **token)[1]) == [
        {"version": "1", "name": "one"}
    ]
    assert get(any_platform, base, Authorization="Bearer sbp_wrong")[0] == 401
    any_platform.faults.project_status("INACTIVE")
    assert json.loads(get(any_platform, base, **token)[1])["status"] == "INACTIVE"


def test_awkward_password(start_platform: Callable[..., Platform]) -> None:
    import pg8000.native

    password = "'\"$%@/:# é\\"
    mine = start_platform(linked=False, password=password)
    host, port = mine.database_url.partition("@")[2].partition("/")[0].split(":")
    connection = pg8000.native.Connection(
        "postgres", host=host, port=int(port), database="postgres", password=password, ssl_context=True
    )
    try:
        assert connection.run("select rolsuper from pg_roles where rolname = current_user") == [[False]]
    finally:
        connection.close()


def test_frozen_database_accepts_and_says_nothing(any_platform: Platform) -> None:
    host, port = any_platform.database_url.partition("@")[2].partition("/")[0].split(":")
    any_platform.faults.freeze_database()
    with socket.create_connection((host, int(port)), timeout=5) as silent:
        silent.settimeout(0.2)
        silent.sendall(bytes.fromhex("0000000804d2162f"))  # SSLRequest
        with pytest.raises(TimeoutError):
            silent.recv(1)


def test_a_database_without_tls_refuses_the_request_for_it(any_platform: Platform) -> None:
    host, port = any_platform.database_url.partition("@")[2].partition("/")[0].split(":")

    def answer() -> bytes:
        with socket.create_connection((host, int(port)), timeout=5) as asking:
            asking.sendall(bytes.fromhex("0000000804d2162f"))  # SSLRequest
            return asking.recv(1)

    assert answer() == b"S"
    any_platform.faults.database_without_tls()
    give_up = time.monotonic() + 20  # the postmaster reads its settings again when the signal has reached it
    while answer() != b"N":
        assert time.monotonic() < give_up
    any_platform.faults.clear()
    give_up = time.monotonic() + 20
    while answer() != b"S":
        assert time.monotonic() < give_up


def test_nothing_stays_when_the_owner_is_killed(start_platform: Callable[..., Platform]) -> None:
    mine = start_platform(linked=False)
    folder, child = mine.folder, mine._link.process
    assert folder.exists()
    assert child.stdin is not None
    child.stdin.close()  # what the kernel does for an owner that was killed
    child.wait(30)
    assert not folder.exists()


@pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="the end of a process that is not ours is watched by pidfd"
)
def test_killed_platform_takes_its_children_along_and_is_swept(
    start_platform: Callable[..., Platform],
) -> None:
    mine = start_platform(linked=False)
    postmaster = os.pidfd_open(int((mine.folder / "data" / "postmaster.pid").read_text("utf-8").split()[0]))
    mine._link.process.send_signal(signal.SIGKILL)
    mine._link.process.wait(30)
    try:
        assert select.select([postmaster], [], [], 30)[0], "PostgreSQL outlived the platform"
    finally:
        os.close(postmaster)
    assert mine.folder.exists()
    start_platform(linked=False)
    assert not mine.folder.exists()


def is_real_root() -> bool:
    """Root with every uid to give up to, not the one of a user namespace."""
    return os.geteuid() == 0 and Path("/proc/self/uid_map").read_text("ascii").split()[2] == "4294967295"


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not is_real_root(), reason="only a real root can give it up"
)
def test_root_without_user_namespaces_becomes_nobody(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container: no user namespace to be had, and a cache under /root that nobody cannot read."""
    monkeypatch.setattr(postgres, "_works", lambda _wrapper: False)
    folder = Path(tempfile.mkdtemp(prefix="n-"))
    server = postgres.Postgres(parts.postgres, folder, ("127.0.0.1",), hosts.free_port())
    try:
        template.copy_template(parts.postgres, cache_home(os.environ), folder)
        server.start()
        assert server.process is not None
        status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
        assert "Uid:\t65534\t65534\t65534\t65534" in status
        server.run("select 1")
    finally:
        server.stop()
        shutil.rmtree(folder)
