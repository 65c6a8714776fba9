"""What "runs twice" says of what a scratch server cannot show (other extensions, CONCURRENTLY), and where and how it
says it. Whether it is right in general: tests/e2e/test_rerun.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Claim, Severity
from supa_deploy.rules import claims_of
from supa_deploy.rules.book import RULES
from supa_deploy.rules.rerun import RULES as OURS

if TYPE_CHECKING:
    from .conftest import CheckSql

_IDS = {rule.id for rule in OURS}


def said(check_sql: CheckSql, sql: str) -> list[tuple[int, int, str]]:
    """Line, column and rule of each finding of ours."""
    return [(f.line, f.column, f.rule) for f in check_sql(sql) if f.rule in _IDS]


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("create index concurrently i on notes (id);", ["create-twice"]),
        ("create index concurrently if not exists i on notes (id);", []),
        ("drop index concurrently if exists i; create index concurrently i on notes (id);", []),
        ("select cron.schedule('nightly', '0 3 * * *', 'vacuum');", []),
        ("select cron.schedule('0 3 * * *', 'vacuum');", ["call-twice"]),
        ("select cron.unschedule('nightly');", ["call-twice"]),
        ("select cron.unschedule(jobid) from cron.job where jobname = 'nightly';", []),
        ("select pgmq.create('jobs');", []),
        ("select vault.create_secret('x', 'y');", ["call-twice"]),
        ("insert into storage.buckets (id, name) values ('a', 'a');", ["insert-twice"]),
        ("insert into storage.buckets (id, name) values ('a', 'a') on conflict (id) do nothing;", []),
        ("create policy p on storage.objects using (true);", ["policy-twice"]),
        ("create trigger t after insert on auth.users for each row execute function f();", ["replace-twice"]),
        ("copy notes from stdin;", ["insert-twice"]),
        ("import foreign schema s from server v into public;", ["create-twice"]),
        ("create server s foreign data wrapper f;", ["create-twice"]),
        ("create user mapping for postgres server s; drop user mapping for postgres server s;", []),
        ("alter server s options (add host 'x');", ["attach-twice"]),
        ("alter server s options (set host 'x');", []),
        ("create event trigger e on ddl_command_end execute function f();", ["define-twice"]),
        ("alter extension e add table t;", ["attach-twice"]),
        ("alter extension e update;", []),
        ("do $$ begin execute 'create type colour as enum ()'; end $$;", ["define-twice"]),
        ("do $$ begin execute format('create type %I as enum ()', 'a'); end $$;", []),
        ("do language plpython3u $$ pass $$;", []),
        (
            "do $$ begin if true then create type a as enum (); end if; create type b as enum (); end $$;",
            ["define-twice"],
        ),
        ("begin; create table t (); commit;", ["create-twice"]),
    ],
)
def test_a_statement_is_named_or_not(check_sql: CheckSql, sql: str, rules: list[str]) -> None:
    assert [rule for _, _, rule in said(check_sql, sql)] == rules


def test_each_command_of_an_alter_is_named_where_it_stands(check_sql: CheckSql) -> None:
    sql = "alter table notes\n  add column a int default (1 + 2),\n  add constraint é check (a > 0), drop column b;"
    assert said(check_sql, sql) == [(1, 1, "column-twice"), (3, 3, "constraint-twice"), (3, 35, "drop-twice")]


def test_messages_name_things_and_hold_no_values(check_sql: CheckSql) -> None:
    sql = (
        "insert into keys (name) values ('swordfish');\nalter type mood add value 'swordfish';\n"
        "update keys set name = name || 'swordfish', tries = tries + 1;\n"
        "select vault.create_secret('swordfish', 'swordfish');"
    )
    findings = [finding for finding in check_sql(sql) if finding.rule in _IDS]
    assert len(findings) == 4
    assert not [f for f in findings if "swordfish" in f.message + (f.help or "")]
    assert "public.keys" in findings[0].message
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_all_of_them_are_against_the_claim_idempotent(check_sql: CheckSql) -> None:
    assert all(rule.claim is Claim.RERUN for rule in OURS)
    verdict = next(one for one in claims_of(check_sql("create table t ();")) if one.claim is Claim.RERUN)
    assert not verdict.holds
    held = next(
        one for one in claims_of(check_sql("create table if not exists t ();")) if one.claim is Claim.RERUN
    )
    assert held.holds


def test_a_second_file_starts_anew(check_sql: CheckSql) -> None:
    first = "-- file: 20250101000000_a.sql\ndrop table if exists t;\ncreate table t (id int);\n"
    second = "-- file: 20250102000000_b.sql\ncreate index i on t (id);\n"
    assert said(check_sql, first + second) == [(1, 1, "create-twice")]


def test_our_rules_are_in_the_book() -> None:
    assert {rule.id for rule in OURS} <= set(RULES)


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ("drop policy if exists p on t; create policy p on t;", []),
        ("drop policy if exists p on u; create policy p on t;", ["policy-twice"]),
        ("drop policy if exists p on t; create policy p on t; create policy q on t;", ["policy-twice"]),
        ("drop policy if exists p on t; create policy p on t; set search_path = app;", []),
        ("drop trigger if exists p on t; create policy p on t;", ["policy-twice"]),
    ],
)
def test_a_guard_counts_for_its_own_thing_only(again: str, told: list[str], check_sql: CheckSql) -> None:
    sql = f"create table if not exists t (id bigint primary key); {again}"
    found = [finding.rule for finding in check_sql(sql)]
    assert [rule for rule in found if rule.endswith("-twice")] == told
