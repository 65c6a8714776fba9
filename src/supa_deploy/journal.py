"""What a story writes down while it runs: steps with their times, notices, and who listens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from supa_deploy.model import Step, StepStatus


class Listener(Protocol):
    """Whoever shows progress (a renderer). Called from the main thread only."""

    def step_started(self, name: str) -> None:
        """A step begins."""

    def step_progress(self, done: int, total: int) -> None:
        """How far the step under way is; may come thousands of times, so it must cost next to nothing."""

    def step_ended(self, step: Step) -> None:
        """A step ended, well or not."""

    def notice(self, text: str) -> None:
        """Something a person should know; already free of secrets."""


class Silent:
    """A listener that shows nothing (JSON output, tests)."""

    def step_started(self, name: str) -> None:
        """Nothing."""

    def step_progress(self, done: int, total: int) -> None:
        """Nothing."""

    def step_ended(self, step: Step) -> None:
        """Nothing."""

    def notice(self, text: str) -> None:
        """Nothing."""


class StepInHand:
    """The step under way: the story may leave a note, skip it, or mark it failed without raising."""

    __slots__ = ("_listener", "name", "note", "status")

    def __init__(self, name: str, listener: Listener | None = None) -> None:
        self._listener: Listener = listener or Silent()
        self.name = name
        self.note: str | None = None
        self.status = StepStatus.OK

    def progress(self, done: int, total: int) -> None:
        """Tells how far it is: `done` of `total` files. Call it as often as you like."""
        self._listener.step_progress(done, total)

    def skip(self, note: str) -> None:
        """Marks the step as skipped, and why."""
        self.status, self.note = StepStatus.SKIPPED, note

    def fail(self, note: str) -> None:
        """Marks the step as failed, and why."""
        self.status, self.note = StepStatus.FAILED, note


class Journal:
    """Collects steps and notices in order, and passes each on to the listener."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener: Listener = listener or Silent()
        self._steps: list[Step] = []
        self._notices: list[str] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that ended, in order."""
        return tuple(self._steps)

    @property
    def notices(self) -> tuple[str, ...]:
        """The notices, in order, each once."""
        return tuple(self._notices)

    @contextmanager
    def step(self, name: str) -> Iterator[StepInHand]:
        """A step: timed, ended as failed when the block raises."""
        self._listener.step_started(name)
        started = time.monotonic()
        in_hand = StepInHand(name, self._listener)
        completed = False
        try:
            yield in_hand
            completed = True
        finally:
            status = in_hand.status if completed else StepStatus.FAILED
            step = Step(name, status, round(time.monotonic() - started, 3), in_hand.note)
            self._steps.append(step)
            self._listener.step_ended(step)

    def notice(self, text: str) -> None:
        """Notes something a person should know, once."""
        if text not in self._notices:
            self._notices.append(text)
            self._listener.notice(text)
