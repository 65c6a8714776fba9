"""Files in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script


def test_what_belongs_to_a_new_table_stands_in_its_line(script: Callable[..., Script]) -> None:
    text = """create table if not exists ai_threads (
      id uuid primary key, user_id uuid references auth.users (id), n int);
    alter table ai_threads enable row level security;
    create index on ai_threads (n); create index on ai_threads (user_id);
    drop policy if exists "Own" on ai_threads;
    create policy "Own" on ai_threads using (true);
    create trigger g before update on ai_threads for each row execute function f();
    alter table ai_threads add column late text;
    grant all on ai_threads to service_role; comment on table ai_threads is 'x';"""
    assert describe(script(text)) == (
        "creates table ai_threads: 4 columns, 2 indexes, 1 policy, RLS on, 1 foreign key, 1 trigger",
        "changes grants (1 statement)",
        "sets 1 comment",
    )


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "alter table chat_sessions add column openai_thread_id text",
            "adds column chat_sessions.openai_thread_id",
        ),
        ("drop table x", "drops table x (loses its rows)"),
        ("drop table if exists app.x cascade", "drops table app.x (loses its rows)"),
        ("alter table t drop column c", "drops column t.c (loses its values)"),
        ("truncate t", "empties table t (loses its rows)"),
        ("alter table t alter c type int", "changes the type of t.c"),
        ("alter table t alter c set not null", "makes t.c NOT NULL"),
        ("alter table t add constraint k foreign key (a) references o", "adds foreign key constraint k to t"),
        ("alter table t add primary key (a)", "adds primary key constraint to t"),
        ("alter table t enable row level security", "turns RLS on for t"),
        ("alter table t disable row level security", "turns RLS OFF for t"),
        ("alter table t rename to u", "renames t to u"),
        ("alter table t rename a to b", "renames t.a to b"),
        ("create unique index i on t (a)", "adds unique index i on t"),
        ("create index on t (a)", "adds an index on t"),
        ("create policy p on t", 'adds policy "p" on t'),
        ("drop policy if exists p on t; create policy p on t", 'replaces policy "p" on t'),
        ("drop policy p on t", 'drops policy "p" on t'),
        ("alter policy p on t to anon", 'changes policy "p" on t'),
        ("create trigger g after insert on t execute function f()", "adds trigger g on t"),
        ("drop trigger g on t", 'drops trigger "g" on t'),
        ("create or replace function app.f() returns int return 1", "creates or replaces function app.f()"),
        ("create procedure p() language sql as ''", "creates procedure p()"),
        ("create view v as select 1 as a, 2 as b", "creates view v: 2 columns"),
        ("create materialized view v as select 1 as a", "creates materialized view v: 1 column"),
        ("create table t as select 1 as a", "creates table t: 1 column, RLS off"),
        ("create type e as enum ('a', 'b')", "creates type e: a, b"),
        ("alter type e add value 'c'", "adds value c to type e"),
        ("alter type e rename value 'c' to 'd'", "renames value c of type e to d"),
        ("create domain d as text", "creates domain d"),
        ("create extension if not exists vector", "creates extension vector"),
        ("create schema app", "creates schema app"),
        ("create sequence s", "creates sequence s"),
        ("insert into t values (1)", "inserts rows into t"),
        ("delete from t", "deletes rows of t"),
        ("drop function f(int)", "drops function f"),
        ("drop schema app cascade", "drops schema app"),
        ("alter table t replica identity full", "alters t"),
        (
            "alter publication supabase_realtime add table t",
            "runs alter publication supabase_realtime add table t",
        ),
        ("create role r login password 'S3cret'", "runs create role r login password …"),
        ("alter function f(int) owner to o", "runs alter function f …"),
        ("refresh materialized view v", "runs refresh materialized view v"),
    ],
)
def test_statements_in_words(script: Callable[..., Script], statement: str, words: str) -> None:
    assert describe(script(statement)) == (words,)


def test_what_cannot_be_read_is_counted_with_its_line(script: Callable[..., Script]) -> None:
    text = "select 1;\n\ndo $$ begin drop table t; end $$;"
    assert describe(script(text)) == ("1 statement whose effect cannot be read (DO block, line 3)",)
    two = describe(script(text + "\ncall p();"))
    assert two == ("2 statements whose effect cannot be read (DO block, line 3; CALL public.p(), line 4)",)


def test_a_file_that_is_not_one_transaction_says_so(script: Callable[..., Script]) -> None:
    assert describe(script("drop table x;\ncreate index concurrently i on t (a);")) == (
        "drops table x (loses its rows)",
        "adds index i on t",
        "not one transaction, what comes before a failure stays (create index concurrently i on t …, line 2)",
    )


@pytest.mark.parametrize(
    "text", ["", "-- nothing", "set search_path = app;", "begin; commit;", "select 1;", "selct"]
)
def test_files_that_change_nothing_have_no_words(script: Callable[..., Script], text: str) -> None:
    assert describe(script(text)) == ()
