"""The engine's SQL as one transaction, and what it takes away before it runs."""

from collections.abc import Callable

import pytest

from supa_deploy.drift.engine import read_statements
from supa_deploy.drift.runnable import not_in_transaction, runnable
from supa_deploy.errors import PreflightFailed
from supa_deploy.wayback.losses import converted

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


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        ("column-type", ("public.items.note",)),
        ("enum-value-added", ("public.logs.m",)),
        ("table-added", ()),
        ("column-added", ()),
        ("partition-detached", ()),
    ],
)
def test_the_engines_way_back_names_what_it_converts(
    drift: str, expected: tuple[str, ...], version: str, engine_said: Callable[[str, str, str], str]
) -> None:
    said = converted(read_statements(engine_said(version, drift, "back")))
    assert tuple(line.split(": ")[0].removeprefix("column ") for line in said) == expected


def test_the_engines_way_back_from_a_function_is_runnable(
    engine_said: Callable[[str, str, str], str],
) -> None:
    script = runnable(read_statements(engine_said("3.1.0", "function-added", "back")))
    assert script == (
        "select set_config('check_function_bodies', 'off', true);\n\nDROP FUNCTION \"public\".\"hello\"(text);"
    )
