"""Tokens and passwords that are wrong, missing or not what they should be; projects and CLIs that will not do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
OTHER_TOKEN = "sbp_" + "0" * 40
NO_BUS = {"DBUS_SESSION_BUS_ADDRESS": None, "XDG_RUNTIME_DIR": None}


@pytest.mark.generations
def test_credentials_that_are_refused(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    supa_deploy.extra_secrets += ["not-the-password", OTHER_TOKEN]

    wrong = supa_deploy(*DEPLOY, env={"SUPABASE_DB_PASSWORD": "not-the-password"})
    assert (wrong.exit_code, wrong.outcome) == (4, "auth_failed"), wrong.stdout + wrong.stderr
    assert wrong.report["error"]["sqlstate"] == "28P01"
    assert "SUPABASE_DB_PASSWORD" in wrong.report["error"]["hint"]

    refused = supa_deploy(*DEPLOY, env={"SUPABASE_ACCESS_TOKEN": OTHER_TOKEN})
    assert (refused.exit_code, refused.outcome) == (4, "auth_failed"), refused.stdout + refused.stderr
    assert "SUPABASE_ACCESS_TOKEN" in refused.report["error"]["hint"]

    malformed = supa_deploy(*DEPLOY, env={"SUPABASE_ACCESS_TOKEN": "sbp_short"})
    assert (malformed.exit_code, malformed.report["error"]["code"]) == (4, "malformed_token")
    assert "sbp_short" not in malformed.stdout

    assert supa_deploy.recorded() == []


@pytest.mark.generations
def test_without_a_password_the_token_gets_a_login_role(supa_deploy: Runner, project: Project) -> None:
    version = project.write_notes()
    ran = supa_deploy(*DEPLOY, env={"SUPABASE_DB_PASSWORD": None})
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert any("login role" in notice for notice in ran.report["notices"])
    owner = supa_deploy.platform.sql("select tableowner from pg_tables where tablename = 'notes'")
    assert owner == [["postgres"]]


@pytest.mark.generations
def test_a_paused_project_is_not_touched(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    supa_deploy.platform.faults.project_status("INACTIVE")
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (3, "preflight_failed"), ran.stdout + ran.stderr
    assert "paused" in ran.report["error"]["message"]
    assert "/project/" in ran.report["error"]["hint"]
    assert supa_deploy.recorded() == []


def test_a_project_that_is_coming_up_is_warned_about_and_tried(supa_deploy: Runner, project: Project) -> None:
    version = project.write_notes()
    supa_deploy.platform.faults.project_status("COMING_UP")
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert any("COMING_UP" in notice for notice in ran.report["notices"])


def test_all_missing_settings_are_named_at_once(
    supa_deploy: Runner, project: Project, tmp_path: Path
) -> None:
    project.write_notes()
    no_token = supa_deploy(*DEPLOY, env={"SUPABASE_ACCESS_TOKEN": None, **NO_BUS})
    assert (no_token.exit_code, no_token.outcome) == (4, "auth_failed"), no_token.stdout + no_token.stderr
    assert "SUPABASE_ACCESS_TOKEN" in no_token.report["error"]["message"]

    old = fake_cli(tmp_path / "go", "2.58.5")
    both = supa_deploy(
        *DEPLOY,
        env={
            "SUPABASE_ACCESS_TOKEN": None,
            "SUPABASE_DB_PASSWORD": None,
            "SUPA_DEPLOY_SUPABASE_BIN": str(old),
            **NO_BUS,
        },
    )
    assert both.exit_code == 4
    assert "SUPABASE_ACCESS_TOKEN" in both.report["error"]["message"]
    assert "SUPABASE_DB_PASSWORD" in both.report["error"]["message"]

    by_url = supa_deploy(*DEPLOY, linked=False, env={"SUPABASE_URL": None, "SUPABASE_SECRET_KEY": None})
    assert (by_url.exit_code, by_url.outcome) == (2, "usage_error")
    assert "SUPABASE_URL" in by_url.report["error"]["message"]
    assert "SUPABASE_SECRET_KEY" in by_url.report["error"]["message"]
    assert "--no-verify" in by_url.report["error"]["hint"]

    nothing = supa_deploy(*DEPLOY, env={"SUPABASE_PROJECT_REF": None})
    assert (nothing.exit_code, nothing.outcome) == (2, "usage_error")
    assert "SUPABASE_PROJECT_REF" in nothing.report["error"]["hint"]
    assert "SUPABASE_DB_URL" in nothing.report["error"]["hint"]
    assert supa_deploy.recorded() == []


def test_the_cli_itself(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    """None at all, one too old, one from the future."""
    version = project.write_notes()
    empty = tmp_path / "empty"
    empty.mkdir()
    none = supa_deploy(*DEPLOY, env={"SUPA_DEPLOY_SUPABASE_BIN": None, "PATH": str(empty)})
    assert (none.exit_code, none.report["error"]["code"]) == (3, "no_cli"), none.stdout + none.stderr
    assert "npm install" in none.report["error"]["hint"]

    old = fake_cli(tmp_path / "old", "2.30.0")
    too_old = supa_deploy(*DEPLOY, "--supabase-bin", str(old))
    assert (too_old.exit_code, too_old.report["error"]["code"]) == (3, "cli_too_old")
    assert "2.30.0" in too_old.report["error"]["message"]
    assert "npm install" in too_old.report["error"]["hint"]

    not_a_cli = fake_cli(tmp_path / "other", "hello")
    other = supa_deploy(*DEPLOY, "--supabase-bin", str(not_a_cli))
    assert (other.exit_code, other.report["error"]["code"]) == (3, "no_cli")
    assert supa_deploy.recorded() == []

    newer = fake_cli(tmp_path / "new", "4.0.0", really=supa_deploy.cli)
    future = supa_deploy(*DEPLOY, "--supabase-bin", str(newer))
    assert (future.exit_code, future.report["applied"]) == (0, [version]), future.stdout + future.stderr
    assert future.report["cli_version"] == "4.0.0"
    assert any("4.0.0" in notice for notice in future.report["notices"])


def test_the_project_folder(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    """Not there, without migrations, with none in it, switched off: the CLI would say `up to date` to all."""
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    ran = supa_deploy(*DEPLOY, cwd=nowhere)
    assert (ran.exit_code, ran.report["error"]["code"]) == (3, "no_migrations_folder")
    assert "--workdir" in ran.report["error"]["hint"]

    wrong = supa_deploy(*DEPLOY, "--workdir", str(tmp_path / "missing"))
    assert (wrong.exit_code, wrong.outcome) == (2, "usage_error")

    project.migrations.rmdir()
    without = supa_deploy(*DEPLOY)
    assert (without.exit_code, without.report["error"]["code"]) == (3, "no_migrations_folder")
    assert "supabase/migrations" in without.report["error"]["message"]

    project.migrations.mkdir()
    none = supa_deploy(*DEPLOY)
    assert (none.exit_code, none.report["error"]["code"]) == (3, "no_migrations")

    project.write("notes.sql", "create table public.notes (id int);")
    misnamed = supa_deploy(*DEPLOY)
    assert (misnamed.exit_code, misnamed.report["error"]["code"]) == (3, "no_migrations")
    assert any("notes.sql" in notice for notice in misnamed.report["notices"])

    project.write_notes()
    config = project.path / "supabase" / "config.toml"
    config.write_text(config.read_text() + "\n[db.migrations]\nenabled = false\n")
    disabled = supa_deploy(*DEPLOY)
    assert (disabled.exit_code, disabled.report["error"]["code"]) == (3, "migrations_disabled")
    assert supa_deploy.recorded() == []


def fake_cli(folder: Path, version: str, really: Path | None = None) -> Path:
    """A program that prints this version, and is `really` something else for any other call."""
    folder.mkdir()
    script = folder / "supabase"
    script.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        f"if sys.argv[1:2] == ['--version']:\n    print({version!r})\n"
        f"else:\n    os.execv({str(really)!r}, [{str(really)!r}, *sys.argv[1:]])\n"
    )
    script.chmod(0o700)
    return script


def test_a_named_environment_keeps_the_cli_from_reading_anothers_env_file(
    supa_deploy: Runner, project: Project
) -> None:
    version = project.write_notes()
    for name, text in ((".env", "SUPABASE_DB_PASSWORD=of-another-one\n"), (".env.staging", "UNRELATED=1\n")):
        (project.path / name).write_text(text, "utf-8")
        (project.path / name).chmod(0o600)
    ran = supa_deploy(*DEPLOY, "--env", "staging", env={"SUPABASE_DB_PASSWORD": None})
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert ran.report["environment"] == "staging"
