"""The ways to a database: the pooler where the direct host cannot be reached, and any PostgreSQL by URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from supa_deploy.platform.protocol import DirectHost

if TYPE_CHECKING:
    from tests.e2e.conftest import Gate, Project, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
WAITING = "create table public.slow (id bigint primary key);\ngrant all on public.slow to service_role;\n"


@pytest.mark.generations("3.1.0", "2.99.0")
def test_the_pooler_is_used_where_the_direct_host_cannot_be_reached(
    supa_deploy: Runner, project: Project
) -> None:
    """GitHub's runners: the direct host has no IPv4 address. Not linked yet, then linked, then by login role."""
    first = project.write_notes()
    supa_deploy.platform.faults.direct_host(DirectHost.REFUSES)
    unlinked = supa_deploy(*DEPLOY)
    assert (unlinked.exit_code, unlinked.report["applied"]) == (0, [first]), unlinked.stdout + unlinked.stderr

    project.write("20260102000000_more.sql", "create table public.more (id bigint primary key);")
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.report["applied"]) == (0, ["20260102000000"]), again.stdout + again.stderr

    project.write("20260103000000_third.sql", "create table public.third (id bigint primary key);")
    supa_deploy.platform.faults.direct_host(DirectHost.UNKNOWN)
    by_role = supa_deploy(*DEPLOY, env={"SUPABASE_DB_PASSWORD": None})
    assert (by_role.exit_code, by_role.report["applied"]) == (0, ["20260103000000"]), by_role.stdout
    owners = supa_deploy.platform.sql(
        "select distinct tableowner from pg_tables where tablename in ('notes', 'more', 'third')"
    )
    assert owners == [["postgres"]]


@pytest.mark.generations("3.1.0", "2.99.0")
def test_by_url_with_the_password_apart_and_inside(
    supa_deploy_by_url: Runner, project: Project, gate: Gate
) -> None:
    """Neither form of the password is in any process's command line while a long statement runs."""
    runner, first = supa_deploy_by_url, project.write_notes()
    flag = ("--db-url", runner.platform.database_url)
    apart = runner(*DEPLOY, *flag, linked=False, env={"SUPABASE_DB_URL": None})
    assert (apart.exit_code, apart.report["applied"]) == (0, [first]), apart.stdout + apart.stderr
    assert apart.report["project_ref"] is None
    assert apart.verdicts()["table public.notes"] == "confirmed"
    assert {step["name"]: step["status"] for step in apart.report["steps"]}["link"] == "skipped"

    project.write("20260102000000_slow.sql", WAITING + gate.statement)
    password = quote(runner.platform.credentials.database_password, safe="")
    inside = runner.platform.database_url.replace("postgres@", f"postgres:{password}@")
    running = runner.start(*DEPLOY, linked=False, env={"SUPABASE_DB_URL": inside, "PGPASSWORD": None})
    gate.wait_for()
    lines = command_lines()
    gate.open()
    ran = running.finish()
    assert (ran.exit_code, ran.report["applied"]) == (0, ["20260102000000"]), ran.stdout + ran.stderr
    pushing = [line for line in lines if "push" in line.split("\0") and str(project.path) in line]
    assert pushing, "the CLI's process was not seen"
    for line in lines:
        runner.assert_no_secret("a command line", line)
    runner.assert_no_secret_in_files(project.path)
    assert not (project.path / "supabase" / ".temp" / "project-ref").exists()


def test_a_password_on_the_command_line_is_refused(supa_deploy_by_url: Runner, project: Project) -> None:
    project.write_notes()
    url = supa_deploy_by_url.platform.database_url.replace("postgres@", "postgres:hunter2@")
    supa_deploy_by_url.extra_secrets.append("hunter2")
    ran = supa_deploy_by_url(*DEPLOY, "--db-url", url, linked=False)
    assert (ran.exit_code, ran.report["error"]["code"]) == (2, "password_in_argv")
    wrong = supa_deploy_by_url(*DEPLOY, linked=False, env={"PGPASSWORD": "hunter2"})
    assert (wrong.exit_code, wrong.outcome) == (4, "auth_failed"), wrong.stdout + wrong.stderr
    assert "PGPASSWORD" in wrong.report["error"]["hint"]
    assert supa_deploy_by_url.recorded() == []


def test_by_url_without_the_data_api(supa_deploy_by_url: Runner, project: Project) -> None:
    version = project.write_notes()
    bare = {"SUPABASE_URL": None, "SUPABASE_SECRET_KEY": None}
    ran = supa_deploy_by_url(*DEPLOY, "--no-verify", linked=False, env=bare)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert ran.report["checks"] == []


def command_lines() -> list[str]:
    """Every process's command line, words divided by NUL."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.append((process / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue  # it ended meanwhile
    return found
