"""How each file can be run: together, sent as it is, in no transaction, or not at all."""

from collections.abc import Callable

import pytest

from supa_deploy.bundle.entries import Entry, Mode, entries_of
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import Script
from supa_deploy.model import Runner

Scripts = Callable[..., tuple[Script, ...]]


def _entries(scripts: tuple[Script, ...], runner: Runner = Runner.DASHBOARD) -> tuple[Entry, ...]:
    return entries_of(scripts, scripts, runner)


@pytest.mark.parametrize(
    ("text", "psql", "dashboard"),
    [
        ("create table a ();", Mode.TOGETHER, Mode.TOGETHER),
        ("", Mode.TOGETHER, Mode.TOGETHER),
        ("-- nothing", Mode.TOGETHER, Mode.TOGETHER),
        ("begin; create table a (); commit; -- end", Mode.TOGETHER, Mode.TOGETHER),
        ("start transaction; create table a (); end;", Mode.TOGETHER, Mode.TOGETHER),
        ("do $$ begin null; end $$;", Mode.TOGETHER, Mode.TOGETHER),
        ("call p();", Mode.ALONE, Mode.TOGETHER),
        ("do $$ begin commit; end $$;", Mode.ALONE, Mode.TOGETHER),
        ("-- pg-delta: transaction=false\ncreate table a ();", Mode.ALONE, Mode.TOGETHER),
        ("create index concurrently i on a (b);", Mode.ALONE, None),
        ("vacuum a;", Mode.ALONE, None),
        ("reindex schema public;", Mode.ALONE, None),
        ("discard all;", Mode.ALONE, None),
        ("create database d;", Mode.ALONE, None),
        ("begin; create table a (); commit; create table b ();", Mode.ALONE, None),
        ("begin isolation level serializable; create table a (); commit;", Mode.ALONE, None),
        ("begin; create table a (); commit and chain;", Mode.ALONE, None),
        ("begin; vacuum a; commit;", Mode.ALONE, None),
        ("commit;", Mode.ALONE, None),
        ("select 1 into a;", Mode.PLAIN, None),
        ("set transaction isolation level serializable; select 1;", Mode.PLAIN, None),
        ("select 1 into a; vacuum a;", None, None),
        ("copy a from stdin;", None, None),
        ("copy a to stdout;", None, None),
        ("copy a from program 'x';", Mode.TOGETHER, Mode.TOGETHER),
        ("discard plans; reindex table a;", Mode.TOGETHER, Mode.TOGETHER),
    ],
)
def test_modes(scripts: Scripts, text: str, psql: Mode | None, dashboard: Mode | None) -> None:
    for runner, mode in ((Runner.PSQL, psql), (Runner.DASHBOARD, dashboard)):
        if mode is None:
            with pytest.raises(PreflightFailed) as refused:
                _entries(scripts(text), runner)
            assert (refused.value.code, refused.value.line) == ("not_bundled", 1)
            assert refused.value.hint
        else:
            assert _entries(scripts(text), runner)[0].mode is mode


def test_a_transaction_around_everything_is_recorded_and_not_run(scripts: Scripts) -> None:
    (entry,) = _entries(scripts("set x.y = 1;\nbegin;\nselect 1;\n-- é\ncommit;\n-- end"))
    assert entry.statements == ("set x.y = 1", "begin", "select 1", "-- é\ncommit", "-- end")
    assert entry.left_out == (1, 3)


def test_what_may_commit_is_warned_of(scripts: Scripts) -> None:
    (entry,) = _entries(scripts("select 1;\ncall p();"))
    assert entry.warning is not None
    assert "line 2: call p()" in entry.warning
    assert _entries(scripts("select 1"))[0].warning is None


@pytest.mark.parametrize(
    ("first", "second", "closes"),
    [
        ("create table a ();", "create table b ();", False),
        ("alter type m add value 'x';", "select 'x'::m;", True),
        ("alter type m add value 'x';", "select 1;", False),
        ("create table a (b int references c deferrable);", "select 1;", True),
        ("select 1;", "set constraints all deferred;", True),
        ("create temp table t () on commit drop;", "select 1;", True),
        ("set local role anon; reset role;", "select 1;", True),
        ("set local work_mem = '1MB';", "select 1;", False),
    ],
)
def test_where_a_new_transaction_begins(scripts: Scripts, first: str, second: str, *, closes: bool) -> None:
    before, after = _entries(scripts(first, second))
    assert (before.closes is not None, after.closes) == (closes, None)


def test_a_statement_that_the_cli_cuts_apart_is_refused(scripts: Scripts) -> None:
    text = "select 1;\ncreate rule r as on insert to t do also (insert into u values (1); delete from v);"
    with pytest.raises(PreflightFailed, match=r"1_x\.sql:2 cannot be bundled: the Supabase CLI does not cut"):
        _entries(scripts(text))
