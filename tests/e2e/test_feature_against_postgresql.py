"""The numbers of a report's impact against a real PostgreSQL: its catalog is counted after each file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Counts
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pg8000.native import Connection

    from supa_deploy.migrations import Script
    from supa_deploy.platform.throwaway import Platform

_EXAMPLE = sorted((Path(__file__).parents[2] / "supabase" / "migrations").glob("*.sql"))
_SUPABASE = (
    "create schema extensions",
    "create schema auth",
    "create table auth.users (id uuid primary key, email text)",
    "create function auth.uid() returns uuid language sql as 'select null::uuid'",
    'create extension "uuid-ossp" schema extensions',
    "create extension pgcrypto schema extensions",
)
_OURS = "n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'auth', 'extensions')"
_ON_TABLE = "join pg_class c on c.oid = x.{} join pg_namespace n on n.oid = c.relnamespace"
_COUNTS = {
    "tables": "pg_class c join pg_namespace n on n.oid = c.relnamespace where relkind in ('r', 'p', 'f')",
    "columns": f"pg_attribute x {_ON_TABLE.format('attrelid')} "
    "where relkind in ('r', 'p', 'f') and attnum > 0 and not attisdropped",
    "indexes": f"pg_index x {_ON_TABLE.format('indrelid')} where not exists "
    "(select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))",
    "policies": f"pg_policy x {_ON_TABLE.format('polrelid')} where true",
    # The server keeps a row of its own for each partition of a key's target: no key that anybody wrote.
    "foreign_keys": f"pg_constraint x {_ON_TABLE.format('conrelid')} where contype = 'f' and not exists "
    "(select from pg_constraint p where p.oid = x.conparentid and p.conrelid = x.conrelid)",
    "checks": f"pg_constraint x {_ON_TABLE.format('conrelid')} where contype = 'c'",
    "views": "pg_class c join pg_namespace n on n.oid = c.relnamespace where relkind in ('v', 'm')",
    "functions": "pg_proc p join pg_namespace n on n.oid = p.pronamespace where not exists (select from pg_depend d "
    "where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype in ('i', 'e'))",
    "triggers": f"pg_trigger x {_ON_TABLE.format('tgrelid')} where not tgisinternal and relkind in ('r', 'p', 'f')",
    "types": "pg_type t join pg_namespace n on n.oid = t.typnamespace where (t.typtype in ('e', 'd', 'r') "
    "or t.typtype = 'c' and (select relkind from pg_class where oid = t.typrelid) = 'c')",
}
_QUERY = f"select {', '.join(f'(select count(*) from {what} and {_OURS})' for what in _COUNTS.values())}"  # noqa: S608  # all of it stands above


def _cases() -> list[Any]:
    text = (Path(__file__).parent / "fold_cases.sql").read_text("utf-8")
    cases = (case.partition("\n") for case in text.split("-- case: ")[1:])
    return [
        *(pytest.param(body.split("-- next file\n"), id=title) for title, _, body in cases),
        pytest.param([path.read_text("utf-8") for path in _EXAMPLE], id="the example project"),
    ]


@pytest.fixture
def database(shared_platform: Any) -> Iterator[Connection]:
    """A database of its own on the platform's server, with the little of Supabase that the files refer to."""
    platform: Platform = shared_platform.platform
    where = sql.Socket(platform.folder, platform._started.port, SUPERUSER)
    platform.sql("drop database if exists feature_case with (force)")
    platform.sql("create database feature_case template template0")
    with sql.connected(where, "feature_case") as connection:
        for statement in _SUPABASE:
            connection.execute_simple(statement)
        yield connection
    platform.sql("drop database feature_case with (force)")


def _counted(database: Connection) -> Counts:
    """What the database holds, in numbers."""
    (row,) = database.run(_QUERY) or []
    return Counts(**dict(zip(_COUNTS, row, strict=True)))


def test_every_number_has_its_query() -> None:
    assert list(_COUNTS) == [field.name for field in fields(Counts)]


@pytest.mark.parametrize("texts", _cases())
def test_the_impact_of_each_file_is_that_of_the_catalog(
    database: Connection, texts: list[str], record_property: Callable[[str, object], None]
) -> None:
    scripts: list[Script] = []
    counted = [_counted(database)]
    for number, text in enumerate(texts, start=1):
        script = parse_text(Migration(f"{number:02}", "x", f"{number:02}_x.sql", Path("x.sql")), text)
        assert script.problems == ()
        scripts.append(script)
        database.execute_simple("reset all")
        database.execute_simple('set search_path = "$user", public, extensions')
        for statement in script.statements:  # one by one, since CONCURRENTLY refuses company
            database.execute_simple(script.statement_text(statement))
        counted.append(_counted(database))
    for place, script in enumerate(scripts):
        impact = feature_of(scripts, {script.migration.version}).impact
        assert impact.before == counted[place]
        assert (impact.after, impact.sure) == (counted[place + 1], True)
        record_property("count impacts held against a catalog", 1)
    whole = feature_of(scripts).impact
    assert (whole.before, whole.after) == (counted[0], counted[-1])
