"""What agents, CI systems and shells leave in the environment changes nothing of what is done or found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Ran, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")

AGENTS = {
    "CLAUDECODE": "1",
    "CLAUDE_CODE": "1",
    "CURSOR_AGENT": "1",
    "AI_AGENT": "x",
    "CODEX_SANDBOX": "seatbelt",
    "GEMINI_CLI": "1",
}
CI = {"CI": "true", "GITHUB_ACTIONS": "true", "GITLAB_CI": "true", "NO_COLOR": "1", "TERM": "xterm-256color"}
POSTGRES = {
    "PGHOST": "203.0.113.7",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGDATABASE": "elsewhere",
    "PGOPTIONS": "-c default_transaction_read_only=on -c search_path=nowhere",
    "PGSSLMODE": "disable",
    "PGPASSWORD": "not-this-one",
    "PGSERVICE": "elsewhere",
}
SHELL = {
    "SUPABASE_YES": "false",
    "SUPABASE_DEBUG": "1",
    "SUPABASE_OUTPUT": "yaml",
    "SUPABASE_OUTPUT_FORMAT": "text",
    "SUPABASE_DB_MIGRATIONS_ENABLED": "false",
    "SUPABASE_DB_PORT": "1",
    "HTTP_PROXY": "http://203.0.113.7:1",
    "NO_PROXY": "*",
    "LC_ALL": "C",
    "PYTHONIOENCODING": "ascii",
    "COLUMNS": "20",
}


def essence(ran: Ran) -> tuple[object, ...]:
    """What must be the same whatever the environment."""
    report = ran.report
    steps = [(step["name"], step["status"]) for step in report["steps"]]
    return ran.exit_code, ran.outcome, report["applied"], steps, ran.verdicts()


def in_a_pipeline(supa_deploy: Runner, *arguments: str, env: dict[str, str]) -> Ran:
    """One run in GitHub Actions: the masks, which have to say the secrets, are taken off its stderr."""
    running = supa_deploy.start(*arguments, env=env)
    stdout, stderr = running.process.communicate(timeout=120)
    rest = (line for line in stderr.splitlines() if not line.startswith("::add-mask::"))
    return supa_deploy.judge(running.process.returncode, stdout, "\n".join(rest))


@pytest.mark.generations("3.1.0", "2.99.0")
def test_the_same_result_whatever_is_set(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    project.write_notes()
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "supabase" / "migrations").mkdir(parents=True)
    (elsewhere / "supabase" / "migrations" / "20260101000000_notes.sql").write_text("select 1;")
    loud = {**AGENTS, **CI, **POSTGRES, **SHELL, "SUPABASE_WORKDIR": str(elsewhere)}
    supa_deploy.extra_secrets.append("not-this-one")

    ran = in_a_pipeline(supa_deploy, *DEPLOY, "--workdir", str(project.path), env=loud)
    plain_again = supa_deploy(*DEPLOY)
    loud_again = in_a_pipeline(supa_deploy, *DEPLOY, "--workdir", str(project.path), env=loud)

    assert (ran.exit_code, ran.report["applied"]) == (0, ["20260101000000"]), ran.stdout + ran.stderr
    assert ran.verdicts()["column public.notes.body"] == "confirmed"
    assert essence(loud_again) == essence(plain_again)
    assert plain_again.outcome == "up_to_date"
    assert not list(elsewhere.rglob(".temp"))


def test_by_url_the_postgresql_variables_move_nothing(supa_deploy_by_url: Runner, project: Project) -> None:
    version = project.write_notes()
    moved = {name: value for name, value in POSTGRES.items() if name not in {"PGPASSWORD", "PGSSLMODE"}}
    ran = supa_deploy_by_url(*DEPLOY, linked=False, env={**AGENTS, **moved})
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert supa_deploy_by_url.recorded() == [version]


def test_supabase_workdir_is_followed_as_the_cli_follows_it(
    supa_deploy: Runner, project: Project, tmp_path: Path
) -> None:
    version = project.write_notes()
    ran = supa_deploy(*DEPLOY, cwd=tmp_path, env={"SUPABASE_WORKDIR": str(project.path)})
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr


def test_consent_comes_from_the_flag_alone(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    (project.path / "supabase" / ".env").write_text("SUPABASE_YES=true\n")
    ran = supa_deploy("deploy", "--output", "json", env={"SUPABASE_YES": "true"})
    assert (ran.exit_code, ran.report["error"]["code"]) == (2, "no_consent")
    assert supa_deploy.recorded() == []
