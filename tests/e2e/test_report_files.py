"""The documents of a report, written to files and to stdout by the real thing."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from supa_deploy.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Project, Ran, Runner

    from supa_deploy.platform.throwaway import Platform

KINDS = ("r.md", "r.html", "r.json", "r.xml", "r.sarif")
MARK = "Zq7vKw2R"
PASSWORD = f"p'\"$%@/:# é\\x` {MARK} !&|;<>{{}}%41~"
KEY = f"sb_secret_A'\"$%@/:#\\b`!&{MARK}|;{{}}%41~_0123abcd"
JSON = ("--output", "json")
_ROWS = """
insert into auth.users (id) values (:u);
insert into public.resumes (id, user_id, title) values (:u, :u, 'r');
insert into public.optimizations (id, user_id, resume_id) values (:u, :u, :u)
""".replace(":u", "'00000000-0000-0000-0000-000000000001'")


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def asked_for(*names: str) -> list[str]:
    return [word for name in names for word in ("--report", name)]


@pytest.mark.scratch
def test_one_deploy_writes_all_kinds(platform: Platform, project: Project, supa_deploy: Runner) -> None:
    """They tell one run; only the documents tell its rollback plan, with the rows there are."""
    project.copy_example()
    later = sorted(project.migrations.glob("20250118*.sql"))
    texts = [file.read_bytes() for file in later]
    for file in later:
        file.unlink()
    assert supa_deploy("deploy", "--yes", "--no-verify", "--no-diff").exit_code == 0
    for file, text in zip(later, texts, strict=True):
        file.write_bytes(text)
    platform.sql(_ROWS)
    ran = supa_deploy("deploy", "--yes", *asked_for(*KINDS))
    assert ran.exit_code == 0, said(ran)
    assert [line for line in ran.stderr.splitlines() if line.startswith("report: ")] == [
        f"report: {name}" for name in KINDS
    ]
    assert "undo" not in ran.stdout
    assert "rollback --to" not in ran.stdout

    document = json.loads((project.path / "r.json").read_text("utf-8"))
    assert (document["outcome"], len(document["applied"])) == ("ok", 4)
    lost = {(loss["table"], loss["column"]): loss["rows"] for loss in document["rollback"]["losses"]}
    assert lost["optimizations", "ai_modification_count"] == 1
    assert lost["ai_threads", None] == 0
    assert document["rollback"]["to"] == "20250101000000"
    assert len(document["feature"]["files"]) == 4

    page = (project.path / "r.md").read_text("utf-8")
    html = (project.path / "r.html").read_text("utf-8")
    for shown in (page, html):
        assert "ai_threads" in shown
        assert "✅" in shown
        assert "optimizations.ai_modification_count: 1 value will be gone" in shown.replace("\\", "").replace(
            "`", ""
        )
    cases = ET.parse(project.path / "r.xml").getroot().iter("testcase")  # noqa: S314 - our own file
    assert any("ai_threads" in (case.get("name") or "") for case in cases)
    sarif = json.loads((project.path / "r.sarif").read_text("utf-8"))
    rules = {result["ruleId"] for result in sarif["runs"][0]["results"]}
    assert rules == {finding["rule"] for finding in document["findings"]}


def test_stdout_carries_a_document(project: Project, supa_deploy: Runner) -> None:
    """Markdown unless another kind is asked for; the last line is on stderr, beside the steps."""
    project.write_notes()
    page = supa_deploy("report")
    assert page.exit_code == 0, said(page)
    assert page.stdout.startswith("# ")
    assert "❌" in page.stdout
    assert "notes" in page.stdout
    assert page.stderr.splitlines()[-1].startswith("✅ ok: ")
    assert supa_deploy("report", "--format", "html").stdout.lower().startswith("<!doctype html>")
    sarif, _ = supa_deploy.start("report", "--format", "sarif").process.communicate(timeout=60)
    assert json.loads(sarif)["version"] == "2.1.0"
    assert supa_deploy("report", "--format", "junit").stdout.startswith("<?xml")
    same = supa_deploy("report", "--format", "json")
    assert (same.outcome, same.report["command"]) == ("ok", "report")


def test_a_short_screen_beside_files(project: Project, supa_deploy: Runner) -> None:
    project.write_notes()
    ran = supa_deploy("report", "a.md", "b.markdown", "--report", "c.htm", "d.HTML")
    assert ran.exit_code == 0, said(ran)
    assert len(ran.stdout.splitlines()) == 1, ran.stdout
    assert ran.stdout.startswith("✅ ok: ")
    assert (project.path / "a.md").read_bytes() == (project.path / "b.markdown").read_bytes()
    assert (project.path / "c.htm").read_bytes() == (project.path / "d.HTML").read_bytes()
    assert ran.stderr.count("report: ") == 4


def test_a_failed_run_is_written_a_misused_one_not(project: Project, supa_deploy: Runner) -> None:
    project.write_notes()
    refused = supa_deploy(
        "report",
        "r.md",
        *JSON,
        env={"SUPABASE_ACCESS_TOKEN": f"sbp_{'0' * 40}", "SUPABASE_DB_PASSWORD": None},
    )
    assert refused.exit_code == 4, said(refused)
    assert "auth_failed" in (project.path / "r.md").read_text("utf-8")
    for words in (
        ("report", "r.txt", *JSON),
        ("report", "no/r.html", *JSON),
        ("report", "r.html", "--only", "7", *JSON),
        ("report", "r.html", "--format", "html", *JSON),
        ("deploy", *asked_for("r.html", "r.docx"), *JSON),
    ):
        misused = supa_deploy(*words)
        assert (misused.exit_code, misused.outcome) == (2, "usage_error"), words
        assert not (project.path / "r.html").exists()
    unknown = supa_deploy("status", "--report", "r.txt", *JSON).report["error"]
    assert all(
        ending in unknown["hint"]
        for ending in (".md", ".markdown", ".html", ".htm", ".json", ".xml", ".sarif")
    )


def test_a_file_that_cannot_be_written_changes_nothing_else(project: Project, supa_deploy: Runner) -> None:
    project.write_notes()
    (project.path / "taken.md").mkdir()
    ran = supa_deploy("deploy", "--yes", *asked_for("taken.md", "r.json"), *JSON)
    assert (ran.exit_code, ran.outcome) == (0, "ok"), said(ran)
    assert "taken.md was not written: " in ran.stderr
    assert "report: r.json" in ran.stderr
    assert json.loads((project.path / "r.json").read_text("utf-8"))["outcome"] == "ok"


@pytest.mark.scratch
def test_a_failed_push_has_a_report_and_no_rollback_plan(project: Project, supa_deploy: Runner) -> None:
    project.write_notes()
    assert supa_deploy("deploy", "--yes", "--no-diff").exit_code == 0
    project.write("20260201000000_broken.sql", "insert into public.nowhere values (1);\n")
    ran = supa_deploy("deploy", "--yes", *asked_for("r.json", "r.html"), *JSON)
    assert ran.outcome == "push_failed", said(ran)
    document = json.loads((project.path / "r.json").read_text("utf-8"))
    assert (document["outcome"], document["rollback"]) == ("push_failed", None)
    assert "push_failed" in (project.path / "r.html").read_text("utf-8")


@pytest.mark.scratch
def test_a_signal_while_the_way_back_is_computed_leaves_a_good_deploy_good(
    project: Project, supa_deploy: Runner
) -> None:
    """All is applied, verified and compared by then: the plan is left out, and that is said."""
    project.write_notes()
    assert supa_deploy("deploy", "--yes", "--no-diff").exit_code == 0
    project.write("20260201000000_more.sql", "alter table public.notes add column extra text;\n")
    running = supa_deploy.start("deploy", "--yes", *asked_for("r.json"))
    assert running.process.stderr is not None
    seen = ""
    while "\nrollback" not in seen and (character := running.process.stderr.read(1)):
        seen += character
    running.signal(signal.SIGINT)
    ran = running.finish()
    assert ran.exit_code == 0, seen + said(ran)
    document = json.loads((project.path / "r.json").read_text("utf-8"))
    assert (document["outcome"], document["rollback"]) == ("ok", None)
    assert document["drift"]["empty"]
    assert any(notice.startswith("There is no rollback plan: ") for notice in document["notices"])


@pytest.mark.scratch
def test_a_plan_tells_the_way_back_of_what_is_pending(project: Project, supa_deploy: Runner) -> None:
    """Only with --diff: without it nothing is replayed."""
    project.write_notes()
    assert supa_deploy("deploy", "--yes", "--no-diff").exit_code == 0
    project.write("20260201000000_more.sql", "alter table public.notes add column extra text;\n")
    ran = supa_deploy("plan", "--diff", *asked_for("r.md"), *JSON)
    assert [(x["column"], x["exists"]) for x in ran.report["rollback"]["losses"]] == [("extra", False)]
    assert supa_deploy("plan", *asked_for("r.md"), *JSON).report["rollback"] is None


@pytest.fixture(scope="session")
def awkward_platform(start_platform: Callable[..., Platform]) -> Platform:
    """A project whose password and key are as awkward as they come."""
    return start_platform(password=PASSWORD, secret_key=KEY)


@pytest.mark.scratch
def test_no_document_holds_a_secret(
    awkward_platform: Platform, supa_deploy: Runner, project: Project, tmp_path: Path
) -> None:
    """Files of the project that quote the run's own secrets: their words are shown, the secrets are not."""
    supa_deploy.platform = awkward_platform
    supa_deploy.extra_secrets.append(MARK)
    supa_deploy.extra_env["SUPABASE_SECRET_KEY"] = KEY
    known = awkward_platform.credentials
    values = (known.access_token, PASSWORD, KEY, known.service_role_key)
    secrets = [form for value in values for form in Secret(value).forms()]
    comments = "".join(
        f"comment on table public.t{number} is $c$kept {secret} safe$c$;\n"
        for number, secret in enumerate(secrets)
    )
    tables = "".join(
        f"create table public.t{number} (id int primary key, v text default $d${secret}$d$);\n"
        for number, secret in enumerate(secrets)
    )
    project.write("20260101000000_leaks.sql", tables + comments)
    ran = supa_deploy("deploy", "--yes", *asked_for(*KINDS), env={"TMPDIR": str(tmp_path)})
    assert ran.exit_code == 0, said(ran)
    for name in KINDS:
        text = (project.path / name).read_text("utf-8")
        supa_deploy.assert_no_secret(name, text)
    assert "kept" in (project.path / "r.md").read_text("utf-8")
    on_stdout = supa_deploy("report", "--format", "html")
    assert on_stdout.exit_code == 0, said(on_stdout)
