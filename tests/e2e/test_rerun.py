"""What the rules of "runs twice" say of a file, against what a real server does when the file runs a second time."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pg8000.exceptions import DatabaseError

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.migrations import Migration, Script
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Claim, Finding
from supa_deploy.rules import Terms, Walk
from supa_deploy.rules.book import RULES
from supa_deploy.rules.fixing import fix
from supa_deploy.shadow import OwnServer, Shadow, find_server, sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pg8000.native import Connection

    from supa_deploy.platform.parts import Parts

_, BASE, *CASES = (Path(__file__).parent / "rerun_cases.sql").read_text("utf-8").strip().split("\n\n")
_FIRST = "the first run failed"
_OURS = "relnamespace::regnamespace::text in ('public', 'app', 'reports')"
_CATALOG = """select md5(string_agg(seen::text, chr(10) order by seen::text)) from (
  select 'relation', oid::regclass::text, relkind::text || relrowsecurity, '' from pg_class where <ours>
  union all select 'column', attrelid::regclass::text, attname, concat(format_type(atttypid, atttypmod),
      attnotnull, attidentity, attgenerated)
    from pg_attribute join pg_class c on c.oid = attrelid where attnum > 0 and not attisdropped and <ours>
  union all select 'default', adrelid::regclass::text, attname, pg_get_expr(adbin, adrelid)
    from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
  union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated
    from pg_constraint where connamespace::regnamespace::text in ('public', 'app')
  union all select 'index', indexrelid::regclass::text, '', pg_get_indexdef(indexrelid)
    from pg_index join pg_class c on c.oid = indexrelid where <ours>
  union all select 'policy', polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid) from pg_policy
  union all select 'trigger', tgrelid::regclass::text, tgname, tgfoid::regproc::text from pg_trigger
    where not tgisinternal
  union all select 'enum', enumtypid::regtype::text, enumlabel, enumsortorder::text from pg_enum
  union all select 'function', oid::regprocedure::text, md5(prosrc), array_to_string(proconfig, ' ')
    from pg_proc where pronamespace::regnamespace::text in ('public', 'app')
  union all select 'published', pubname, prrelid::regclass::text, ''
    from pg_publication_rel join pg_publication p on p.oid = prpubid) seen""".replace("<ours>", _OURS)
_TABLES = """
  select format('select %L, md5(string_agg(line, chr(10) order by line))
      from (select to_jsonb(t)::text from %s t) r (line)',
    c.oid::regclass, c.oid::regclass)
  from pg_class c where relkind = 'r' and <ours> order by 1""".replace("<ours>", _OURS)


@pytest.fixture(scope="module")
def connection(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A scratch database as the role of migrations, with what the cases start from."""
    assert parts
    found = find_server(os.environ, tmp_path_factory.mktemp("nothing"), None)
    assert isinstance(found, OwnServer)
    with Shadow.open(found, os.environ, deadline=Deadline.after(120), interrupt=Interrupt()) as shadow:
        database = shadow.fresh("twice")
        assert isinstance(database.where, sql.Socket)
        where = replace(database.where, user="postgres")
        with sql.connected(where, database.url.database) as opened:
            opened.run(BASE)
            yield opened


def seen(connection: Connection) -> list[object]:
    """What a second run may not change: the catalog, and every row."""
    rows = connection.run(_CATALOG) or []
    queries = [str(query) for (query,) in connection.run(_TABLES) or []]
    return [rows, connection.run(" union all ".join(queries)) if queries else []]


def twice(connection: Connection, text: str) -> str | None:
    """Runs a file twice in one transaction and takes all back; what the second run did that it should not have."""
    connection.run("begin")
    try:
        try:
            connection.run(text)
        except DatabaseError as error:
            return f"{_FIRST}: {sql.reason(error)}"
        connection.run("discard temp; reset all; set constraints all immediate")
        before = seen(connection)
        try:
            connection.run(text)
        except DatabaseError as error:
            return sql.reason(error)
        connection.run("discard temp; reset all")
        return None if seen(connection) == before else "the database has changed"
    finally:
        connection.run("rollback")


def checked(text: str) -> tuple[Script, list[Finding]]:
    """A file that follows on the base, and the findings about it."""
    walk = Walk(Terms())
    path = Path("supabase/migrations")
    walk.read(parse_text(Migration("20250101000000", "base", "base.sql", path), BASE))
    script = parse_text(Migration("20250102000000", "case", "case.sql", path), text)
    return script, [*walk.read(script), *(one for one in walk.end() if one.file == "case.sql")]


def found(text: str) -> list[str]:
    """The findings of "runs twice" about a file."""
    return [f"{f.rule}: {f.message}" for f in checked(text)[1] if RULES[f.rule].claim is Claim.RERUN]


def test_a_finding_stands_where_a_second_run_fails_or_changes_something_and_nowhere_else(
    connection: Connection,
) -> None:
    wrong = {}
    harmless = 0
    for case in CASES:
        did, said = twice(connection, case), found(case)
        harmless += did is None
        if bool(said) is not bool(did) or str(did).startswith(_FIRST):
            wrong[case] = (did, said)
    assert wrong == {}
    assert harmless >= 90
    assert len(CASES) - harmless >= 90


def test_a_mended_file_runs_and_runs_twice_where_nothing_is_left_to_mend(connection: Connection) -> None:
    wrong = {}
    mended = whole = 0
    for case in CASES:
        fixed = fix(*checked(case))
        if fixed is None:
            continue
        mended += 1
        did = twice(connection, fixed.text)
        is_whole = not found(fixed.text)
        whole += is_whole
        if str(did).startswith(_FIRST) or (is_whole and did is not None):
            wrong[fixed.text] = did
    assert wrong == {}
    assert mended >= 50
    assert whole >= 40
