"""What a person reads, word for word."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import (
    Check,
    Diagnostic,
    Failure,
    Finding,
    MigrationState,
    PendingMigration,
    Report,
    Severity,
    Traffic,
    Verdict,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]
PLAIN = Look()


def test_a_deploy_that_went_well(deployed: Report) -> None:
    assert screen(deployed, PLAIN) == (
        "20250118000001_create_ai_threads\n"
        "  ✅ Table: ai_threads (2 columns and 1 foreign key)\n"
        "\n"
        "20250118000004_alter_existing_tables\n"
        "  ✅ Column: chat_sessions.openai_thread_id\n"
        "\n"
        "✅ ok: 2 migrations applied; 1 table, 3 columns and 1 foreign key confirmed; 5 objects "
        "no witness here can see (2 indexes, 1 RLS flag and 2 policies) · 2.4 s\n"
    )


def test_verbose_lists_every_object_and_what_it_cost(deployed: Report) -> None:
    shown = screen(replace(deployed, traffic=Traffic(3, 12345)), Look(verbosity=1))
    assert "  ✅ Column: ai_threads.session_id\n" in shown
    assert "  ✅ Foreign key: ai_threads_session_id_fkey on ai_threads\n" in shown
    assert "  ➖ Policy: Users can add their own on ai_threads (no witness here can see it)\n" in shown
    assert "  ➖ RLS: ai_threads (no witness here can see it)\n" in shown
    assert "target: abcdefghijklmnopqrst\nSupabase CLI 3.1.0, supa-deploy 0.1.0\n" in shown
    assert "verification: 3 requests, 12,345 bytes of answers\n" in shown


def test_quiet_keeps_the_last_line_only(deployed: Report) -> None:
    assert screen(deployed, Look(verbosity=-1)).startswith("✅ ok: 2 migrations applied;")
    assert screen(deployed, Look(verbosity=-1)).count("\n") == 1


@pytest.mark.parametrize("verbosity", [-1, 0])
def test_what_went_wrong_is_one_paragraph(refused: Report, verbosity: int) -> None:
    assert screen(refused, Look(verbosity=verbosity)) == (
        '❌ ERROR: relation "chat_sesions" does not exist. 20250118000004 was rolled back. Recorded in the history: '
        "20250118000001.\n"
        "   supabase/migrations/20250118000004_alter_existing_tables.sql:4 · SQLSTATE 42P01\n"
        "   → Mend the file, and run the same command again: what is applied is not sent twice.\n"
        "\n"
        "❌ partly_applied (exit 7): 1 migration applied, 1 still pending · 2.4 s\n"
    )


def test_a_terminal_breaks_the_paragraph_at_its_width(refused: Report) -> None:
    lines = screen(refused, Look(width=60, wrap=60)).splitlines()
    assert lines[0] == '❌ ERROR: relation "chat_sesions" does not exist.'
    assert lines[1].startswith("   20250118000004 was rolled back.")


def test_before_and_after_are_in_the_reports_own_words(
    deployed: Report, confirmed_checks: tuple[Check, ...]
) -> None:
    before = tuple(replace(c, verdict=Verdict.MISSING, detail="PGRST205") for c in confirmed_checks)
    assert screen(replace(deployed, command="rehearse", checks_before=before), PLAIN).startswith(
        "Before\n"
        "  ❌ Table: ai_threads (does not exist)\n"
        "  ❌ Column: chat_sessions.openai_thread_id (does not exist)\n"
        "\n"
        "After\n"
        "  ✅ Table: ai_threads\n"
        "  ✅ Column: chat_sessions.openai_thread_id\n"
        "\n"
        "✅ ok: 2 migrations applied;"
    )


def test_after_a_rehearsal_what_is_wrong_is_still_told(deployed: Report, make_check: MakeCheck) -> None:
    before = tuple(replace(c, verdict=Verdict.MISSING) for c in deployed.checks)
    checks = (*deployed.checks, make_check("column", "z", "mismatch", table="ai_threads", detail="is text"))
    shown = screen(
        replace(deployed, outcome=Outcome.VERIFICATION_FAILED, checks=checks, checks_before=before), PLAIN
    )
    assert "  ❌ Column: ai_threads.z (is not what the file promises)\n       is text\n" in shown


def test_plan_shows_the_table_and_each_pending_file_in_words(
    make_report: MakeReport,
    two_pending: tuple[PendingMigration, ...],
    two_states: tuple[MigrationState, ...],
) -> None:
    report = make_report(Outcome.PENDING, command="plan", pending=two_pending, migrations=two_states)
    assert screen(report, PLAIN) == (
        "VERSION         NAME                   LOCAL            REMOTE\n"
        "20250101000000  baseline               ✅               ✅\n"
        "20250118000001  create_ai_threads      ✅               ⏳ pending\n"
        "20250118000004  alter_existing_tables  ✅               ⏳ pending\n"
        "20250120000000                         ❌ no file here  ✅\n"
        "\n"
        "supabase/migrations/20250118000001_create_ai_threads.sql\n"
        "  creates table ai_threads: 2 columns, 1 index, 2 policies, RLS\n"
        "\n"
        "supabase/migrations/20250118000004_alter_existing_tables.sql\n"
        "  adds column chat_sessions.openai_thread_id (varchar(255), unique)\n"
        "  creates 1 index\n"
        "\n"
        "⚠️ pending (exit 10): 1 migration applied, 2 pending, 1 with no file here · 2.4 s\n"
    )


def test_a_dry_run_is_a_plan(make_report: MakeReport, two_pending: tuple[PendingMigration, ...]) -> None:
    shown = screen(make_report(pending=two_pending), PLAIN)
    assert "  creates 1 index\n" in shown
    assert shown.endswith("✅ ok: 2 migrations pending · 2.4 s\n")


def test_status_tells_the_state_of_what_each_file_creates(
    make_report: MakeReport, two_states: tuple[MigrationState, ...], confirmed_checks: tuple[Check, ...]
) -> None:
    report = make_report(command="status", migrations=two_states, checks=confirmed_checks[:4])
    shown = screen(report, PLAIN)
    assert "VERSION" in shown
    assert "  creates 1 index\n" in shown
    assert "20250118000001_create_ai_threads\n  ✅ Table: ai_threads (2 columns and 1 foreign key)\n" in shown


def test_each_verdict_has_its_own_words_and_what_would_change_it(
    make_report: MakeReport, make_check: MakeCheck
) -> None:
    checks = (
        make_check("table", "ai_threads", "not_granted"),
        make_check("column", "id", table="ai_threads"),
        make_check("column", "z", "mismatch", table="ai_threads", detail="promised uuid, is text"),
        make_check("column", "Gone", "missing", table="chat"),
        make_check("view", "secret list", "not_exposed", schema="private"),
        make_check("function", "f", "not_granted"),
        make_check("column", "Mixed", "not_granted", table="chat"),
        make_check("table", "late", "not_visible", detail="PGRST205 until the deadline"),
    )
    failure = Failure("missing", "One column is missing.", "Look at it.")
    shown = screen(
        make_report(Outcome.VERIFICATION_FAILED, command="verify", checks=checks, failure=failure), PLAIN
    )
    assert shown == (
        "20250118000001\n"
        "  ⚠️ Table: ai_threads (exists, not granted to the Data API; 1 column)\n"
        "       GRANT SELECT ON public.ai_threads TO service_role;\n"
        "  ❌ Column: ai_threads.z (is not what the file promises)\n"
        "       promised uuid, is text\n"
        "  ❌ Column: chat.Gone (does not exist)\n"
        "  ⚠️ View: private.secret list (its schema is not exposed to the Data API)\n"
        "       schema private is not exposed: add it to the API's exposed schemas (config.toml: [api] schemas)\n"
        "  ⚠️ Function: f (exists, not granted to the Data API)\n"
        "       GRANT EXECUTE ON FUNCTION public.f TO service_role;\n"
        "  ⚠️ Column: chat.Mixed (exists, not granted to the Data API)\n"
        '       GRANT SELECT ("Mixed") ON public.chat TO service_role;\n'
        "  ❌ Table: late (not visible to the Data API)\n"
        "       PGRST205 until the deadline\n"
        "\n"
        "❌ One column is missing.\n"
        "   → Look at it.\n"
        "\n"
        "❌ verification_failed (exit 9): 1 column missing; 1 column not as promised; 1 table not visible; 1 column "
        "confirmed; 1 table, 1 column and 1 function not granted to the Data API; 1 view not exposed to the Data API "
        "· 2.4 s\n"
    )


def test_the_witness_own_words_stand_alone(make_report: MakeReport, make_check: MakeCheck) -> None:
    granted = "authenticated may not read it: GRANT SELECT ON public.t TO authenticated;"
    checks = (
        make_check("table", "t", "not_granted", detail=granted),
        make_check("table", "late", "not_visible", detail="not visible to the Data API: missing, or stale"),
        make_check("table", "old", detail="dropped, and gone"),
    )
    assert screen(make_report(checks=checks), PLAIN).startswith(
        "20250118000001\n"
        "  ⚠️ Table: t (exists, not granted to the Data API)\n"
        f"       {granted}\n"
        "  ❌ Table: late (not visible to the Data API)\n"
        "       missing, or stale\n"
        "  ✅ Table: old (dropped, and gone)\n"
    )


def test_doctor(make_report: MakeReport) -> None:
    diagnostics = (
        Diagnostic("Python", True, "3.11.7"),
        Diagnostic("Supabase CLI", False, "not found", "npm install supabase\nor put it on PATH"),
        Diagnostic("clock skew", None, "no server was reached"),
    )
    report = make_report(Outcome.PREFLIGHT_FAILED, command="doctor", diagnostics=diagnostics)
    assert screen(report, PLAIN) == (
        "✅ Python        3.11.7\n"
        "❌ Supabase CLI  not found\n"
        "                 → npm install supabase\n"
        "                   or put it on PATH\n"
        "➖ clock skew    no server was reached\n"
        "\n"
        "❌ preflight_failed (exit 3): 1 in order, 1 not in order, 1 not looked at · 2.4 s\n"
    )


def test_a_finding_points_at_the_place(make_report: MakeReport) -> None:
    finding = Finding(
        "syntax",
        Severity.ERROR,
        "supabase/migrations/1_a.sql",
        3,
        9,
        'syntax error at or near "表"',
        "write it out",
        "\tcreate\t表表 x",
    )
    assert screen(make_report(Outcome.FINDINGS, findings=(finding,)), PLAIN) == (
        'supabase/migrations/1_a.sql:3:9: error: syntax error at or near "表" [syntax]\n'
        "    3 │     create  表表 x\n"
        "      │             ^\n"
        "      help: write it out\n"
        "\n"
        "❌ findings (exit 12): 1 error · 2.4 s\n"
    )


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("command", ["deploy", "plan", "status", "verify", "rehearse", "doctor"])
def test_the_last_line_names_the_outcome_and_its_number(
    outcome: Outcome, command: str, make_report: MakeReport
) -> None:
    last = screen(make_report(outcome, command=command), PLAIN).splitlines()[-1]
    assert outcome.label in last
    assert (f"(exit {outcome.exit_code})" in last) is not outcome.is_success


def test_nothing_to_do_and_nothing_verified_is_said(make_report: MakeReport) -> None:
    assert screen(make_report(Outcome.UP_TO_DATE), PLAIN) == (
        "✅ up_to_date: nothing to apply; nothing verified · 2.4 s\n"
    )


def test_names_from_outside_cannot_play_tricks(make_report: MakeReport, make_check: MakeCheck) -> None:
    evil = "\x1b[2J[red]x[/red]\n::error::no \u202e"
    report = make_report(
        Outcome.VERIFICATION_FAILED,
        command="status",
        migrations=(MigrationState("1", evil, evil, local=True, remote=True, words=(evil,)),),
        checks=(make_check("table", evil, "missing", migration="1", detail=evil),),
        diagnostics=(Diagnostic(evil, False, evil, evil),),
        findings=(Finding(evil, Severity.ERROR, evil, 1, 1, evil, evil, evil),),
        failure=Failure("x", evil, evil, file=evil, sqlstate=evil),
    )
    for look in (PLAIN, Look(width=80, wrap=80, verbosity=1)):
        shown = screen(report, look)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[red]x[/red]" in shown
        assert not [row for row in shown.splitlines() if row.startswith("::")]


def test_colour_only_where_the_look_has_it(refused: Report) -> None:
    assert "\x1b[" not in screen(refused, PLAIN)
    assert "\x1b[1;31m" in screen(refused, Look(color=True))


def test_what_is_gone_as_promised_is_not_counted_as_there(
    make_report: MakeReport, make_check: MakeCheck
) -> None:
    there = make_check("table", "new")
    gone = replace(make_check("table", "old", detail="dropped, and gone"), dropped=True)
    last = screen(make_report(checks=(there, gone)), PLAIN).splitlines()[-1]
    assert "1 table confirmed; 1 table gone as promised" in last
