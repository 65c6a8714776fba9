"""The stand-ins on a real server: what migrations write for them, and what the catalog prints afterwards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from supa_deploy.shadow import sql
from supa_deploy.shadow.binaries import Binaries, cache_home, inspect
from supa_deploy.shadow.extensions import STAND_INS, Prepared, for_stand_ins, prepared
from supa_deploy.shadow.postgres import Postgres
from supa_deploy.shadow.template import copy_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Project

    from supa_deploy.platform.parts import Parts

_CASES = dict(
    re.findall(
        r"^-- case: (.+)\n((?:(?!^-- case: ).*\n)+)",
        (Path(__file__).parent / "stand_in_cases.sql").read_text("utf-8"),
        re.MULTILINE,
    )
)
_SHOWS = re.compile(r"^-- shows: (.+)\n-- as: (.*)$", re.MULTILINE)
_FAILS = re.compile(r"^-- fails: (.+)$", re.MULTILINE)
_DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def ready(parts: Parts) -> Prepared:
    return prepared(parts.postgres, cache_home(os.environ))


@pytest.fixture(scope="module")
def server(ready: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sql.Socket]:
    folder = tmp_path_factory.mktemp("s")
    copy_template(ready.binaries, cache_home(os.environ), folder)
    running = Postgres(ready.binaries, folder, (), 5432)
    running.start()
    yield sql.Socket(folder, 5432, "postgres")
    running.stop()


@pytest.mark.parametrize("case", _CASES)
def test_what_migrations_write_for_extensions(case: str, server: sql.Socket, ready: Prepared) -> None:
    text = _CASES[case]
    failure = _FAILS.search(text)
    with sql.connected(server) as connection:
        assert connection.run("show is_superuser") == [["off"]]
        connection.run("begin")
        if failure:
            with pytest.raises(DatabaseError, match=re.escape(failure[1])):
                connection.run(for_stand_ins(text, ready.stand_ins))
            return
        connection.run(for_stand_ins(text, ready.stand_ins))
        shown = [(question, _one_text(connection.run(question))) for question, _ in _SHOWS.findall(text)]
        assert shown == _SHOWS.findall(text)
        connection.run("rollback")


def _one_text(rows: list[list[Any]]) -> str:
    return "\n".join(str(row[0]) for row in rows)


def test_every_stand_in_is_tried_by_a_case() -> None:
    tried = " ".join(_CASES.values())
    assert [
        known.name for known in STAND_INS if known.name not in tried and known.name != "supabase_vault"
    ] == []


def test_every_version_can_be_asked_for(server: sql.Socket, ready: Prepared) -> None:
    with sql.connected(server) as connection:
        there = {
            tuple(row) for row in connection.run("select name, version from pg_available_extension_versions")
        }
    wanted = {(known.name, version) for known in STAND_INS for version in (known.default, *known.versions)}
    assert {pair for pair in wanted if pair[0] in ready.stand_ins} <= there


def test_parameters_survive_concurrent_builds_and_rewrites(server: sql.Socket, ready: Prepared) -> None:
    text = "create index concurrently slow on kept using hnsw (e vector_l2_ops) with (m = 4)"
    with sql.connected(server) as connection:
        connection.run("create schema apart")
        connection.run("set search_path = apart")
        connection.run("create extension vector")
        connection.run("create table kept (e vector(3))")
        connection.run(for_stand_ins(text, ready.stand_ins))
        connection.run("insert into kept values ('[1,2,3]')")
        connection.run("vacuum full kept")
        connection.run("reindex table kept")
        [[shown]] = connection.run("select pg_get_indexdef('slow'::regclass)")
        connection.run("drop schema apart cascade")
    assert shown == "CREATE INDEX slow ON apart.kept USING hnsw (e vector_l2_ops) WITH (m='4')"


def test_dropped_extensions_leave_nothing(server: sql.Socket) -> None:
    """No object, no event trigger: the next migration must not meet a stand-in's remains."""
    count = (
        "select (select count(*) from pg_proc), (select count(*) from pg_type), (select count(*) from pg_am), "
        "(select count(*) from pg_event_trigger), (select count(*) from pg_enum), (select count(*) from pg_class)"
    )
    with sql.connected(server) as connection:
        before = connection.run(count)
        connection.run("create extension vector")
        connection.run("create extension postgis")
        connection.run("create table gone (a geometry(point, 9999))")
        connection.run("drop table gone")
        connection.run("drop extension postgis")
        connection.run("drop extension vector")
        assert connection.run(count) == before


@pytest.mark.skipif(not (_DEBIAN / "postgres").exists(), reason="no Debian PostgreSQL 15 on this machine")
def test_debians_layout(tmp_path: Path) -> None:
    """Programs and shared files lie apart there, and PostgreSQL finds one from the other."""
    ready = prepared(inspect(_DEBIAN), tmp_path)
    assert ready.binaries.folder.relative_to(ready.root) == Path("lib/postgresql/15/bin")
    folder = tmp_path / "s"
    folder.mkdir()
    copy_template(ready.binaries, tmp_path, folder)
    running = Postgres(ready.binaries, folder, (), 5432)
    running.start()
    try:
        with sql.connected(sql.Socket(folder, 5432, "postgres")) as connection:
            connection.run("create extension vector")
            connection.run("create extension postgis")
            connection.run("create extension pgrowlocks")
    finally:
        running.stop()


def test_an_installation_without_shared_files_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "postgres").touch()
    bare = Binaries(tmp_path / "bin", 17, "bare")
    assert prepared(bare, tmp_path / "cache") == Prepared(bare, frozenset(), tmp_path)


_PROJECT = {
    "20250101000000_extensions.sql": (
        "create extension vector with schema extensions;\ncreate extension pg_cron;\n"
        "create extension pg_net with schema extensions;\ncreate extension postgis with schema extensions;\n"
    ),
    "20250102000000_tables.sql": (
        "create table public.docs (id bigint primary key, e extensions.vector(3), place geography(point, 4326));\n"
        "alter table public.docs enable row level security;\n"
        "create index docs_e on public.docs using hnsw (e extensions.vector_l2_ops) with (m = 16);\n"
        "create index docs_place on public.docs using gist (place);\n"
    ),
    "20250103000000_jobs.sql": (
        "select cron.schedule('call', '* * * * *', $$select net.http_post('https://example.com')$$);\n"
    ),
}


def test_a_rehearsal_with_stand_ins(project: Project, private_home: Path, parts: Parts) -> None:
    for name, text in _PROJECT.items():
        project.write(name, text)
    done = subprocess.run(
        [sys.executable, "-m", "supa_deploy", "rehearse", "--output", "json"],
        cwd=project.path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(private_home),
            "XDG_CACHE_HOME": str(cache_home(os.environ).parent),
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
            "LANG": "C.UTF-8",
            "SUPA_DEPLOY_SUPABASE_BIN": str(parts.supabase),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report = json.loads(done.stdout)
    assert (done.returncode, report["outcome"]) == (0, "ok"), done.stderr
    assert len(report["applied"]) == len(_PROJECT)
    for line, name in enumerate(("vector", "pg_cron", "pg_net", "postgis"), 1):
        file = f"supabase/migrations/20250101000000_extensions.sql:{line}"
        assert f"The extension {name}, which {file} creates, is a stand-in here: " in done.stderr
    assert "does not have" not in done.stderr
    # The person's own file is as it was: only the rehearsal's copy was fitted.
    for name, text in _PROJECT.items():
        assert (project.migrations / name).read_text("utf-8") == text
