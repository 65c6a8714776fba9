"""Drift and the preview of a push, word for word."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import (
    Change,
    ChangeKind,
    Drift,
    PendingMigration,
    Preview,
    Report,
    Step,
    StepStatus,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.drift import Telling, line, subject
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]
PLAIN, VERBOSE, QUIET = Look(), Look(verbosity=1), Look(verbosity=-1)


def test_what_differs_is_told_worst_first_with_the_sql_below(make_report: MakeReport, drifted: Drift) -> None:
    assert screen(make_report(Outcome.DRIFT, command="diff", drift=drifted), PLAIN) == (
        "Drift: where the database differs from the files\n"
        "  ❌ lost: index idx_ai_threads_status on ai_threads\n"
        '  ⚠️ changed: policy "Users can read" on ai_threads: using: from (auth.uid() = user_id) to true\n'
        "  ➕ added: table notes\n"
        "\n"
        "The SQL that explains it:\n"
        "    DROP INDEX public.idx_ai_threads_status;\n"
        "    CREATE TABLE public.notes ();\n"
        "\n"
        "left out: 14 differences that are the platform's own\n"
        "vector and pg_net: stand-ins on the scratch server, names and signatures only\n"
        "\n"
        "❌ drift (exit 11): 3 things differ from the files (1 lost, 1 changed and 1 added) · 2.4 s\n"
    )


def test_no_drift_is_one_line(make_report: MakeReport) -> None:
    assert screen(make_report(command="diff", drift=Drift("GRANT x;", left_out=1)), PLAIN) == (
        "✅ no drift: the database holds what the files make "
        "(left out: 1 difference that is the platform's own)\n"
        "\n"
        "✅ ok: no drift · 2.4 s\n"
    )


def test_stand_ins_are_named_without_drift_too(make_report: MakeReport) -> None:
    shown = screen(make_report(command="diff", drift=Drift(stand_ins=("vector",))), PLAIN)
    assert "\nvector: a stand-in on the scratch server, names and signatures only\n" in shown


def test_a_diff_that_need_not_fail_is_no_green_tick(make_report: MakeReport, drifted: Drift) -> None:
    one = replace(drifted, changes=drifted.changes[:1])
    last = screen(make_report(command="diff", drift=one), PLAIN).splitlines()[-1]
    assert last == "⚠️ ok: 1 thing differs from the files (1 added) · 2.4 s"


def test_a_deploy_counts_its_drift_last_unless_it_is_the_outcome(deployed: Report, drifted: Drift) -> None:
    counted = "3 things differ from the files (1 lost, 1 changed and 1 added)"
    good = screen(replace(deployed, drift=drifted), PLAIN).splitlines()[-1]
    assert good.startswith("✅ ok: 2 migrations applied; 1 table")
    assert good.endswith(f"; {counted} · 2.4 s")
    bad = screen(replace(deployed, outcome=Outcome.DRIFT, drift=drifted), PLAIN).splitlines()[-1]
    assert bad.startswith(f"❌ drift (exit 11): {counted}; 2 migrations applied; 1 table")
    assert screen(replace(deployed, drift=Drift()), PLAIN).splitlines()[-1].endswith("; no drift · 2.4 s")


def test_drift_that_was_not_looked_for_is_said_and_never_called_none(deployed: Report) -> None:
    skipped = replace(deployed, steps=(Step("diff", StepStatus.SKIPPED, 0.0, "no scratch server"),))
    assert screen(skipped, PLAIN).splitlines()[-1].endswith("; drift not looked for · 2.4 s")
    assert "drift" not in screen(deployed, PLAIN)


def test_quiet_shows_drift_only_where_it_is_the_outcome(make_report: MakeReport, drifted: Drift) -> None:
    shown = screen(make_report(Outcome.DRIFT, command="diff", drift=drifted), QUIET)
    assert "  ❌ lost: index" in shown
    assert "DROP INDEX" not in shown
    assert screen(make_report(command="diff", drift=drifted), QUIET).count("\n") == 1


def test_long_sql_is_cut_unless_verbose(make_report: MakeReport, drifted: Drift) -> None:
    rows = ["select '" + "x" * 300 + "';", *(f"-- row {n}" for n in range(2, 101))]
    report = make_report(command="diff", drift=replace(drifted, sql="\n".join(rows)))
    shown = screen(report, PLAIN)
    assert "    -- row 40\n    … 60 more lines: -v shows all\n" in shown
    assert "x" * 300 not in shown
    assert "-- row 41" not in shown
    whole = screen(report, VERBOSE)
    assert "    -- row 100\n" in whole
    assert "x" * 300 in whole
    assert "more line" not in whole
    assert "compared by pg-delta with PostgreSQL 17.10\n" in whole


def test_many_changes_and_long_details_are_cut_unless_verbose(make_report: MakeReport) -> None:
    body = "\n".join(f"- line {n}" for n in range(1, 13))
    changes = (
        Change(ChangeKind.LOST, "function", "public", "touch(uuid, text)", detail=body),
        *(Change(ChangeKind.ADDED, "table", "public", f"t{n}") for n in range(60)),
    )
    report = make_report(command="diff", drift=Drift("", changes))
    shown = screen(report, PLAIN)
    assert "  ❌ lost: function touch(uuid, text)\n       - line 1\n" in shown
    assert "       - line 10\n       … 2 more lines: -v shows all\n" in shown
    assert "  ➕ added: table t48\n  … 11 more: -v shows all\n" in shown
    whole = screen(report, VERBOSE)
    assert "       - line 12\n" in whole
    assert "  ➕ added: table t59\n" in whole


def test_a_terminal_breaks_the_lines_beneath_their_first_word(
    make_report: MakeReport, drifted: Drift
) -> None:
    shown = screen(make_report(command="diff", drift=drifted), Look(width=80, wrap=80))
    assert (
        '  ⚠️ changed: policy "Users can read" on ai_threads: using: from (auth.uid() =\n'
        "     user_id) to true\n"
    ) in shown
    assert max(map(len, shown.splitlines())) <= 82


@pytest.mark.parametrize("color", [True, False])
def test_no_line_ends_in_blanks(color: bool, make_report: MakeReport, drifted: Drift) -> None:
    shown = screen(make_report(command="diff", drift=drifted), Look(width=80, wrap=80, color=color))
    assert ("\x1b[1;31m" in shown) is color
    rows = [re.sub(r"\x1b\[[0-9;]*m", "", row) for row in shown.splitlines()]
    assert [row.rstrip() for row in rows] == rows


def test_plan_tells_what_is_there_and_what_the_push_will_do(
    make_report: MakeReport, drifted: Drift, two_pending: tuple[PendingMigration, ...]
) -> None:
    preview = Preview("CREATE TABLE public.ai_tools ();", drifted.changes)
    report = make_report(command="plan", pending=two_pending, drift=drifted, preview=preview)
    assert (
        "What is there already, outside the files\n  ❌ lost: index idx_ai_threads_status on ai_threads\n"
        in screen(report, PLAIN)
    )
    assert (
        "What the push will do to the database as it is\n"
        "  ❌ removes: index idx_ai_threads_status on ai_threads\n"
        '  ⚠️ changes: policy "Users can read" on ai_threads: using: from (auth.uid() = user_id) to true\n'
        "  ➕ adds: table notes\n"
        "\n"
        "As SQL:\n"
        "    CREATE TABLE public.ai_tools ();\n"
        "\n"
    ) in screen(report, PLAIN)


def test_a_push_without_effect_is_said(make_report: MakeReport) -> None:
    assert "as it is\n  nothing: its schema stays as it is\n" in screen(
        make_report(command="plan", preview=Preview()), PLAIN
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("table", "public", "notes", None), "table notes"),
        (("table", "private", "My Notes", None), 'table private."My Notes"'),
        (("column", "auth", "nick", "users"), "column auth.users.nick"),
        (("function", "public", "f(uuid, text)", None), "function f(uuid, text)"),
        (("row-level security", "public", "t", None), "row-level security of t"),
        (("row-level security", "public", "t", "t"), "row-level security of t"),
        (("grant", "public", "anon", "t"), "grant to anon on t"),
        (("grant", "private", "anon", None), "grant to anon on schema private"),
        (("grant", "private", "anon", "t.a"), "grant to anon on private.t.a"),
        (
            ("default privileges", None, "anon", "postgres tables"),
            "default privileges of postgres tables in every schema to anon",
        ),
        (
            ("default privileges", "app", "anon", "postgres tables"),
            "default privileges of postgres tables in schema app to anon",
        ),
        (("forced row-level security", "public", "t", None), "forced row-level security of t"),
        (("event trigger", None, "on_ddl", None), "event trigger on_ddl"),
        (("object", "app", "operator app.===(text,text)", None), "operator app.===(text,text)"),
        (("publication member", None, "p", "*"), "every table in publication p"),
        (("publication member", "public", "supabase_realtime", "t"), "t in publication supabase_realtime"),
        (("publication", None, "supabase_realtime", None), "publication supabase_realtime"),
        (("extension", "extensions", "vector", None), "extension vector"),
        (("schema", "private", "private", None), "schema private"),
        (("trigger", "auth", "on_new", "users"), "trigger on_new on auth.users"),
    ],
)
def test_each_kind_is_named_as_a_person_would(
    change: tuple[str, str | None, str, str | None], told: str
) -> None:
    kind, schema, name, table = change
    assert subject(Change(ChangeKind.ADDED, kind, schema, name, table)) == told


@pytest.mark.parametrize("telling", Telling)
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_change_has_a_verb_and_a_mark(telling: Telling, kind: ChangeKind) -> None:
    said = line(Change(kind, "table", "public", "t"), telling)
    assert said.says.endswith(": table t")
    assert said.says.split(":")[0]
    assert said.mark
