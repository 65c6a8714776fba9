"""plan, status and verify: they only look, and what they leave in the project folder is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Runner

JSON = ("--output", "json")
MORE = "20260102000000"


def write_more(project: Project) -> None:
    project.write(
        f"{MORE}_more.sql",
        "create table public.more (id bigint primary key);\ngrant all on public.more to service_role;\n",
    )


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.mark.generations("3.1.0", "2.99.0")
def test_looking_changes_nothing(supa_deploy: Runner, project: Project, cli_version: str) -> None:
    """plan says what is pending by number, status and verify what is there; the CLI 3 leaves the folder as it was."""
    first = project.write_notes()
    before = files_in(project.path)
    pending = supa_deploy("plan", "--exit-code", *JSON)
    assert (pending.exit_code, pending.outcome) == (10, "pending"), pending.stdout + pending.stderr
    assert [entry["version"] for entry in pending.report["plan"]["pending"]] == [first]
    assert supa_deploy("plan", *JSON).exit_code == 0

    status = supa_deploy("status", *JSON)
    assert (status.exit_code, status.outcome) == (0, "ok")
    assert [(m["version"], m["local"], m["remote"]) for m in status.report["migrations"]] == [
        (first, True, False)
    ]
    assert status.verdicts()["table public.notes"] == "missing"  # and it does not fail: the file is pending

    verified = supa_deploy("verify", *JSON)
    assert (verified.exit_code, verified.report["checks"]) == (0, [])

    added = files_in(project.path) - before
    if cli_version.startswith("3."):
        assert added == set()
    else:  # `supabase link` itself, and the file that keeps its update check quiet
        assert {file.removeprefix("supabase/.temp/") for file in added} <= {
            "project-ref",
            "pooler-url",
            "linked-project.json",
            "postgres-version",
            "rest-version",
            "gotrue-version",
            "storage-version",
            "storage-migration",
            "cli-latest",
        }
    assert supa_deploy.recorded() == []
    assert supa_deploy.platform.sql("select to_regclass('public.notes')") == [[None]]


def test_the_table_of_migrations_and_what_each_made(supa_deploy: Runner, project: Project) -> None:
    first = project.write_notes()
    assert supa_deploy("deploy", "--yes", *JSON).exit_code == 0
    supa_deploy.platform.sql(
        "insert into supabase_migrations.schema_migrations (version, name) values ('20250101000000', 'gone')"
    )
    write_more(project)

    status = supa_deploy("status", *JSON)
    assert (status.exit_code, status.outcome) == (0, "ok"), status.stdout + status.stderr
    rows = {m["version"]: (m["local"], m["remote"]) for m in status.report["migrations"]}
    assert rows == {"20250101000000": (False, True), first: (True, True), MORE: (True, False)}
    assert status.verdicts()["table public.notes"] == "confirmed"
    assert status.verdicts()["table public.more"] == "missing"

    text = supa_deploy("status")
    assert text.exit_code == 0
    for word in ("20250101000000", first, MORE, "notes", "more"):
        assert word in text.stdout

    conflict = supa_deploy("plan", "--exit-code", *JSON)
    assert (conflict.exit_code, conflict.outcome) == (13, "history_conflict")
    assert "20250101000000" in conflict.report["error"]["message"]

    project.migrations.joinpath(f"{MORE}_more.sql").unlink()
    project.migrations.joinpath(f"{first}_notes.sql").unlink()
    empty = supa_deploy("status", *JSON)
    assert empty.exit_code == 0, empty.stdout + empty.stderr
    assert {m["version"] for m in empty.report["migrations"]} == {"20250101000000", first}


def test_status_tells_what_it_could_not_confirm(supa_deploy_by_url: Runner, project: Project) -> None:
    """By URL alone there is nobody to ask, and a silent API is not asked for ever: the table is shown all the same."""
    first = project.write_notes()
    runner = supa_deploy_by_url
    assert runner("deploy", "--yes", *JSON, linked=False).exit_code == 0
    bare = {"SUPABASE_URL": None, "SUPABASE_SECRET_KEY": None}
    nobody = runner("status", *JSON, linked=False, env=bare)
    assert (nobody.exit_code, nobody.outcome) == (0, "ok"), nobody.stdout + nobody.stderr
    assert [(m["version"], m["remote"]) for m in nobody.report["migrations"]] == [(first, True)]
    (step,) = [step for step in nobody.report["steps"] if step["name"] == "verify"]
    assert (step["status"], step["note"]) == ("skipped", "SUPABASE_URL is not set")

    no_key = runner("status", *JSON, linked=False, env={"SUPABASE_SECRET_KEY": None})
    (step,) = [step for step in no_key.report["steps"] if step["name"] == "verify"]
    assert (no_key.exit_code, step["note"]) == (0, "SUPABASE_SECRET_KEY is not set")

    verify = runner("verify", *JSON, linked=False, env=bare)
    assert (verify.exit_code, verify.outcome) == (2, "usage_error")

    runner.platform.faults.hang("/rest/v1")
    silent = runner("status", *JSON, "--timeout", "12", linked=False)
    assert (silent.exit_code, silent.outcome) == (0, "ok")
    (step,) = [step for step in silent.report["steps"] if step["name"] == "verify"]
    assert step["status"] == "skipped"
    seen = {(check["verdict"], check["witness"]) for check in silent.report["checks"]}
    assert seen == {("confirmed", "catalog")}  # the second witness speaks alone


def test_verify_what_was_asked_for(supa_deploy: Runner, project: Project) -> None:
    first = project.write_notes()
    write_more(project)
    unknown = supa_deploy("verify", "--only", "19990101000000", *JSON)
    assert (unknown.exit_code, unknown.report["error"]["code"]) == (2, "unknown_version")

    early = supa_deploy("verify", "--only", MORE, *JSON)
    assert (early.exit_code, early.outcome) == (9, "verification_failed"), early.stdout + early.stderr
    assert early.verdicts()["table public.more"] == "missing"
    assert f"Not in the history: {MORE}" in early.report["error"]["message"]
    assert "The history has" not in early.report["error"]["message"]

    assert supa_deploy("deploy", "--yes", *JSON).exit_code == 0
    only = supa_deploy("verify", "--only", MORE, *JSON)
    assert only.exit_code == 0
    assert {check["migration"] for check in only.report["checks"]} == {MORE}
    both = supa_deploy("verify", "--only", MORE, "--only", first, *JSON)
    assert {check["migration"] for check in both.report["checks"]} == {first, MORE}
