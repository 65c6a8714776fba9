"""Two deploys of the same files at once: the CLI takes no lock, so they have to converge."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Gate, Project, Ran, Runner, Running

DEPLOY = ("deploy", "--yes", "--output", "json")
VERSIONS = ["20250101000000", "20250102000000"]
SOON = 60.0  # a guard against hanging, not a measurement


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def readings(supa_deploy: Runner) -> int:
    """How often the history was read."""
    return sum(request.path.endswith("/database/migrations") for request in supa_deploy.platform.requests)


def write_files(project: Project, first: Gate, second: Gate | None = None) -> None:
    """Two files that may run twice without an error, and tell how often they did."""
    for number, (version, gate) in enumerate(zip(VERSIONS, (first, second), strict=True), start=1):
        project.write(
            f"{version}_f{number}.sql",
            f"{gate.statement if gate else ''}\n"
            f"create table if not exists t{number} (id int generated always as identity primary key, note text);\n"
            f"insert into t{number} (note) values ('here');\n",
        )


def two_at(gate: Gate, supa_deploy: Runner) -> list[Running]:
    """Two deploys that have both sent the first file. The second starts when the first stands at the gate: started
    together, one of them may be refused at the making of the history table, and never get there."""
    running = []
    for number in (1, 2):
        running.append(supa_deploy.start(*DEPLOY))
        gate.wait_for(number)
    return running


@pytest.mark.generations("3.1.0", "2.99.0")
def test_one_applies_and_the_other_converges(supa_deploy: Runner, project: Project, gate: Gate) -> None:
    write_files(project, gate)
    running = two_at(gate, supa_deploy)
    gate.open()
    ran = [each.finish(within=SOON) for each in running]
    assert [each.exit_code for each in ran] == [0, 0], "\n".join(said(each) for each in ran)
    assert [each.report["applied"] for each in ran] == [VERSIONS, VERSIONS]
    notices = [notice for each in ran for notice in each.report["notices"]]
    assert "Another deploy is at work on the same files: waiting for it to finish." in notices
    assert "The other deploy applied the files; this one confirms them." in notices
    assert supa_deploy.recorded() == VERSIONS
    assert supa_deploy.platform.sql("select (select count(*) from t1), (select count(*) from t2)") == [[1, 1]]


def test_files_that_make_things_once_converge_too(supa_deploy: Runner, project: Project, gate: Gate) -> None:
    """The loser is refused by the winner's table, not by the history's key."""
    project.write(f"{VERSIONS[0]}_once.sql", f"{gate.statement}\ncreate table once (id int primary key);\n")
    running = two_at(gate, supa_deploy)
    gate.open()
    ran = [each.finish(within=SOON) for each in running]
    assert [each.exit_code for each in ran] == [0, 0], "\n".join(said(each) for each in ran)
    assert supa_deploy.recorded() == VERSIONS[:1]


def test_another_that_does_not_finish_in_time(
    supa_deploy: Runner, project: Project, make_gate: Callable[[], Gate]
) -> None:
    first, second = make_gate(), make_gate()
    write_files(project, first, second)
    patient = supa_deploy.start(*DEPLOY)
    first.wait_for(1)
    hurried = supa_deploy.start(*DEPLOY, "--timeout", "24")
    first.wait_for(2)
    first.open()  # first come, first served: the patient one records the first file and stands at the second gate
    ran = hurried.finish(within=40)
    assert (ran.exit_code, ran.outcome) == (14, "busy"), said(ran)
    assert ran.report["applied"] == VERSIONS[:1]
    error = ran.report["error"]
    assert "did not finish in time" in error["message"]
    assert f"Not recorded: {VERSIONS[1]}." in error["message"]
    second.open()
    other = patient.finish(within=SOON)
    assert (other.exit_code, other.report["applied"]) == (0, VERSIONS), said(other)
    assert supa_deploy.platform.sql("select (select count(*) from t1), (select count(*) from t2)") == [[1, 1]]


def test_another_that_dies_is_not_waited_for(
    supa_deploy: Runner,
    project: Project,
    make_gate: Callable[[], Gate],
    leftovers: Callable[[], list[str]],
    eventually: Callable[..., None],
) -> None:
    """The other fails at its second file: nobody is at work any more, and the rest is still to be done."""
    first, second = make_gate(), make_gate()
    write_files(project, first, second)
    doomed = supa_deploy.start(*DEPLOY)
    first.wait_for(1)
    waiting = supa_deploy.start(*DEPLOY)
    first.wait_for(2)
    first.open()
    second.wait_for(1)
    doomed.signal(signal.SIGINT)
    eventually(lambda: not any(" push " in line for line in leftovers()), "both pushes are over")
    supa_deploy.platform.sql(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted"
    )
    assert doomed.finish(within=SOON).exit_code == 8
    ran = waiting.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (14, "busy"), said(ran)
    assert "seems to have ended without finishing" in ran.report["error"]["message"]
    second.open()
    again = supa_deploy(*DEPLOY)
    assert (again.exit_code, again.report["applied"]) == (0, VERSIONS[1:]), said(again)


def test_interrupted_while_waiting_for_another(
    supa_deploy: Runner,
    project: Project,
    make_gate: Callable[[], Gate],
    eventually: Callable[..., None],
) -> None:
    first, second = make_gate(), make_gate()
    write_files(project, first, second)
    patient = supa_deploy.start(*DEPLOY)
    first.wait_for(1)
    impatient = supa_deploy.start(*DEPLOY)
    first.wait_for(2)
    first.open()
    second.wait_for(1)
    # Each read the history once for its plan; whoever reads it a third time was refused.
    eventually(lambda: readings(supa_deploy) >= 3, "one push was refused")
    impatient.signal(signal.SIGINT)
    ran = impatient.finish(within=SOON)
    assert (ran.exit_code, ran.outcome) == (8, "state_unknown"), said(ran)
    assert ran.report["applied"] == VERSIONS[:1]
    assert "another deploy was at work" in ran.report["error"]["message"]
    second.open()
    assert patient.finish(within=SOON).exit_code == 0
