"""The straight line: five files, applied and confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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
