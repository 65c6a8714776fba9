"""What a file loses and whom it keeps waiting, in words; silent about what the file itself has just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import describe
from supa_deploy.migrations.words import hazard

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script

REWRITTEN = "out reads and writes while the table is rewritten"
CHECKED = "out reads and writes while every row is checked"
INDEXED = "out reads and writes while its index is built"


@pytest.mark.parametrize(
    ("statement", "line", "lost"),
    [
        ("drop table app.x", "drops table app.x", "its rows"),
        (
            "drop table if exists x cascade",
            "drops table x",
            "its rows, and the views and foreign keys that depend on it",
        ),
        (
            "drop schema app cascade",
            "drops schema app",
            "every table, row and function in it, and whatever depends on them",
        ),
        ("drop view v cascade", "drops view v", "the views and functions that depend on it"),
        (
            "drop materialized view v cascade",
            "drops materialized view v",
            "the views and functions that depend on it",
        ),
        ("drop type e cascade", "drops type e", "every column of this type with its values"),
        ("drop domain d cascade", "drops domain d", "every column of this type with its values"),
        (
            "drop function f(int) cascade",
            "drops function f",
            "the policies, triggers, defaults and views that use it",
        ),
        (
            "drop aggregate a(int) cascade",
            "drops aggregate a",
            "the policies, triggers, defaults and views that use it",
        ),
        (
            "drop extension pg_cron",
            "drops extension pg_cron",
            "all it brought, rows in tables of its own too",
        ),
        (
            "drop extension postgis cascade",
            "drops extension postgis",
            "all it brought, and every column of its types with its values",
        ),
        ("drop sequence s", "drops sequence s", "its position"),
        ("drop sequence s cascade", "drops sequence s", "its position, and the defaults that use it"),
        ("drop server s cascade", "drops server s", "its foreign tables and user mappings"),
        ("drop foreign table f cascade", "drops foreign table f", "whatever depends on it"),
        (
            "drop text search configuration c cascade",
            "drops text search configuration c",
            "whatever depends on it",
        ),
        ("drop database d", "drops database d", "all it holds"),
        ("alter table t drop column c", "drops column t.c", "its values"),
        (
            "alter table t drop column c cascade",
            "drops column t.c",
            "its values, and the views, keys and policies that use it",
        ),
        ("alter type c drop attribute a", "drops attribute c.a", "its values"),
        (
            "alter table t drop constraint k cascade",
            "drops constraint k of t",
            "the foreign keys of other tables that rely on it",
        ),
        ("truncate t", "empties table t", "its rows"),
        ("truncate t cascade", "empties table t", "its rows, and those of every table that refers to it"),
        ("delete from t", "deletes every row of t", "its rows"),
        ("delete from t where true", "deletes every row of t", "its rows"),
        ("delete from t where a = 1", "deletes rows of t", "those rows"),
        ("delete from t using o where o.a = t.a", "deletes rows of t", "those rows"),
        (
            "merge into t using o on t.a = o.a when matched then delete",
            "merges rows into t",
            "the rows it deletes",
        ),
        (
            "refresh materialized view v with no data",
            "empties materialized view v",
            "its rows until it is refreshed",
        ),
    ],
)
def test_what_is_lost_is_said(script: Callable[..., Script], statement: str, line: str, lost: str) -> None:
    said = describe(script(statement))[0]
    assert said == f"{line} (loses {lost})"
    assert hazard(said) == "loses"


def test_what_a_role_owns_is_lost_with_drop_owned(script: Callable[..., Script]) -> None:
    assert describe(script("drop owned by bob")) == (
        "drops all that bob owns (loses its tables with their rows, and the rest)",
        "1 statement whose effect cannot be read (DROP OWNED BY, line 1)",
    )


@pytest.mark.parametrize(
    ("statement", "line", "lock"),
    [
        ("create index on t (a)", "adds an index on t", "out writes while it is built"),
        ("create unique index i on t (a)", "adds unique index i on t", "out writes while it is built"),
        (
            "alter table t alter c type varchar(50)",
            "changes the type of t.c to character varying(50)",
            f"{REWRITTEN}, unless the values fit the new type as they are stored",
        ),
        (
            "alter table t alter c type text using c::text",
            "changes the type of t.c to text",
            f"{REWRITTEN}, unless the values fit the new type as they are stored",
        ),
        (
            "alter table t alter c type uuid using md5(c)::uuid",
            "changes the type of t.c to uuid",
            REWRITTEN,
        ),
        (
            "alter table t alter c set not null",
            "makes t.c NOT NULL",
            f"{CHECKED}, unless a valid CHECK says it already",
        ),
        (
            "alter table t add constraint k foreign key (a) references o",
            "adds foreign key constraint k to t",
            "out writes to both tables while every row is checked",
        ),
        ("alter table t add check (a > 0)", "adds check constraint to t", CHECKED),
        ("alter table t add primary key (a)", "adds primary key constraint to t", INDEXED),
        ("alter table t add constraint k unique (a)", "adds unique constraint k to t", INDEXED),
        ("alter table t add exclude using gist (a with =)", "adds exclusion constraint to t", INDEXED),
        (
            "alter table t add constraint k primary key using index i",
            "adds primary key constraint k to t",
            f"{CHECKED}, unless its columns are NOT NULL already",
        ),
        ("alter table t add column c uuid default gen_random_uuid()", "adds column t.c", REWRITTEN),
        ("alter table t add column c timestamptz default clock_timestamp()", "adds column t.c", REWRITTEN),
        ("alter table t add column c text default 'x' || random()", "adds column t.c", REWRITTEN),
        ("alter table t add column c bigserial", "adds column t.c", REWRITTEN),
        ("alter table t add column c int generated always as identity", "adds column t.c", REWRITTEN),
        ("alter table t add column c int generated always as (a + 1) stored", "adds column t.c", REWRITTEN),
        (
            "alter table t add column c text default app.slug()",
            "adds column t.c",
            f"{REWRITTEN}, unless function slug is declared stable",
        ),
        ("alter table t add column c text unique", "adds column t.c", INDEXED),
        ("alter table t add column c int check (c > 0)", "adds column t.c", CHECKED),
        ("alter table t add column c int default 1 references o", "adds column t.c", CHECKED),
        ("alter table t alter c set expression as (a + 2)", "changes what t.c is generated from", REWRITTEN),
        ("alter table t set logged", "makes t a logged table", REWRITTEN),
        ("alter table t set unlogged", "makes t an unlogged table, which a crash empties", REWRITTEN),
        ("alter table t set access method heap2", "changes the access method of t", REWRITTEN),
        (
            "alter table t set tablespace s",
            "moves t to tablespace s",
            "out reads and writes while it is copied",
        ),
        (
            "alter table t attach partition p for values in (1)",
            "attaches partition p to t",
            "out reads and writes of the partition while its rows are checked, unless a CHECK proves them",
        ),
        ("cluster t using i", "orders the rows of t by an index", REWRITTEN),
        ("vacuum full t", "packs t", REWRITTEN),
        ("vacuum full", "packs every table", REWRITTEN),
        (
            "reindex table t",
            "builds the indexes of table t anew",
            "out writes, and reads by the index, while it is built anew",
        ),
        (
            "reindex index i",
            "builds index i anew",
            "out writes, and reads by the index, while it is built anew",
        ),
        (
            "refresh materialized view v",
            "refreshes materialized view v",
            "out reads of it until it is filled",
        ),
        ("lock table t", "takes a lock on t", "out reads and writes until the file is done"),
        ("lock table t in share mode", "takes a lock on t", "out writes until the file is done"),
        ("update t set a = 1", "updates every row of t", "out other writes to them until the file is done"),
        (
            "alter domain d add constraint k check (value > 0)",
            "adds constraint k to domain d",
            "out writes to every table that uses it while every row is checked",
        ),
        (
            "alter domain d set not null",
            "makes domain d NOT NULL",
            "out writes to every table that uses it while every row is checked",
        ),
    ],
)
def test_what_is_locked_for_long_is_said(
    script: Callable[..., Script], statement: str, line: str, lock: str
) -> None:
    said = describe(script(statement))[0]
    assert said == f"{line} (locks {lock})"
    assert hazard(said) == "locks"


@pytest.mark.parametrize(
    "statement",
    [
        "create index concurrently i on t (a)",
        "create index i on only t (a)",
        "alter table t add column c text",
        "alter table t add column c text not null default 'x'",
        "alter table t add column c jsonb default '{}'::jsonb",
        "alter table t add column c timestamptz default timezone('utc'::text, now())",
        "alter table t add column c uuid references o (id)",
        "alter table t add column c uuid default null references o (id)",
        "alter table t add constraint k check (a > 0) not valid",
        "alter table t add constraint k foreign key (a) references o not valid",
        "alter table t add constraint k unique using index i",
        "alter table t validate constraint k",
        "alter table t alter c drop not null",
        "alter table t detach partition p",
        "alter view v set (security_invoker = on)",
        "update t set a = o.a from o where o.id = t.id",
        "vacuum (full false) t",
        "reindex (concurrently) table t",
        "refresh materialized view concurrently v",
        "drop view v",
        "drop policy p on t cascade",
        "drop trigger g on t",
        "drop index i cascade",
        "alter table t disable row level security",
    ],
)
def test_what_takes_a_moment_has_no_mark(script: Callable[..., Script], statement: str) -> None:
    lines = describe(script(statement))
    assert lines
    assert [hazard(line) for line in lines] == [None] * len(lines)


@pytest.mark.parametrize("mode", ["row exclusive", "share update exclusive", "access share"])
def test_a_lock_that_lets_others_write_has_no_line(script: Callable[..., Script], mode: str) -> None:
    assert describe(script(f"lock table t in {mode} mode")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "create table t (a int); update t set a = 1; delete from t; truncate t; drop table t cascade;",
        "create table if not exists t (a int); create index on t (a); alter table t alter a type text;",
        "create table s (a int); alter table s rename to t; create index on t (a); alter table t drop column a;",
        "create table t (a int); alter table t set schema app; create index on app.t (a);",
        "create temp table t as select 1 as a; update t set a = 2; drop table t;",
        "create materialized view v as select 1 as a; create index on v (a); refresh materialized view v;",
        "create table p (a int); alter table t attach partition p for values in (1);",
        "create domain d as text; alter domain d add check (value <> '');",
        "set search_path = app; create table t (a int); create index on t (a); delete from t;",
        "create sequence s; drop sequence s;",
        "create type e as enum ('a'); drop type e cascade;",
    ],
)
def test_what_the_file_itself_made_has_no_rows_to_lose_or_lock(
    script: Callable[..., Script], text: str
) -> None:
    assert [line for line in describe(script(text)) if hazard(line)] == []


def test_a_table_that_is_made_anew_loses_the_rows_of_the_old_one(script: Callable[..., Script]) -> None:
    assert describe(script("drop table if exists t; create table t (a int); create index on t (a);")) == (
        "drops table t (loses its rows)",
        "creates table t: 1 column, 1 index, RLS off",
    )
    gone = describe(script("create table t (a int); drop table t; create index on t (a);"))
    assert gone[-1] == "adds an index on t (locks out writes while it is built)"


def test_a_name_that_looks_like_a_mark_is_none(script: Callable[..., Script]) -> None:
    lines = describe(
        script('alter table t add column "a (loses x)" int; alter table t drop column "b (locks y)"')
    )
    assert lines == ("adds column t.a (loses x).", "drops column t.b (locks y) (loses its values)")
    assert [hazard(line) for line in lines] == [None, "loses"]


@pytest.mark.parametrize(
    "line", ["", "drops table t", "creates type e: (loses", "(locks x) y", "a (gains x)"]
)
def test_other_lines_warn_of_nothing(line: str) -> None:
    assert hazard(line) is None
