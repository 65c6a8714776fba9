"""The time budget and the request to stop."""

import signal

from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.clock import Deadline, Interrupt


@given(st.floats(min_value=0.1, max_value=100_000))
def test_the_reserve_is_fifteen_percent_at_least_ten_seconds_at_most_half(seconds: float) -> None:
    deadline = Deadline.after(seconds)
    assert deadline.reserve <= seconds / 2
    assert deadline.reserve >= min(10.0, seconds / 2)
    assert deadline.reserve <= max(10.0, seconds * 0.15 + 1e-6)
    assert deadline.left <= deadline.left_with_reserve <= seconds


def test_nothing_is_left_when_it_is_past() -> None:
    deadline = Deadline(ends_at=0.0, reserve=1.0)
    assert deadline.left == 0
    assert deadline.left_with_reserve == 0


def test_the_first_signal_decides_the_number_and_the_second_ends_at_once() -> None:
    interrupt = Interrupt()
    assert not interrupt.requested
    interrupt.request(signal.SIGTERM)
    assert interrupt.requested
    assert interrupt.terminated
    assert not interrupt.at_once
    interrupt.request(signal.SIGINT)
    assert interrupt.at_once
    assert interrupt.terminated


def test_a_signal_ends_a_pause() -> None:
    interrupt = Interrupt()
    assert not interrupt.pause(0)
    interrupt.request(signal.SIGINT)
    assert interrupt.pause(0)
