"""Foreign keys and policy columns: which index serves them, and which does not."""

# ruff: noqa: S608 - the SQL of the examples is put together from fixed pieces and run nowhere.

import pytest

from supa_deploy.migrations.expressions import expression

from .conftest import CheckSql

_RULES = {"auth-users-key-without-index", "foreign-key-without-index", "policy-column-without-index"}
_LISTS = "create table lists (a int, b int, primary key (a, b));"
_USER = "create table notes (id bigint primary key, user_id uuid references auth.users (id));"
_PAIR = f"{_LISTS} create table items (id int, a int, b int, foreign key (a, b) references lists);"
_POLICY = (
    "create table notes (id bigint primary key, user_id uuid, team bigint, done boolean);"
    "alter table notes enable row level security;"
)
_OWN = "create policy p on notes for select using ((select auth.uid()) = user_id);"

_USERS_WITHOUT = [
    _USER,
    'CREATE TABLE "Notes" ("userId" UUID NOT NULL REFERENCES "auth"."users" ON DELETE CASCADE);',
    "create table n (u uuid, foreign key (u) references auth.users (id));",
    "create table n (u uuid); alter table n add foreign key (u) references auth.users;",
    "create table n (u uuid); alter table n add constraint c foreign key (u) references auth.users not valid;",
    "create table n (id int); alter table n add column u uuid references auth.users;",
    "set search_path = auth; create table public.n (u uuid references users);",
    f"{_USER} create index on notes (id, user_id);",
    f"{_USER} create index on notes (user_id) where id > 0;",
    f"{_USER} create index on notes (user_id) where user_id is null;",
    f"{_USER} create index on notes ((user_id::text));",
    f"{_USER} create index on notes using brin (user_id);",
    f"{_USER} create index on notes (id) include (user_id);",
    f"{_USER} create index i on notes (user_id); drop index i;",
    f"{_USER} alter table notes drop constraint notes_pkey; alter table notes add primary key (id, user_id);",
    "create schema s; create table s.n (u uuid references auth.users);",
]

_USERS_WITH = [
    f"{_USER} create index on notes (user_id);",
    f"{_USER} CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.notes USING btree (user_id DESC, id);",
    f"{_USER} create index on notes using hash (user_id);",
    f"{_USER} create index on notes ((user_id));",
    f"{_USER} create index on notes (user_id) where user_id is not null;",
    f"{_USER} create index on notes (user_id) WHERE (user_id IS NOT NULL);",
    f"{_USER} alter table notes add unique (user_id, id);",
    "create table profiles (id uuid primary key references auth.users);",
    "create table profiles (id uuid references auth.users, primary key (id));",
    "create table n (u uuid unique references auth.users);",
    'create table n ("U" uuid references auth.users); create index on n ("U");',
    f"{_USER} alter table notes drop column user_id;",
    f"{_USER} alter table notes drop constraint notes_user_id_fkey;",
    f"{_USER} drop table notes;",
    f"{_USER} create index i on notes (user_id); alter table notes rename user_id to owner;",
    f"{_USER} do $$ begin create index if not exists i on notes (user_id); end $$;",
    f"{_USER} do $$ begin execute 'create index on notes (' || 'user_id)'; end $$;",
    "create temp table n (u uuid references auth.users);",
    "alter table elsewhere add column u uuid references auth.users;",
    "create table n (u uuid);",
    (
        f"-- file: 20250101000000_a.sql\n{_USER}\n-- file: 20250102000000_b.sql\n"
        "create index concurrently notes_user on notes (user_id);\n"
    ),
]

_OTHERS_WITHOUT = [
    _PAIR,
    f"{_PAIR} create index on items (a);",
    f"{_PAIR} create index on items (a) include (b);",
    f"{_PAIR} create index on items (a, id, b);",
    f"{_PAIR} create unique index on items (b, a) where a is not null and id > 1;",
    "create table t (id int primary key, up int references t);",
    "create table t (id int primary key); create table u (t int references t);",
    (
        "create table t (id int primary key); create table u (t int references t) partition by list (t);"
        "create table u1 partition of u for values in (1);"
    ),
    "create table elsewhere_keys (k int references elsewhere);",
    (
        "create table t (id int primary key); create table u (t int); create index on u (t);"
        "create table v (like u); alter table v add foreign key (t) references t;"
    ),
]

_OTHERS_WITH = [
    f"{_PAIR} create index on items (a, b);",
    f"{_PAIR} create index on items (b, a, id);",
    f"{_PAIR} create index on items (a, b) where a is not null and b is not null;",
    f"{_PAIR} create index on items (a, b) where a is not null;",
    f"{_PAIR} alter table items add primary key (b, a);",
    f"{_LISTS} create table items (a int, b int, unique (a, b), foreign key (a, b) references lists);",
    f"{_PAIR} drop table lists cascade;",
    (
        "create table t (id int primary key); create table u (t int references t, during int4range, "
        "exclude using gist (t with =, during with &&));"
    ),
    (
        "create table t (id int primary key); create table u (t int references t) partition by list (t);"
        "create table u1 partition of u for values in (1); create index on u (t);"
    ),
    (
        "create table t (id int primary key); create table u (t int); create index on u (t);"
        "create table v (like u including indexes); alter table v add foreign key (t) references t;"
    ),
]

_COLUMN_WITHOUT = [
    f"{_POLICY} {_OWN}",
    f"{_POLICY} CREATE POLICY p ON notes USING (user_id = auth.uid());",
    f"{_POLICY} create policy p on notes using (notes.user_id = (select auth.uid()));",
    f"{_POLICY} create policy p on notes using (done and user_id = (select auth.uid()));",
    f"{_POLICY} create policy p on notes for update using (user_id = (select auth.uid())) with check (true);",
    f"{_POLICY} create policy p on notes for delete using ((select (auth.jwt() ->> 'sub')::uuid) = user_id);",
    f"{_POLICY} create policy p on notes using (team = (select current_setting('app.team')::bigint));",
    f"{_POLICY} create policy p on notes using (team = any (array(select m.team from members m)));",
    f"{_POLICY} create policy p on notes using (team = any (public.my_teams()));",
    f"{_POLICY} create policy p on notes using (team = (select p.team from profiles p where p.id = auth.uid()));",
    f"{_POLICY} {_OWN} create policy q on notes for delete using (user_id = auth.uid());",
    f"{_POLICY} create index on notes (team, user_id); {_OWN}",
    f"{_POLICY} create policy p on notes using (done); alter policy p on notes using (user_id = auth.uid());",
]

_COLUMN_WITH = [
    f"{_POLICY} create index on notes (user_id); {_OWN}",
    f"{_POLICY} {_OWN} create index on notes (user_id, team);",
    f"{_POLICY} create policy p on notes using ((select auth.uid()) = user_id or done);",
    f"{_POLICY} create policy p on notes for insert with check ((select auth.uid()) = user_id);",
    f"{_POLICY} create policy p on notes using (done);",
    f"{_POLICY} create policy p on notes using (done = true);",
    f"{_POLICY} create policy p on notes using (user_id::text = (select auth.jwt() ->> 'sub'));",
    f"{_POLICY} create policy p on notes using (team in (select m.team from members m));",
    f"{_POLICY} create policy p on notes using (user_id <> (select auth.uid()));",
    f"{_POLICY} create policy p on notes using (exists (select from members m where m.team = notes.team));",
    f"{_POLICY} create policy p on notes using (user_id = (select m.owner from members m where m.team = notes.team));",
    f"{_POLICY} create policy p on notes using (public.is_member(team));",
    f"{_POLICY} create policy p on notes using (id = public.current_note());",
    f"{_POLICY} {_OWN} drop policy p on notes;",
    "create table notes (user_id uuid); create policy p on notes using (user_id = auth.uid());",
    "create policy p on elsewhere using (user_id = auth.uid());",
    "create policy p on storage.objects using (owner = (select auth.uid()));",
    f"{_POLICY} {_OWN} do $$ begin create index on notes (user_id); end $$;",
]


def _told(check_sql: CheckSql, sql: str) -> list[str]:
    found = check_sql(sql)
    assert "syntax" not in {f.rule for f in found}
    return [f.rule for f in found if f.rule in _RULES]


@pytest.mark.parametrize("sql", _USERS_WITHOUT)
def test_a_key_to_auth_users_without_an_index(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == ["auth-users-key-without-index"]


@pytest.mark.parametrize("sql", _USERS_WITH)
def test_a_key_to_auth_users_that_is_served(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == []


@pytest.mark.parametrize("sql", _OTHERS_WITHOUT)
def test_another_key_without_an_index(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == ["foreign-key-without-index"]


@pytest.mark.parametrize("sql", _OTHERS_WITH)
def test_another_key_that_is_served(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == []


@pytest.mark.parametrize("sql", _COLUMN_WITHOUT)
def test_a_policys_column_without_an_index(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == ["policy-column-without-index"]


@pytest.mark.parametrize("sql", _COLUMN_WITH)
def test_a_policys_column_that_needs_no_index(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, sql) == []


def test_a_column_is_told_once_though_key_and_policy_miss_the_index(check_sql: CheckSql) -> None:
    sql = f"{_USER}\nalter table notes enable row level security;\n{_OWN}"
    assert _told(check_sql, sql) == ["auth-users-key-without-index"]


def test_the_line_is_the_columns_and_the_help_can_be_pasted(check_sql: CheckSql) -> None:
    sql = 'create table notes (\n  id bigint,\n  "User" uuid references auth.users\n);'
    found = [f for f in check_sql(sql) if f.rule in _RULES]
    assert [(f.line, f.help) for f in found] == [(3, 'create index on public.notes ("User");')]


def test_an_expression_that_is_none_is_no_tree() -> None:
    assert expression("a = (") is None
    assert expression("a -- and no more") is not None
