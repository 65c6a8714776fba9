"""`check` as people call it: which files, which settings, how it ends, what it writes. No database is there at all."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from .test_command_line import document_of, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TABLE = """create table if not exists public.notes (id bigint primary key);
alter table public.notes enable row level security;
drop policy if exists "all may read" on public.notes;
create policy "all may read" on public.notes for select to authenticated using (true);
grant select on public.notes to authenticated;
grant all on public.notes to service_role;
"""
_OPEN = "create table if not exists public.open (id bigint primary key);\ngrant all on public.open to service_role;\n"
_WRONG = "alter table public.notes add column if not exists title txet;\nselec 1;\n"
_EARLY = "alter table public.later add column if not exists a text;\n"
_LATER = "create table if not exists public.later (id bigint primary key);\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    (tmp_path / "supabase" / "config.toml").write_text('project_id = "x"\n')
    write(tmp_path, "20270101000000_notes.sql", _TABLE)
    return tmp_path


def write(project: Path, name: str, text: str) -> Path:
    path = project / "supabase" / "migrations" / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def check(project: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    """The exit code and the JSON document of a check."""

    def checked(*arguments: str, cwd: Path | None = None) -> tuple[int, dict[str, Any]]:
        ran = run("check", "--output", "json", *arguments, cwd=cwd or project, env={"HOME": str(project)})
        return ran.returncode, document_of(ran.stdout)

    return checked


def rules(document: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in document["findings"]}


def test_nothing_found(check: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    code, document = check()
    assert (code, document["outcome"], document["findings"]) == (0, "ok", [])
    assert [claim["holds"] for claim in document["claims"]] == [True] * 5
    assert document["files_checked"] == 1
    assert [step["name"] for step in document["steps"]] == ["check"]


def test_an_error_ends_12_with_its_place(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_wrong.sql", _WRONG)
    code, document = check()
    assert (code, document["outcome"]) == (12, "findings")
    error = document["error"]
    assert (error["file"], error["line"]) == ("supabase/migrations/20270102000000_wrong.sql", 2)
    syntax = next(claim for claim in document["claims"] if claim["claim"] == "syntactically correct")
    assert (syntax["holds"], syntax["proof"]["line"]) == (False, 2)


def test_a_warning_ends_12_only_when_asked(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    assert check()[0] == 0
    code, document = check("--fail-on", "warning")
    assert (code, document["error"]["code"]) == (12, "no-rls")


def test_a_rule_left_out(project: Path, check: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    assert "no-rls" in rules(check()[1])
    assert "no-rls" not in rules(check("--ignore", "no-rls")[1])
    assert check("--ignore", "no-such-rule")[0] == 2


def test_the_projects_settings_count(project: Path, check: Callable[..., tuple[int, dict[str, Any]]]) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    (project / "supa-deploy.toml").write_text('[check]\nseverity = { "no-rls" = "error" }\n')
    assert check()[0] == 12
    (project / "supa-deploy.toml").write_text('[check]\nfail-on = "warning"\n')
    assert check()[0] == 12
    assert check("--fail-on", "error")[0] == 0
    (project / "supa-deploy.toml").write_text('[check]\nignore = ["no-such-rule"]\n')
    code, document = check()
    assert (code, document["error"]["code"]) == (2, "unknown_rule")


def test_only_the_files_that_were_named_with_all_of_them_read(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    early = write(project, "20270103000000_early.sql", _EARLY)
    write(project, "20270104000000_later.sql", _LATER)
    code, document = check(str(early))
    assert code == 12
    assert rules(document) >= {"used-before-created"}
    assert {finding["file"] for finding in document["findings"]} == {
        "supabase/migrations/20270103000000_early.sql"
    }
    assert document["files_checked"] == 1


def test_a_file_outside_of_any_project_comes_after_all(
    tmp_path: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    draft = tmp_path / "draft.sql"
    draft.write_text("alter table public.notes add column if not exists body text;\n")
    assert check(str(draft))[0] == 0
    draft.write_text("alter table public.notes drop column nothing;\n")
    assert "used-never-created" in rules(check(str(draft))[1])


def test_files_of_one_project_among_many_are_checked_in_it(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    inner = project / "apps" / "web"
    (inner / "supabase" / "migrations").mkdir(parents=True)
    write(inner, "20270101000000_made.sql", _LATER)
    used = write(inner, "20270102000000_used.sql", _EARLY)
    code, document = check(str(used.relative_to(project)))
    assert (code, document["files_checked"]) == (0, 1)
    assert "used-never-created" not in rules(document)


def test_files_alone_without_a_project(tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (alone / "one.sql").write_text("selec 1;\n")
    ran = run("check", "one.sql", "--output", "json", cwd=alone)
    assert ran.returncode == 12
    assert document_of(ran.stdout)["error"]["file"] == "one.sql"
    empty = run("check", "--output", "json", cwd=alone)
    assert (empty.returncode, document_of(empty.stdout)["error"]["code"]) == (3, "no_migrations_folder")
    gone = run("check", "two.sql", "--output", "json", cwd=alone)
    assert (gone.returncode, document_of(gone.stdout)["error"]["code"]) == (2, "no_file")


def test_the_second_run_says_the_same_from_what_was_kept(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    first = check()[1]
    second = check()[1]
    assert second["findings"] == first["findings"]
    assert second["steps"][0]["note"].endswith("unchanged")
    write(project, "20270102000000_open.sql", _TABLE.replace("notes", "open"))
    third = check()[1]
    assert third["findings"] == []
    assert not third["steps"][0]["note"].endswith("unchanged")


def test_what_the_parser_repeats_of_a_file_is_not_kept(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_wrong.sql", "alter role a passwort 'hunter2';\n")
    for _ in range(2):
        code, document = check()
        assert code == 12
        assert not document["steps"][0]["note"].endswith("unchanged")
    assert not list((project / ".cache" / "supa-deploy").glob("checks/*"))


def test_settings_of_the_database_play_no_part(project: Path) -> None:
    ran = run("check", cwd=project, env={"HOME": str(project), "SUPABASE_DB_URL": "not a url"})
    assert ran.returncode == 0, ran.stderr


def test_sarif_is_written_and_other_kinds_are_refused(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    write(project, "20270102000000_open.sql", _OPEN)
    assert check("--report", "check.sarif")[0] == 0
    log = json.loads((project / "check.sarif").read_text("utf-8"))
    assert "no-rls" in {result["ruleId"] for result in log["runs"][0]["results"]}
    assert check("--report", "check.txt")[1]["error"]["code"] == "unknown_report"
    assert check("--report", "nowhere/check.sarif")[1]["error"]["code"] == "no_report_folder"


def test_fix_shows_first_and_writes_when_told(
    project: Path, check: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    path = write(project, "20270102000000_twice.sql", "alter table public.notes add column body text;\n")
    code, document = check("--fix")
    assert code == 0
    assert [fix["written"] for fix in document["fixes"]] == [False]
    assert "add column if not exists body text" in document["fixes"][0]["diff"]
    assert "if not exists" not in path.read_text("utf-8")
    document = check("--fix", "--yes")[1]
    assert [fix["written"] for fix in document["fixes"]] == [True]
    assert path.read_text("utf-8") == "alter table public.notes add column if not exists body text;\n"
    assert "column-twice" not in rules(document)
    assert check("--fix")[1]["fixes"] == []


def test_released_files_are_told_and_never_mended(
    tmp_path: Path, check: Callable[..., tuple[int, dict[str, Any]]], project: Path
) -> None:
    (project / ".git").rmdir()
    twice = "alter table public.notes add column body text;\n"
    released = write(project, "20270102000000_twice.sql", twice)
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b.test", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    write(project, "20270101120000_late.sql", "select 1;\n")
    code, document = check("--base", "main", "--fix", "--yes")
    assert code == 12
    assert "older-than-released" in rules(document)
    assert document["fixes"] == []
    assert released.read_text("utf-8") == twice
    assert any("left as it is" in notice for notice in document["notices"])
    assert check("--base", "no-such-branch")[1]["error"]["code"] == "unknown_base"


def test_explain_and_list_need_no_project(tmp_path: Path) -> None:
    page = run("check", "--explain", "no-rls", cwd=tmp_path)
    assert (page.returncode, page.stdout.startswith("# no-rls")) == (0, True)
    assert "no-rls" in run("check", "--list", cwd=tmp_path).stdout
    assert run("check", "--explain", "no-such-rule", cwd=tmp_path).returncode == 2
