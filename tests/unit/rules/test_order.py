"""Order: what is said where, how often, and where nothing may be said. What the server makes of it:
tests/e2e/test_order_against_postgresql.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Finding, Severity

if TYPE_CHECKING:
    from .conftest import CheckSql

_LATER = """-- file: 20250101000000_first.sql
{first}
-- file: 20250102000000_second.sql
{second}
"""
_NOTES = "create table public.notes (id bigint primary key);"


def _order(findings: list[Finding]) -> list[tuple[str, str, int, int]]:
    return [
        (finding.rule, str(finding.severity), finding.line, finding.column)
        for finding in findings
        if finding.rule.startswith("used-")
    ]


def test_place_and_words_of_a_use_before(check_sql: CheckSql) -> None:
    first = "select 1;\ncreate index i\n  on public.notes (id);\nalter table public.notes add column x int;"
    findings = check_sql(_LATER.format(first=first, second=f"-- the table\n{_NOTES}"))
    assert _order(findings) == [("used-before-created", "error", 3, 6)]
    (finding,) = (finding for finding in findings if finding.rule == "used-before-created")
    assert finding.file == "supabase/migrations/20250101000000_first.sql"
    assert (
        "public.notes is created only later, in supabase/migrations/20250102000000_second.sql:2"
        in finding.message
    )
    assert "1 more use of it follows" in finding.message


def test_use_after_drop_says_where_it_was_dropped(check_sql: CheckSql) -> None:
    findings = check_sql(
        _LATER.format(first=f"{_NOTES}\ndrop table public.notes;", second="truncate public.notes;")
    )
    (finding,) = (finding for finding in findings if finding.rule == "used-after-dropped")
    assert "supabase/migrations/20250101000000_first.sql:2" in finding.message


def test_never_created_is_told_once_with_the_number_of_uses(check_sql: CheckSql) -> None:
    text = "alter table profiles add column a int;\nalter table public.profiles add column b int;\n" * 3
    findings = check_sql(text)
    assert _order(findings) == [("used-never-created", "warning", 1, 13)]
    (finding,) = (finding for finding in findings if finding.rule == "used-never-created")
    assert "5 more uses" in finding.message


def test_place_inside_a_function_in_sql(check_sql: CheckSql) -> None:
    text = "create function public.f() returns bigint language sql as $$\n  select count(*)\n  from public.nowhere\n$$;"
    assert _order(check_sql(text)) == [("used-never-created", "warning", 3, 8)]


@pytest.mark.parametrize(
    "block",
    [
        "do $$ begin create table public.notes (id int); end $$;",
        "do $$ begin execute 'create table public.notes (id int)'; end $$;",
        "do $$ begin execute format('create table %I ()', (select 'a')); end $$;",
        "do $$ declare t text := 'x'; begin execute t; end $$;",
        "do $$ begin execute 'alter table a rename to ' || quote_ident('b'); end $$;",
        "call public.make_tables();",
        "import foreign schema x from server y into public;",
    ],
)
def test_block_before_that_may_have_made_it_is_no_error(check_sql: CheckSql, block: str) -> None:
    made_if_missing = "create table if not exists public.notes (id bigint primary key);"
    use = "truncate public.notes;"
    assert [
        f
        for f in check_sql(_LATER.format(first=f"{block}\n{use}", second=made_if_missing))
        if "notes" in f.message and f.rule.startswith("used-")
    ] == []
    # Without IF NOT EXISTS the later file would fail if the block had made it.
    assert {
        f.severity
        for f in check_sql(_LATER.format(first=f"{block}\n{use}", second=_NOTES))
        if "notes" in f.message and f.rule.startswith("used-")
    } == {Severity.WARNING}


@pytest.mark.parametrize(
    "block",
    [
        "do $$ begin create type public.mood as enum ('a'); exception when duplicate_object then null; end $$;",
        "do $$ begin execute format('create policy %1$s_all on %1$s using (true)', (select 'a')); end $$;",
        "do $$ begin execute format('alter table x drop constraint if exists %I', 'c'); end $$;",
    ],
)
def test_block_before_that_cannot_have_made_it_changes_nothing(check_sql: CheckSql, block: str) -> None:
    findings = check_sql(_LATER.format(first=f"{block}\ntruncate public.notes;", second=_NOTES))
    assert ("used-before-created", "error", 2, 10) in _order(findings)


def test_file_that_does_not_parse_may_make_what_it_names(check_sql: CheckSql) -> None:
    broken = "create table public.notes (id int;"
    findings = check_sql(
        _LATER.format(first=broken, second="truncate public.notes;\ntruncate public.others;")
    )
    assert _order(findings) == [("used-never-created", "warning", 2, 10)]


def test_extension_that_is_not_known_may_bring_anything(check_sql: CheckSql) -> None:
    use = "create table public.t (id int, v wonderful);\ntruncate public.wonders;"
    assert len(_order(check_sql(use))) == 2
    assert _order(check_sql(f"create extension wonder;\n{use}")) == []
    assert _order(check_sql(f"{use}\ncreate extension if not exists wonder;")) == []


def test_search_path_of_the_role_may_find_it_elsewhere(check_sql: CheckSql) -> None:
    path = "alter role postgres set search_path = app, public;\ncreate schema app;\ncreate table app.notes (id int);\n"
    assert _order(check_sql(f"{path}truncate notes;")) == []
    assert len(_order(check_sql(f"{path}truncate public.notes;"))) == 1


def test_table_that_was_told_is_there_afterwards(check_sql: CheckSql) -> None:
    """A use too early, the same table made with IF NOT EXISTS or renamed, and nothing more is said."""
    text = "alter table notes add column x int;\ncreate table if not exists notes (id int);\ntruncate notes;"
    assert len(_order(check_sql(text))) == 1
    assert _order(check_sql("alter table old rename to fresh;\ntruncate fresh;")) == [
        ("used-never-created", "warning", 1, 13)
    ]


def test_comment_switches_it_off(check_sql: CheckSql) -> None:
    text = "-- supa-deploy: ignore used-never-created: made in the Dashboard\ntruncate public.notes;"
    assert check_sql(text) == [
        finding for finding in check_sql(text) if not finding.rule.startswith(("used-", "ignore-"))
    ]


def test_nothing_of_a_value_is_told(check_sql: CheckSql) -> None:
    text = "insert into public.settings (key) values ('s3cret');\nselect nextval('public.s3cret');"
    assert all(
        "s3cret" not in finding.message for finding in check_sql(text) if finding.rule.startswith("used-")
    )
