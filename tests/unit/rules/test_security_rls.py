"""Row-level security: which tables are told, in many styles of SQL, and where nothing is said."""

# ruff: noqa: S608 - the SQL of the examples is put together from fixed pieces and run nowhere.

import pytest

from supa_deploy.rules import Terms

from .conftest import CheckSql

_RULES = {"no-rls", "rls-disabled", "rls-without-policy", "policy-without-rls", "foreign-table-exposed"}
_ON = "alter table notes enable row level security;"
_TABLE = "create table notes (id bigint primary key, user_id uuid);"

_TOLD = [
    ("create table public.notes (id bigint);", {"no-rls:1"}),
    ("CREATE TABLE IF NOT EXISTS Notes (id bigint);", {"no-rls:1"}),
    ('\n\ncreate table "My Notes" (id bigint);', {"no-rls:3"}),
    ("create table notes as select 1 as id;", {"no-rls:1"}),
    ("select 1 as id into notes;", {"no-rls:1"}),
    ("create unlogged table notes (id bigint);", {"no-rls:1"}),
    ("create type t as (id bigint);\ncreate table notes of t;", {"no-rls:2"}),
    (
        f"{_TABLE}\n{_ON}\ncreate table drafts (like notes including all);",
        {"rls-without-policy:2", "no-rls:3"},
    ),
    (
        f"{_TABLE}\n{_ON}\ncreate table drafts () inherits (notes);",
        {"rls-without-policy:2", "no-rls:3"},
    ),
    ("create table e (at date) partition by range (at);", {"no-rls:1"}),
    (
        (
            "create table e (at date) partition by range (at);\nalter table e enable row level security;\n"
            "create policy p on e for select using (at > '2020-01-01');\n"
            "create table e_1 partition of e default;"
        ),
        {"no-rls:4"},
    ),
    (
        "create schema private;\ncreate table private.n (id int);\nalter table private.n set schema public;",
        {"no-rls:3"},
    ),
    (f"{_TABLE}\n{_ON}\ndrop table notes;\n{_TABLE}", {"no-rls:4"}),
    (f"{_TABLE}\n{_ON}", {"rls-without-policy:2"}),
    (f"{_TABLE}\n{_ON}\nALTER TABLE ONLY public.notes DISABLE ROW LEVEL SECURITY;", {"rls-disabled:3"}),
    (f"{_TABLE}\nalter table notes disable row level security;", {"rls-disabled:2"}),
    (
        (
            "create schema s;\ncreate table s.n (id int);\ncreate policy p on s.n using (id > 0);\n"
            "alter table s.n disable row level security;"
        ),
        {"policy-without-rls:3", "rls-disabled:4"},
    ),
    ("alter table elsewhere disable row level security;", {"rls-disabled:1"}),
    (f"{_TABLE}\ncreate policy p on notes for select using (id > 0);", {"no-rls:1", "policy-without-rls:2"}),
    (
        "create schema s;\ncreate table s.n (id int);\ncreate policy p on s.n using (id > 0);",
        {"policy-without-rls:3"},
    ),
    (
        f"{_TABLE}\n{_ON}\ncreate policy p on notes for select using (id > 0);\ndrop policy p on notes;",
        {"rls-without-policy:2"},
    ),
    ("create foreign table f (id int) server s;", {"foreign-table-exposed:1"}),
    ('CREATE FOREIGN TABLE IF NOT EXISTS public."F" (id int) SERVER s;', {"foreign-table-exposed:1"}),
    ("create table notes (id int);\nalter table notes rename to papers;", {"no-rls:2"}),
    # A DO block that has nothing to do with row-level security hides nothing.
    (
        (
            f"{_TABLE}\ndo $$ begin alter table notes add constraint c check (id > 0); "
            "exception when duplicate_object then null; end $$;"
        ),
        {"no-rls:1"},
    ),
    ("do $$ begin execute 'select ' || 1; end $$;\ncreate table notes (id bigint);", {"no-rls:2"}),
    (f"{_TABLE}\ndo $$ begin create role app; exception when others then null; end $$;", {"no-rls:1"}),
]

_SILENT = [
    f"{_TABLE}\n{_ON}\ncreate policy p on notes for select using (id > 0);",
    (
        f'{_TABLE}\nALTER TABLE "public"."notes" FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY;\n'
        "CREATE POLICY p ON notes FOR SELECT USING (id > 0);"
    ),
    "create temp table notes (id bigint);",
    "create temporary table notes as select 1;",
    "create schema private; create table private.notes (id bigint);",
    "create schema private; set search_path = private; create table notes (id bigint);",
    "create table notes (id bigint); drop table notes;",
    "create table notes (id bigint); alter table notes set schema extensions;",
    "alter table elsewhere add column a int;",
    "alter table if exists elsewhere enable row level security;",
    "create table auth.mine (id int);",
    f"{_TABLE} do $$ begin alter table notes enable row level security; end $$;",
    (
        f"{_TABLE} do $$ declare t text; begin for t in select tablename from pg_tables loop "
        "execute format('alter table %I enable row level security', t); end loop; end $$;"
    ),
    f"{_TABLE} call secure_everything();",
    (
        f"{_TABLE} {_ON} do $$ begin if not exists (select from pg_policies) then create policy p on notes "
        "using (id > 0); end if; end $$;"
    ),
    f"{_TABLE} {_ON} alter table notes disable row level security; {_ON} create policy p on notes using (id > 0);",
    (
        "create table e (at date) partition by range (at); alter table e enable row level security;"
        "create policy p on e for select using (at > '2020-01-01'); create table e_1 partition of e default;"
        "alter table e_1 enable row level security;"
    ),
    "create view v as select 1 as a;",
    "create schema s; create foreign table s.f (id int) server x;",
    (
        "create function secure() returns event_trigger language plpgsql as $$ begin execute 'alter table x enable row "
        "level security'; end $$; create event trigger t on ddl_command_end execute function secure();"
        "create table notes (id bigint);"
    ),
]


@pytest.mark.parametrize(("sql", "expected"), _TOLD)
def test_it_is_told_at_the_line(sql: str, expected: set[str], check_sql: CheckSql) -> None:
    found = check_sql(sql)
    assert "syntax" not in {f.rule for f in found}
    assert {f"{f.rule}:{f.line}" for f in found if f.rule in _RULES} == expected


@pytest.mark.parametrize("sql", _SILENT)
def test_nothing_is_said(sql: str, check_sql: CheckSql) -> None:
    assert [f.message for f in check_sql(sql) if f.rule in {*_RULES, "syntax"}] == []


def test_a_later_file_switches_it_on(check_sql: CheckSql) -> None:
    first = f"-- file: 20250101000000_a.sql\n{_TABLE}\n"
    assert [f.rule for f in check_sql(first) if f.rule in _RULES] == ["no-rls"]
    later = f"{first}-- file: 20250102000000_b.sql\n{_ON}\n"
    assert [f.rule for f in check_sql(later) if f.rule in _RULES] == ["rls-without-policy"]


def test_the_exposed_schemas_are_those_of_the_project(check_sql: CheckSql) -> None:
    sql = "create schema api; create table api.notes (id int); create table public.jobs (id int);"
    found = check_sql(sql, Terms(exposed=("api",)))
    assert [f.message for f in found if f.rule == "no-rls"] == [
        "Table api.notes is in an exposed schema and row-level security is off."
    ]


def test_the_help_can_be_pasted(check_sql: CheckSql) -> None:
    found = check_sql('create table "My Notes" (id int);')
    assert [f.help for f in found if f.rule == "no-rls"] == [
        'alter table public."My Notes" enable row level security;'
    ]
