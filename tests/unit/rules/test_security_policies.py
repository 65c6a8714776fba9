"""Policies: open for writing, for service_role, and calls that every row repeats."""

import pytest

from .conftest import CheckSql

_TABLE = (
    "create table notes (id bigint primary key, user_id uuid, team bigint, email text, done boolean);"
    "alter table notes enable row level security;"
)

_OPEN = [
    "create policy p on notes for insert with check (true);",
    "CREATE POLICY P ON Notes AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (TRUE);",
    "create policy p on notes for update to authenticated using (true);",
    "create policy p on notes for update to anon using (user_id = (select auth.uid())) with check (true);",
    "create policy p on notes for delete using ((true));",
    "create policy p on public.notes using (1 = 1);",
    "create policy p on notes for all to authenticated, service_role using ('a' = 'a');",
    "create policy p on notes using (true or done);",
    "create policy p on notes using (not false);",
    "create policy p on notes using (true and 2 <> 3);",
    "create policy p on notes using ('true'::boolean);",
    "create policy p on notes using ((select true));",
    "create policy p on notes using (true -- for now\n);",
    "create policy p on notes using (user_id = (select auth.uid())) with check (true);",
    "create policy p on notes using (done); alter policy p on notes using (true);",
    "create policy p on storage.objects for insert to anon with check (true);",
    (
        "create policy p on notes for delete using (true);"
        "create policy q on notes as restrictive for select using (done);"
    ),
    "create policy p on notes using (true); create policy q on notes as restrictive using (true);",
    (
        "create policy p on notes using (true);"
        "create policy q on notes as restrictive using (done) with check (true);"
    ),
]

_CLOSED = [
    "create policy p on notes for select using (true);",
    "create policy p on notes for select to anon using (1 = 1);",
    "create policy p on notes for insert to authenticated with check ((select auth.uid()) = user_id);",
    "create policy p on notes for insert;",
    "create policy p on notes for all to service_role using (true) with check (true);",
    "create policy p on notes as restrictive using (true);",
    "create policy p on notes using ((select auth.role()) = 'authenticated');",
    "create policy p on notes using (done);",
    "create policy p on notes using (false);",
    "create policy p on notes using (1 = 2);",
    "create policy p on notes using (true and done);",
    "create policy p on notes for update with check (true);",
    "create policy p on notes using ((select true from notes limit 1));",
    "create policy p on notes using (true); drop policy p on notes;",
    (
        "create policy p on notes for delete using (true);"
        "create policy q on notes as restrictive using (true);"
        "create policy r on notes as restrictive using (done) with check (true);"
    ),
    "create policy p on notes using (true); alter policy p on notes using (done);",
    (
        "create policy p on notes to authenticated using (true);"
        "create policy q on notes as restrictive to authenticated using (user_id = (select auth.uid()));"
    ),
    "create policy p on notes using (true); do $$ begin drop policy p on notes; end $$;",
    "create policy p on notes to app_writer using (true);",
]

_PER_ROW = [
    "create policy p on notes for select using (auth.uid() = user_id);",
    "CREATE POLICY p ON notes USING (user_id = AUTH.UID());",
    "create policy p on notes for insert with check (auth.uid() = user_id);",
    "create policy p on notes using ((auth.jwt() ->> 'sub')::uuid = user_id);",
    "create policy p on notes using (auth.role() = 'authenticated');",
    "create policy p on notes using (lower(email) = lower(auth.email()));",
    "create policy p on notes using (user_id = current_setting('request.user', true)::uuid);",
    "create policy p on notes using (exists (select from members m where m.id = auth.uid() and m.team = notes.team));",
    "create policy p on notes using (team in (select m.team from members m where m.id = auth.uid()));",
    "create policy p on notes using ((select auth.uid()) = user_id or auth.uid() is null);",
    "create policy p on notes using ((select auth.uid() = user_id));",
    "create policy p on notes using (public.is_admin(auth.uid()));",
    "create policy p on notes using (done); alter policy p on notes using (auth.uid() = user_id);",
    "create policy p on storage.objects for select using (auth.uid() = owner);",
    "create policy p on notes using (case when done then true else auth.uid() = user_id end);",
]

_ONCE = [
    "create policy p on notes for select using ((select auth.uid()) = user_id);",
    "CREATE POLICY p ON notes USING ((SELECT auth.uid() AS uid) = user_id);",
    "create policy p on notes using (user_id = (select (auth.jwt() ->> 'sub')::uuid));",
    "create policy p on notes using ((select current_setting('a.b', true)) = email);",
    "create policy p on notes using (team in (select m.team from members m where m.id = (select auth.uid())));",
    "create policy p on notes using ((select public.is_admin(auth.uid())));",
    "create policy p on notes using (public.is_member(team, auth.uid()));",
    "create policy p on notes using (user_id = uid());",
    "create policy p on notes using (true);",
    "create policy p on notes using (auth.uid() = user_id); drop policy p on notes;",
    (
        "create policy p on notes using (auth.uid() = user_id);"
        "alter policy p on notes using ((select auth.uid()) = user_id);"
    ),
    "create table open (id uuid); create policy p on open using (auth.uid() = id);",
]

_SERVICE = [
    "create policy p on notes to service_role using (true);",
    'CREATE POLICY "Service" ON notes AS PERMISSIVE FOR ALL TO "service_role" USING (TRUE) WITH CHECK (TRUE);',
    "create policy p on notes for insert to service_role with check (true);",
    "create policy p on notes using (auth.role() = 'service_role');",
    "create policy p on notes using ((select auth.role()) = 'service_role');",
    "create policy p on notes for insert with check ('service_role' = auth.role());",
]

_NOT_SERVICE = [
    "create policy p on notes to authenticated, service_role using (done);",
    "create policy p on notes using (auth.role() = 'authenticated');",
    "create policy p on notes using (auth.role() = 'service_role' or done);",
    "create policy p on notes using (email = 'service_role');",
    "create policy p on notes to service_role using (true); drop policy p on notes;",
    "create policy p on notes as restrictive using (auth.role() = 'service_role');",
]


def _told(check_sql: CheckSql, rule: str, sql: str) -> list[str]:
    found = check_sql(_TABLE + sql)
    assert "syntax" not in {f.rule for f in found}
    return [f.message for f in found if f.rule == rule]


@pytest.mark.parametrize("sql", _OPEN)
def test_open_to_all_for_writing(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "policy-open-write", sql)) == 1


@pytest.mark.parametrize("sql", _CLOSED)
def test_not_open_for_writing(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "policy-open-write", sql) == []


@pytest.mark.parametrize("sql", _PER_ROW)
def test_a_call_for_every_row(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "policy-auth-per-row", sql)) == 1


@pytest.mark.parametrize("sql", _ONCE)
def test_a_call_that_runs_once(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "policy-auth-per-row", sql) == []


@pytest.mark.parametrize("sql", _SERVICE)
def test_a_policy_for_service_role(sql: str, check_sql: CheckSql) -> None:
    assert len(_told(check_sql, "policy-for-service-role", sql)) == 1


@pytest.mark.parametrize("sql", _NOT_SERVICE)
def test_a_policy_that_others_use_too(sql: str, check_sql: CheckSql) -> None:
    assert _told(check_sql, "policy-for-service-role", sql) == []


def test_the_words_say_who_may_do_what(check_sql: CheckSql) -> None:
    sql = "create policy p on notes for delete to anon, authenticated using (true);"
    assert _told(check_sql, "policy-open-write", sql) == [
        'Policy "p" on public.notes lets anon and authenticated delete any row: its condition is always true.'
    ]


def test_it_is_told_at_the_statement_that_made_it_so(check_sql: CheckSql) -> None:
    sql = f"{_TABLE}\ncreate policy p on notes using (done);\n\nalter policy p on notes using (auth.uid() = user_id);"
    found = [f for f in check_sql(sql) if f.rule == "policy-auth-per-row"]
    assert [(f.line, f.help) for f in found] == [(4, "Write `(select auth.uid())`.")]
