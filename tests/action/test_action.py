"""The action's own steps on a clean machine-like folder, real CLI, throwaway platform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.action.conftest import Known
    from tests.action.job import Job, Result

_BASE = "20250101000000"


def _assert_no_secret(result: Result, known: Known) -> None:
    for step in result.steps:
        for secret in known.secrets:
            assert secret not in step.log.text, f"{step.name} shows a secret"
            assert secret not in step.summary
            assert not any(secret in value for value in step.outputs.values())


def test_a_deploy_on_a_clean_machine(job: Job, known: Known, platform: Any) -> None:
    result = job.use(known.inputs)
    assert not result.failed, result.text
    assert result.replaced == ["actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1"]
    applied = json.loads(result.outputs["applied"])
    assert applied == [
        str(v)
        for (v,) in platform.sql("select version from supabase_migrations.schema_migrations order by 1")
    ]
    assert {name: value for name, value in result.outputs.items() if name not in {"applied", "report"}} == {
        "outcome": "ok",
        "exit_code": "0",
        "applied_count": str(len(applied)),
        "pending_count": "0",
        "verified": "true",
        "drift": "false",
        "drift_count": "0",
        "errors_count": "0",
        "warnings_count": "10",
    }
    assert result.run.error == "", "both streams are one, in order"
    _assert_no_secret(result, known)
