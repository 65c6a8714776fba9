"""A rollback, word for word: what is undone, what it costs, and what to type."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import Drift, Failure, Loss, MigrationState, Report, Rollback
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.rollback import losses, size
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]
PLAIN = Look()


def test_a_dry_run_tells_all_and_ends_with_the_command(
    make_report: MakeReport, way_back: Rollback, two_states: tuple[MigrationState, ...]
) -> None:
    assert screen(make_report(command="rollback", migrations=two_states, rollback=way_back), PLAIN) == (
        "Rollback to 20250101000000: 2 versions are undone, newest first\n"
        "  20250118000004_alter_existing_tables "
        "(by hand: supabase/migrations/20250118000004_alter_existing_tables.down.sql)\n"
        "  20250118000001_create_ai_threads\n"
        "\n"
        "The SQL that undoes them:\n"
        "    DROP TABLE public.ai_threads;\n"
        "\n"
        "What will be lost with it\n"
        "  ❌ table ai_threads: 1,234 rows, 2.1 MB will be gone\n"
        "  ➖ table private.ai_tools: no rows, 24 kB will be gone\n"
        "  ⚠️ column chat_sessions.openai_thread_id: 1 value will be gone; saved to my backup/c.csv\n"
        "\n"
        "What it cannot bring back\n"
        "  ❌ the rows that the file deleted\n"
        "\n"
        "What the hand-written files leave different from the files up to 20250101000000\n"
        "  ➕ still there: index idx_x on chat_sessions\n"
        "\n"
        "✅ ok: dry run, 2 versions to undo, nothing changed · 2.4 s · to do it: "
        "supa-deploy rollback --to 20250101000000 --save 'my backup' --yes\n"
    )


def test_done_tells_where_the_database_stands(make_report: MakeReport, way_back: Rollback) -> None:
    done = replace(way_back, done=True, remains=())
    shown = screen(make_report(command="rollback", rollback=done, drift=Drift()), PLAIN)
    assert "Rollback to 20250101000000: 2 versions were undone, newest first\n" in shown
    assert "What was lost with it\n  ❌ table ai_threads: 1,234 rows, 2.1 MB gone\n" in shown
    assert shown.endswith(
        "✅ ok: 2 versions undone, the database stands at 20250101000000; no drift · 2.4 s\n"
    )


def test_drift_would_go_too_and_the_command_says_so(
    make_report: MakeReport, way_back: Rollback, drifted: Drift
) -> None:
    bare = replace(way_back, losses=())
    shown = screen(make_report(command="rollback", rollback=bare, drift=drifted), PLAIN)
    assert shown.startswith("What is there outside the files, and would be gone too\n  ❌ lost: index")
    assert shown.endswith("to do it: supa-deploy rollback --to 20250101000000 --discard-drift --yes\n")


def test_what_was_refused_names_no_command_and_claims_nothing(
    make_report: MakeReport, way_back: Rollback
) -> None:
    failure = Failure("rollback", "Refused by the server; nothing was changed.", "Look at it.")
    report = make_report(Outcome.ROLLBACK_FAILED, command="rollback", rollback=way_back, failure=failure)
    assert screen(report, PLAIN).endswith(
        "❌ Refused by the server; nothing was changed.\n   → Look at it.\n\n"
        "❌ rollback_failed (exit 16) · 2.4 s\n"
    )


def test_nothing_to_undo_is_said(make_report: MakeReport) -> None:
    report = make_report(Outcome.UP_TO_DATE, command="rollback", rollback=Rollback("1", (), ""))
    assert screen(report, PLAIN) == "✅ up_to_date: nothing to undo · 2.4 s\n"


def test_quiet_keeps_what_it_costs(make_report: MakeReport, way_back: Rollback) -> None:
    shown = screen(make_report(command="rollback", rollback=way_back), Look(verbosity=-1))
    assert "  ❌ table ai_threads: 1,234 rows, 2.1 MB will be gone\n" in shown
    assert "DROP TABLE" not in shown


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (Loss("public", "t", None, 1, 8192), "❌ table t: 1 row, 8 kB will be gone"),
        (Loss("public", "t", None, 1234567), "❌ table t: 1,234,567 rows will be gone"),
        (Loss("app", "t", "c", 0), "➖ column app.t.c: no values will be gone"),
        (Loss("public", "t", None, 2, saved="d/t.csv"), "⚠️ table t: 2 rows will be gone; saved to d/t.csv"),
    ],
)
def test_each_loss_is_a_sentence(loss: Loss, told: str) -> None:
    (said,) = losses(Rollback("1", ("2",), "", (loss,)))
    assert f"{said.mark} {said.says}" == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1024, "1 kB"),
        (24576, "24 kB"),
        (2202009, "2.1 MB"),
        (5 * 1024**4, "5 TB"),
        (5000 * 1024**4, "5000 TB"),
    ],
)
def test_sizes_are_the_ones_postgresql_shows(number: int, told: str) -> None:
    assert size(number) == told


def test_a_plan_inside_another_command_is_for_its_documents_alone(
    make_report: MakeReport, way_back: Rollback
) -> None:
    for command in ("deploy", "plan", "report", "rehearse"):
        with_plan = make_report(command=command, rollback=way_back, drift=Drift())
        assert screen(with_plan, PLAIN) == screen(replace(with_plan, rollback=None), PLAIN)


def test_what_is_not_there_yet_has_no_count() -> None:
    table = Loss("public", "t", None, rows=0, exists=False)
    column = Loss("private", "t", "c", rows=0, exists=False)
    (one, other) = losses(Rollback("1", ("2",), "", losses=(table, column)))
    assert one.says == "table t: the rows it has by then"
    assert other.says == "column private.t.c: the values it has by then"
