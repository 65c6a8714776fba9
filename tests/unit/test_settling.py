"""Waiting for the history to stand still after a push that was cut off: bounded, and ended by a second signal."""

from __future__ import annotations

import signal
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from supa_deploy import deploy, settling
from supa_deploy.clock import Interrupt
from supa_deploy.errors import Unreachable
from supa_deploy.journal import Journal
from supa_deploy.migrations import Migration
from supa_deploy.planning import make_plan
from supa_deploy.supabase import CliFailure, Ended, FailureKind, PushAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supa_deploy.release import Release
    from supa_deploy.run import Run

PLAN = make_plan([Migration(v, "x", f"{v}_x.sql", Path(f"{v}_x.sql")) for v in "123"], [])
KILLED = PushAnswer(
    claimed=(),
    started=("1_x.sql", "2_x.sql"),
    up_to_date=False,
    dry_run=False,
    ended=Ended.INTERRUPTED,
    seconds=1.0,
    failure=CliFailure(FailureKind.INTERRUPTED, "interrupted"),
)
DONE = PushAnswer(
    ("1_x.sql",), ("1_x.sql",), up_to_date=False, dry_run=False, ended=Ended.EXITED, seconds=1.0
)


@dataclass
class World:
    """The remote side as a script: `readings` of the history and of who is at work, the last ones for ever. Time
    passes only when somebody waits."""

    readings: Sequence[str | None]
    at_work: Sequence[int | None] = (None,)
    left: float = 100.0
    reserve: float = 15.0
    signals_after: int | None = None
    interrupt: Interrupt = field(default_factory=Interrupt)
    looks: int = 0
    counts: int = 0

    @property
    def at_once(self) -> bool:
        return self.interrupt.at_once

    @property
    def left_with_reserve(self) -> float:
        return self.left

    def history(self, *, final: bool, plain: bool) -> tuple[str, ...]:
        assert final, "only the final reading may use the reserve"
        assert not plain
        reading = self.readings[min(self.looks, len(self.readings) - 1)]
        self.looks += 1
        if reading is None:
            raise Unreachable("not now")
        return tuple(reading)

    def active_backends(self) -> int | None:
        self.counts += 1
        return self.at_work[min(self.counts, len(self.at_work)) - 1]

    def pause(self, seconds: float) -> bool:
        self.left -= seconds
        if self.looks == self.signals_after:
            self.interrupt.request(signal.SIGINT)
            self.interrupt.request(signal.SIGINT)
        return True

    def settle(self, said: PushAnswer = KILLED) -> frozenset[str] | None:
        journal = Journal()
        run = SimpleNamespace(deadline=self, interrupt=self, journal=journal)
        release = SimpleNamespace(run=run, remote=self, supabase=self)
        found = settling.settled_history(cast("Release", release), PLAN, said)
        self.notices = journal.notices
        return found


def test_it_ends_when_the_file_in_hand_is_recorded() -> None:
    world = World(["1", "1", "12"], at_work=[1])
    assert world.settle() == frozenset("12")
    assert world.looks == 3
    assert any("may still be at work on 2" in notice for notice in world.notices)


def test_it_ends_when_nobody_is_at_work() -> None:
    world = World(["1", "1", "1", "12"], at_work=[1, 0])
    assert world.settle() == frozenset("1")
    assert world.looks == 3


def test_nobody_at_work_counts_only_with_a_reading_after_it() -> None:
    world = World(["1", None, "12"], at_work=[0])
    assert world.settle() == frozenset("12")


def test_it_ends_with_the_time() -> None:
    world = World(["1"], at_work=[1], left=20.0)
    assert world.settle() == frozenset("1")
    assert world.left <= 0.5


def test_where_nobody_can_tell_it_waits_as_long_as_the_time_kept_for_it() -> None:
    world = World(["1"], at_work=[None], left=500.0)
    assert world.settle() == frozenset("1")
    assert world.left == pytest.approx(485.0, abs=1.0)


def test_a_second_signal_ends_it_with_what_is_known() -> None:
    world = World(["1"], at_work=[1], left=500.0, signals_after=4)
    assert world.settle() == frozenset("1")
    assert world.looks == 5


def test_an_empty_history_is_a_reading_too() -> None:
    world = World([None, ""], at_work=[0])
    assert world.settle() == frozenset()


def test_an_unreadable_history_is_asked_for_again_after_a_success() -> None:
    world = World([None, None, "1"])
    assert world.settle(DONE) == frozenset("1")


def test_a_history_that_stays_unreadable_is_given_up_in_bounded_time() -> None:
    world = World([None], left=500.0)
    assert world.settle() is None
    assert world.left == pytest.approx(485.0, abs=1.0)


def test_after_an_ordinary_end_the_first_reading_is_the_answer() -> None:
    world = World(["1", "12"])
    assert world.settle(DONE) == frozenset("1")
    assert world.looks == 1
    assert world.counts == 0


@pytest.mark.parametrize(("left", "refused"), [(0.0, True), (0.1, False)])
def test_nothing_is_sent_when_no_time_is_left(left: float, refused: bool) -> None:
    run = SimpleNamespace(check_interrupt=lambda: None, deadline=SimpleNamespace(left=left))
    with pytest.raises(Unreachable) if refused else nullcontext():
        deploy._refuse_late(cast("Run", run))
