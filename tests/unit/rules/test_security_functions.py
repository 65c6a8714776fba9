"""Functions that run with their owner's rights."""

# ruff: noqa: S608 - the SQL of the examples is put together from fixed pieces and run nowhere.

import pytest

from .conftest import CheckSql

_BODY = "as $$ begin return; end $$"
_END = f"returns void language plpgsql security definer {_BODY}"

_MUTABLE = [
    f"create function f() {_END};",
    f"CREATE OR REPLACE FUNCTION public.F() RETURNS void LANGUAGE PLPGSQL SECURITY DEFINER {_BODY};",
    f'create function "My F"(a int, b text default null) {_END};',
    "create procedure p() language sql security definer as 'select 1';",
    f"create schema s; create function s.f() {_END};",
    f"create function f() returns void language plpgsql {_BODY}; alter function f() security definer;",
    f"create function f() {_END}; alter function f() set search_path = ''; alter function f() reset search_path;",
    f"create function f() {_END}; alter function f() set search_path = ''; alter function f reset all;",
    f"create function f() {_END}; alter function f() set search_path = ''; create or replace function f() {_END};",
    f"create function f() {_END} set work_mem = '1MB';",
    f"create function f() {_END} set search_path to default;",
    f"create function f() {_END}; create function f(int) {_END}; alter function f(int) set search_path = '';",
    f"set search_path = ''; create function public.f() {_END};",
]

_FIXED = [
    f"create function f() returns void language plpgsql {_BODY};",
    f"create function f() returns void language plpgsql security invoker {_BODY};",
    f"create function f() {_END} set search_path = '';",
    f"CREATE FUNCTION f() {_END} set SEARCH_PATH TO public, pg_temp;",
    f"create function f() {_END} set search_path from current;",
    f"create function f() {_END}; alter function f() set search_path = '';",
    f"create function f(a int) {_END}; ALTER ROUTINE public.f SET search_path = pg_catalog;",
    "create procedure p() language sql security definer as 'select 1'; alter procedure p() set search_path = '';",
    f"create function f() {_END}; alter function f() security invoker;",
    f"create function f() {_END}; drop function f();",
    f"create function f() {_END}; create or replace function f() {_END} set search_path = '';",
    f"create function f() {_END}; do $$ begin alter function f() set search_path = ''; end $$;",
    (
        f"create function f() {_END}; do $$ declare r record; begin for r in select oid from pg_proc loop "
        "execute format('alter function %s set search_path = ''''', r.oid); end loop; end $$;"
    ),
    (
        f"-- file: 20250101000000_a.sql\ncreate function f() {_END};\n"
        "-- file: 20250102000000_b.sql\nalter function public.f() set search_path = '';\n"
    ),
]

_CALLABLE = [
    f"create function f() {_END};",
    f'CREATE FUNCTION public."F"(a int) {_END};',
    "create procedure p() language sql security definer as 'select 1';",
    f"create function f() {_END}; revoke execute on function f() from anon;",
    f"create function f() {_END}; revoke all on function f from public; grant execute on function f to anon;",
    f"create function f() {_END}; revoke all on function f from public; grant execute on function f to public;",
    (
        f"create function f() {_END}; revoke all on all functions in schema public from public;"
        "grant execute on all functions in schema public to anon, authenticated;"
    ),
    f"alter default privileges in schema public revoke execute on functions from public; create function f() {_END};",
    (
        f"alter default privileges revoke execute on functions from public;"
        f"alter default privileges grant execute on functions to public; create function f() {_END};"
    ),
    f"create schema s; create function s.f() {_END}; alter function s.f() set schema public;",
    f"revoke all on all functions in schema public from public; create function f() {_END};",
    f"create function f() {_END}; revoke all on function f from public; drop function f; create function f() {_END};",
]

_NOT_CALLABLE = [
    f"create function f() returns void language plpgsql {_BODY};",
    f"create function f() {_END}; revoke execute on function f() from public;",
    (
        f"create function f() {_END}; REVOKE ALL ON FUNCTION public.f FROM PUBLIC, anon; "
        "GRANT EXECUTE ON FUNCTION f TO authenticated;"
    ),
    f"create function f() {_END}; revoke all on all functions in schema public from public;",
    f"create function f() {_END}; revoke all on all routines in schema public from public;",
    f"create function f() {_END}; revoke all on function f from public; create or replace function f() {_END};",
    f"alter default privileges revoke execute on functions from public; create function f() {_END};",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE ALL ON ROUTINES FROM PUBLIC; create function f() {_END};",
    f"create schema private; create function private.f() {_END};",
    "create function f() returns trigger language plpgsql security definer as $$ begin return new; end $$;",
    "create function f() returns event_trigger language plpgsql security definer as $$ begin null; end $$;",
    f"create function f() {_END}; do $$ begin revoke all on function f from public; end $$;",
    f"create function f() {_END}; alter function f security invoker;",
]


def _told(check_sql: CheckSql, rule: str, sql: str) -> list[str]:
    found = check_sql(sql)
    assert "syntax" not in {f.rule for f in found}
    return [f.message for f in found if f.rule == rule]


@pytest.mark.parametrize("sql", _MUTABLE)
def test_the_callers_search_path(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "definer-search-path", sql)) == 1


@pytest.mark.parametrize("sql", _FIXED)
def test_a_fixed_search_path_or_none_needed(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "definer-search-path", sql) == []


@pytest.mark.parametrize("sql", _CALLABLE)
def test_anybody_may_call_it(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "definer-callable-by-anon", sql)) == 1


@pytest.mark.parametrize("sql", _NOT_CALLABLE)
def test_not_everybody_may_call_it(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "definer-callable-by-anon", sql) == []


def test_the_words_tell_overloads_apart(check_sql: CheckSql) -> None:
    sql = f"create function f(a int, b uuid[]) {_END};"
    found = [f for f in check_sql(sql) if f.rule == "definer-callable-by-anon"]
    assert [f.help for f in found] == [
        "revoke execute on function public.f(integer, uuid[]) from public, anon;"
    ]
