"""The rules of security and of missing indexes against PostgreSQL: what they say of files, and what the database that
the files make says of itself by its catalog, or does."""

# ruff: noqa: S608 - the queries are put together from fixed pieces and names of the cases.

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.migrations import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.rules import Terms, Walk
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pg8000.native import Connection

    from supa_deploy.migrations import Script
    from supa_deploy.model import Finding
    from supa_deploy.platform.throwaway import Platform

_NAME = re.compile(r"\b(?:public|app|hidden)\.(My Notes|[\w.]+?)\b(?!\.\w)")
_COUNTING = """create function auth.{name}() returns {type} language plpgsql stable security definer as $$
  begin perform nextval('auth.calls'); return null; end $$"""
_SUPABASE = (
    "create schema extensions",
    "create schema auth",
    "create table auth.users (id uuid primary key)",
    "create sequence auth.calls",
    *(
        _COUNTING.format(name=name, type=kind)
        for name, kind in {"uid": "uuid", "jwt": "jsonb", "role": "text", "email": "text"}.items()
    ),
    "grant usage on schema auth, public to anon, authenticated, service_role",
)
_RELATIONS = "from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
_OWN = "n.nspname in ('public', 'app', 'hidden')"
_API = "values ('anon'), ('authenticated'), ('service_role')"

_CATALOG = {
    "no-rls": f"select relname {_RELATIONS} and relkind in ('r', 'p') and not relrowsecurity",
    "foreign-table-exposed": f"select relname {_RELATIONS} and relkind = 'f'",
    "rls-without-policy": f"""select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where {_OWN} and relrowsecurity and not exists (select from pg_policy where polrelid = c.oid)
      and not exists (select from pg_inherits where inhrelid = c.oid)""",
    "policy-without-rls": f"""select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where {_OWN} and not relrowsecurity and exists (select from pg_policy where polrelid = c.oid)""",
    "definer-search-path": f"""select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where {_OWN} and prosecdef and not coalesce(proconfig::text, '') ~ 'search_path='""",
    "definer-callable-by-anon": """select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'public' and prosecdef and has_function_privilege('anon', p.oid, 'execute')
      and prorettype <> 'trigger'::regtype""",
    "grant-to-anon": f"""select relname {_RELATIONS} and relkind in ('r', 'p', 'v', 'm', 'f') and
      (has_table_privilege('anon', c.oid, 'insert, update, delete, truncate')
      or has_any_column_privilege('anon', c.oid, 'insert, update'))""",
    "no-api-grant": f"""select relname {_RELATIONS} and relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_inherits where inhrelid = c.oid) and not exists (select from ({_API}) x (role)
      where has_table_privilege(role, c.oid, 'select, insert, update, delete')
      or has_any_column_privilege(role, c.oid, 'select, insert, update'))""",
    "key-without-index": f"""select k.conname from pg_constraint k
      join pg_class c on c.oid = k.conrelid
      join pg_namespace n on n.oid = c.relnamespace
      where {_OWN} and k.contype = 'f' and k.conparentid = 0 and not exists (
        select from pg_index i join pg_class ic on ic.oid = i.indexrelid join pg_am m on m.oid = ic.relam
        where i.indrelid = k.conrelid and i.indisvalid and m.amname <> 'brin'
        and (select array_agg(x order by x) from unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) x)
          = (select array_agg(x order by x) from unnest(k.conkey) x)
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\([^()]+ IS NOT NULL\\)$'))""",
}
_OURS_FOR = {"rls-disabled": "no-rls"}
_KEYS = {"auth-users-key-without-index", "foreign-key-without-index"}


def _cases() -> list[Any]:
    text = (Path(__file__).parent / "security_cases.sql").read_text("utf-8")
    cases = (case.partition("\n") for case in text.split("-- case: ")[1:])
    return [pytest.param(body.split("-- next file\n"), id=title) for title, _, body in cases]


@pytest.fixture
def database(shared_platform: Any) -> Iterator[Connection]:
    """A database of its own on the platform's server, where auth.uid() and its like count how often they are called."""
    platform: Platform = shared_platform.platform
    where = sql.Socket(platform.folder, platform._started.port, SUPERUSER)
    platform.sql("drop database if exists rules_case with (force)")
    platform.sql("create database rules_case template template0")
    with sql.connected(where, "rules_case") as connection:
        for statement in _SUPABASE:
            connection.execute_simple(statement)
        yield connection
    platform.sql("drop database rules_case with (force)")


def _made(database: Connection, files: list[str]) -> list[Script]:
    scripts = []
    for number, text in enumerate(files, start=1):
        script = parse_text(Migration(str(number), "x", f"{number}.sql", Path("x.sql")), text)
        assert script.problems == ()
        scripts.append(script)
        database.execute_simple("reset all")
        for statement in script.statements:
            database.execute_simple(script.statement_text(statement))
    database.execute_simple("reset all")
    return scripts


def _findings(scripts: list[Script]) -> list[Finding]:
    walk = Walk(Terms())
    for script in scripts:
        walk.read(script)
    return walk.end()


def _told(scripts: list[Script]) -> dict[str, set[str]]:
    """The names that each rule told, keys by table and number of columns."""
    told: dict[str, set[str]] = {rule: set() for rule in _CATALOG}
    for finding in _findings(scripts):
        rule = _OURS_FOR.get(finding.rule, finding.rule)
        if rule in told and not (rule == "grant-to-anon" and "write to" not in finding.message):
            names = _NAME.findall(finding.message.partition(", which row-level")[0])
            told[rule].update(names if rule == "grant-to-anon" else names[:1])
    return told


@pytest.mark.parametrize("files", _cases())
def test_the_rules_and_the_catalog_agree(database: Connection, files: list[str]) -> None:
    scripts = _made(database, files)
    told = _told(scripts)
    keys = {(f.file, f.line, f.message) for f in _findings(scripts) if f.rule in _KEYS}
    found = {rule: {name for (name,) in database.run(query)} for rule, query in _CATALOG.items()}
    assert len(keys) == len(found["key-without-index"]), found["key-without-index"]
    for rule in _CATALOG.keys() - {"key-without-index"}:
        if rule != "no-api-grant" or "grant" in "".join(files):
            assert told[rule] == found[rule], rule


_VIEWS = [case for case in _cases() if "select id from notes" in "".join(case.values[0])]


@pytest.mark.parametrize("files", _VIEWS)
def test_a_view_that_is_told_shows_rows_that_policies_hide(database: Connection, files: list[str]) -> None:
    findings = _findings(_made(database, files))
    shown = set()
    for (schema,) in database.run("select nspname from pg_namespace where nspname in ('public', 'hidden')"):
        database.execute_simple(f"grant usage on schema {schema} to authenticated")
        database.execute_simple(f"grant select on all tables in schema {schema} to authenticated")
    database.execute_simple("set role authenticated")
    assert database.run("select count(*) from notes") == [[0]]
    for (name,) in database.run(f"select relname {_RELATIONS} and relkind in ('v', 'm')"):
        if database.run(f'select count(*) from "{name}"') != [[0]]:
            shown.add(name)
    rules = {"view-bypasses-rls", "matview-exposed"}
    assert {_NAME.findall(f.message)[0] for f in findings if f.rule in rules} == shown


_NOTES = """create table notes (user_id uuid, team bigint, email text, done boolean default false);
insert into notes (user_id, team, email, done)
  select gen_random_uuid(), n, 'a', n % 2 = 0 from generate_series(1, 40) n;
create table members (id uuid, team bigint);
insert into members select gen_random_uuid(), n from generate_series(1, 20) n;
create function is_admin(u uuid) returns boolean language sql as 'select u is null';
grant select, insert, update, delete on notes, members to anon, authenticated;
alter table notes enable row level security;
"""
_CONDITIONS = (
    "auth.uid() = user_id",
    "(select auth.uid()) = user_id",
    "user_id = (select auth.uid() as uid)",
    "(auth.jwt() ->> 'sub')::uuid = user_id",
    "user_id = (select (auth.jwt() ->> 'sub')::uuid)",
    "lower(email) = lower(auth.email())",
    "exists (select from members m where m.id = auth.uid() and m.team = notes.team)",
    "team in (select m.team from members m where m.id = auth.uid())",
    "team in (select m.team from members m where m.id = (select auth.uid()))",
    "user_id = (select auth.uid()) or auth.uid() is null",
    "(select auth.uid() = user_id)",
    "(select is_admin(auth.uid()))",
    "(select auth.role()) = 'authenticated'",
    "auth.role() = 'authenticated'",
    "auth.role() = 'authenticated' and done",
    "auth.role() = 'authenticated' or done",
    "done or auth.uid() is not null and email = 'b'",
    "case when done then true else auth.uid() = user_id end",
    "done",
)


@pytest.mark.parametrize("condition", _CONDITIONS)
def test_a_call_that_is_told_runs_for_every_row(database: Connection, condition: str) -> None:
    findings = _findings(
        _made(database, [f"{_NOTES}create policy p on notes for select using ({condition});"])
    )
    database.execute_simple("set role authenticated")
    database.run("select count(*) from notes")
    database.execute_simple("reset role")
    calls = database.run("select case when is_called then last_value else 0 end from auth.calls")[0][0]
    assert ("policy-auth-per-row" in {f.rule for f in findings}) == (calls >= 20), calls


_POLICIES = (
    "for insert with check (true)",
    "for insert with check ((select auth.uid()) = user_id)",
    "for insert",
    "for update using (true)",
    "for update with check (true)",
    "for delete to anon using (1 = 1)",
    "for delete to authenticated using (email = 'b')",
    "using ('a' = 'a')",
    "using (not false and (done or true))",
    "using (1 <> 1 or (select true))",
    "using ((select false))",
    "using ('yes'::boolean)",
    "using (email = 'b') with check (true)",
    "using (email = 'b')",
    "for select using (true)",
    "as restrictive using (true)",
    "to service_role using (true)",
    "using (true); create policy q on notes as restrictive using (email = 'b')",
    "using (true); create policy q on notes as restrictive using (true)",
    "using (true); create policy q on notes as restrictive using (email = 'b') with check (true)",
    "for delete using (true); create policy q on notes as restrictive using (email = 'b') with check (true)",
    "for delete using (true); create policy q on notes as restrictive for select using (done)",
    "using (email = 'b'); alter policy p on notes using (true)",
    "using (true); alter policy p on notes using (email = 'b')",
)
_WRITES = (
    "insert into notes values (gen_random_uuid(), 99) returning 1",
    "insert into notes values (gen_random_uuid(), 99)",
    "update notes set email = 'b'",
    "delete from notes",
)


@pytest.mark.parametrize("policy", _POLICIES)
def test_a_policy_that_is_told_lets_anybody_write(database: Connection, policy: str) -> None:
    findings = _findings(_made(database, [f"{_NOTES}create policy p on notes {policy};"]))
    open_to = {
        role for role in ("anon", "authenticated") for write in _WRITES if _writes(database, role, write)
    }
    assert ("policy-open-write" in {f.rule for f in findings}) == bool(open_to), open_to


def _writes(database: Connection, role: str, write: str) -> bool:
    from pg8000.exceptions import DatabaseError

    database.execute_simple(f"begin; set local role {role}")
    try:
        database.run(write)
    except DatabaseError:
        return False
    else:
        return bool(database.row_count > 0)
    finally:
        database.execute_simple("rollback")
