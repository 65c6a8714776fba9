"""What a person is asked, and what happens without one: nothing is sent without consent."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Project, Runner

    Terminal = pexpect.spawn[str]

BASELINE = "20250101000000"
FEATURE = ["20250118000001", "20250118000002", "20250118000003", "20250118000004"]
QUESTION = "Apply 1 migration on .*\\? \\[y/N\\] "


@pytest.fixture
def at_terminal(supa_deploy: Runner, project: Project) -> Iterator[Callable[..., Terminal]]:
    """Starts supa-deploy with a real terminal for all three streams, and one small file pending."""
    project.write_notes()
    started: list[Terminal] = []

    def start(*arguments: str, columns: int = 160) -> Terminal:
        child: Terminal = pexpect.spawn(
            sys.executable,
            ["-m", "supa_deploy", *arguments],
            cwd=str(project.path),
            env={**supa_deploy.environment(), "TERM": "xterm-256color"},
            encoding="utf-8",
            timeout=60,
            dimensions=(40, columns),
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def ends(child: Terminal, supa_deploy: Runner) -> tuple[int | None, str]:
    """The exit code, and what was still written."""
    child.expect(pexpect.EOF)
    child.wait()
    text = child.before or ""
    supa_deploy.assert_no_secret("the terminal", text)
    return child.exitstatus, text


def nothing_was_written(supa_deploy: Runner) -> bool:
    """Not even the history's schema."""
    return supa_deploy.platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"], ids=["no", "enter", "ctrl-d"])
def test_anything_but_yes_is_no(
    at_terminal: Callable[..., Terminal], supa_deploy: Runner, answer: str
) -> None:
    child = at_terminal("deploy")
    child.expect(QUESTION)
    assert "creates table notes" in (child.before or "")
    child.send(answer)
    code, text = ends(child, supa_deploy)
    assert code == 15
    assert "Declined. Nothing was touched." in text
    assert nothing_was_written(supa_deploy)


def test_yes_applies(at_terminal: Callable[..., Terminal], supa_deploy: Runner) -> None:
    child = at_terminal("deploy")
    child.expect(QUESTION)
    child.sendline("yes")
    code, text = ends(child, supa_deploy)
    assert code == 0, text
    assert supa_deploy.recorded() == [supa_deploy.project.write_notes()]


def test_production_wants_its_name_typed(at_terminal: Callable[..., Terminal], supa_deploy: Runner) -> None:
    child = at_terminal("deploy", "--env", "production")
    child.expect(r"Apply 1 migration on .* \(production\)\? \[y/N\] ")
    child.sendline("y")
    child.expect(r"Type its name \(production\) to go on: ")
    child.sendline("yes")
    code, text = ends(child, supa_deploy)
    assert (code, "Declined. Nothing was touched." in text) == (15, True)
    assert nothing_was_written(supa_deploy)

    child = at_terminal("deploy", "--env", "production")
    child.expect(r"\[y/N\] ")
    child.sendline("y")
    child.expect(r"to go on: ")
    child.sendline("production")
    code, text = ends(child, supa_deploy)
    assert code == 0, text
    assert "· production ·" in text


def test_production_needs_only_yes_on_the_command_line(supa_deploy: Runner, project: Project) -> None:
    version = project.write_notes()
    ran = supa_deploy("deploy", "--env", "production", "--yes", "--output", "json")
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stderr


def test_ctrl_c_at_the_question(at_terminal: Callable[..., Terminal], supa_deploy: Runner) -> None:
    child = at_terminal("deploy")
    child.expect(QUESTION)
    child.sendintr()
    code, text = ends(child, supa_deploy)
    assert code == 130
    assert "The database was not touched." in text
    assert nothing_was_written(supa_deploy)


def test_sigterm_at_the_question(at_terminal: Callable[..., Terminal], supa_deploy: Runner) -> None:
    child = at_terminal("deploy", "--output", "json")
    child.expect(QUESTION)
    child.kill(signal.SIGTERM)
    code, text = ends(child, supa_deploy)
    assert code == 143
    assert '"exit_code": 143' in text
    assert nothing_was_written(supa_deploy)


def test_a_question_that_nobody_answers_ends_with_the_time(
    at_terminal: Callable[..., Terminal], supa_deploy: Runner
) -> None:
    child = at_terminal("deploy", "--timeout", "24")
    child.expect(QUESTION)
    code, text = ends(child, supa_deploy)
    assert code == 15
    assert "Nobody answered in time. Nothing was touched." in text
    assert nothing_was_written(supa_deploy)


def test_without_a_terminal_and_without_yes_nothing_is_asked(supa_deploy: Runner, project: Project) -> None:
    project.write_notes()
    ran = supa_deploy("deploy", "--output", "json", within=20)
    assert (ran.exit_code, ran.outcome) == (2, "usage_error")
    assert ran.report["error"]["code"] == "no_consent"
    assert "--yes" in ran.report["error"]["hint"]
    assert supa_deploy.platform.requests == ()
    assert nothing_was_written(supa_deploy)


def test_a_dry_run_writes_nothing(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    ran = supa_deploy("deploy", "--dry-run", "--output", "json")
    assert (ran.exit_code, ran.outcome) == (0, "ok"), ran.stdout + ran.stderr
    assert [p["version"] for p in ran.report["plan"]["pending"]] == [BASELINE, *FEATURE]
    assert ran.report["applied"] == []
    assert "push" not in {step["name"] for step in ran.report["steps"]}
    assert nothing_was_written(supa_deploy)
    assert supa_deploy.platform.sql("select count(*) from pg_tables where schemaname = 'public'") == [[0]]


def test_two_of_five_are_there_already(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    later = [project.migrations / f for f in sorted(p.name for p in project.migrations.iterdir())[2:]]
    texts = {path: path.read_text("utf-8") for path in later}
    for path in later:
        path.unlink()
    first = supa_deploy("deploy", "--yes", "--output", "json")
    assert first.report["applied"] == [BASELINE, FEATURE[0]], first.stdout + first.stderr
    for path, text in texts.items():
        path.write_text(text, "utf-8")

    dry = supa_deploy("deploy", "--dry-run", "--output", "json")
    assert [p["version"] for p in dry.report["plan"]["pending"]] == FEATURE[1:]
    ran = supa_deploy("deploy", "--yes", "--output", "json")
    assert (ran.exit_code, ran.outcome) == (0, "ok"), ran.stdout + ran.stderr
    assert ran.report["applied"] == FEATURE[1:]
    assert {check["migration"] for check in ran.report["checks"]} == set(FEATURE[1:])
    assert supa_deploy.recorded() == [BASELINE, *FEATURE]
