"""What the CLI does to files, at the edges that the pages do not show. That it is so is held in tests/e2e."""

import pytest

from supa_deploy.model import Severity

from .conftest import CheckSql

_OLD = """-- file: 20250101000000_old.sql
create type public.mood as enum ('good', 'bad');
create type public.other as enum ('x');
create table public.a (id bigint primary key, b text, m public.mood, o public.other, ms public.mood[]);
create table public.c (m text);
-- file: 20250102000000_now.sql
"""
_ADD = "alter type mood add value 'new';\n"


def _said(check_sql: CheckSql, sql: str, *rules: str) -> list[tuple[str, str, int]]:
    return [
        (finding.rule, finding.severity.value, finding.line)
        for finding in check_sql(_OLD + sql)
        if finding.rule in rules and finding.file.endswith("now.sql")
    ]


_TRANSACTIONS = ("not-in-transaction", "concurrently-with-others", "lock-table", "needs-begin", "set-local")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("create index concurrently i on a (b);", []),
        ("select 1;\ncreate index concurrently i on a (b);", [("concurrently-with-others", "warning", 2)]),
        ("select 1;\ncreate /* c */ index concurrently i on a (b);", [("not-in-transaction", "error", 2)]),
        ("create /* c */ index concurrently i on a (b);\nselect 1;", []),
        ("begin;\nvacuum a;\ncommit;", [("not-in-transaction", "error", 2)]),
        ("begin;\ncommit;\nvacuum a;", [("concurrently-with-others", "warning", 3)]),
        ("select 1;\ncommit;\nreindex schema public;", []),
        ("select 1;\nreindex schema public;", [("not-in-transaction", "error", 2)]),
        ("select 1;\nanalyze a;\ncluster a using a_pkey;", []),
        ("select 1;\ndiscard all;", [("not-in-transaction", "error", 2)]),
        ("select 1;\ndiscard temp;", []),
        ("-- pg-delta: transaction=false\nselect 1;\nreindex schema public;\nvacuum;", []),
        ("-- pg-delta: transaction=false\nlock table a;", [("lock-table", "error", 2)]),
        ("begin;\nlock table a;\ncommit;\nlock table a;", [("lock-table", "error", 4)]),
        ("begin;\ncommit and chain;\nlock table a;\ncommit;", []),
        ("rollback to s;", [("needs-begin", "error", 1)]),
        ("declare c binary cursor with hold for select 1;", []),
        ("declare c scroll cursor for select 1;", [("needs-begin", "error", 1)]),
        ("set local work_mem = '1MB';", [("set-local", "info", 1)]),
        (
            "set local work_mem = '1MB';\nvacuum;",
            [("set-local", "warning", 1), ("concurrently-with-others", "warning", 2)],
        ),
        ("set transaction isolation level serializable;", []),
        ("create function f() returns void language sql set work_mem = '1MB' as 'select 1';", []),
    ],
)
def test_transactions(check_sql: CheckSql, sql: str, said: list[tuple[str, str, int]]) -> None:
    assert _said(check_sql, sql, *_TRANSACTIONS) == said


@pytest.mark.parametrize(
    ("sql", "severity"),
    [
        ("set role anon;", "error"),
        ("set local role anon;", "error"),
        ("set role anon; reset all;", "error"),
        ("set role anon; commit;", "error"),
        ("select set_config('role', 'anon', true);", "error"),
        ("set role importer;", "warning"),
        ("set role none;", None),
        ("set role anon; set role postgres;", None),
        ("set local role anon; commit;", None),
        ("set local role anon; create index concurrently i on a (b);", None),
        ("begin; set local role anon; commit;", None),
        ("begin; set role anon; rollback;", None),
        ("select set_config('role', 'anon', true); reset role;", None),
    ],
)
def test_the_role_at_the_end(check_sql: CheckSql, sql: str, severity: str | None) -> None:
    found = [severity for _, severity, _ in _said(check_sql, sql, "role-left")]
    assert found == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("@add insert into a (id, m) values (1, 'good'),\n  (2, 'new');", 3),
        ("@add insert into a (m) select 'new';", 2),
        ("@add insert into a values (1, 'b', 'new');", 2),
        ("@add update a set m = 'new';", 2),
        ("@add delete from a where m in ('bad', 'new');", 2),
        ("@add select * from a x where x.m = any (array['new']);", 2),
        ("@add alter table a add constraint k check (m <> 'new');", 2),
        ("@add alter table a add column n mood default 'new';", 2),
        ("@add alter table a alter m set default 'new';", 2),
        ("@add create policy p on a using (m = 'new');", 2),
        ("@add create index i on a (id) where m = 'new';", 2),
        ("@add create view v as select 'new'::public.mood;", 2),
        ("@add do $$ begin update a set m = 'new'; end $$;", 2),
        ("@add create function f() returns mood language sql as 'select cast(''new'' as mood)';", 2),
        ("@add create function f() returns mood language sql begin atomic select 'new'::mood; end;", 2),
        ("begin;\n@add insert into a (m) values ('new');\ncommit;", 3),
        # Fine, or not sure.
        ("@add insert into c values ('new');", None),
        ("@add insert into a (b, m) values ('new', 'bad');", None),
        ("@add update a set b = 'new', o = 'new';", None),
        ("@add select * from a where m::text = 'new';", None),
        ("@add select * from a, c where a.id = 1 and c.m = 'new';", None),
        ("@add commit;\ninsert into a (m) values ('new');", None),
        ("@add create index concurrently i on a (b);\ninsert into a (m) values ('new');", None),
        ("-- pg-delta: transaction=false\n@add insert into a (m) values ('new');", None),
        ("alter type mood add value if not exists 'bad';\ninsert into a (m) values ('bad');", None),
        ("alter type mood rename value 'bad' to 'new';\ninsert into a (m) values ('new');", None),
        ("create type fresh as enum ('p'); alter type fresh add value 'q'; select 'q'::fresh;", None),
        (
            "@add create function f() returns mood language plpgsql as $$ begin return 'new'::mood; end $$;",
            None,
        ),
        ("insert into a (m) values ('new');\n@add", None),
        ("@add insert into unknown (m) values ('new');", None),
    ],
)
def test_enum_values_used_where_they_are_added(check_sql: CheckSql, sql: str, line: int | None) -> None:
    found = [line for _, _, line in _said(check_sql, sql.replace("@add", _ADD), "enum-value-used")]
    assert found == ([line] if line else [])


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("create index on auth.users (email);", True),
        ("alter table storage.objects enable row level security;", True),
        ("create view auth.v as select 1;", True),
        ("create type auth.t as enum ('a');", True),
        ("alter function auth.uid() rename to me;", True),
        ("drop trigger t on auth.users;", False),
        ("drop policy if exists p on storage.objects;", False),
        ("alter policy p on storage.objects rename to q;", False),
        ("create policy p on realtime.messages for select using (true);", False),
        ("insert into storage.buckets (id, name) values ('a', 'a');", False),
        ("grant usage on schema auth to service_role;", False),
        ("create table public.p (id uuid references auth.users);", False),
        ("create function extensions.f() returns integer language sql as 'select 1';", False),
        ("drop schema if exists auth cascade;", True),
    ],
)
def test_platform_schemas(check_sql: CheckSql, sql: str, *, found: bool) -> None:
    assert bool(_said(check_sql, sql, "platform-schema")) is found


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("do $$ begin commit; end $$;\nselect 1;", [("commit-in-block", "warning", 1)]),
        (
            "do $$ declare commit int; begin if true then rollback; end if; end $$;\nselect 1;",
            [("commit-in-block", "warning", 1)],
        ),
        ("do $$ begin raise notice 'x; commit; y'; end $$;\nselect 1;", []),
        ("do $$ begin -- then;\n commit_all := 1; end $$;\nselect 1;", []),
        ("do $$ begin commit; end $$;", []),
    ],
)
def test_blocks_that_commit(check_sql: CheckSql, sql: str, said: list[tuple[str, str, int]]) -> None:
    assert _said(check_sql, sql, "commit-in-block") == said


def test_messages_hold_no_value_of_the_file(check_sql: CheckSql) -> None:
    sql = "@add insert into a (m, b) values ('new', 'hunter2'); set local app.key = 'hunter2'; vacuum;"
    words = " ".join(f"{one.message} {one.help}" for one in check_sql(_OLD + sql.replace("@add", _ADD)))
    assert "hunter2" not in words


def test_errors_stop_a_deploy_and_doubts_do_not(check_sql: CheckSql) -> None:
    """A file with everything that is only a matter of taste or luck has no error."""
    sql = (
        "begin;\nset local lock_timeout = '1s';\ncreate table t (a integer);\ncommit;\n"
        "vacuum t;\nset role importer;\ncreate table auth.mine (a integer);\n"
    )
    assert [one.rule for one in check_sql(sql) if one.severity is Severity.ERROR] == []
