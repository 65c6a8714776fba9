"""doctor looks at everything, changes nothing, and says a next step for whatever is not in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.platform.protocol import DirectHost

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Ran, Runner

DOCTOR = ("doctor", "--output", "json", "--timeout", "40")
POOLER = r"/v1/projects/[a-z]{20}/config/database/pooler"


def failed(ran: Ran) -> dict[str, dict[str, Any]]:
    """The checks that are not in order, by name; each has to say what to do."""
    assert ran.exit_code == 3, ran.stdout + ran.stderr
    found = {entry["check"]: entry for entry in ran.report["diagnostics"] if entry["ok"] is False}
    assert all(entry["next"] for entry in found.values()), found
    for name in found:
        assert name in ran.report["error"]["message"]
    return found


def checks(ran: Ran) -> dict[str, bool | None]:
    return {entry["check"]: entry["ok"] for entry in ran.report["diagnostics"]}


@pytest.mark.generations("3.1.0", "2.99.0")
@pytest.mark.scratch
def test_all_in_order(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    ran = supa_deploy(*DOCTOR)
    assert (ran.exit_code, ran.outcome) == (0, "ok"), ran.stdout + ran.stderr
    found = checks(ran)
    for name in ("Python", "project folder", "scratch server", "target", "Supabase CLI"):
        assert found[name] is True, (name, ran.stdout)
    for name in ("token", "project", "password"):
        assert found[name] is True, (name, ran.stdout)
    for name in ("direct connection", "API key", "Data API", "clock"):
        assert found[name] is True, (name, ran.stdout)
    assert all(entry["next"] is None for entry in ran.report["diagnostics"])
    text = supa_deploy("doctor")
    assert text.exit_code == 0
    assert "1 migration" in text.stdout
    assert supa_deploy.recorded() == []


def test_by_url(supa_deploy_by_url: Runner, project: Project) -> None:
    project.write_notes()
    ran = supa_deploy_by_url(*DOCTOR, linked=False)
    assert (ran.exit_code, ran.outcome) == (0, "ok"), ran.stdout + ran.stderr
    assert checks(ran)["database"] is True
    url = "postgresql://postgres@127.0.0.1:1/postgres"
    nobody = failed(supa_deploy_by_url(*DOCTOR, linked=False, env={"SUPABASE_DB_URL": url}))
    assert "database" in nobody


def test_each_trouble_has_its_next_step(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    project.write_notes()
    other = "sbp_" + "0" * 40
    supa_deploy.extra_secrets += [other, "not-the-password"]

    token = failed(supa_deploy(*DOCTOR, env={"SUPABASE_ACCESS_TOKEN": other}))
    assert "401" in token["token"]["detail"]
    assert "password" not in token

    password = failed(supa_deploy(*DOCTOR, env={"SUPABASE_DB_PASSWORD": "not-the-password"}))
    assert set(password) == {"password"}
    assert "SUPABASE_DB_PASSWORD" in password["password"]["next"]

    empty = tmp_path / "empty"
    empty.mkdir()
    no_cli = failed(supa_deploy(*DOCTOR, env={"SUPA_DEPLOY_SUPABASE_BIN": None, "PATH": str(empty)}))
    assert "npm install" in no_cli["Supabase CLI"]["next"]

    nothing = failed(supa_deploy(*DOCTOR, env={"SUPABASE_PROJECT_REF": None}))
    assert "SUPABASE_PROJECT_REF" in nothing["target"]["next"]

    visitors = {"SUPABASE_SECRET_KEY": supa_deploy.platform.credentials.publishable_key}
    key = failed(supa_deploy(*DOCTOR, env=visitors))
    assert "sb_secret_" in key["API key"]["next"]

    supa_deploy.platform.faults.project_status("INACTIVE")
    paused = failed(supa_deploy(*DOCTOR))
    assert "/project/" in paused["project"]["next"]
    supa_deploy.platform.faults.clear()

    supa_deploy.platform.faults.answer("/rest/v1", 521, "error code: 521", content_type="text/plain")
    assert "521" in failed(supa_deploy(*DOCTOR))["Data API"]["detail"]
    supa_deploy.platform.faults.clear()

    supa_deploy.platform.faults.close("/v1/")
    assert "Management API" in failed(supa_deploy(*DOCTOR))
    supa_deploy.platform.faults.clear()

    folder = project.migrations
    for file in folder.iterdir():
        file.unlink()
    assert "migration new" in failed(supa_deploy(*DOCTOR))["project folder"]["next"]
    folder.rmdir()
    assert "--workdir" in failed(supa_deploy(*DOCTOR))["project folder"]["next"]
    assert supa_deploy.recorded() == []


def test_the_ways_to_the_database(supa_deploy: Runner, project: Project) -> None:
    """A closed direct way is no trouble where the CLI gets there by the pooler, and one where it does not."""
    project.write_notes()
    supa_deploy.platform.faults.direct_host(DirectHost.REFUSES)
    around = supa_deploy(*DOCTOR)
    assert around.exit_code == 0, around.stdout + around.stderr
    assert (checks(around)["direct connection"], checks(around)["password"]) == (None, True)

    supa_deploy.extra_secrets.append("not-the-password")
    wrong = failed(supa_deploy(*DOCTOR, env={"SUPABASE_DB_PASSWORD": "not-the-password"}))
    assert set(wrong) == {"password"}, "whoever refuses a password was reached"

    supa_deploy.platform.faults.answer(POOLER, 404, '{"message":"no pooler"}')
    nowhere = failed(supa_deploy(*DOCTOR))
    assert {"direct connection", "database"} <= set(nowhere)
    assert "supabase link" in nowhere["direct connection"]["next"]


def test_settings_that_cannot_be_used_are_one_check_among_the_others(
    supa_deploy: Runner, project: Project
) -> None:
    project.copy_example()
    ran = supa_deploy("doctor", "--output", "json", env={"SUPABASE_ACCESS_TOKEN": "sbp_short"})
    assert ran.exit_code == 3
    found = {diagnostic["check"]: diagnostic for diagnostic in ran.report["diagnostics"]}
    assert found["settings"]["ok"] is False
    assert found["settings"]["next"]
    assert found["project folder"]["ok"] is True
    assert found["Supabase CLI"]["ok"] is True
