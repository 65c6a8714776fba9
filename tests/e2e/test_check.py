"""The rules where a database is at hand: errors of pending files stop a deploy before anything is sent, applied files
are past mending, and the history says what is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Project, Runner

DEPLOY = ("deploy", "--yes", "--output", "json", "--no-verify", "--no-diff")
APPLIED = "20260101000000_applied.sql"
PENDING = "20260102000000_pending.sql"
TWICE = "create table public.notes (id bigint primary key);\n"


def rules(report: dict[str, Any], file: str) -> set[str]:
    return {finding["rule"] for finding in report["findings"] if finding["file"].endswith(file)}


@pytest.fixture
def applied(supa_deploy: Runner, project: Project) -> Runner:
    """A project with one applied file that the rules have much to say of."""
    project.write(APPLIED, TWICE)
    assert supa_deploy(*DEPLOY).exit_code == 0
    return supa_deploy


def test_an_error_in_a_pending_file_stops_before_anything_is_sent(applied: Runner, project: Project) -> None:
    project.write(PENDING, "alter table public.later add column a text;\n")
    project.write("20260103000000_later.sql", "create table public.later (id int);\n")
    ran = applied(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (12, "findings"), ran.stderr
    assert ran.report["error"]["code"] == "used-before-created"
    assert ran.report["error"]["file"].endswith(PENDING)
    assert applied.recorded() == ["20260101000000"]
    assert [step["name"] for step in ran.report["steps"]][-1] == "plan"
    assert applied("plan", "--output", "json").exit_code == 12


def test_only_pending_files_are_told_of(applied: Runner, project: Project) -> None:
    project.write(PENDING, "alter table public.notes drop column id;\n")
    ran = applied("plan", "--output", "json")
    assert rules(ran.report, APPLIED) == set()
    assert rules(ran.report, PENDING) >= {"drop-column", "drop-twice"}
    assert applied(*DEPLOY).exit_code == 0  # warnings stop nothing


def test_the_project_says_what_stops_a_deploy(applied: Runner, project: Project) -> None:
    project.write(PENDING, "alter table public.notes drop column id;\n")
    (project.path / "supa-deploy.toml").write_text('[check]\nseverity = { "drop-column" = "error" }\n')
    ran = applied(*DEPLOY)
    assert (ran.exit_code, ran.report["error"]["code"]) == (12, "drop-column")
    assert applied.recorded() == ["20260101000000"]


def test_check_with_the_history(applied: Runner, project: Project) -> None:
    project.write(APPLIED, f"{TWICE}alter table public.notes add column late text;\n")
    project.write("20251231000000_old.sql", "select 1;\n")
    ran = applied("check", "--output", "json", "--history")
    assert "edited-after-apply" in rules(ran.report, APPLIED)
    assert "older-than-released" in rules(ran.report, "20251231000000_old.sql")
    assert (ran.exit_code, ran.outcome) == (12, "findings")
    # The files alone know nothing of it, and nobody is asked.
    alone = applied("check", "--output", "json")
    assert (alone.exit_code, alone.outcome) == (0, "ok")
    assert [step["name"] for step in alone.report["steps"]] == ["check"]


def test_fix_never_touches_an_applied_file(applied: Runner, project: Project) -> None:
    project.write(PENDING, "alter table public.notes add column body text;\n")
    ran = applied("check", "--output", "json", "--fix", "--yes")
    assert [fix["file"].rpartition("/")[2] for fix in ran.report["fixes"]] == [PENDING]
    assert (project.migrations / APPLIED).read_text("utf-8") == TWICE
    assert "if not exists" in (project.migrations / PENDING).read_text("utf-8")
    assert any(APPLIED in notice for notice in ran.report["notices"])
    assert applied(*DEPLOY).exit_code == 0


def test_fix_does_nothing_when_the_history_cannot_be_read(applied: Runner, project: Project) -> None:
    project.write(PENDING, "alter table public.notes add column body text;\n")
    applied.platform.faults.freeze_database()
    ran = applied("check", "--output", "json", "--fix", "--yes", "--timeout", "20")
    assert ran.exit_code in {4, 5}, ran.report
    assert "if not exists" not in (project.migrations / PENDING).read_text("utf-8")
