"""Signals and the run's own clock, before, during and after the push: the outcome tells the truth, a rerun ends 0.

The slow migration stands at a gate (a lock that the test holds), so that nothing here depends on how fast
anything is.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Gate, Project, Ran, Runner

DEPLOY = ("deploy", "--yes", "--output", "json")
VERSIONS = ["20250101000000", "20250102000000", "20250103000000"]
BOTH = pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SOON = 60.0  # a guard against hanging, not a measurement


@pytest.fixture
def three_files(project: Project, gate: Gate) -> Gate:
    """Three files; the second stands at the gate."""
    for number, version in enumerate(VERSIONS, start=1):
        wait = gate.statement if number == 2 else ""
        project.write(f"{version}_f{number}.sql", f"create table t{number} (id int primary key);\n{wait}\n")
    return gate


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def silent(supa_deploy: Runner, path: str) -> int:
    """How many requests for paths that begin so came in and were not answered."""
    return sum(
        request.path.startswith(path) and request.status == 0 for request in supa_deploy.platform.requests
    )


def readings(supa_deploy: Runner) -> int:
    """How often the history was read."""
    return sum(request.path.endswith("/database/migrations") for request in supa_deploy.platform.requests)


@BOTH
def test_before_the_push(
    supa_deploy: Runner,
    project: Project,
    eventually: Callable[..., None],
    leftovers: Callable[[], list[str]],
    signum: signal.Signals,
) -> None:
    project.write_notes()
    supa_deploy.platform.faults.hang("/v1/")
    running = supa_deploy.start(*DEPLOY)
    eventually(lambda: silent(supa_deploy, "/v1/"), "the API is asked and silent")
    running.signal(signum)
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (EXIT_CODES[signum], "interrupted"), said(ran)
    assert "anything was sent" in ran.report["error"]["message"]
    assert supa_deploy.platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]
    assert leftovers() == []


def test_the_time_is_up_before_the_push(
    supa_deploy: Runner, project: Project, leftovers: Callable[[], list[str]]
) -> None:
    project.write_notes()
    supa_deploy.platform.faults.hang("/v1/")
    ran = supa_deploy(*DEPLOY, "--timeout", "8", within=SOON)
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), said(ran)
    assert supa_deploy.platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]
    assert leftovers() == []


@pytest.mark.generations("3.1.0", "2.99.0")
def test_killed_during_the_push_the_file_in_hand_is_told_truly(
    supa_deploy: Runner,
    three_files: Gate,
    leftovers: Callable[[], list[str]],
    eventually: Callable[..., None],
) -> None:
    """The server finishes what it was sent: the report has it; the third file was never sent."""
    running = supa_deploy.start(*DEPLOY)
    three_files.wait_for()
    running.signal(signal.SIGTERM)
    eventually(lambda: readings(supa_deploy) >= 2, "the history is read again, the file still in hand")
    assert not any(" push " in line for line in leftovers())
    three_files.open()
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == VERSIONS[:2] == supa_deploy.recorded()
    error = ran.report["error"]
    assert error["code"] == "push_interrupted"
    assert f"Recorded in the history: {', '.join(VERSIONS[:2])}." in error["message"]
    assert f"Not sent: {VERSIONS[2]}." in error["message"]
    assert leftovers() == []

    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.report["applied"]) == (0, VERSIONS[2:]), said(again)


def test_ctrl_c_during_the_push_and_again_ends_at_once(
    supa_deploy: Runner,
    three_files: Gate,
    leftovers: Callable[[], list[str]],
    eventually: Callable[..., None],
) -> None:
    running = supa_deploy.start(*DEPLOY)
    three_files.wait_for()
    running.signal(signal.SIGINT)
    # The third reading is asked for when the second, with the file still in hand, is known.
    eventually(lambda: readings(supa_deploy) >= 3, "the history is read twice after the push")
    assert not any(" push " in line for line in leftovers())
    running.signal(signal.SIGINT)
    ran = running.finish(within=SOON)  # the gate is still closed: nothing but the second signal ends it
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == VERSIONS[:1]
    assert f"{VERSIONS[1]} was under way and is not recorded" in ran.report["error"]["message"]
    assert "Ctrl-C" in ran.stderr
    assert leftovers() == []

    three_files.open()
    eventually(lambda: supa_deploy.recorded() == VERSIONS[:2], "the server finishes what it was sent")
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.report["applied"]) == (0, VERSIONS[2:]), said(again)


def test_the_time_is_up_during_the_push(
    supa_deploy: Runner,
    three_files: Gate,
    leftovers: Callable[[], list[str]],
    eventually: Callable[..., None],
) -> None:
    running = supa_deploy.start(*DEPLOY, "--timeout", "24")
    three_files.wait_for()
    eventually(lambda: not any(" push " in line for line in leftovers()), "the CLI is ended by the clock")
    three_files.open()
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["error"]["code"] == "push_timed_out"
    assert ran.report["applied"] == VERSIONS[:2]
    assert leftovers() == []
    assert supa_deploy(*DEPLOY).exit_code == 0


def test_a_file_that_never_ends_is_not_waited_for_beyond_the_time(
    supa_deploy: Runner, three_files: Gate, leftovers: Callable[[], list[str]]
) -> None:
    ran = supa_deploy(*DEPLOY, "--timeout", "24", within=40)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == VERSIONS[:1]
    assert f"{VERSIONS[1]} was under way and is not recorded" in ran.report["error"]["message"]
    assert leftovers() == []


def test_a_file_that_fails_after_the_kill_is_not_waited_for(
    supa_deploy: Runner,
    project: Project,
    gate: Gate,
    eventually: Callable[..., None],
    leftovers: Callable[[], list[str]],
) -> None:
    """Nobody is at work any more, and the file is not there: that is all there is to know."""
    project.write("20250101000000_bad.sql", f"create table bad (id int);\n{gate.statement}\nselect 1 / 0;\n")
    running = supa_deploy.start(*DEPLOY)
    gate.wait_for()
    running.signal(signal.SIGINT)
    eventually(lambda: not any(" push " in line for line in leftovers()), "the CLI's own end")
    gate.open()
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == [] == supa_deploy.recorded()
    assert "20250101000000 was under way and is not recorded" in ran.report["error"]["message"]


def test_by_url_it_is_told_as_truly(
    supa_deploy_by_url: Runner,
    three_files: Gate,
    leftovers: Callable[[], list[str]],
    eventually: Callable[..., None],
) -> None:
    running = supa_deploy_by_url.start(*DEPLOY, linked=False)
    three_files.wait_for()
    running.signal(signal.SIGINT)
    eventually(lambda: not any(" push " in line for line in leftovers()), "the CLI's own end")
    three_files.open()
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.report["applied"]) == (8, VERSIONS[:2]), said(ran)
    assert leftovers() == []


@BOTH
def test_during_verification(
    supa_deploy: Runner,
    project: Project,
    eventually: Callable[..., None],
    leftovers: Callable[[], list[str]],
    signum: signal.Signals,
) -> None:
    version = project.write_notes()
    supa_deploy.platform.faults.hang("/rest/v1/")
    running = supa_deploy.start(*DEPLOY)
    eventually(lambda: silent(supa_deploy, "/rest/v1/"), "the Data API is asked and silent")
    running.signal(signum)
    ran = running.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == [version] == supa_deploy.recorded()
    assert "The history has all that was sent" in ran.report["error"]["message"]
    assert leftovers() == []

    # Nothing is pending now, so nothing is sent: an interruption here is just one.
    before = silent(supa_deploy, "/rest/v1/")
    second = supa_deploy.start(*(DEPLOY if signum == signal.SIGINT else ("verify", "--output", "json")))
    eventually(lambda: silent(supa_deploy, "/rest/v1/") > before, "the Data API is asked again")
    second.signal(signum)
    assert second.finish(within=SOON).exit_code == EXIT_CODES[signum]

    supa_deploy.platform.faults.clear()
    assert supa_deploy(*DEPLOY).outcome == "up_to_date"
