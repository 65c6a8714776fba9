"""Statements whose effect cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.schema import QName

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema

T = QName("public", "t")


@pytest.mark.parametrize(
    ("statement", "reason", "names"),
    [
        ("do $$ begin alter table t add b int; end $$", "DO block", {"t"}),
        ("do $$ begin if true then drop table if exists t, u; end if; end $$", "DO block", {"t", "u"}),
        (
            "do $$ begin create type mood as enum ('a'); exception when duplicate_object then null; end $$",
            "DO block",
            {"mood"},
        ),
        ("do $$ begin drop policy if exists p on t; end $$", "DO block", {"t"}),
        ("do $$ begin execute 'create index on t (a)'; end $$", "DO block", {"t"}),
        (
            "do $$ declare n text := 't'; begin execute 'drop table ' || n; end $$",
            "DO block with dynamic SQL",
            set(),
        ),
        ("do $$ declare r t%rowtype; begin r.a := 1; end $$", "DO block", set()),
        ("call refresh_all(1)", "CALL public.refresh_all()", set()),
        ("import foreign schema x from server y into z", "IMPORT FOREIGN SCHEMA", set()),
        ("drop owned by somebody", "DROP OWNED BY", set()),
        ("prepare q as select 1; execute q", "EXECUTE Q", set()),
    ],
)
def test_what_cannot_be_read_is_a_doubt_about_the_names_it_shows(
    folded: Callable[..., Schema], statement: str, reason: str, names: set[str]
) -> None:
    schema = folded("create table t (a int);", f"\n{statement}")
    (doubt,) = schema.doubts
    assert doubt.reason == reason
    assert {name.name for name in doubt.may_touch} == names
    assert (doubt.origin.version, doubt.origin.line) == ("2", 2)
    assert (schema.tables[T].uncertain is not None) is ("t" in names)


@pytest.mark.parametrize(
    "statement",
    [
        "do $$ begin insert into t values (1); update t set a = 2; perform 1; raise notice 'x'; end $$",
        "do $$ declare n int; begin select count(*) into n from t; if n > 1 then raise exception 'no'; end if; end $$",
        "select now(), count(*) from t",
        "insert into t select 1",
        "set lock_timeout = '1s'",
        "notify pgrst, 'reload schema'",
        "create role somebody",
    ],
)
def test_statements_that_only_touch_rows_or_the_session_are_no_doubt(
    folded: Callable[..., Schema], statement: str
) -> None:
    schema = folded("create table t (a int);", statement)
    assert (schema.doubts, schema.tables[T].uncertain) == ((), None)


def test_calling_a_function_that_runs_dynamic_sql_is_a_doubt(folded: Callable[..., Schema]) -> None:
    make = """create function {name}() returns void language plpgsql as $$ begin {body} end $$;"""
    calm = make.format(name="calm", body="perform 1;")
    wild = make.format(name="wild", body="execute format('drop table %I', 't');")
    assert folded(calm, "select calm()").doubts == ()
    (doubt,) = folded(wild, "select public.wild()").doubts
    assert "public.wild" in doubt.reason
    (inside,) = folded(wild, "do $$ begin perform wild(); end $$").doubts
    assert "public.wild" in inside.reason
