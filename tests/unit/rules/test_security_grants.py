"""Grants to those who have not logged in, and tables that are granted to nobody."""

import pytest

from supa_deploy.model import Severity

from .conftest import CheckSql

_TABLE = (
    "create table notes (id bigint primary key, body text);\nalter table notes enable row level security;\n"
)
_OPEN = "create table open (id bigint primary key);\n"

_TO_ANON = [
    "grant all on notes to anon;",
    "GRANT ALL PRIVILEGES ON TABLE public.notes TO anon, authenticated;",
    "grant insert on notes to anon;",
    'grant select, update on "notes" to "anon";',
    "grant delete on notes to public;",
    "grant truncate on notes to anon;",
    "grant all on all tables in schema public to anon;",
    "grant update (body) on notes to anon;",
    "alter default privileges in schema public grant all on tables to anon;",
    "alter default privileges grant insert on tables to public;",
    "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO anon;",
    "grant all on schema public to anon;",
    "grant create on schema public to public;",
    "create view v with (security_invoker) as select id from notes; grant insert on v to anon;",
    "grant all on notes to anon; revoke select on notes from anon;",
    "set search_path = public; grant insert on notes to anon;",
]

_NOT_TO_ANON = [
    "grant select on notes to anon;",
    "grant all on notes to authenticated, service_role;",
    "grant references, trigger on notes to anon;",
    "grant all on notes to anon; revoke all on notes from anon;",
    "grant insert, select on notes to anon; revoke insert on notes from anon;",
    "grant all on all tables in schema public to anon; revoke all on all tables in schema public from anon;",
    "revoke all on notes from anon;",
    "alter default privileges in schema public grant select on tables to anon;",
    "alter default privileges in schema public grant all on tables to service_role;",
    "alter default privileges in schema public revoke all on tables from anon;",
    "alter default privileges for role supabase_admin in schema public grant all on tables to anon;",
    "alter default privileges in schema private grant all on tables to anon;",
    "grant usage on schema public to anon;",
    "create schema s; create table s.n (id int); grant all on s.n to anon;",
    "create table t (id int); grant all on t to anon; drop table t;",
    "grant all on notes to anon; do $$ begin revoke all on notes from anon; end $$;",
    "grant usage on all sequences in schema public to anon;",
]

_UNREACHABLE = [
    _TABLE,
    'CREATE TABLE IF NOT EXISTS public."Notes" (id bigint);',
    "create table notes as select 1 as id;",
    f"{_TABLE}grant references on notes to authenticated;",
    f"{_TABLE}grant all on notes to worker;",
    f"{_TABLE}grant all on notes to authenticated; revoke all on notes from authenticated;",
    "create view v as select 1 as one;",
    "create materialized view v as select 1 as one;",
    f"grant all on all tables in schema public to authenticated; {_TABLE}",
    f"{_TABLE}alter default privileges in schema public grant all on tables to authenticated;",
    f"alter default privileges for role supabase_admin in schema public grant all on tables to authenticated; {_TABLE}",
    f"create schema s; alter default privileges in schema s grant all on tables to authenticated; {_TABLE}",
    f"{_TABLE}grant usage on schema public to anon, authenticated, service_role;",
]

_REACHED = [
    f"{_TABLE}grant select on notes to authenticated;",
    f'{_TABLE}GRANT ALL ON TABLE "public"."notes" TO "service_role";',
    f"{_TABLE}grant select (id) on notes to anon;",
    f"{_TABLE}grant select on notes to public;",
    f"{_TABLE}grant all on all tables in schema public to authenticated;",
    f"alter default privileges in schema public grant select on tables to authenticated; {_TABLE}",
    f"alter default privileges for role postgres grant all on tables to service_role; {_TABLE}",
    "create schema s; create table s.notes (id int);",
    "create temp table notes (id int);",
    f"{_TABLE}drop table notes;",
    f"{_TABLE}do $$ begin grant select on notes to authenticated; end $$;",
    f"{_TABLE}do $$ begin grant select on all tables in schema public to authenticated; end $$;",
    f"{_TABLE}do $$ begin execute 'grant all on notes to ' || current_user; end $$;",
    (
        "create table e (at date) partition by range (at); create table e1 partition of e default;"
        "grant select on e to authenticated;"
    ),
    "create table p (id int); create table c () inherits (p); grant select on p to authenticated;",
    "alter table elsewhere add column a int;",
    f"{_TABLE}grant select on notes to authenticated; alter table notes rename to papers;",
]


def _told(check_sql: CheckSql, rule: str, sql: str) -> list[str]:
    found = check_sql(sql)
    assert "syntax" not in {f.rule for f in found}
    return [f.message for f in found if f.rule == rule]


@pytest.mark.parametrize("sql", _TO_ANON)
def test_anybody_may_write(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "grant-to-anon", _TABLE + sql)) == 1


@pytest.mark.parametrize("sql", _NOT_TO_ANON)
def test_not_everybody_may_write(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "grant-to-anon", _TABLE + sql) == []


@pytest.mark.parametrize("sql", _UNREACHABLE)
def test_the_data_api_cannot_reach_it(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "no-api-grant", sql)) == 1


@pytest.mark.parametrize("sql", _REACHED)
def test_some_role_of_the_data_api_reaches_it(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "no-api-grant", sql) == []


def test_reading_without_rls_is_told_mildly(check_sql: CheckSql) -> None:
    found = [f for f in check_sql(f"{_OPEN}grant select on open to anon;") if f.rule == "grant-to-anon"]
    assert [(f.severity, f.line, f.message) for f in found] == [
        (Severity.INFO, 2, "This lets anon read all rows of public.open: row-level security is off.")
    ]


def test_one_statement_is_told_once(check_sql: CheckSql) -> None:
    tables = "".join(f"create table t{n} (id int);\n" for n in range(5))
    told = _told(check_sql, "grant-to-anon", f"{tables}grant all on all tables in schema public to anon;")
    assert told == ["This lets anon write to public.t0, public.t1, public.t2 and 2 more."]


@pytest.mark.parametrize(
    ("version", "severity"),
    [("20261029235959", Severity.INFO), ("20261030000000", Severity.WARNING), ("7", Severity.WARNING)],
)
def test_files_from_before_the_change_are_told_mildly(
    version: str, severity: Severity, check_sql: CheckSql
) -> None:
    found = check_sql(f"-- file: {version}_notes.sql\n{_TABLE}")
    assert [f.severity for f in found if f.rule == "no-api-grant"] == [severity]


def test_the_help_is_the_statement_that_would_change_it(check_sql: CheckSql) -> None:
    found = check_sql('create table "My Notes" (id int);')
    assert [f.help for f in found if f.rule == "no-api-grant"] == [
        (
            'grant select, insert, update, delete on public."My Notes" to authenticated; '
            'grant all on public."My Notes" to service_role;'
        )
    ]
