"""A push that the server refuses: what is in, what is not, where it stands, and that mending it is enough."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project, Ran, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
FIRST = ("20250101000000_first.sql", "create table first (id int primary key);\n")
THIRD = ("20250103000000_third.sql", "create table third (id int primary key);\n")
REFUSED = """-- Überschrift: größer als früher — 表
/* zwei
   Zeilen */
create table second (id int primary key, note text default 'naïve; café');
-- 日本語の説明
insert into second (id)
values (1); insert into
  "näher dran" (id) values (2);
create table after (id int);
"""
MENDED = REFUSED.replace('"näher dran"', "second")


def tables(supa_deploy: Runner) -> set[str]:
    rows = supa_deploy.platform.sql("select tablename from pg_tables where schemaname = 'public'")
    return {str(row[0]) for row in rows}


def what_happened(ran: Ran) -> str:
    return ran.stdout + ran.stderr


@pytest.mark.generations
def test_sql_refused_in_the_second_of_three(supa_deploy: Runner, project: Project) -> None:
    project.write(*FIRST)
    second = project.write("20250102000000_second.sql", REFUSED)
    project.write(*THIRD)

    ran = supa_deploy(*DEPLOY)

    assert (ran.exit_code, ran.outcome) == (7, "partly_applied"), what_happened(ran)
    assert ran.report["applied"] == ["20250101000000"] == supa_deploy.recorded()
    assert tables(supa_deploy) == {"first"}
    error = ran.report["error"]
    assert (error["file"], error["line"]) == ("supabase/migrations/20250102000000_second.sql", 8)
    assert error["sqlstate"] == "42P01"
    assert 'relation "näher dran" does not exist' in error["message"]
    assert "20250102000000_second.sql was refused and rolled back" in error["message"]
    assert "Recorded in the history: 20250101000000." in error["message"]
    assert "Not tried: 20250103000000." in error["message"]
    assert "run the same command again" in error["hint"]

    second.write_text(MENDED, "utf-8")
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.outcome) == (0, "ok"), what_happened(again)
    assert again.report["applied"] == ["20250102000000", "20250103000000"]
    assert tables(supa_deploy) == {"first", "second", "after", "third"}


@pytest.mark.generations("3.1.0", "2.99.0")
def test_sql_refused_in_the_first_file(supa_deploy: Runner, project: Project) -> None:
    project.write("20250101000000_first.sql", "create table first (id int);\nselect 1 / 0;\n")
    project.write(*THIRD)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (6, "push_failed"), what_happened(ran)
    assert ran.report["applied"] == []
    error = ran.report["error"]
    assert (error["line"], error["sqlstate"]) == (2, "22012")
    assert "Nothing was recorded in the history." in error["message"]
    assert tables(supa_deploy) == set()
    text = supa_deploy("deploy", "--yes")
    assert text.exit_code == 6
    assert "supabase/migrations/20250101000000_first.sql:2 · SQLSTATE 22012" in what_happened(text)


def test_a_mixed_concurrently_file_that_fails_says_what_it_left(
    supa_deploy: Runner, project: Project
) -> None:
    broken = """create table c (id int primary key, x int);
create index concurrently c_x on c (x);
select 1 / 0;
"""
    file = project.write("20250101000000_mixed.sql", broken)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (6, "push_failed"), what_happened(ran)
    assert supa_deploy.recorded() == []
    error = ran.report["error"]
    assert error["line"] == 3
    assert "not one transaction (line 2: create index concurrently c_x on c (x))" in error["message"]
    assert "may be in the database, unrecorded" in error["message"]
    assert "rolled back" not in error["message"]
    # And so it is: both stand there, and nobody wrote it down.
    assert supa_deploy.platform.sql("select to_regclass('c')::text, to_regclass('c_x')::text") == [
        ["c", "c_x"]
    ]

    safe = broken.replace("table c", "table if not exists c").replace(
        "concurrently", "concurrently if not exists"
    )
    file.write_text(safe.replace("1 / 0", "1"), "utf-8")
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.outcome) == (0, "ok"), what_happened(again)
    assert supa_deploy.recorded() == ["20250101000000"]


@pytest.mark.generations
def test_a_block_that_commits_is_not_called_rolled_back(supa_deploy: Runner, project: Project) -> None:
    committing = "do $$ begin create table kept (id int); commit; end $$;"
    project.write("20250101000000_block.sql", f"{committing}\ncreate table gone (id int);\nselect 1 / 0;\n")
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (6, "push_failed"), what_happened(ran)
    assert tables(supa_deploy) == {"kept"}
    assert f"not one transaction (line 1: {committing[:-1]})" in ran.report["error"]["message"]
    assert "rolled back" not in ran.report["error"]["message"]


def test_a_seed_that_fails_after_good_files(supa_deploy: Runner, project: Project) -> None:
    project.write(*FIRST)
    seed = project.path / "supabase" / "seed.sql"
    seed.write_text("insert into first values (1);\ninsert into nowhere values (1);\n", "utf-8")

    ran = supa_deploy(*DEPLOY, "--include-seed")
    assert (ran.exit_code, ran.outcome) == (7, "partly_applied"), what_happened(ran)
    assert ran.report["applied"] == ["20250101000000"] == supa_deploy.recorded()
    assert supa_deploy.platform.sql("select count(*) from first") == [[0]]
    error = ran.report["error"]
    assert error["file"] == "supabase/seed.sql"
    assert error["sqlstate"] == "42P01"
    assert "supabase/seed.sql was refused and rolled back" in error["message"]

    nothing_pending = supa_deploy(*DEPLOY, "--include-seed")
    assert (nothing_pending.exit_code, nothing_pending.outcome) == (6, "push_failed")
    assert nothing_pending.report["applied"] == []

    seed.write_text("insert into first values (1);\n", "utf-8")
    again = supa_deploy(*DEPLOY, "--include-seed")
    assert (again.exit_code, again.outcome) == (0, "ok"), what_happened(again)
    assert supa_deploy.platform.sql("select id from first") == [[1]]


def test_a_roles_file_that_fails(supa_deploy: Runner, project: Project) -> None:
    project.write(*FIRST)
    roles = project.path / "supabase" / "roles.sql"
    roles.write_text("alter role nobody_of_that_name set statement_timeout = '1s';\n", "utf-8")

    ran = supa_deploy(*DEPLOY, "--include-roles")
    assert (ran.exit_code, ran.outcome) == (6, "push_failed"), what_happened(ran)
    assert supa_deploy.recorded() == []
    assert ran.report["error"]["sqlstate"] == "42704"
    assert "supabase/roles.sql was refused" in ran.report["error"]["message"]
    assert "Not tried: 20250101000000." in ran.report["error"]["message"]

    assert supa_deploy(*DEPLOY).exit_code == 0
    nothing_pending = supa_deploy(*DEPLOY, "--include-roles")
    assert (nothing_pending.exit_code, nothing_pending.outcome) == (6, "push_failed")

    roles.write_text("alter role anon set statement_timeout = '3s';\n", "utf-8")
    project.write(THIRD[0], "select 1 / 0;\n")
    partly = supa_deploy(*DEPLOY, "--include-roles")
    assert (partly.exit_code, partly.outcome) == (7, "partly_applied"), what_happened(partly)
    assert "Ran before it: supabase/roles.sql." in partly.report["error"]["message"]
    assert partly.report["applied"] == []


COMMIT_INSIDE = "create table second (id int);\ncommit;\nbegin;\ncreate table lost (id int);\n"


def test_a_commit_inside_a_file_stops_before_anything_is_sent(supa_deploy: Runner, project: Project) -> None:
    project.write(*FIRST)
    project.write("20250102000000_second.sql", COMMIT_INSIDE)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (12, "findings"), what_happened(ran)
    errors = [f for f in ran.report["findings"] if f["severity"] == "error"]
    assert [(f["rule"], f["line"], f["column"]) for f in errors] == [("commit-inside", 3, 1)]
    assert "Nothing was sent." in ran.report["error"]["message"]
    assert supa_deploy.platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]
    assert tables(supa_deploy) == set()


BLIND = """
import sys
from supa_deploy.migrations import transactions
transactions.findings = lambda script: []
from supa_deploy.cli.main import run_command_line
sys.exit(run_command_line(sys.argv[1:]))
"""


@pytest.mark.generations
def test_a_success_that_is_none_is_never_believed(supa_deploy: Runner, project: Project) -> None:
    """The real CLI exits 0 here, having lost rows of the history; our own check of the file is made blind."""
    project.write(*FIRST)
    project.write("20250102000000_second.sql", COMMIT_INSIDE)
    project.write(*THIRD)
    done = subprocess.run(
        [sys.executable, "-c", BLIND, *DEPLOY],
        cwd=project.path,
        env=supa_deploy.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    ran = supa_deploy.judge(done.returncode, done.stdout, done.stderr)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), what_happened(ran)
    assert ran.report["applied"] == ["20250101000000"] == supa_deploy.recorded()
    assert ran.report["error"]["code"] == "recorded_less_than_claimed"
    assert "20250102000000" in ran.report["error"]["message"]
    assert tables(supa_deploy) == {"first", "second"}


def test_files_that_are_not_what_they_seem(supa_deploy: Runner, project: Project) -> None:
    project.write(*FIRST)
    project.write("20250101000000_again.sql", "select 1;\n")
    (project.migrations / "20250102000000_latin.sql").write_bytes(b"-- eins\nselect 'caf\xe9';\n")
    project.write("20250103000000_typo.sql", "select 1;\n\n  create tabel 表 (id int);\n")
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (12, "findings"), what_happened(ran)
    found = {f["rule"]: f for f in ran.report["findings"] if f["severity"] == "error"}
    assert set(found) == {"duplicate-version", "not-utf8", "syntax"}
    place = {rule: (f["file"].rpartition("/")[2], f["line"], f["column"]) for rule, f in found.items()}
    assert place == {
        "duplicate-version": ("20250101000000_first.sql", 1, 1),
        "not-utf8": ("20250102000000_latin.sql", 2, 12),
        "syntax": ("20250103000000_typo.sql", 3, 10),
    }
    assert found["syntax"]["message"] == 'syntax error at or near "tabel"'
    text = supa_deploy("deploy", "--yes")
    assert text.exit_code == 12
    lines = what_happened(text).splitlines()
    source = next(i for i, line in enumerate(lines) if "create tabel 表 (id int);" in line)
    assert lines[source + 1].index("^") == lines[source].index("tabel")
    assert supa_deploy.platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]


@pytest.mark.generations("3.1.0", "2.99.0")
def test_odd_but_good_files(supa_deploy: Runner, project: Project) -> None:
    project.write("20250101000000_empty.sql", "")
    project.write("20250102000000_comment.sql", "-- nothing yet\n")
    project.write("20250103000000_good.sql", "create table good (id int primary key);\n")
    for name in ("20250104000000.sql", "20250104000000-dash.sql", "README.md"):
        project.write(name, "not a migration")
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (0, "ok"), what_happened(ran)
    assert ran.report["applied"] == ["20250101000000", "20250102000000", "20250103000000"]
    assert ran.report["applied"] == supa_deploy.recorded()
    notices = "\n".join(ran.report["notices"])
    for name in ("20250104000000.sql", "20250104000000-dash.sql", "README.md"):
        assert f"supabase/migrations/{name} is passed over" in notices
