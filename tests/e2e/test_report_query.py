"""The query that a report gives its reader, run on real PostgreSQL: it is wrong before the files are applied, and true
row by row after, whatever the names are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration, Script, discover, parse_all
from supa_deploy.migrations.parse import parse_text
from supa_deploy.render.document.query import Query, query
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pg8000.native import Connection

    from supa_deploy.platform.throwaway import Platform

_PROJECT = Path(__file__).resolve().parents[2]
_BEFORE = """
create schema auth;
create table auth.users (id uuid primary key);
create function auth.uid() returns uuid language sql stable return null::uuid;
"""
_HOSTILE = """
create schema "Wïld's";
create table "Wïld's"."a'b\\|`<script>" ("x\\y" int primary key, "e\u0301\u202e" text unique);
create index on "Wïld's"."a'b\\|`<script>" ("x\\y") where "x\\y" > 0;
create type "Wïld's"."kind" as enum ('a');
"""
_LATER = """
alter table "Wïld's"."a'b\\|`<script>" add column "new\u202e" numeric(5, 2), add column k "Wïld's"."kind",
  enable row level security;
create table p (a int, b varchar(3)[]) partition by list (a);
create table p1 partition of p for values in (1);
create unlogged table c as select 1 as one;
"""


@pytest.fixture
def database(shared_platform: Any) -> Iterator[Connection]:
    """A database of its own on the platform's server."""
    platform: Platform = shared_platform.platform
    where = sql.Socket(platform.folder, platform._started.port, SUPERUSER)
    platform.sql("drop database if exists query_case with (force)")
    platform.sql("create database query_case template template0")
    with sql.connected(where, "query_case") as connection:
        connection.execute_simple(_BEFORE)
        yield connection
    platform.sql("drop database query_case with (force)")


def test_the_example(database: Connection) -> None:
    scripts = parse_all(discover(_PROJECT).migrations).scripts
    feature = feature_of(scripts, [script.migration.version for script in scripts[1:]])
    made = query(feature)
    assert made is not None
    _apply(database, scripts[:1])
    before = _run(database, made)
    assert [(row[0], row[2], row[3]) for row in before] == [
        ("public.ai_threads", "does not exist", False),
        ("public.chat_sessions.openai_thread_id", "does not exist", False),
        ("public.content_modifications", "does not exist", False),
        ("public.optimizations.ai_modification_count", "does not exist", False),
        ("public.style_customization_history", "does not exist", False),
    ]
    _apply(database, scripts[1:])
    assert _run(database, made)[0][1:] == (
        "11 columns, 5 indexes, 4 policies, RLS on",
        "11 columns, 5 indexes, 4 policies, RLS on",
        True,
    )
    assert all(row[3] for row in _run(database, made))
    database.execute_simple("drop index idx_ai_threads_status")
    assert [row[0] for row in _run(database, made) if not row[3]] == ["public.ai_threads"]


@pytest.mark.parametrize("chosen", [("1",), ("2",), ("1", "2")])
def test_names_of_any_kind(database: Connection, chosen: tuple[str, ...]) -> None:
    scripts = [_script("1", _HOSTILE), _script("2", _LATER)]
    made = query(feature_of(scripts, chosen))
    assert made is not None
    assert "\u202e" not in made.sql
    assert not any(row[3] for row in _run(database, made))
    _apply(database, scripts)
    rows = _run(database, made)
    assert all(row[3] for row in rows), rows
    assert made.left_out == 0


def _script(version: str, text: str) -> Script:
    script = parse_text(Migration(version, "x", f"{version}_x.sql", Path(f"{version}_x.sql")), text)
    assert script.problems == ()
    return script


def _apply(database: Connection, scripts: Sequence[Script]) -> None:
    for script in scripts:
        database.execute_simple(script.text)


def _run(database: Connection, made: Query) -> list[tuple[Any, ...]]:
    rows = [tuple(row) for row in database.run(made.sql) or ()]
    assert len(rows) == made.rows
    return rows
