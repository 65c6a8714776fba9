"""What the engine shows and is no drift: with its reason, counted, and never in the SQL."""

import pytest

from supa_deploy.catalog import Differences
from supa_deploy.drift.engine import read_statements
from supa_deploy.drift.merge import drift_of, read_together
from supa_deploy.model import Change, ChangeKind

GRANTED = Change(ChangeKind.ADDED, "grant", "public", "anon", "t", "SELECT")
COLUMN = Change(ChangeKind.CHANGED, "column", "public", "a", "t", "type text → integer")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ('CREATE ROLE "postgres.abcdefghijklmnopqrst"', "roles belong to the server"),
        ("alter role anon set statement_timeout = '3s'", "roles belong to the server"),
        ("drop role if exists x", "roles belong to the server"),
        ("grant anon to authenticator", "roles belong to the server"),
        ("set local check_function_bodies = off", "a setting of the session"),
        ("select set_config('search_path', '', false)", "a setting of the session"),
        ("comment on extension citext is 'x'", "an extension's own comment"),
        ("create table auth.more (id int)", "the platform's schemas"),
        ("create function extensions.x() returns int language sql as 'select 1'", "the platform's schemas"),
        ("drop schema vault", "the platform's schemas"),
        ("create schema graphql", "the platform's schemas"),
        ("create index on cron.job (jobid)", "the platform's schemas"),
        ("create policy p on cron.job using (true)", "the platform's schemas"),
        ("create extension pg_net", "extensions that come with the platform"),
        ("alter table public.t owner to postgres", "an owner that the platform sets"),
        ("alter function public.f(int) owner to supabase_admin", "an owner that the platform sets"),
        ("revoke all on table public.t from postgres", "grants to the platform's roles"),
        ("alter default privileges for role supabase_admin grant all on tables to anon", "default privileges of the"),
        ("revoke all on table public.t from anon", "the catalog does not show"),
        ("grant select on table public.t to anon", "the catalog does not show"),
        ("alter default privileges for role postgres grant all on tables to anon", "the catalog does not show"),
        ("drop view public.v; create view public.v as select 1", "made again the same"),
        ("drop index public.i; create index i on public.t (a)", "made again the same"),
        ("drop policy p on public.t; create policy p on public.t using (true)", "made again the same"),
        ("refresh materialized view public.m", "filled again"),
    ],
)  # fmt: skip
def test_noise_has_a_reason_and_is_no_drift(sql: str, reason: str) -> None:
    reading = read_together(read_statements(sql), Differences())
    assert reading.changes == ()
    assert reading.noise
    assert all(reason in left.reason for left in reading.noise)
    found = drift_of(sql, "pg-delta", Differences(), shadow="own")
    assert (found.empty, found.sql) == (True, "")


@pytest.mark.parametrize(
    "sql",
    [
        "create policy p on storage.objects for select using (true)",
        "create trigger t after insert on auth.users for each row execute function public.f()",
        "create extension hstore with schema extensions",
        "alter table public.t add column b int",
        "drop table public.t; create table public.t (id int)",
        "alter publication supabase_realtime add table public.t",
        "create schema mine",
        "do $$ begin end $$",
        "create table public.t (id int) with nonsense !",
    ],
)
def test_what_the_catalog_did_not_see_is_told(sql: str) -> None:
    found = drift_of(sql, "pg-delta", Differences(), shadow="own")
    assert len(found.changes) == 1
    assert found.sql


def test_privileges_count_where_the_catalog_confirms_them() -> None:
    sql = (
        "REVOKE ALL ON TABLE public.t FROM anon; GRANT SELECT ON TABLE public.t TO anon; "
        "REVOKE ALL ON TABLE public.t FROM service_role;"
    )
    found = drift_of(sql, "pg-delta", Differences((GRANTED,)), shadow="own")
    assert found.changes == (GRANTED,)
    assert found.sql.count("anon") == 2
    assert "service_role" not in found.sql
    assert found.left_out == 1


def test_the_platforms_own_grants_are_counted_once() -> None:
    sql = "".join(f"REVOKE ALL ON TABLE public.t FROM {role};" for role in ("anon", "authenticated"))
    assert drift_of(sql, "pg-delta", Differences((), 5), shadow="own").left_out == 5
    assert drift_of(sql, "pg-delta", Differences((), 1), shadow="own").left_out == 2


def test_the_default_grants_of_older_projects_are_no_drift_without_a_catalog_either() -> None:
    roles = ("anon", "authenticated", "service_role")
    everything = "DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE"
    one = "REVOKE ALL ON TABLE public.t FROM {0}; GRANT " + everything + " ON TABLE public.t TO {0};"
    assert drift_of("".join(one.format(role) for role in roles), "pg-delta", None, shadow="own").left_out == 3
    alone = drift_of(one.format("anon"), "pg-delta", None, shadow="own").changes
    assert [(c.object, c.name, c.table) for c in alone] == [("grant", "anon", "t")]


def test_what_a_change_needs_stands_in_its_sql() -> None:
    sql = (
        "SET local check_function_bodies = off; DROP VIEW public.v; ALTER TABLE public.t ALTER COLUMN a TYPE integer; "
        "CREATE VIEW public.v AS SELECT 1; CREATE ROLE x;"
    )
    found = drift_of(sql, "pg-delta", Differences((COLUMN,)), shadow="own")
    assert found.changes == (COLUMN,)
    assert [line for line in found.sql.splitlines() if line] == [
        "SET local check_function_bodies = off;",
        "DROP VIEW public.v;",
        "ALTER TABLE public.t ALTER COLUMN a TYPE integer;",
        "CREATE VIEW public.v AS SELECT 1;",
    ]


def test_a_rename_covers_both_names() -> None:
    told = Change(ChangeKind.CHANGED, "table", "public", "a", None, "renamed: a → b")
    sql = (
        "DROP TABLE public.a; CREATE TABLE public.b (id int); CREATE INDEX i ON public.b (id); "
        "COMMENT ON TABLE public.b IS 'x';"
    )
    assert drift_of(sql, "pg-delta", Differences((told,)), shadow="own").changes == (told,)
