"""No secret in any free text of a report, in whatever spelling."""

import json
from collections.abc import Callable
from pathlib import Path

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Diagnostic,
    Drift,
    Failure,
    Finding,
    Loss,
    MigrationState,
    PendingMigration,
    Preview,
    Report,
    Rollback,
    Severity,
    Step,
    StepStatus,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.json import to_json
from supa_deploy.render.scrub import scrub
from supa_deploy.secret import Redactor, Secret

PASSWORD = "p@ss \u00e9 w/rd-%\\"


def test_every_free_text_is_scrubbed(
    make_report: Callable[..., Report], make_check: Callable[..., Check]
) -> None:
    leak = f"url postgresql://u:{PASSWORD}@h and p%40ss%20%C3%A9%20w%2Frd-%25%5C"
    change = Change(ChangeKind.LOST, leak, leak, leak, leak, leak)
    report = make_report(
        Outcome.PUSH_FAILED,
        target=leak,
        steps=(Step("push", StepStatus.FAILED, 1.0, leak),),
        pending=(PendingMigration("1", "a", "a.sql", (leak,)),),
        migrations=(MigrationState("1", "a", "a.sql", True, False, (leak,)),),
        checks=(make_check("table", "t", "missing", detail=leak),),
        checks_before=(make_check("table", "t", "missing", detail=leak),),
        diagnostics=(Diagnostic("password", False, leak, leak),),
        findings=(Finding("r", Severity.ERROR, "a.sql", 1, 1, leak, leak, leak),),
        notices=(leak,),
        drift=Drift(leak, (change,), leak, leak, 1, (leak,)),
        preview=Preview(leak, (change,)),
        rollback=Rollback(
            "1",
            ("2",),
            leak,
            (Loss(leak, leak, leak, 1, 1, leak),),
            (leak,),
            (leak,),
            (change,),
            done=True,
        ),
        failure=Failure("x", leak, leak),
    )
    scrubbed = scrub(report, Redactor([Secret(PASSWORD)]))
    shown = repr(scrubbed) + to_json(scrubbed)
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
    assert shown.count("[secret]") > 60
    assert scrubbed.drift
    assert scrubbed.drift.changes[0].change is ChangeKind.LOST
    assert scrubbed.rollback
    assert (scrubbed.rollback.done, scrubbed.rollback.losses[0].rows) == (True, 1)


def test_a_report_without_secrets_stays_as_it_is(deployed: Report) -> None:
    assert scrub(deployed, Redactor([Secret("something else")])) == deployed


def test_what_files_make_is_scrubbed_and_stays_what_it_is(make_report: Callable[..., Report]) -> None:
    quoted = PASSWORD.replace("'", "''")
    first = f"""
-- The webhook of {PASSWORD} goes here.
create table public.hooks (id int primary key, "{PASSWORD}" text default '{quoted}', k text check (k <> '{quoted}'));
comment on table public.hooks is '{quoted}';
comment on column public.hooks.k is '{quoted}';
create index i on public.hooks (k) where k = '{quoted}';
create policy "{PASSWORD}" on public.hooks using (k = '{quoted}');
create function public.f() returns int language sql as 'select 1';
comment on function public.f() is '{quoted}';
create type public.e as enum ('{quoted}');
create view public.v as select id as "{PASSWORD}" from public.hooks;
create trigger "{PASSWORD}" before update on public.hooks for each row execute function public.f();
grant select on public.hooks to "{PASSWORD}";
"""  # noqa: S608  # a file for the parser, nothing that runs
    second = f"""alter table public.hooks add column late int references "{PASSWORD}".t (id);
alter table public.hooks rename column k to "{PASSWORD}2"; create schema "{PASSWORD}"; drop table "{PASSWORD}";
do $$ begin create table "{PASSWORD}" (a int); end $$;
"""
    scripts = [
        parse_text(Migration(str(n), "x", f"m/{n}_x.sql", Path("x")), text)
        for n, text in enumerate((first, second), start=1)
    ]
    assert not any(script.problems for script in scripts)
    report = make_report(feature=feature_of(scripts))
    assert repr(report).count(repr(PASSWORD)[1:-1]) > 30
    scrubbed = scrub(report, Redactor([Secret(PASSWORD)]))
    assert "p@ss" not in repr(scrubbed) + to_json(scrubbed)
    assert scrubbed.feature is not None
    (table,) = scrubbed.feature.tables
    assert (table.name.schema, table.name.name) == ("public", "hooks")
    assert list(table.columns) == ["id", "[secret]", "[secret]2", "late"]
    assert table.columns["[secret]"].default == "'[secret]'"
    (altered,) = scrubbed.feature.altered
    assert altered.table is table, "a table is cleaned once, however many files altered it"
    assert [str(touched.name) for touched in scrubbed.feature.touched] == ["[secret].t", "public.hooks"]
    assert (
        json.loads(to_json(scrubbed))["feature"]["files"][0]["purpose"] == "The webhook of [secret] goes here"
    )


def test_what_files_make_stays_as_it_is_without_secrets(make_report: Callable[..., Report]) -> None:
    text = "create table t (id int primary key); grant select on t to anon; create index on t (id);"
    script = parse_text(Migration("1", "x", "m/1_x.sql", Path("x")), text)
    report = make_report(feature=feature_of([script]))
    assert scrub(report, Redactor([Secret("something else")])) == report
