"""What hurts a database in use: rows and locks of tables that were there before the file."""

import pytest

from .conftest import CheckSql

_OLD = """-- file: 20250101000000_old.sql
create table public.a (id bigint primary key, b text);
create materialized view public.m as select 1 as n;
create table public.parts (at date) partition by range (at);
create table public.part (at date);
-- file: 20250102000000_now.sql
"""
_IDS = {
    "update-without-where",
    "delete-without-where",
    "truncate",
    "drop-cascade",
    "refresh-without-concurrently",
    "vacuum-full",
    "table-rewrite",
    "attach-partition",
    "publication-set-table",
}


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("update a set b = 'x';", {"update-without-where"}),
        ("update a set b = 'x' where id = 1;", set()),
        ("update a set b = o.b from other o where o.id = a.id;", set()),
        ("delete from a;", {"delete-without-where"}),
        ("create table n (x text); delete from n; update n set x = 'y'; truncate n;", set()),
        ("create temp table a (b text); update a set b = 'x';", set()),
        ("update auth.users set phone = null;", set()),
        ("truncate a, b;", {"truncate"}),
        ("drop table a cascade;", {"drop-cascade"}),
        ("drop table a;", set()),
        ("drop schema other cascade;", {"drop-cascade"}),
        ("drop policy p on a cascade;", set()),
        ("alter table a drop column b cascade;", {"drop-cascade"}),
        ("refresh materialized view m;", {"refresh-without-concurrently"}),
        ("refresh materialized view m with no data;", set()),
        ("vacuum full;", {"vacuum-full"}),
        ("vacuum (full off) a;", set()),
        ("cluster;", {"vacuum-full"}),
        ("alter table a set logged;", {"table-rewrite"}),
        ("alter table a set tablespace fast, set access method heap;", {"table-rewrite"}),
        ("alter index a_pkey set tablespace fast;", set()),
        ("alter table parts attach partition part default;", {"attach-partition"}),
        ("create table fresh (at date); alter table parts attach partition fresh default;", set()),
        ("alter publication p set table a;", {"publication-set-table"}),
        ("alter publication p set (publish = 'insert');", set()),
        ("alter publication p drop table a;", set()),
    ],
)
def test_dangers_to_what_was_there_before(check_sql: CheckSql, sql: str, rules: set[str]) -> None:
    assert {finding.rule for finding in check_sql(_OLD + sql)} & _IDS == rules


def test_messages_name_what_they_are_about_and_no_values(check_sql: CheckSql) -> None:
    sql = "update a set b = 'secret';"
    (found,) = [one for one in check_sql(_OLD + sql) if one.rule == "update-without-where"]
    assert "public.a" in found.message
    assert "secret" not in f"{found.message} {found.help}"
