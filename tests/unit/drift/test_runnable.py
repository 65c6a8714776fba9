"""The engine's SQL as one transaction, and what it takes away before it runs."""

from collections.abc import Callable

import pytest

from supa_deploy.drift.engine import read_statements
from supa_deploy.drift.losses import Lost, LostBehind, LostColumn, LostTable, Why, losses_in
from supa_deploy.drift.runnable import not_in_transaction, runnable
from supa_deploy.errors import PreflightFailed

VERSIONS = ("3.1.0", "2.122.1")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SET local check_function_bodies = off; drop table public.t;",
            "select set_config('check_function_bodies', 'off', true);\n\ndrop table public.t;",
        ),
        ("set lock_timeout to 5000", "select set_config('lock_timeout', '5000', true);"),
        (
            "set search_path = public, extensions",
            "select set_config('search_path', 'public, extensions', true);",
        ),
        ("set application_name = 'it''s'", "select set_config('application_name', 'it''s', true);"),
        ("reset search_path; drop view public.v", "drop view public.v;"),
        ("begin; drop view public.v; commit", "drop view public.v;"),
        ("create role x; grant anon to x; drop view public.v", "drop view public.v;"),
        (
            "alter table auth.users add column x int; drop policy p on storage.objects",
            "drop policy p on storage.objects;",
        ),
        ("comment on extension citext is 'x'", ""),
        ("alter table public.t owner to supabase_admin", ""),
        ("alter table public.t owner to postgres", "alter table public.t owner to postgres;"),
        ("revoke all on table public.t from anon", "revoke all on table public.t from anon;"),
        ("-- why\ndrop view public.v -- gone\n;", "drop view public.v -- gone\n;"),
        ("", ""),
    ],
)
def test_runnable(sql: str, expected: str) -> None:
    assert runnable(read_statements(sql)) == expected


def test_statements_are_subtracted_token_by_token() -> None:
    statements = read_statements("revoke  ALL on table public.t\n from anon; drop table public.t;")
    assert runnable(statements, without=["REVOKE all ON table public.t FROM anon;"]) == "drop table public.t;"
    assert runnable(statements, without=['REVOKE all ON table public."T" FROM anon']).startswith("revoke")


@pytest.mark.parametrize(
    "sql",
    [
        "create index concurrently i on public.t (a)",
        "vacuum public.t",
        "alter system set work_mem = '1MB'",
        "create database x",
        "reindex index concurrently public.i",
    ],
)
def test_what_no_transaction_holds_is_refused(sql: str) -> None:
    statements = read_statements(f"drop table public.t; \n{sql};")
    assert not_in_transaction(statements) == (sql,)
    with pytest.raises(PreflightFailed, match="cannot run inside a transaction") as caught:
        runnable(statements)
    assert sql in caught.value.message
    assert caught.value.code == "not_one_transaction"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("drop table public.a", (LostTable("public", "a"),)),
        (
            "drop table a, other.b cascade",
            (LostTable("public", "a", cascade=True), LostTable("other", "b", cascade=True)),
        ),
        ("truncate public.a", (LostTable("public", "a", Why.EMPTIED),)),
        ("alter table public.a drop column b", (LostColumn("public", "a", "b"),)),
        (
            "alter table public.a drop column b; alter table public.a add column b text",
            (LostColumn("public", "a", "b"),),
        ),
        (
            "alter table public.a alter b type int using b::int",
            (LostColumn("public", "a", "b", Why.RETYPED),),
        ),
        ("alter table public.a drop column b; drop table public.a", (LostTable("public", "a"),)),
        (
            "alter table public.a alter b type int; alter table public.a drop b",
            (LostColumn("public", "a", "b"),),
        ),
        ("drop schema x cascade", (LostBehind("schema", "", "x"),)),
        ("drop schema x", ()),
        ("drop type public.mood cascade", (LostBehind("type", "public", "mood"),)),
        ("drop domain public.d cascade", (LostBehind("domain", "public", "d"),)),
        ("drop extension hstore cascade", (LostBehind("extension", "", "hstore"),)),
        ("drop view public.v; drop materialized view public.m; drop index public.i", ()),
        ("alter type public.pair drop attribute a", ()),
        ("alter table public.a alter b set default 1", ()),
    ],
)
def test_losses(sql: str, expected: tuple[Lost, ...]) -> None:
    assert losses_in(read_statements(sql)) == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        ("table-added", (LostTable("public", "extra"),)),
        ("table-renamed", (LostTable("public", "series"),)),
        ("column-added", (LostColumn("public", "items", "colour"),)),
        ("column-type", (LostColumn("public", "items", "note", Why.RETYPED),)),
        ("partition-detached", (LostTable("public", "logs_2025"),)),
        ("enum-value-added", (LostColumn("public", "logs", "m", Why.RETYPED),)),
        ("index-added", ()),
        ("matview-added", ()),
    ],
)
def test_the_engines_way_back_names_its_losses(
    drift: str, expected: tuple[Lost, ...], version: str, engine_said: Callable[[str, str, str], str]
) -> None:
    assert losses_in(read_statements(engine_said(version, drift, "back"))) == expected


def test_the_engines_way_back_from_a_function_is_runnable(
    engine_said: Callable[[str, str, str], str],
) -> None:
    script = runnable(read_statements(engine_said("3.1.0", "function-added", "back")))
    assert script == (
        "select set_config('check_function_bodies', 'off', true);\n\nDROP FUNCTION \"public\".\"hello\"(text);"
    )
