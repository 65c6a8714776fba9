"""What the GitHub runner reads: commands, annotations, summary and outputs, word for word."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from supa_deploy.journal import Journal
from supa_deploy.model import (
    Check,
    Drift,
    Finding,
    PendingMigration,
    Report,
    Severity,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations, command
from supa_deploy.render.document import document
from supa_deploy.render.document.fitting import CUT
from supa_deploy.render.document.markdown import markdown
from supa_deploy.render.github import (
    SUMMARY_LIMIT,
    GitHub,
    GitHubProgress,
    finish,
    masks,
    outputs,
    summary,
    tell_files,
)
from supa_deploy.render.guard import Guard
from supa_deploy.secret import Secret

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]


def _unescape(text: str) -> str:
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def test_no_job_outside_github_actions(tmp_path: Path) -> None:
    assert GitHub.from_environ({}, tmp_path) is None
    assert GitHub.from_environ({"GITHUB_ACTIONS": "false"}, tmp_path) is None


def test_the_job_is_read_from_the_environment(tmp_path: Path) -> None:
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": "",
    }
    assert GitHub.from_environ(environ, tmp_path / "apps" / "web") == GitHub(
        "apps/web", tmp_path / "out", None
    )
    assert GitHub.from_environ({"GITHUB_ACTIONS": "true"}, tmp_path) == GitHub()
    elsewhere = GitHub.from_environ({**environ, "GITHUB_WORKSPACE": str(tmp_path / "other")}, tmp_path)
    assert elsewhere
    assert elsewhere.prefix == ""


def test_every_spelling_of_a_secret_is_masked() -> None:
    text = masks([Secret("50% off\nnow"), Secret("plain-key")])
    assert all(line.startswith("::add-mask::") for line in text.splitlines())
    masked = {_unescape(line.removeprefix("::add-mask::")) for line in text.splitlines()}
    assert {"50% off\nnow", "50% off", "now", "50%25%20off%0Anow", "50%25+off%0Anow", "plain-key"} <= masked
    assert text.count("plain-key") == 1


def test_nothing_is_masked_without_secrets() -> None:
    assert masks([]) == ""


def test_steps_are_groups_and_their_results_stand_outside() -> None:
    stream = io.StringIO()
    journal = Journal(GitHubProgress(Guard(stream)))
    with journal.step("push") as step:
        journal.notice("careful\n::error::no")
        step.skip("nothing to send")
    stopped = re.search(r"^::stop-commands::(supa-deploy-[0-9a-f]{32})$", stream.getvalue(), re.MULTILINE)
    assert stopped
    assert stream.getvalue().replace(stopped[1], "TOKEN") == (
        "::group::push\n::stop-commands::TOKEN\n! careful\n  │ ::error::no\n"
        "::TOKEN::\n::endgroup::\n– push        0.0 s  nothing to send\n"
    )


def test_a_failure_is_annotated_at_its_file_and_line(refused: Report) -> None:
    assert annotations(refused, "apps/web") == (
        "::error file=apps/web/supabase/migrations/20250118000004_alter_existing_tables.sql,line=4,"
        'title=supa-deploy%3A partly_applied::ERROR: relation "chat_sesions" does not exist. 20250118000004 was '
        "rolled back. Recorded in the history: 20250118000001.%0ASQLSTATE 42P01%0AMend the file, and run the same "
        "command again: what is applied is not sent twice.\n"
    )


def test_commands_are_escaped_as_the_runner_reads_them() -> None:
    said = command("error", "50%\r\n::x", {"file": "a,b:c%\n", "title": "t"})
    assert said == "::error file=a%2Cb%3Ac%25%0A,title=t::50%25%0D%0A::x\n"


def test_findings_keep_their_level_and_column(make_report: MakeReport) -> None:
    findings = (
        Finding("late", Severity.INFO, "b.sql", 1, 1, "hint"),
        Finding("no-rls", Severity.WARNING, "b.sql", 2, 3, "no RLS", "enable it"),
        Finding("syntax", Severity.ERROR, "a.sql", 3, 14, "no"),
    )
    assert annotations(make_report(Outcome.FINDINGS, findings=findings)).splitlines() == [
        "::error file=a.sql,line=3,col=14,title=syntax::no",
        "::warning file=b.sql,line=2,col=3,title=no-rls::no RLS%0Aenable it",
        "::notice file=b.sql,line=1,col=1,title=late::hint",
    ]


def test_checks_are_annotated_at_their_migration_and_a_table_speaks_for_its_columns(
    make_report: MakeReport, make_check: MakeCheck, two_pending: tuple[PendingMigration, ...]
) -> None:
    checks = (
        make_check("table", "ai_threads", "not_granted"),
        make_check("column", "id", "not_granted", table="ai_threads"),
        make_check("column", "z", "missing", table="ai_threads", detail="42703"),
        make_check("index", "i", "not_checkable", table="ai_threads"),
    )
    report = make_report(Outcome.VERIFICATION_FAILED, checks=checks, pending=two_pending)
    file = "supabase/migrations/20250118000001_create_ai_threads.sql"
    assert annotations(report).splitlines() == [
        f"::error file={file},title=Column%3A ai_threads.z::Column: ai_threads.z (does not exist)%0A42703",
        (
            f"::warning file={file},title=Table%3A ai_threads::Table: ai_threads (exists, not granted "
            "to the Data API)%0AGRANT SELECT ON public.ai_threads TO service_role;"
        ),
    ]


def test_no_more_than_ten_of_a_level_and_the_failure_first(make_report: MakeReport, refused: Report) -> None:
    findings = tuple(
        Finding(f"r{n}", severity, "a.sql", n + 1, 1, "m")
        for severity in (Severity.WARNING, Severity.ERROR)
        for n in range(12)
    )
    lines = annotations(replace(refused, findings=findings)).splitlines()
    assert "partly_applied" in lines[0]
    assert [sum(row.startswith(f"::{level} ") for row in lines) for level in ("error", "warning")] == [10, 10]
    assert lines[9] == "::error title=supa-deploy::4 more: see the log of this step."
    assert lines[19] == "::warning title=supa-deploy::3 more: see the log of this step."


def test_outputs_cannot_be_forged(deployed: Report) -> None:
    text = outputs(deployed)
    read = {m[1]: m[3] for m in re.finditer(r"(\w+)<<(end_[0-9a-f]{32})\n(.*?)\n\2\n", text, re.DOTALL)}
    assert read == {
        "outcome": "ok",
        "exit_code": "0",
        "applied": '["20250118000001", "20250118000004"]',
        "applied_count": "2",
        "pending_count": "0",
        "verified": "true",
        "drift": "",
        "drift_count": "",
        "errors_count": "0",
        "warnings_count": "0",
    }
    assert len(set(re.findall(r"end_\w+", text))) == len(read)


@pytest.mark.parametrize(
    ("outcome", "verdict", "verified"),
    [
        (Outcome.OK, "confirmed", "true"),
        (Outcome.UP_TO_DATE, "confirmed", "true"),
        (Outcome.UNVERIFIED, "confirmed", "false"),
        (Outcome.OK, "not_checkable", "false"),
        (Outcome.VERIFICATION_FAILED, "missing", "false"),
    ],
)
def test_verified_needs_a_witness_and_a_good_end(
    outcome: Outcome, verdict: str, verified: str, make_report: MakeReport, make_check: MakeCheck
) -> None:
    report = make_report(outcome, checks=(make_check("table", "t", verdict),))
    assert f"\n{verified}\n" in outputs(report).split("verified<<")[1].split("drift<<")[0]


def test_pending_count_is_what_the_history_still_lacks(refused: Report) -> None:
    assert "\n1\n" in outputs(refused).split("pending_count<<")[1].split("verified")[0]


def test_the_step_summary_is_the_report(deployed: Report) -> None:
    whole = summary(deployed, SUMMARY_LIMIT)
    assert whole == markdown(document(deployed)) + "\n"
    assert whole.startswith("# Database migration status report\n\n> ✅ ok: 2 migrations applied")
    assert len(summary(deployed, 2000).encode()) <= 2000


def test_finish_appends_to_the_jobs_files(tmp_path: Path, deployed: Report) -> None:
    github = GitHub("", tmp_path / "out", tmp_path / "summary")
    (tmp_path / "out").write_text("earlier=1\n")
    (tmp_path / "summary").write_text("x" * (SUMMARY_LIMIT - 1200))
    stream = io.StringIO()
    finish(deployed, github, Guard(stream))
    assert (tmp_path / "out").read_text().startswith("earlier=1\noutcome<<end_")
    assert (tmp_path / "summary").stat().st_size <= SUMMARY_LIMIT
    assert (tmp_path / "summary").read_text().endswith(f"{CUT}\n\n")
    assert stream.getvalue() == ""


def test_a_file_that_cannot_be_written_is_a_warning(tmp_path: Path, deployed: Report) -> None:
    stream = io.StringIO()
    finish(deployed, GitHub("", tmp_path / "no" / "out", None), Guard(stream))
    assert stream.getvalue() == "::warning::Could not write out: No such file or directory\n"


@pytest.mark.parametrize(("changes", "said"), [(3, "true"), (0, "false"), (None, "")])
def test_drift_is_said_only_where_somebody_looked(
    changes: int | None, said: str, make_report: MakeReport, drifted: Drift
) -> None:
    drift = None if changes is None else replace(drifted, changes=drifted.changes[:changes])
    assert outputs(make_report(drift=drift)).split("drift<<")[1].splitlines()[1] == said


def test_the_files_that_were_written_are_an_output(tmp_path: Path) -> None:
    tell_files([Path("a b.md"), Path("c.sarif")], GitHub("", tmp_path / "out"), Guard(io.StringIO()))
    assert (tmp_path / "out").read_text().splitlines()[1:-1] == ["a b.md", "c.sarif"]


def test_the_applied_output_is_json(make_report: MakeReport) -> None:
    value = outputs(make_report()).split("applied<<")[1].splitlines()[1]
    assert json.loads(value) == []
