"""Rollbacks that do not take place, wholly or at all: each says why, schema and history are as they were, nothing is
left behind, and what goes on from there ends well."""

from __future__ import annotations

import csv
import io
import os
import shlex
import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.planning import ROLLBACK_MARKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Gate, Project, Ran, Runner

pytestmark = pytest.mark.scratch

DEPLOY = ("deploy", "--yes", "--no-verify", "--no-diff", "--output", "json")
ROLLBACK = ("rollback", "--output", "json")
ONE, TWO, THREE = "20250101000000", "20250102000000", "20250103000000"
MARKER = ROLLBACK_MARKER
DOWN = f"{TWO}_tags.down.sql"
TABLE = """create table public.{0} (id int primary key, body text);
grant all on public.{0} to service_role;
alter table public.{0} enable row level security;
"""


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


@pytest.fixture(autouse=True)
def place(supa_deploy: Runner) -> Iterator[Path]:
    """The runs' folder for temporary files: no private folder and no process of a run is in it when the test ends."""
    folder = Path(tempfile.mkdtemp(prefix="sdr-"))  # a short name: sockets go there
    supa_deploy.extra_env["TMPDIR"] = str(folder)
    yield folder
    left = [str(path) for path in folder.glob("*/owner.lock")]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # it ended meanwhile
        if str(folder) in line:
            left.append(line)
    shutil.rmtree(folder, ignore_errors=True)
    assert left == []


@pytest.fixture
def two_files(project: Project, supa_deploy: Runner) -> None:
    """Two files, applied, with three rows in the newer one's table. The first makes a role."""
    project.write(f"{ONE}_notes.sql", f"create role under_test_{os.getpid()};\n{TABLE.format('notes')}")
    project.write(f"{TWO}_tags.sql", TABLE.format("tags"))
    supa_deploy.platform.sql(f"drop role if exists under_test_{os.getpid()}")
    assert supa_deploy(*DEPLOY).report["applied"] == [ONE, TWO]
    supa_deploy.platform.sql("insert into public.tags select n, 'tag' from generate_series(1, 3) n")


def as_before(supa_deploy: Runner) -> bool:
    """True when the newer version is there, in schema and history; False when it is in neither."""
    ((table,),) = supa_deploy.platform.sql("select to_regclass('public.tags') is not null")
    recorded = supa_deploy.recorded()
    assert recorded in ([ONE, TWO], [ONE], [ONE, MARKER])
    assert table == (TWO in recorded)
    return bool(table)


@pytest.mark.usefixtures("two_files")
def test_what_is_asked_for_cannot_be(supa_deploy: Runner, project: Project) -> None:
    below = supa_deploy(*ROLLBACK, "--to", "20240101000000", "--yes")
    assert (below.exit_code, below.report["error"]["code"]) == (2, "below_baseline"), said(below)
    supa_deploy.extra_secrets.append("not-the-password")
    wrong = supa_deploy(*ROLLBACK, "--last", "1", "--yes", env={"SUPABASE_DB_PASSWORD": "not-the-password"})
    assert (wrong.exit_code, wrong.outcome) == (4, "auth_failed"), said(wrong)

    supa_deploy.platform.sql("set role postgres; create index by_hand on public.notes (body)")
    drifted = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    assert (drifted.exit_code, drifted.outcome) == (11, "drift"), said(drifted)
    assert "by_hand" in str(drifted.report["drift"]["changes"])
    assert "--discard-drift" in drifted.report["error"]["hint"]
    assert as_before(supa_deploy)
    discarded = supa_deploy(*ROLLBACK, "--last", "1", "--discard-drift", "--yes")
    assert (discarded.exit_code, discarded.report["drift"]["empty"]) == (0, True), said(discarded)
    assert supa_deploy.platform.sql("select to_regclass('public.by_hand')") == [[None]]
    assert not as_before(supa_deploy)

    supa_deploy.platform.sql(
        "insert into supabase_migrations.schema_migrations (version) values ('20250109000000')"
    )
    unknown = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    assert (unknown.exit_code, unknown.outcome) == (13, "history_conflict"), said(unknown)
    assert supa_deploy.recorded() == [ONE, "20250109000000"]


@pytest.mark.generations("2.99.0")
@pytest.mark.usefixtures("two_files")
def test_a_cli_that_compares_in_docker_only(supa_deploy: Runner) -> None:
    ran = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    assert (ran.exit_code, ran.outcome) == (3, "preflight_failed"), said(ran)
    assert "2.99.0" in ran.report["error"]["message"]
    assert "Docker" in said(ran)
    assert as_before(supa_deploy)


@pytest.mark.usefixtures("two_files")
def test_a_table_that_is_held_and_one_that_is_written_to(
    supa_deploy: Runner, gate: Gate, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    gate.connection.run("begin")
    gate.connection.run("lock table public.tags in access share mode")
    held = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    gate.connection.run("rollback")
    assert (held.exit_code, held.outcome) == (16, "rollback_failed"), said(held)
    assert held.report["error"]["sqlstate"] == "55P03"
    assert "as they were" in held.report["error"]["message"]
    assert "holds the table" in held.report["error"]["hint"]
    assert as_before(supa_deploy)

    reached, go_on = tmp_path / "reached", tmp_path / "go-on"
    os.mkfifo(go_on)
    script = tmp_path / "supabase"
    script.write_text(
        '#!/bin/sh\ncase "$*" in *://*) ;; "db push"*) '
        f"touch {shlex.quote(str(reached))}; cat {shlex.quote(str(go_on))} ;; esac\n"
        f'exec {shlex.quote(str(supa_deploy.cli))} "$@"\n'
    )
    script.chmod(0o755)
    running = replace(supa_deploy, cli=script).start(*ROLLBACK, "--last", "1", "--yes")
    eventually(reached.exists, "the push of the way back")
    supa_deploy.platform.sql("insert into public.tags values (4, 'late')")
    go_on.write_text("")
    ran = running.finish()
    assert (ran.exit_code, ran.report["error"]["sqlstate"]) == (16, "SD001"), said(ran)
    assert "public.tags has other rows than were counted" in ran.report["error"]["message"]
    assert as_before(supa_deploy)
    assert supa_deploy.platform.sql("select count(*) from public.tags") == [[4]]


@pytest.mark.usefixtures("two_files")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_push(
    supa_deploy: Runner,
    project: Project,
    gate: Gate,
    eventually: Callable[..., None],
    leftovers: Callable[[], list[str]],
    signum: signal.Signals,
) -> None:
    """With SIGTERM the server goes on; with SIGINT its session is ended as well, as by an administrator."""
    project.write(DOWN, f"drop table public.tags;\n{gate.statement}")
    running = supa_deploy.start(*ROLLBACK, "--last", "1", "--yes")
    gate.wait_for()
    if signum is signal.SIGINT:
        supa_deploy.platform.sql(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted"
        )
        ended = running.finish()
        assert (ended.exit_code, ended.outcome) == (16, "rollback_failed"), said(ended)
        assert "as they were" in ended.report["error"]["message"]
        assert as_before(supa_deploy)
        running = supa_deploy.start(*ROLLBACK, "--last", "1", "--yes")
        gate.wait_for()
    running.signal(signum)
    eventually(lambda: not any(" push " in line for line in leftovers()), "the CLI is ended")
    gate.open()
    ran = running.finish()
    there = as_before(supa_deploy)
    if there:
        assert ran.exit_code in {8, 16}, said(ran)
    else:
        assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    again = supa_deploy(*ROLLBACK, "--to", ONE, "--yes")
    assert (again.exit_code, again.outcome) == (0, "ok" if there else "up_to_date"), said(again)
    assert supa_deploy.recorded() == [ONE]


@pytest.mark.generations("3.1.0", "2.122.1")
@pytest.mark.usefixtures("two_files")
def test_a_marker_that_is_left(supa_deploy: Runner) -> None:
    def leave() -> None:
        supa_deploy.platform.sql(
            "insert into supabase_migrations.schema_migrations (version) values (:marker)", marker=MARKER
        )

    leave()
    for look, code in (("status", 0), ("plan", 0)):
        ran = supa_deploy(look, "--output", "json")
        assert ran.exit_code == code, said(ran)
        assert any(MARKER in notice for notice in ran.report["notices"])
    assert supa_deploy.recorded() == [ONE, TWO, MARKER]
    assert supa_deploy(*DEPLOY).outcome == "up_to_date"
    assert supa_deploy.recorded() == [ONE, TWO]
    leave()
    finished = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    assert (finished.exit_code, finished.outcome) == (0, "ok"), said(finished)
    assert any("no further version" in notice for notice in finished.report["notices"])
    assert supa_deploy.recorded() == [ONE, TWO]


_SAVED = r"""
create table public.kept (
  id int primary key, body text, raw bytea, list text[], doc jsonb, at timestamptz, "odd ""name" numeric
);
grant all on public.kept to service_role;
alter table public.kept enable row level security;
alter table public.notes add column extra text;
"""
_ROWS = r"""
insert into public.kept values
  (1, null, null, null, null, null, null),
  (2, '', '', '{}', '{}', now(), 0),
  (3, E'two\nlines, "quoted", \\N é', '\x00ff22', array['a,b', null, '"', ''],
    '{"a": [null, "\"x\n"]}', now(), 1.50),
  (4, ' ', '\x0a', array['null'], 'null', 'infinity', 'NaN');
insert into public.notes values (1, 'a', null), (2, 'b', ''), (3, 'c', E'\n');
"""


@pytest.mark.usefixtures("two_files")
def test_saved_rows_are_read_back_and_files_by_hand_and_computed_go_together(
    supa_deploy: Runner, project: Project, gate: Gate, tmp_path: Path
) -> None:
    sql = supa_deploy.platform.sql
    project.write(f"{THREE}_kept.sql", _SAVED)
    assert supa_deploy(*DEPLOY).report["applied"] == [THREE]
    sql(_ROWS)
    before = sql("select row(k.*)::text from public.kept k order by id")
    project.write(DOWN, "drop table public.tags;\ncreate index stays on public.notes (body);")
    folder = tmp_path / "rows"
    ran = supa_deploy(*ROLLBACK, "--to", ONE, "--yes", "--save", str(folder))
    assert ran.exit_code == 0, said(ran)
    assert ran.report["rollback"]["hand_written"] == [f"supabase/migrations/{DOWN}"]
    assert ["stays" in str(change) for change in ran.report["rollback"]["remains"]] == [True]
    assert supa_deploy.recorded() == [ONE]
    assert sorted(path.name for path in folder.iterdir()) == [
        "public.kept.csv",
        "public.notes.extra.csv",
        "public.tags.csv",
    ]
    with (folder / "public.notes.extra.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["id", "extra"], ["2", ""], ["3", "\n"]]

    sql(_SAVED.partition("alter table public.notes")[0])
    saved = io.BytesIO((folder / "public.kept.csv").read_bytes())
    gate.connection.run("copy public.kept from stdin with (format csv, header match)", stream=saved)
    assert sql("select row(k.*)::text from public.kept k order by id") == before
