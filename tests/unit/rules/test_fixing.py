"""`check --fix`: what it puts in and where, and that nothing else changes."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import Migration, Script, fold
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Finding, Severity
from supa_deploy.rules import Terms, Walk
from supa_deploy.rules.book import RULES
from supa_deploy.rules.fixing import FIXABLE, Fixed, fix, write
from supa_deploy.schema import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "supabase/migrations/20270101000000_case.sql"
_CASES = Path(__file__).parents[2] / "e2e" / "rerun_cases.sql"
_PAGES = Path(__file__).parents[3] / "src" / "supa_deploy" / "rules" / "pages"
_RLS = "alter table notes enable row level security;\n"
_NOT_THE_SAME = frozenset({"grants", "column_grants", "using", "check", "settings"})


@dataclass(frozen=True)
class Checked:
    """A file and what was found in it."""

    script: Script
    findings: list[Finding]

    @property
    def fixed(self) -> Fixed | None:
        return fix(self.script, self.findings)

    @property
    def text(self) -> str:
        """The mended text; the file's own where nothing can be mended."""
        return self.fixed.text if self.fixed else self.script.text

    @property
    def errors(self) -> set[str]:
        return {finding.rule for finding in self.findings if finding.severity is Severity.ERROR}


def checked(sql: str, before: str = "") -> Checked:
    """A file after one that was there before, both checked as one project."""
    walk = Walk(Terms())
    walk.read(parse_text(Migration("20260101000000", "base", "base.sql", Path("base.sql")), before))
    script = parse_text(Migration("20270101000000", "case", _FILE, Path("case.sql")), sql)
    findings = [*walk.read(script), *walk.end()]
    return Checked(script, [finding for finding in findings if finding.file == _FILE])


def only(sql: str, rule: str, before: str = "") -> str:
    """The file with the findings of one rule mended."""
    found = checked(sql, before)
    fixed = fix(found.script, [finding for finding in found.findings if finding.rule == rule])
    return fixed.text if fixed else sql


def examples() -> list[tuple[str, str]]:
    """Files in many styles, each with what was there before it."""
    _, base, *cases = _CASES.read_text("utf-8").strip().split("\n\n")
    pages = [page.read_text("utf-8") for page in sorted(_PAGES.glob("*.md")) if page.stem in FIXABLE]
    blocks = [block for page in pages for block in re.findall(r"```sql\n(.*?)```", page, re.DOTALL)]
    return [*((base, case) for case in cases), *(("", block) for block in blocks if "-- file:" not in block)]


def test_what_can_be_mended_is_what_the_rules_say() -> None:
    assert {rule.id for rule in RULES.values() if rule.fixable} == FIXABLE


_TWICE: Mapping[str, tuple[str, str, str]] = {
    "table": ("create-twice", "create table a (id int);", "create table if not exists a (id int);"),
    "shouting": ("create-twice", "CREATE UNLOGGED TABLE a ();", "CREATE UNLOGGED TABLE IF NOT EXISTS a ();"),
    "comment inside": (
        "create-twice",
        "create /* a */ table -- b\n  a (id int);",
        "create /* a */ table if not exists -- b\n  a (id int);",
    ),
    "index": (
        "create-twice",
        "create unique index i on n (id);",
        "create unique index if not exists i on n (id);",
    ),
    "index concurrently": (
        "create-twice",
        "create index concurrently i on n (id);",
        "create index concurrently if not exists i on n (id);",
    ),
    "index without a name": ("create-twice", "create index on n (id);", "create index on n (id);"),
    "schema": ("create-twice", "create schema x;", "create schema if not exists x;"),
    "schema with a table": (
        "create-twice",
        "create schema x create table y ();",
        "create schema x create table y ();",
    ),
    "select into": ("create-twice", "select id into x from n;", "select id into x from n;"),
    "matview": (
        "create-twice",
        "create materialized view m as select 1 as a;",
        "create materialized view if not exists m as select 1 as a;",
    ),
    "as": (
        "create-twice",
        "create table m as select 1 as a;",
        "create table if not exists m as select 1 as a;",
    ),
    "function": (
        "replace-twice",
        "Create Function f() returns int language sql as 'select 1';",
        "Create OR REPLACE Function f() returns int language sql as 'select 1';",
    ),
    "view": ("replace-twice", "create view v as select 1;", "create or replace view v as select 1;"),
    "constraint trigger": (
        "replace-twice",
        "create constraint trigger t after insert on n for each row execute function f();",
        "create constraint trigger t after insert on n for each row execute function f();",
    ),
    "column": ("column-twice", "alter table n add c int;", "alter table n add if not exists c int;"),
    "columns": (
        "column-twice",
        "alter table only public.n add column c int,\n  add column if not exists d int, add column e int;",
        (
            "alter table only public.n add column if not exists c int,\n"
            "  add column if not exists d int, add column if not exists e int;"
        ),
    ),
    "value": (
        "enum-value-twice",
        "alter type mood add value 'x' after 'y';",
        "alter type mood add value if not exists 'x' after 'y';",
    ),
    "drop": ("drop-twice", "drop table n, m cascade;", "drop table if exists n, m cascade;"),
    "drop function": ("drop-twice", "drop function f(int);", "drop function if exists f(int);"),
    "drop foreign table": ("drop-twice", "drop foreign table x;", "drop foreign table if exists x;"),
    "drop text search": (
        "drop-twice",
        "drop text search configuration x;",
        "drop text search configuration if exists x;",
    ),
    "drop matview": ("drop-twice", "DROP MATERIALIZED VIEW x;", "DROP MATERIALIZED VIEW IF EXISTS x;"),
    "drop role": ("drop-twice", "drop user x;", "drop user if exists x;"),
    "drop column": (
        "drop-twice",
        'alter table "drop" drop c, drop column d, alter e drop identity;',
        'alter table "drop" drop if exists c, drop column if exists d, alter e drop identity if exists;',
    ),
    "drop constraint": (
        "drop-twice",
        "alter table if exists public.n drop constraint c;",
        "alter table if exists public.n drop constraint if exists c;",
    ),
    "drop policy": ("drop-twice", 'drop policy "a b" on n;', 'drop policy if exists "a b" on n;'),
    "policy": (
        "policy-twice",
        'select 1;\n  create policy "a b" on public . n using (true);',
        'select 1;\n  drop policy if exists "a b" on public . n;\n  create policy "a b" on public . n using (true);',
    ),
    "policy behind another statement": (
        "policy-twice",
        "select 1; CREATE POLICY p ON n USING (true);",
        "select 1; DROP POLICY IF EXISTS p ON n; CREATE POLICY p ON n USING (true);",
    ),
    "policy below a comment to us": (
        "policy-twice",
        "select 1;\n-- all may\n-- supa-deploy: ignore no-rls: a wall\ncreate policy p on n using (true);",
        (
            "select 1;\ndrop policy if exists p on n;\n"
            "-- all may\n-- supa-deploy: ignore no-rls: a wall\ncreate policy p on n using (true);"
        ),
    ),
    "windows": (
        "policy-twice",
        "select 1;\r\ncreate policy p on n using (true);\r\n",
        "select 1;\r\ndrop policy if exists p on n;\r\ncreate policy p on n using (true);\r\n",
    ),
    "policy that calls": (
        "policy-auth-per-row",
        "create policy p on n using (a = auth . uid () or b = (auth.jwt() ->> 'é')) with check ((select auth.uid()));",
        (
            "create policy p on n using (a = (select auth . uid ()) or b = ((select auth.jwt()) ->> 'é')) "
            "with check ((select auth.uid()));"
        ),
    ),
}


@pytest.mark.parametrize("case", _TWICE)
def test_an_insertion_and_nothing_else(case: str) -> None:
    rule, sql, wanted = _TWICE[case]
    assert only(sql, rule) == wanted


_DEFINER = "create function f() returns bigint language {} security definer {} as $$ {} $$;"


@pytest.mark.parametrize(
    ("language", "body", "path"),
    [
        ("sql", "select count(*) from public.notes where lower(body) = 'x'", "''"),
        ("sql", "select count(*) from notes", "public, extensions, pg_temp"),
        ("sql", "with n as (select 1) select count(*) from n", "''"),
        ("sql", "select mine(1)", "public, extensions, pg_temp"),
        ("sql", "select count(*) from app.v order by a <=> '[1]'", "public, extensions, pg_temp"),
        ("sql", "select nextval('tickets')", "public, extensions, pg_temp"),
        ("sql", "select nextval('public.tickets')", "''"),
        ("sql", "select count(*) from app.v where a = 'x'::mood", "public, extensions, pg_temp"),
        ("plpgsql", "begin return (select count(*) from public.notes); end", "''"),
        ("plpgsql", "declare m numeric(10,2)[]; begin return 1; end", "''"),
        ("plpgsql", "declare m mood; begin return 1; end", "public, extensions, pg_temp"),
        ("plpgsql", "declare m public.notes%rowtype; begin return 1; end", "''"),
        ("plpgsql", "begin execute 'select 1'; return 1; end", "''"),
        ("plpgsql", "begin execute format('select %s', 1); return 1; end", "public, extensions, pg_temp"),
    ],
)
def test_a_search_path_that_does_not_break_the_body(language: str, body: str, path: str) -> None:
    sql = _DEFINER.format(language, "", body)
    wanted = _DEFINER.format(language, "", body).replace("definer", f"definer set search_path = {path}", 1)
    assert only(sql, "definer-search-path") == wanted


def test_a_search_path_on_a_line_of_its_own_and_the_file_s_own_path() -> None:
    sql = "set search_path = app, public;\nCREATE FUNCTION f() RETURNS int\n  LANGUAGE sql\n  SECURITY DEFINER\n"
    body = "AS 'SELECT id FROM t';"
    wanted = f"{sql}  SET search_path = app, public, pg_temp\n{body}"
    assert only(f"{sql}{body}", "definer-search-path") == wanted


def test_grants_stand_behind_the_table_s_statements_and_open_nothing() -> None:
    table = "create table notes (id int);\n"
    about = f"{_RLS}create index i on notes (id); -- by id\n"
    both = "grant select, insert, update, delete on notes to authenticated;\ngrant all on notes to service_role;\n"
    after = "select 1;\n"
    assert only(table + about + after, "no-api-grant") == table + about + both + after
    alone = f"{table}grant all on notes to service_role;\n{after}"
    assert only(table + after, "no-api-grant") == alone
    undone = f"{table}{_RLS}alter table notes disable row level security;\n"
    assert only(undone, "no-api-grant") == f"{undone}grant all on notes to service_role;\n"
    elsewhere = only(
        "create table app.notes (id int);\ncreate table notes (id int);\n" + _RLS, "no-api-grant"
    )
    assert "app.notes to" not in elsewhere


def test_a_last_statement_without_a_semicolon_gets_one() -> None:
    assert (
        only("create table a (id int)", "no-api-grant")
        == "create table a (id int);\ngrant all on a to service_role;"
    )


def _bare(value: object) -> object:
    """A value without origins, lines in words, and what a fix may change."""
    if isinstance(value, Origin):
        return None
    if is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in _NOT_THE_SAME]
        return [(name, _bare(getattr(value, name))) for name in names]
    if hasattr(value, "items"):
        return sorted((str(key), repr(_bare(item))) for key, item in value.items())
    if isinstance(value, tuple | list | frozenset):
        return [_bare(item) for item in value]
    return re.sub(r":\d+\)", ")", value) if isinstance(value, str) else value


def test_a_mended_file_promises_the_same_and_is_mended_for_good() -> None:
    mended = 0
    for base, sql in examples():
        first = checked(sql, base)
        if first.fixed is None:
            continue
        mended += 1
        again = checked(first.text, base)
        assert again.script.statements, sql
        assert again.fixed is None, sql
        assert again.errors <= first.errors, sql
        assert not {f.rule for f in again.findings}.intersection(first.fixed.rules) - _left(first), sql
        assert _bare(fold([again.script])) == _bare(fold([first.script])), sql
    assert mended >= 70


def _left(first: Checked) -> set[str]:
    """Rules with a finding that no insertion can mend (a nameless index, say)."""
    mendable = (fix(first.script, [finding]) for finding in first.findings)
    return {finding.rule for finding, fixed in zip(first.findings, mendable, strict=True) if fixed is None}


def test_the_diff_is_one_that_git_applies(tmp_path: Path) -> None:
    git = shutil.which("git")
    assert git is not None
    for ending in ("\n", "\r\n", ""):
        sql = f"create table a (id int);\r\n-- \u2028é\x0b\ncreate view v as select 1 as one{ending}"
        found = checked(sql)
        fixed = found.fixed
        assert fixed is not None
        file = tmp_path / _FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(sql.encode())
        arguments = [git, "-c", "core.autocrlf=false", "apply", "--unsafe-paths", "-p1", "-"]
        subprocess.run(arguments, input=fixed.diff.encode(), cwd=tmp_path, check=True, capture_output=True)
        assert file.read_bytes() == fixed.text.encode()


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    found = checked("create table a (;")
    assert fix(found.script, found.findings) is None


def test_writing_keeps_the_mode_the_mark_and_a_link(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_bytes(b"\xef\xbb\xbfselect 1;\r\n")
    file.chmod(0o640)
    link = tmp_path / "b.sql"
    link.symlink_to(file)
    write(link, "select 2;\r\n")
    assert file.read_bytes() == b"\xef\xbb\xbfselect 2;\r\n"
    assert file.stat().st_mode & 0o7777 == 0o640
    assert link.is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.sql", "b.sql"]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.sql"
    outside.write_text("select 1;")
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "a.sql").symlink_to(outside)
    with pytest.raises(PreflightFailed, match="outside the migrations folder"):
        write(folder / "a.sql", "select 2;")
    assert outside.read_text() == "select 1;"


def test_a_write_that_fails_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.sql"
    file.write_text("select 1;")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PreflightFailed, match="No space left"):
        write(file, "select 2;")
    assert file.read_text() == "select 1;"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.sql"]
