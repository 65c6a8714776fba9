"""The database refuses, is silent, or has no TLS: nothing is sent, nothing waits for ever, nothing goes in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.platform.protocol import DirectHost

if TYPE_CHECKING:
    from tests.e2e.conftest import Project, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
POOLER = r"/v1/projects/[a-z]{20}/config/database/pooler"
HISTORY = r"/v1/projects/[a-z]{20}/database/migrations"


def test_nobody_listens_by_url(supa_deploy_by_url: Runner, project: Project) -> None:
    project.write_notes()
    url = "postgresql://postgres@127.0.0.1:1/postgres"
    ran = supa_deploy_by_url(*DEPLOY, linked=False, env={"SUPABASE_DB_URL": url})
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert "ECONNREFUSED" in ran.report["error"]["message"]
    assert "doctor" in ran.report["error"]["hint"]


@pytest.mark.parametrize("to", [DirectHost.REFUSES, DirectHost.UNKNOWN])
def test_no_way_to_a_project(supa_deploy: Runner, project: Project, to: DirectHost) -> None:
    """Neither the direct host nor a pooler; the shortcut for the history works, so only the push itself finds out."""
    project.write_notes()
    supa_deploy.platform.faults.direct_host(to)
    supa_deploy.platform.faults.answer(POOLER, 500, '{"message":"no pooler"}')
    ran = supa_deploy(*DEPLOY, "--timeout", "30")
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert supa_deploy.recorded() == []

    supa_deploy.platform.faults.clear()
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.outcome) == (0, "ok"), again.stdout + again.stderr


def test_what_the_cli_calls_ipv6_is_explained(supa_deploy: Runner, project: Project) -> None:
    """The name does not resolve, no pooler is known: the CLI blames IPv6."""
    project.write_notes()
    faults = supa_deploy.platform.faults
    faults.direct_host(DirectHost.UNKNOWN)
    faults.answer(POOLER, 404, '{"message":"no pooler"}')
    faults.answer(HISTORY, 404, '{"message":"beta"}')
    ran = supa_deploy("plan", "--output", "json", "--timeout", "30")
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert "IPv6" in ran.report["error"]["message"]
    assert "name does not resolve" in ran.report["error"]["hint"]
    assert "pooler" in ran.report["error"]["hint"]


def test_a_database_that_is_silent_from_the_start(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    supa_deploy.platform.faults.freeze_database()
    ran = supa_deploy(*DEPLOY, "--timeout", "24", within=40)
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    supa_deploy.platform.faults.clear()
    assert supa_deploy.recorded() == []


def test_only_the_way_there_is_silent(supa_deploy: Runner, project: Project) -> None:
    """The direct host accepts and says nothing (a firewall); the history, by the API, still says that it is clean."""
    project.write_notes()
    supa_deploy.platform.faults.direct_host(DirectHost.SILENT)
    ran = supa_deploy(*DEPLOY, "--timeout", "60", within=70)
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert "Nothing was sent" in ran.report["error"]["message"]
    assert "doctor" in ran.report["error"]["hint"]
    assert supa_deploy.recorded() == []


def test_without_tls_nothing_is_said(supa_deploy: Runner, project: Project) -> None:
    """CLI 3 would go on in plain text with a line on stderr; with us nobody even gets to the password."""
    project.write_notes()
    platform = supa_deploy.platform
    platform.sql("alter system set ssl = off")
    platform.sql("alter system set log_connections = on")
    platform.sql("select pg_reload_conf()")
    ran = supa_deploy(*DEPLOY, "--timeout", "30")
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert "SSL" in ran.report["error"]["message"]
    assert supa_deploy.recorded() == []
    assert platform.sql("select to_regclass('public.notes')") == [[None]]
