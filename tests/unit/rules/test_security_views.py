"""Views and materialized views over tables with row-level security."""

# ruff: noqa: S608 - the SQL of the examples is put together from fixed pieces and run nowhere.

import pytest

from .conftest import CheckSql

_TABLES = """create table notes (id bigint primary key, body text);
alter table notes enable row level security;
create table open (id bigint primary key);
create schema private;
"""

_BYPASSES = [
    "create view v as select * from notes;",
    'CREATE OR REPLACE VIEW "Public Notes" AS SELECT n.id FROM public.notes AS n;',
    "create view v with (security_barrier) as select id from notes;",
    "create view v with (security_invoker = false) as select id from notes;",
    "create view v with (security_invoker = off) as select id from notes;",
    "create view v as select o.id from open o left join notes n using (id);",
    "create view v as select id from open where exists (select from notes n where n.id = open.id);",
    "create view v as with w as (select id from notes) select id from w;",
    "create view v as select id from open union all select id from notes;",
    "create view private.n as select id from notes; create view v as select id from private.n;",
    (
        "create view private.n as select id from notes;"
        "create view v with (security_invoker = true) as select id from private.n;"
    ),
    "create view v as select id, email from auth.users;",
    "create view v with (security_invoker) as select id from notes; alter view v reset (security_invoker);",
    "create view v with (security_invoker) as select id from notes; create or replace view v as select id from notes;",
    "create view v with (security_invoker = on) as select id from notes; alter view v set (security_invoker = off);",
    "create view v as select id from open; alter table open enable row level security;",
    "create view private.v as select id from notes; alter view private.v set schema public;",
    "create recursive view v (id) as select id from notes union select id + 1 from v where id < 9;",
]

_FINE = [
    "create view v with (security_invoker = true) as select id from notes;",
    "CREATE VIEW v WITH (SECURITY_INVOKER = ON) AS SELECT * FROM notes;",
    "create view v with (security_barrier = true, security_invoker) as select id from notes;",
    "create view v with (security_invoker = 1) as select id from notes;",
    "create view v as select id from notes; alter view v set (security_invoker = true);",
    "create view v as select id from notes; ALTER VIEW IF EXISTS public.v SET (security_invoker = 'yes');",
    "create view v as select id from notes; alter table v set (security_invoker = true);",
    "create view v as select id from open;",
    "create view private.v as select id from notes;",
    "create view v as select 1 as one;",
    "create view n with (security_invoker) as select id from notes; create view v as select id from n;",
    "create view v as select id from notes; drop view v;",
    "create temp view v as select id from notes;",
    "create view v as select id from notes; do $$ begin alter view v set (security_invoker = true); end $$;",
    "create view v as select id from elsewhere;",
    "create view v as select id from open; alter view v rename to w;",
    "alter view elsewhere set (security_invoker = true);",
    "create materialized view private.m as select id from notes; create view v as select id from private.m;",
]

_COPIES = [
    "create materialized view m as select * from notes;",
    'CREATE MATERIALIZED VIEW IF NOT EXISTS public."M" AS SELECT count(*) FROM notes WITH NO DATA;',
    "create view private.n as select id from notes; create materialized view m as select id from private.n;",
    "create materialized view m as select email from auth.users;",
    "create materialized view private.m as select id from notes; alter materialized view private.m set schema public;",
]

_NO_COPIES = [
    "create materialized view m as select id from open;",
    "create materialized view private.m as select id from notes;",
    "create materialized view m as select id from notes; drop materialized view m;",
    "create view v as select id from notes;",
]


def _told(check_sql: CheckSql, rule: str, sql: str) -> list[str]:
    found = check_sql(_TABLES + sql)
    assert "syntax" not in {f.rule for f in found}
    return [f.message for f in found if f.rule == rule]


@pytest.mark.parametrize("sql", _BYPASSES)
def test_a_view_shows_what_policies_hide(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "view-bypasses-rls", sql)) == 1


@pytest.mark.parametrize("sql", _FINE)
def test_a_view_that_shows_no_more_than_policies(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "view-bypasses-rls", sql) == []


@pytest.mark.parametrize("sql", _COPIES)
def test_a_copy_that_everybody_sees(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "matview-exposed", sql)) == 1


@pytest.mark.parametrize("sql", _NO_COPIES)
def test_a_copy_that_hides_nothing(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "matview-exposed", sql) == []


def test_the_help_mends_the_views_below_too(check_sql: CheckSql) -> None:
    sql = (
        f"{_TABLES}create view private.n as select id from notes; create view v as select id from private.n;"
    )
    assert [f.help for f in check_sql(sql) if f.rule == "view-bypasses-rls"] == [
        "alter view public.v set (security_invoker = true); alter view private.n set (security_invoker = true);"
    ]
