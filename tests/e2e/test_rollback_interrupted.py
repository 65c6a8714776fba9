"""A rollback killed half-way leaves schema and history together, the old or the new; a second run finishes. Files by
hand: refused before anything is sent where they are no part of one transaction, and never pushed by a deploy."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Gate, Project, Ran, Runner

pytestmark = pytest.mark.scratch

DEPLOY = ("deploy", "--yes", "--no-verify", "--no-diff", "--output", "json")
ROLLBACK = ("rollback", "--last", "1", "--yes", "--output", "json")
VERSIONS = ["20250101000000", "20250102000000"]
DOWN = f"{VERSIONS[1]}_tags.down.sql"


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


@pytest.fixture
def two_files(project: Project, supa_deploy: Runner) -> None:
    """Two files, applied; a file by hand for the second, as bad as can be, beside it."""
    for version, name in zip(VERSIONS, ("notes", "tags"), strict=True):
        text = (
            f"create table public.{name} (id int primary key);\ngrant all on public.{name} to service_role;\n"
        )
        project.write(
            f"{version}_{name}.sql", f"{text}alter table public.{name} enable row level security;\n"
        )
    project.write(DOWN, "begin; drop table public.tags; commit;")
    assert supa_deploy(*DEPLOY).report["applied"] == VERSIONS


_STATE = """select to_regclass('public.tags') is not null,
  exists (select from supabase_migrations.schema_migrations where version = :version)"""
_AT_WORK = """select count(*) from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid() and state <> 'idle'"""


def together(supa_deploy: Runner) -> bool:
    """True when the newer version is there, in schema and history; False when it is in neither."""
    ((table, recorded),) = supa_deploy.platform.sql(_STATE, version=VERSIONS[1])
    assert table == recorded
    return bool(table)


@pytest.mark.usefixtures("two_files")
def test_killed_half_way_and_run_again(
    supa_deploy: Runner, project: Project, gate: Gate, eventually: Callable[..., None]
) -> None:
    refused = supa_deploy(*ROLLBACK)
    assert (refused.exit_code, refused.report["error"]["code"]) == (3, "down_file_refused"), said(refused)
    assert together(supa_deploy)

    project.write(DOWN, f"drop table public.tags;\n{gate.statement.removesuffix(';')}")
    running = supa_deploy.start(*ROLLBACK)
    gate.wait_for()
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.communicate()
    assert together(supa_deploy)  # what the server was sent is not in yet
    gate.open()
    eventually(
        lambda: supa_deploy.platform.sql(_AT_WORK) == [[0]], "the server is done with what it was sent"
    )
    there = together(supa_deploy)
    again = supa_deploy(*ROLLBACK)
    assert (again.exit_code, again.outcome) == (0, "ok"), said(again)
    assert not together(supa_deploy)
    assert supa_deploy.recorded() == VERSIONS[:1]
    if there:
        assert again.report["rollback"]["hand_written"] == [f"supabase/migrations/{DOWN}"]
    else:
        assert any("cut off" in notice for notice in again.report["notices"])
