"""The straight line: five files, applied and confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Runner

BASELINE = "20250101000000"
FEATURE = ["20250118000001", "20250118000002", "20250118000003", "20250118000004"]


@pytest.mark.generations
def test_a_fresh_deploy_is_applied_and_confirmed(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    ran = supa_deploy("deploy", "--yes", "--output", "json")
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    assert ran.outcome == "ok"
    assert ran.report["applied"] == [BASELINE, *FEATURE]
    assert all(migration["remote"] for migration in ran.report["migrations"])
    recorded = supa_deploy.platform.sql(
        "select version from supabase_migrations.schema_migrations order by 1"
    )
    assert [row[0] for row in recorded] == [BASELINE, *FEATURE]
    verdicts = ran.verdicts()
    assert verdicts["table public.ai_threads"] == "confirmed"
    assert {v for k, v in verdicts.items() if k.startswith(("table", "column"))} == {"confirmed"}


@pytest.mark.generations
def test_nothing_to_do(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    assert supa_deploy("deploy", "--yes", "--output", "json").exit_code == 0
    ran = supa_deploy("deploy", "--yes", "--output", "json")
    assert ran.outcome == "up_to_date"
    assert ran.report["applied"] == []
    assert len(ran.report["checks"]) > 100


def test_a_pipeline_gets_its_own_channels_and_stdout_stays_one_document(
    supa_deploy: Runner, project: Project, tmp_path: Path
) -> None:
    project.copy_example()
    (tmp_path / "out").touch()
    env = {
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "GITHUB_WORKSPACE": str(project.path.parent),
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    running = supa_deploy.start("deploy", "--yes", "--output", "json", env=env)
    stdout, stderr = running.process.communicate(timeout=120)
    assert running.process.returncode == 0, stderr
    masked = {
        line.removeprefix("::add-mask::") for line in stderr.splitlines() if line.startswith("::add-mask::")
    }
    known = supa_deploy.platform.credentials
    assert {known.access_token, known.database_password, known.secret_key} <= masked
    first_other = next(n for n, line in enumerate(stderr.splitlines()) if not line.startswith("::add-mask::"))
    before = "\n".join(stderr.splitlines()[:first_other])
    assert known.database_password in before
    rest = "\n".join(line for line in stderr.splitlines() if not line.startswith("::add-mask::"))
    supa_deploy.assert_no_secret("stderr but for the masks", rest)
    assert "::group::push" in rest
    document = supa_deploy.judge(running.process.returncode, stdout, "")
    assert document.outcome == "ok"
    supa_deploy.assert_no_secret("summary", (tmp_path / "summary").read_text("utf-8"))
    assert "ai_threads" in (tmp_path / "summary").read_text("utf-8")
    outputs = (tmp_path / "out").read_text("utf-8").splitlines()
    assert outputs[1] == "ok"
    assert outputs[outputs.index(next(o for o in outputs if o.startswith("verified<<"))) + 1] == "true"
