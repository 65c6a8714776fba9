"""Drift, preview, rollback, findings, fixes, claims, times: the sections that other renderers' words go into."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import (
    Change,
    Claim,
    ClaimVerdict,
    Drift,
    Failure,
    Feature,
    Finding,
    Fix,
    Loss,
    Preview,
    Report,
    Rollback,
    Severity,
    Step,
    StepStatus,
    Traffic,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.document import document
from supa_deploy.render.document.blocks import Callout, Sign, Tone

MakeReport = Callable[..., Report]
Told = Callable[[Report], dict[str, list[str]]]
_FILE = "supabase/migrations/20250118000004_x.sql"


def _texts(callout: Callout) -> list[str]:
    return [
        "".join(p if isinstance(p, str) else getattr(p, "text", "") for p in line) for line in callout.lines
    ]


def test_the_head_says_what_and_where(make_report: MakeReport, example: Feature, everything: Feature) -> None:
    report = make_report(
        command="report",
        feature=example,
        project_ref="abcdefghijklmnopqrst",
        target="project abcdefghijklmnopqrst",
        environment="staging",
    )
    pairs = {name: _texts(Callout(Tone.NOTE, (line,)))[0] for name, line in document(report).head.pairs}
    assert pairs["Feature"].startswith("20250118000001_create_ai_threads, 20250118000002")
    assert pairs["Project"] == "abcdefghijklmnopqrst"
    assert pairs["Environment"] == "staging"
    assert pairs["Date"] == "2026-11-22 12:00:00 UTC"
    assert "Database" not in pairs
    by_url = document(replace(report, feature=everything, project_ref=None, target="db:5432/postgres")).head
    assert dict(by_url.pairs)["Feature"] == ("all migrations",)
    assert "Database" in dict(by_url.pairs)


def test_the_status_is_the_outcome_and_the_failure(refused: Report) -> None:
    status = document(refused).status
    assert status.tone is Tone.BAD
    lines = _texts(status)
    assert lines[0].startswith("❌ partly_applied (exit 7): 1 migration applied, 1 still pending")
    assert lines[1].startswith("ERROR: relation")
    assert lines[2] == "supabase/migrations/20250118000004_alter_existing_tables.sql:4 · SQLSTATE 42P01"
    assert lines[3].startswith("Next: Mend the file")


@pytest.mark.parametrize(
    ("outcome", "tone"),
    [
        (Outcome.OK, Tone.GOOD),
        (Outcome.UP_TO_DATE, Tone.GOOD),
        (Outcome.PENDING, Tone.WARN),
        (Outcome.UNVERIFIED, Tone.WARN),
        (Outcome.DRIFT, Tone.BAD),
        (Outcome.STATE_UNKNOWN, Tone.BAD),
    ],
)
def test_the_tone_is_the_outcomes(make_report: MakeReport, outcome: Outcome, tone: Tone) -> None:
    assert document(make_report(outcome)).status.tone is tone


def test_drift_is_told_worst_first(make_report: MakeReport, drifted: Drift, told: Told) -> None:
    report = make_report(command="diff", drift=drifted)
    lines = told(report)["drift"]
    assert lines[1] == "3 things differ from the files (1 lost, 1 changed and 1 added)."
    assert [line[0] for line in lines[2:5]] == ["❌", "⚠", "➕"]
    assert "The SQL that explains it (2 lines)" in lines
    assert "left out: 14 differences that are the platform's own" in lines
    assert "compared by pg-delta with PostgreSQL 17.10" in lines
    assert document(report).status.tone is Tone.WARN
    assert told(make_report(drift=Drift()))["drift"] == [
        "Drift",
        "✅ no drift: the database holds what the files make",
    ]
    assert "drift" not in told(make_report())


def test_a_preview_says_what_the_push_does(
    make_report: MakeReport, three_changes: tuple[Change, ...], told: Told
) -> None:
    lines = told(make_report(command="plan", preview=Preview("select 1;", three_changes)))["preview"]
    assert lines[1].startswith("❌ removes: index idx_ai_threads_status")
    assert lines[-1] == "select 1;"
    assert told(make_report(command="plan", preview=Preview()))["preview"][1].startswith("Nothing")


def test_a_rollback_tells_every_loss(make_report: MakeReport, way_back: Rollback, told: Told) -> None:
    lines = told(make_report(feature=None, rollback=way_back))["rollback"]
    assert lines[:2] == [
        "Rollback plan",
        "Rollback to 20250101000000: 2 versions are undone, newest first.",
    ]
    assert "DROP TABLE public.ai_threads;" in lines
    assert "Warning: It takes data away." in lines
    assert "❌ table ai_threads: 1,234 rows, 2.1 MB will be gone" in lines
    assert "➖ table private.ai_tools: no rows, 24 kB will be gone" in lines
    assert "❌ the rows that the file deleted" in lines
    assert "➕ still there: index idx_x on chat_sessions" in lines
    assert lines[-1] == (
        "To go this way: `supa-deploy rollback --to 20250101000000 --save 'my backup' --yes`"
    )
    done = told(make_report(command="rollback", rollback=replace(way_back, done=True)))["rollback"]
    assert done[0] == "Rollback"
    rehearsed = told(make_report(command="rehearse", rollback=way_back))["rollback"]
    for lines in (done, rehearsed):  # gone already; and the rehearsal's database is gone
        assert not any(line.startswith("To go this way") for line in lines)


def test_nothing_to_lose_is_no_warning(make_report: MakeReport, way_back: Rollback, told: Told) -> None:
    empty = replace(way_back, losses=(Loss("public", "t", None, 0),), cannot_restore=(), remains=())
    lines = told(make_report(rollback=empty))["rollback"]
    assert not any("Warning" in line for line in lines)
    coming = replace(empty, losses=(Loss("public", "t", None, 0, exists=False),))
    assert "Warning: It takes data away." in told(make_report(rollback=coming))["rollback"]
    none = replace(empty, losses=())
    assert "✅ No table and no column is lost with it." in told(make_report(rollback=none))["rollback"]


def test_why_there_is_no_rollback_plan(make_report: MakeReport, example: Feature, told: Told) -> None:
    said = "There is no rollback plan: the run was interrupted."
    assert told(make_report(feature=example, notices=(said,)))["rollback"][1] == said
    checked = told(make_report(command="check", feature=example))["rollback"][1]
    assert checked.startswith("Not computed, because no database was asked")
    assert told(make_report(feature=example))["rollback"][1].startswith("Not computed in this run")
    assert "rollback" not in told(make_report(command="doctor"))


def test_check_tells_every_finding_worst_first(make_report: MakeReport, told: Told) -> None:
    found = (
        Finding("no-rls", Severity.WARNING, _FILE, 1, 1, "No RLS.", "Switch it on."),
        Finding("syntax", Severity.ERROR, _FILE, 9, 2, "Does not parse."),
    )
    lines = told(make_report(Outcome.FINDINGS, "check", findings=found, files_checked=5))["findings"]
    assert lines[0] == "Findings (1 error, 1 warning)"
    assert lines[2] == "`20250118000004_x.sql:9:2` | error | `syntax` | Does not parse."
    assert lines[3] == "`20250118000004_x.sql:1:1` | warning | `no-rls` | No RLS. → Switch it on."


def test_other_commands_show_what_is_about_the_push_and_fold_the_rest(
    make_report: MakeReport, told: Told
) -> None:
    found = (
        Finding("no-rls", Severity.WARNING, _FILE, 1, 1, "No RLS."),
        Finding("syntax", Severity.ERROR, _FILE, 9, 8, "Does not parse.", "Mend it.", "create tabel t ();"),
    )
    lines = told(make_report(Outcome.FINDINGS, findings=found))["findings"]
    assert lines[1:5] == [
        f"error `{_FILE}:9:8` Does not parse. (`syntax`)",
        "create tabel t ();",
        "       ^",
        "→ Mend it.",
    ]
    assert lines[5] == "1 warning that stops nothing"
    assert lines[-1] == "`20250118000004_x.sql:1:1` | warning | `no-rls` | No RLS."


def test_claims_are_held_against_the_files(make_report: MakeReport, told: Told) -> None:
    proof = Finding("policy-twice", Severity.WARNING, _FILE, 12, 1, "m", excerpt="create policy p on t")
    verdicts = (ClaimVerdict(Claim.SYNTAX, True), ClaimVerdict(Claim.RERUN, False, 3, proof))
    lines = told(make_report(command="check", claims=verdicts))["claims"]
    assert lines[2] == "✅ syntactically correct | "
    assert lines[3] == (
        "❌ idempotent: 3 statements are not | `20250118000004_x.sql:12` `create policy p on t`"
    )


def test_fixes_stand_behind_their_file(make_report: MakeReport, told: Told) -> None:
    fixes = (Fix(_FILE, ("policy-twice",), "-a\n+b"),)
    lines = told(make_report(command="check", fixes=fixes))["fixes"]
    assert lines == [
        "What check --fix can mend (1 file)",
        f"would change {_FILE} (policy-twice)",
        "-a",
        "+b",
    ]


def test_versions_times_and_steps_end_it(make_report: MakeReport, told: Told) -> None:
    report = make_report(
        cli_version="3.1.0",
        files_checked=5,
        traffic=Traffic(7, 1234),
        steps=(
            Step("push", StepStatus.OK, 0.62, "4 files"),
            Step("link", StepStatus.SKIPPED, 0.0),
            Step("verify", StepStatus.FAILED, 61.0),
        ),
    )
    assert list(told(report))[-1] == "versions"
    assert told(report)["versions"] == [
        "Versions and times",
        "supa-deploy: 0.1.0",
        "Supabase CLI: 3.1.0",
        "Started: 2026-11-22 12:00:00 UTC",
        "Took: 2.4 s",
        "Files read: 5",
        "Data API: 7 requests, 1,234 bytes",
        "Each step",
        "Step | How it went | Time | Note",
        "`push` | ✅ done | 0.6 s | 4 files",
        "`link` | ➖ skipped | 0.0 s | ",
        "`verify` | ❌ failed | 1 min 01 s | ",
    ]


def test_every_sign_says_what_it_means(deployed: Report, drifted: Drift, way_back: Rollback) -> None:
    report = replace(deployed, drift=drifted, rollback=way_back, failure=Failure("x", "m"))
    signs = list(_signs(document(report)))
    assert signs
    assert all(sign.says for sign in signs)


def _signs(value: object) -> list[Sign]:
    if isinstance(value, Sign):
        return [value]
    if isinstance(value, tuple):
        return [sign for item in value for sign in _signs(item)]
    names = getattr(value, "__slots__", ())
    return [sign for name in names for sign in _signs(getattr(value, name))]
