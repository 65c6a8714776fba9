"""The action's own steps on a clean machine-like folder, with the real CLI, on the throwaway platform."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.e2e.conftest import wait_until

from supa_deploy.shadow.binaries import cache_home

if TYPE_CHECKING:
    from tests.action.conftest import GitHubApi, Known
    from tests.action.job import Job, Result

    from supa_deploy.platform.parts import Parts
    from supa_deploy.platform.throwaway import Platform

_NEWEST = "20250118000004"
_OURS = {"add-mask", "group", "endgroup", "error", "warning", "notice"}
_HOSTILE = """create table public."::error::pwned" (
  id bigint primary key,
  "##[set-output name=outcome]pwned" text default '::set-output name=outcome::pwned'
);
comment on table public."::error::pwned" is E'x\\n::add-mask::pwned\\n##[error]pwned\\r::warning::pwned';
alter table public."::error::pwned" enable row level security;
do $$ begin
  raise notice E'::error::pwned\\n::set-output name=outcome::pwned\\n##[error]pwned\\r::add-mask::pwned';
  raise warning '%', E'\\n::stop-commands::pwned\\n%0A::error::pwned';
end $$;
"""
_REFUSED = """do $$ begin
  raise exception E'no\\n::error::pwned\\n::set-output name=applied_count::99\\n##[warning]pwned';
end $$;
"""


def _assert_clean(result: Result, known: Known) -> None:
    """No secret is seen anywhere, the masks come first, and nobody but us said a command."""
    first = result.steps[0]
    assert set(first.log.names) == {"add-mask"}
    assert first.log.lines == []
    assert {*known.secrets} <= set(first.log.masks)
    assert all(line.startswith(("✓ ", "– ", "✗ ")) for line in result.run.log.unguarded)
    assert result.run.log.names[:1] == ["add-mask"]
    for step in result.steps:
        assert step.error == "", "both streams are one, in order"
        assert set(step.log.names) <= _OURS
        assert not any(command.data.lower().startswith("pwned") for command in step.log.commands)
        unmasked = re.sub(r"(?m)^::add-mask::.*$", "", step.output)
        for secret in known.secrets:
            assert secret not in unmasked
            assert secret not in step.summary
            assert not any(secret in value for value in step.outputs.values())


def _recorded(platform: Platform) -> list[str]:
    rows = platform.sql("select version from supabase_migrations.schema_migrations order by 1")
    return [str(version) for (version,) in rows]


def test_a_deploy_on_a_clean_machine(job: Job, known: Known, platform: Platform) -> None:
    result = job.use(known.inputs)
    assert not result.failed, result.text
    assert result.replaced == ["actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1"]
    assert (
        "Supabase CLI: 3.1.0 as supa-deploy is tested with"
        in result.step("Choose the Supabase CLI").log.lines
    )
    assert json.loads(result.outputs["applied"]) == _recorded(platform)
    report = Path(result.outputs["report"])
    assert report.is_relative_to(job.temp)
    assert _NEWEST in report.read_text("utf-8")
    assert _NEWEST in result.run.summary
    assert {name: result.outputs[name] for name in result.outputs if name not in {"applied", "report"}} == {
        "outcome": "ok",
        "exit_code": "0",
        "applied_count": "5",
        "pending_count": "0",
        "verified": "true",
        "drift": "false",
        "drift_count": "0",
        "errors_count": "0",
        "warnings_count": "12",
    }
    assert {"group", "warning"} <= set(result.run.log.names)
    assert not result.step("Comment on the pull request").ran
    _assert_clean(result, known)


def test_after_a_deploy_the_other_commands(job: Job, known: Known, platform: Platform) -> None:
    """verify, plan and diff of what a deploy left; then somebody changes the database by hand."""
    assert not job.use(known.inputs).failed
    verified = job.use({**known.inputs, "command": "verify", "only": f"{_NEWEST}\n20250118000001"})
    assert (verified.outputs["outcome"], verified.outputs["verified"]) == ("ok", "true"), verified.text
    planned = job.use({**known.inputs, "command": "plan", "exit-code": "true"})
    assert (planned.failed, planned.outputs["outcome"]) == (False, "up_to_date"), planned.text
    assert planned.outputs["drift"] == ""
    platform.sql("set role postgres; create table public.by_hand (id int); reset role")
    drifted = job.use({**known.inputs, "command": "diff", "exit-code": "true", "report": "drift.json"})
    assert drifted.failed
    assert (drifted.outputs["exit_code"], drifted.outputs["drift"]) == ("11", "true"), drifted.text
    assert drifted.outputs["report"] == "drift.json"
    assert json.loads((job.workspace / "drift.json").read_text("utf-8"))["outcome"] == "drift"
    assert "by_hand" in drifted.run.log.of("error")[-1].data
    for result in (verified, planned, drifted):
        _assert_clean(result, known)


def test_a_plan_on_a_pull_request_is_one_comment(job: Job, known: Known, github_api: GitHubApi) -> None:
    job.api, job.event_name = github_api.url, "pull_request"
    job.event = {"pull_request": {"number": 7, "head": {"sha": "feedbee0123"}}}
    inputs = {**known.inputs, "command": "plan", "exit-code": "true"}
    first = job.use(inputs)
    assert (first.failed, first.outputs["exit_code"], first.outputs["pending_count"]) == (True, "10", "5"), (
        first.text
    )
    (comment,) = github_api.comments
    assert _NEWEST in comment["body"]
    for file in (job.workspace / "apps/shop/supabase/migrations").glob(f"{_NEWEST}*"):
        file.unlink()
    second = job.use({**inputs, "comment": "auto"})
    assert second.outputs["pending_count"] == "4"
    assert github_api.comments == [comment]
    assert _NEWEST not in comment["body"]
    assert "updated" in second.step("Comment on the pull request").log.text
    third = job.use({**inputs, "comment": "false"})
    assert not third.step("Comment on the pull request").ran
    for result in (first, second):
        _assert_clean(result, known)
        assert "ghs_the-jobs-own-token" not in result.step("Comment on the pull request").output


def test_a_pull_request_without_permission_to_comment(
    job: Job, known: Known, github_api: GitHubApi, parts: Parts
) -> None:
    """And with a CLI of the project's own: nothing is installed then."""
    own = job.workspace / "node_modules" / ".bin" / "supabase"
    own.parent.mkdir(parents=True)
    assert parts.supabase
    own.symlink_to(parts.supabase)
    job.api, job.event_name, github_api.allowed = github_api.url, "pull_request", False
    job.event = {"pull_request": {"number": 7}}
    result = job.use({**known.inputs, "command": "plan"})
    assert not result.failed
    assert "GitHub refused it (403)" in result.step("Comment on the pull request").log.text
    assert not result.step("Install the Supabase CLI").ran
    assert "the project's own, in node_modules" in result.step("Choose the Supabase CLI").log.text


def test_a_cancelled_job_reaches_supa_deploy_itself(job: Job, known: Known, platform: Platform) -> None:
    """The runner's signal goes to the process that it started: by then that is supa-deploy."""

    def cancel(process: int) -> None:
        wait_until(
            lambda: any(asked.status == 0 for asked in platform.requests), "the API is asked and silent"
        )
        os.kill(process, signal.SIGINT)

    platform.faults.hang("/v1/")
    job.during = cancel
    result = job.use(known.inputs)
    assert (result.run.exit_code, result.outputs["outcome"]) == (130, "interrupted"), result.text


def test_check_needs_no_project_no_cli_and_no_secret(job: Job) -> None:
    bad = job.workspace / "apps/shop/supabase/migrations/20250201000000_bad%0A::error::pwned.sql"
    bad.write_text("create tabel ::error::pwned (id int);\n-- ##[error]pwned\n")
    result = job.use({"command": "check", "workdir": "apps/shop", "report": "a.sarif\nb.md\n"})
    assert result.failed
    assert (result.outputs["outcome"], result.outputs["exit_code"]) == ("findings", "12"), result.text
    assert result.outputs["errors_count"] == "1"
    assert result.outputs["report"].splitlines() == ["a.sarif", "b.md"]
    error = result.run.log.of("error")[0]
    assert error.properties["file"] == f"apps/shop/supabase/migrations/{bad.name}"
    assert error.properties["line"] == "1"
    assert not result.step("Install the Supabase CLI").ran
    assert all(set(step.log.names) <= _OURS for step in result.steps)
    assert not any(command.data.startswith("pwned") for command in result.run.log.commands)


def test_a_rehearsal_needs_no_secret(job: Job, request: pytest.FixtureRequest) -> None:
    reach = request.getfixturevalue("reach")
    if not reach.linked:
        pytest.skip(f"no linked path on this machine: {reach.why}")
    job.env["XDG_CACHE_HOME"] = str(cache_home(os.environ).parent)
    result = job.use({"command": "rehearse", "workdir": "apps/shop", "base": "20250101000000"})
    assert not result.failed, result.text
    assert (result.outputs["outcome"], result.outputs["applied_count"]) == ("ok", "4")


def test_hostile_text_in_files_and_answers_is_no_command(job: Job, known: Known, platform: Platform) -> None:
    migrations = job.workspace / "apps/shop/supabase/migrations"
    (migrations / "20250201000000_hostile%0A::error::pwned.sql").write_text(_HOSTILE)
    deployed = job.use(known.inputs)
    assert (deployed.outputs["outcome"], deployed.outputs["applied_count"]) == ("ok", "6"), deployed.text
    (migrations / "20250202000000_refused.sql").write_text(_REFUSED)
    refused = job.use({**known.inputs, "no-diff": "true"})
    assert (refused.outputs["outcome"], refused.outputs["applied_count"]) == ("push_failed", "0"), (
        refused.text
    )
    assert "::error::pwned" in refused.run.log.of("error")[0].data, (
        "what the database said is shown all the same"
    )
    for result in (deployed, refused):
        assert "pwned" in result.text
        _assert_clean(result, known)


@pytest.mark.parametrize(
    "value", ['"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "a\n::error::pwned\ntouch pwned"]
)
def test_hostile_inputs_stay_values(value: str, job: Job) -> None:
    evil = {
        "command": "check",
        "workdir": value,
        "env": value,
        "base": value,
        "report": value,
        "db-password": value,
    }
    result = job.use({**evil, "project-ref": value, "url": value, "only": "", "timeout": "60"})
    assert result.failed
    assert (result.outputs["outcome"], result.outputs["exit_code"]) == ("usage_error", "2"), result.text
    assert len(result.run.log.of("error")) == 1
    assert not list(job.workspace.rglob("pwned"))
    assert not (job.home / "pwned").exists()
    for step in result.steps:
        assert set(step.log.names) <= _OURS
        assert not any(
            command.data.startswith("pwned") for command in step.log.commands if command.name != "add-mask"
        )


def test_what_cannot_be_installed_ends_the_job_in_one_sentence(job: Job, tmp_path: Path) -> None:
    (job.temp / "supa-deploy").unlink()
    job.env["PIP_FIND_LINKS"] = str(tmp_path / "empty")
    result = job.use({"command": "check"})
    assert result.failed
    failed = result.step("Install supa-deploy")
    assert [error.data for error in failed.log.of("error")] == [
        "installing supa-deploy failed (exit code 1). Nothing was touched."
    ]
    assert failed.log.stopped is None
    assert [step.name for step in result.steps if step.ran] == [
        "Mask the secrets",
        "Set up Python",
        "Install supa-deploy",
    ]
    assert set(result.outputs.values()) == {""}
