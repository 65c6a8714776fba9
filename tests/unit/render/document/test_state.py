"""Where versions stand, and what witnesses saw: nothing is called applied, missing or confirmed that is not."""

from collections.abc import Callable
from dataclasses import replace

from supa_deploy.model import (
    Check,
    Feature,
    Finding,
    MigrationState,
    PendingMigration,
    Report,
    Rollback,
    Severity,
    Step,
    StepStatus,
)
from supa_deploy.outcome import Outcome

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]
Told = Callable[[Report], dict[str, list[str]]]
_SENT = (Step("push", StepStatus.FAILED, 0.1),)


def _status(lines: list[str]) -> list[str]:
    return [line.rsplit(" | ", 1)[1] for line in lines if line[:1].isdigit()]


def test_each_standing_has_its_words(
    make_report: MakeReport, two_states: tuple[MigrationState, ...], told: Told
) -> None:
    report = make_report(applied=("20250118000001",), migrations=two_states)
    rows = told(report)["migrations"]
    assert rows[0] == ("Migration files (1 applied, 1 applied now, 1 pending, 1 applied, no file here)")
    assert _status(rows) == ["✅ applied", "✅ applied now", "⏳ pending", "❌ applied, no file here"]
    assert rows[5].startswith("4 | `20250120000000` | no file here |")
    assert "1 is in the history with no file here" in told(report)["summary"][1]


def test_what_was_sent_and_never_read_is_not_known(
    make_report: MakeReport,
    two_states: tuple[MigrationState, ...],
    two_pending: tuple[PendingMigration, ...],
    told: Told,
) -> None:
    unknown = make_report(Outcome.STATE_UNKNOWN, migrations=two_states, pending=two_pending)
    assert _status(told(unknown)["migrations"])[:3] == ["✅ applied", "⚠️ not known", "⚠️ not known"]
    assert "2 are not known to be in or not" in told(unknown)["summary"][1]
    crashed = make_report(Outcome.INTERNAL_ERROR, migrations=two_states, pending=two_pending, steps=_SENT)
    assert _status(told(crashed)["migrations"])[1] == "⚠️ not known"
    read = replace(crashed, steps=(*_SENT, Step("history", StepStatus.OK, 0.1)))
    assert _status(told(read)["migrations"])[1] == "⏳ pending"
    looked = make_report(Outcome.INTERNAL_ERROR, migrations=two_states, pending=two_pending)
    assert _status(told(looked)["migrations"])[1] == "⏳ pending"


def test_a_rollback_undoes_only_when_it_is_done(
    make_report: MakeReport, applied: tuple[MigrationState, ...], way_back: Rollback, told: Told
) -> None:
    both = {"20250118000001", "20250118000004"}
    dry = make_report(command="rollback", migrations=applied, rollback=way_back)
    assert set(_status(told(dry)["migrations"])) == {"✅ applied"}
    done = replace(
        dry,
        rollback=replace(way_back, done=True),
        migrations=tuple(replace(m, remote=m.version not in both) for m in applied),
    )
    assert _status(told(done)["migrations"]) == [
        "✅ applied",
        "⏳ undone now",
        "✅ applied",
        "✅ applied",
        "⏳ undone now",
    ]
    assert "2 versions were undone, and the history stands at 20250101000000." in told(done)["summary"][1]
    lost = replace(dry, outcome=Outcome.STATE_UNKNOWN)
    assert _status(told(lost)["migrations"])[1] == "⚠️ not known"
    deploy = make_report(migrations=applied, rollback=replace(way_back, done=True))
    assert set(_status(told(deploy)["migrations"])) == {"✅ applied"}


def test_a_check_asks_no_history(make_report: MakeReport, example: Feature, told: Told) -> None:
    report = make_report(command="check", feature=example, files_checked=4)
    assert set(_status(told(report)["migrations"])) == {"➖ history not read"}
    assert told(report)["summary"][1] == "4 files were read: nothing was found. No database was asked."
    assert "state" not in told(report)
    notes = (Finding("prefer-text", Severity.INFO, "a.sql", 1, 1, "m"),)
    assert told(replace(report, findings=notes))["summary"][1].startswith(
        "4 files were read: no errors, 1 note."
    )


def test_a_report_on_a_feature_counts_the_rest(
    make_report: MakeReport, example: Feature, applied: tuple[MigrationState, ...], told: Told
) -> None:
    rows = told(make_report(command="plan", feature=example, migrations=applied))["migrations"]
    assert len(_status(rows)) == 4
    assert rows[-1] == "This report is not about 1 other migration (1 applied)."


def test_what_files_do_is_folded_once_it_is_old(
    make_report: MakeReport, two_states: tuple[MigrationState, ...], told: Told
) -> None:
    old = replace(two_states[0], words=("creates table t: 1 column", "drops column t.a (loses its data)"))
    lines = told(make_report(command="status", migrations=(old, *two_states[1:])))["words"]
    assert lines[1] == "`20250118000001_create_ai_threads.sql`"
    assert lines.index("What the other 1 file did") > lines.index("  creates 1 index")
    assert lines[-1].endswith("drops column t.a (loses its data)")
    now = make_report(migrations=(replace(old, remote=True),), applied=(old.version,))
    assert told(now)["words"][1] == "`20250101000000_baseline.sql`"


def test_a_rehearsal_has_a_before_and_an_after(
    make_report: MakeReport,
    make_check: MakeCheck,
    confirmed_checks: tuple[Check, ...],
    two_pending: tuple[PendingMigration, ...],
    told: Told,
) -> None:
    before = (
        make_check("table", "ai_threads", "missing"),
        make_check("column", "id", "missing", table="ai_threads"),
    )
    report = make_report(
        command="rehearse",
        pending=two_pending,
        applied=tuple(m.version for m in two_pending),
        checks=confirmed_checks,
        checks_before=before,
    )
    sections = told(report)
    assert sections["state-before"] == [
        "Before",
        "❌ Table: ai_threads (does not exist) · the Data API",
        "1 table and 1 column missing.",
    ]
    assert list(sections)[2:5] == ["state-before", "state-after", "state-conclusion"]
    assert sections["state-after"][1:3] == [
        "✅ Table: ai_threads · the Data API",
        "✅ Column: chat_sessions.openai_thread_id · the Data API",
    ]
    assert sections["state-conclusion"][1] == (
        "Conclusion: Everything that the applied files promise was confirmed, except 5 objects that no witness here "
        "can see (2 indexes, 1 RLS flag and 2 policies)."
    )
    assert "(a throwaway project)" in sections["summary"][1]


def test_the_conclusion_is_computed(
    make_report: MakeReport, make_check: MakeCheck, two_states: tuple[MigrationState, ...], told: Told
) -> None:
    def concluded(*checks: Check, outcome: Outcome = Outcome.OK) -> str:
        lines = told(make_report(outcome, "status", migrations=two_states, checks=checks))["state"]
        return next(line for line in lines if line.startswith("Conclusion: "))[12:]

    base = "20250101000000"
    there, gone = (
        make_check("table", "t", migration=base),
        make_check("table", "u", "missing", migration=base),
    )
    waits = make_check("table", "ai_threads", "missing")
    assert concluded(there) == "Everything that the applied files promise was confirmed."
    assert concluded(there, gone) == "The database does not show what applied files promise: 1 table missing."
    assert concluded(there, waits) == (
        "Everything that the applied files promise was confirmed. 2 of 4 migrations are pending: that their objects "
        "do not exist is what is to be expected."
    )
    assert "1 table of pending files is there already." in concluded(there, make_check("table", "ai_threads"))
    assert concluded(make_check("table", "t", "not_granted", migration=base)) == (
        "What the applied files promise is there; 1 table not granted to the Data API."
    )
    assert concluded(make_check("index", "i", "not_checkable", table="t", migration=base)).startswith(
        "No witness could look at anything"
    )


def test_what_may_be_applied_or_not_is_neither(
    make_report: MakeReport,
    make_check: MakeCheck,
    two_states: tuple[MigrationState, ...],
    two_pending: tuple[PendingMigration, ...],
    told: Told,
) -> None:
    report = make_report(
        Outcome.STATE_UNKNOWN,
        migrations=two_states,
        pending=two_pending,
        checks=(make_check("table", "ai_threads", "missing"),),
    )
    assert "Conclusion: Of files that may be applied or not: 1 table missing." in told(report)["state"]


def test_nobody_looked_is_said(make_report: MakeReport, told: Told) -> None:
    skipped = (Step("verify", StepStatus.SKIPPED, 0.0, "--no-verify"),)
    assert told(make_report(steps=skipped))["state"][1] == (
        "➖ No witness was asked (--no-verify): whether the database holds what the files promise is not known."
    )
    assert "state" not in told(make_report(command="plan", steps=skipped))


def test_what_would_open_an_object_stands_beneath_it(
    make_report: MakeReport, make_check: MakeCheck, told: Told
) -> None:
    lines = told(make_report(checks=(make_check("table", "t", "not_granted"),)))["state"]
    at = lines.index("⚠️ Table: t (exists, not granted to the Data API) · the Data API")
    assert lines[at + 1] == "  `GRANT SELECT ON public.t TO service_role;`"
