"""Security and integrity as a report tells them: nothing better than it is."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from supa_deploy.model import Check, Feature, Finding, Report, Severity

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]
MakeFeature = Callable[..., Feature]
Told = Callable[[Report], dict[str, list[str]]]
Tell = Callable[..., dict[str, list[str]]]
_RLS = "alter table {0} enable row level security;\n"


@pytest.fixture
def tell(make_report: MakeReport, feature: MakeFeature, told: Told) -> Tell:
    """The sections of a report on files of these texts, with further fields by keyword."""
    return lambda *texts, **fields: told(make_report(command="report", feature=feature(*texts), **fields))


def _has(lines: Iterable[str], words: str) -> bool:
    return any(words in line for line in lines)


def test_a_table_without_rls_is_named(tell: Tell) -> None:
    lines = tell("create table t (id int); create table u (id int);" + _RLS.format("u"))["security"]
    assert lines[1] == "❌ 1 of 2 new tables without row-level security: `t`."
    assert lines[2] == "✅ 1 with row-level security: so say the files; nobody looked at the database."
    assert not _has(lines, "All ")


def test_what_reading_cannot_tell_is_no_verdict(tell: Tell) -> None:
    lines = tell("create table t (id int); do $$ begin execute 'x'; end $$;")["security"]
    assert lines[1].startswith("⚠️ 1 of 1 new table without row-level security: `t`. A file does what reading")
    private = tell("create schema private; create table private.t (id int);")["security"]
    assert private[1].startswith("⚠️ 1 of 1 new table")


def test_rls_that_the_database_does_not_show(tell: Tell, make_check: MakeCheck) -> None:
    text = "create table t (id int);" + _RLS.format("t")
    seen = tell(text, checks=(make_check("rls", "t", "missing"),))["security"]
    assert seen[1] == (
        "❌ The new table has row-level security enabled: so say the files, and the database does not show it: t."
    )
    unseen = tell(text, checks=(make_check("rls", "t", "not_checkable"),))["security"]
    assert unseen[1].endswith("so say the files; no witness here can see it in the database.")
    other = tell(text, checks=(make_check("rls", "other"),))["security"]
    assert other[1].endswith("so say the files; nobody looked at the database.")


def test_a_dropped_object_that_is_gone_confirms_nothing(tell: Tell, make_check: MakeCheck) -> None:
    text = "create table t (u uuid); create policy p on t for select to authenticated using (u = auth.uid());"
    gone = replace(make_check("policy", "p", table="t"), dropped=True)
    assert "1 policy (SELECT): so say the files; nobody looked" in tell(text, checks=(gone,))["security"][2]


def test_partly_confirmed_is_told_in_numbers(tell: Tell, make_check: MakeCheck) -> None:
    text = "create table t (id int); create table u (id int);" + _RLS.format("t") + _RLS.format("u")
    lines = tell(text, checks=(make_check("rls", "t"),))["security"]
    assert lines[1] == (
        "✅ All 2 new tables have row-level security enabled: so say the files; 1 of 2 confirmed by the Data API."
    )


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("for select using (true)", "SELECT for everyone, every row"),
        ("for select to anon, authenticated using ((1 = 1))", "SELECT for anon and authenticated, every row"),
        ("for insert to authenticated with check (true)", "INSERT for authenticated, every row"),
        ("to authenticated using (auth.uid() = u) with check (true)", "ALL for authenticated, every row"),
        ("for select to anon using (visible)", "SELECT for anon, by its condition"),
        ("for delete using (u = auth.uid())", "DELETE for everyone, by its condition"),
    ],
)
def test_policies_that_let_much_through_are_shown(tell: Tell, policy: str, wanted: str) -> None:
    text = f"create table t (u uuid, visible bool); {_RLS.format('t')} create policy p on t {policy};"
    assert f"  t: {wanted} (`p`)" in tell(text)["security"]


@pytest.mark.parametrize(
    "policy",
    [
        "for select to authenticated using (auth.uid() = u)",
        "for update to authenticated using (true = (u = auth.uid()))",
        "as restrictive for select using (true)",
        "for insert to authenticated",
        "for update to authenticated using (u = (select auth.uid())) with check (true)",
    ],
)
def test_policies_that_say_whose_rows_are_not(tell: Tell, policy: str) -> None:
    text = f"create table t (u uuid); {_RLS.format('t')} create policy p on t {policy};"
    assert not _has(tell(text)["security"], "(`p`)")


@pytest.mark.parametrize(
    ("condition", "scoped"),
    [
        ("auth.uid() = owner", True),
        ("owner = (select auth.uid())", True),
        ("( SELECT auth.uid() ) = owner", True),
        ("auth.uid() = owner or true", False),
        ("auth.uid() is not null", False),
        ("auth.uid() <> owner", False),
        ("exists (select from x where x.id = auth.uid())", False),
    ],
)
def test_scoped_is_only_what_is_held_against_who_asks(tell: Tell, condition: str, scoped: bool) -> None:
    text = (
        f"create table t (owner uuid); create policy p on t for select to authenticated using ({condition});"
    )
    assert _has(tell(text)["new-table-1"], "scoped to owner") is scoped
    mixed = f"{text} create policy q on t for select to authenticated using (now() > '2020-01-01');"
    assert _has(tell(mixed)["new-table-1"], "1 of 2 scoped to owner") is scoped


def test_policies_without_rls_are_without_effect(tell: Tell) -> None:
    lines = tell("create table t (id int); create policy p on t using (id > 0);")["new-table-1"]
    assert _has(lines, "for everyone, without effect while row-level security is off; row-level security off")


def test_grants_and_definers(tell: Tell) -> None:
    lines = tell(
        "create table t (id int); grant select on t to anon; grant all on t to authenticated;\n"
        "create function f() returns int language sql security definer as 'select 1';\n"
        "create function g() returns int language sql security definer as 'select 1';\n"
        "revoke execute on function g() from public;"
    )["security"]
    assert "⚠️ Granted to anon on 1 new table:" in lines
    assert "  `t`: select" in lines
    assert "➕ Granted to authenticated on 1 new table:" in lines
    assert "⚠️ 2 SECURITY DEFINER functions: run with their owner's rights." in lines
    assert "  `public.f()`: everyone may execute it" in lines
    assert "  `public.g()`: only who was granted it" in lines


def test_findings_about_security_stand_there_too(make_report: MakeReport, told: Told) -> None:
    found = (
        Finding("no-rls", Severity.WARNING, "supabase/migrations/a.sql", 3, 1, "Table t has none."),
        Finding("drop-table", Severity.WARNING, "supabase/migrations/a.sql", 4, 1, "Loses rows."),
    )
    lines = told(make_report(command="check", findings=found))["security"]
    assert lines[1:] == [
        "⚠️ 1 finding of `check` about security:",
        "  `a.sql:3` Table t has none. (`no-rls`)",
    ]


def test_integrity_names_what_is_lacking(tell: Tell) -> None:
    lines = tell(
        "create table t (id int primary key); create table u (id int, t int);\n"
        "alter table u add constraint fk foreign key (t) references t (id) not valid;"
    )["integrity"]
    assert "⚠️ 1 new table without a primary key: `u`" in lines
    assert "⚠️ 1 foreign key NOT VALID: rows that were there before were not looked at." in lines
    assert "✅ 1 of 3 new columns NOT NULL." in lines
    assert "  `u`: `t`" in lines
