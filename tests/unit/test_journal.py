"""Steps and notices reach the listener in order."""

import pytest

from supa_deploy.journal import Journal, Silent
from supa_deploy.model import Step, StepStatus


class Recorder(Silent):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def step_started(self, name: str) -> None:
        self.seen.append(f"start {name}")

    def step_progress(self, done: int, total: int) -> None:
        self.seen.append(f"{done} of {total}")

    def step_ended(self, step: Step) -> None:
        self.seen.append(f"{step.status} {step.name} {step.note}")

    def notice(self, text: str) -> None:
        self.seen.append(f"notice {text}")


def test_steps_are_told_as_they_happen() -> None:
    recorder = Recorder()
    journal = Journal(recorder)
    with journal.step("link") as step:
        step.skip("already linked")
    with journal.step("push"):
        journal.notice("careful")
        journal.notice("careful")
    assert recorder.seen == [
        "start link",
        "skipped link already linked",
        "start push",
        "notice careful",
        "ok push None",
    ]
    assert journal.notices == ("careful",)


def test_a_step_that_raises_ends_as_failed() -> None:
    journal = Journal()
    with pytest.raises(ValueError, match="no"), journal.step("push"):
        raise ValueError("no")
    assert [step.status for step in journal.steps] == [StepStatus.FAILED]


def test_how_far_a_step_is_reaches_the_listener() -> None:
    recorder = Recorder()
    with Journal(recorder).step("check") as step:
        step.progress(1, 2)
        step.progress(2, 2)
    assert recorder.seen == ["start check", "1 of 2", "2 of 2", "ok check None"]
