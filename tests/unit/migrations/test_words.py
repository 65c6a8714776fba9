"""Files in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import describe
from supa_deploy.migrations.words import hazard

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
        ("alter table t drop column c", "drops column t.c (loses its values)"),
        ("alter table t enable row level security", "turns RLS on for t"),
        ("alter table t disable row level security", "turns RLS OFF for t"),
        ("alter table t rename to u", "renames t to u"),
        ("alter table t rename a to b", "renames t.a to b"),
        ("create policy p on t", 'adds policy "p" on t'),
        ("drop policy if exists p on t; create policy p on t", 'replaces policy "p" on t'),
        ("drop policy p on t", 'drops policy "p" on t'),
        ("alter table t rename constraint a to b", "renames t.a to b"),
        ("alter schema app rename to api", "renames app to api"),
        ("alter function app.f(int) rename to g", "renames app.f to g"),
        ("alter type e rename to f", "renames e to f"),
        ("alter foreign data wrapper w rename to x", "renames w to x"),
        ("alter policy p on t rename to q", "renames t.p to q"),
        ("reassign owned by a to b", "gives all that a owns to b"),
        ("notify pgrst, 'S3cret'", "notifies pgrst"),
        ("create statistics on a, b from t", "creates statistics"),
        ("drop subscription s", "drops subscription s"),
        ("alter foreign table f alter c options (k 'S3cret')", "changes options of f.c"),
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
        ("update t set a = 1 where b", "updates rows of t"),
        ("copy t from stdin", "copies rows into t"),
        ("copy t to stdout", "copies rows out of t"),
        ("select cron.schedule('a', 'b', 'S3cret')", "calls cron.schedule()"),
        ("select cron.unschedule(jobid) from cron.job", "calls cron.unschedule()"),
        ("select setval('s', 3)", "calls setval()"),
        ("drop function f(int)", "drops function f"),
        ("drop schema app", "drops schema app"),
        ("drop view v", "drops view v"),
        ("drop role r", "drops role r"),
        ("drop server s", "drops server s"),
        ("alter table t replica identity full", "changes what replicas are told of rows of t"),
        ("alter table t disable trigger g", "switches trigger g of t off"),
        ("alter table t force row level security", "makes RLS bind the owner of t too"),
        ("alter table t set (fillfactor = 70)", "sets options of t: fillfactor"),
        ("alter table t reset (fillfactor)", "resets options of t: fillfactor"),
        ("alter view v set (security_invoker = on)", "sets options of view v: security_invoker"),
        ("alter table t alter c drop default", "drops the default of t.c"),
        ("alter table t alter c set default 'S3cret'", "changes the default of t.c"),
        ("alter table t alter c drop not null", "lets t.c be NULL"),
        ("alter table t alter c add generated always as identity", "makes t.c an identity column"),
        ("alter table t alter c drop expression", "makes t.c an ordinary column that keeps its values"),
        ("alter table t alter constraint k deferrable", "changes constraint k of t"),
        ("alter table t drop constraint k", "drops constraint k of t"),
        ("alter table t inherit p", "lets t inherit from p"),
        ("alter table t detach partition p", "detaches partition p from t"),
        ("alter index i attach partition j", "attaches partition j to index i"),
        ("alter table t owner to o", "gives t to o"),
        ("alter view v owner to o", "gives view v to o"),
        ("alter type c add attribute a int", "adds attribute c.a"),
        ("alter foreign table f add column a uuid default gen_random_uuid()", "adds column f.a"),
        ("alter table t set schema app", "moves table t to schema app"),
        ("alter function f(int) set schema app", "moves function f to schema app"),
        ("alter extension vector set schema extensions", "moves extension vector to schema extensions"),
        ("alter function f(int) owner to o", "gives function f to o"),
        ("alter function app.f(int) set search_path = ''", "changes function app.f"),
        ("alter extension vector update", "changes extension vector"),
        ("alter sequence s owned by t.c", "changes sequence s: owned by t.c"),
        ("alter domain d add check (value > 0) not valid", "adds constraint to domain d"),
        ("alter domain d validate constraint k", "validates constraint k of domain d"),
        ("alter publication supabase_realtime add table t", "adds t to publication supabase_realtime"),
        ("alter publication p drop table app.t", "takes app.t out of publication p"),
        ("alter publication p set (publish = 'insert')", "changes publication p"),
        ("create publication p for all tables", "creates publication p"),
        ("create role r login password 'S3cret'", "creates role r"),
        ("alter role r password 'S3cret'", "changes role r"),
        ("alter database postgres set jwt.secret = S3cret", "runs alter database postgres set jwt.secret …"),
        ("create server s foreign data wrapper w options (k 'S3cret')", "creates server s"),
        ("create rule r as on insert to t do nothing", "creates rule r on t"),
        ("create statistics st on a, b from t", "creates statistics st"),
        ("create event trigger e on ddl_command_end execute function f()", "creates event trigger e"),
        ("create aggregate a(int) (sfunc = f, stype = int)", "creates aggregate a"),
        ("create cast (int as text) with function f(int)", "creates cast integer as text"),
        ("analyze t", "analyzes t"),
    ],
)
def test_statements_in_words(script: Callable[..., Script], statement: str, words: str) -> None:
    assert describe(script(statement)) == (words,)
    assert hazard(words) == ("loses" if "(loses" in words else None)


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
    "text",
    [
        "",
        "-- nothing",
        "checkpoint",
        "discard all",
        "prepare p as select 1",
        "set search_path = app;",
        "begin; commit;",
        "select 1;",
        "selct",
    ],
)
def test_files_that_change_nothing_have_no_words(script: Callable[..., Script], text: str) -> None:
    assert describe(script(text)) == ()
