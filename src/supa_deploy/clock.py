"""The run's time budget and the request to stop: the two things every wait looks at."""

import signal
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

_RESERVE_SHARE = 0.15
_RESERVE_AT_LEAST = 10.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of the whole run, on the monotonic clock (seconds).

    The last 15 %, at least 10 s (but never more than half), belongs to reading the history: `left` is what
    ordinary work may use, `left_with_reserve` what the final reading may.
    """

    ends_at: float
    reserve: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """A deadline `seconds` from now."""
        reserve = min(max(seconds * _RESERVE_SHARE, _RESERVE_AT_LEAST), seconds / 2)
        return cls(ends_at=time.monotonic() + seconds, reserve=reserve)

    @property
    def left(self) -> float:
        """Seconds that ordinary work may still use (0 when none)."""
        return max(0.0, self.left_with_reserve - self.reserve)

    @property
    def left_with_reserve(self) -> float:
        """Seconds until the very end (0 when past)."""
        return max(0.0, self.ends_at - time.monotonic())


@dataclass(slots=True)
class Interrupt:
    """What the person or the pipeline asked for by signal: the first request ends the work in hand, the
    second ends the run at once with what is known."""

    signals: list[int] = field(default_factory=list)
    _event: threading.Event = field(default_factory=threading.Event)

    def request(self, signum: int, _frame: FrameType | None = None) -> None:
        """A signal handler: notes the signal and wakes whoever waits."""
        self.signals.append(signum)
        self._event.set()

    @property
    def requested(self) -> bool:
        """True after the first signal."""
        return bool(self.signals)

    @property
    def at_once(self) -> bool:
        """True after the second signal."""
        return len(self.signals) > 1

    @property
    def terminated(self) -> bool:
        """True when the first signal was SIGTERM (exit 143 rather than 130)."""
        return bool(self.signals) and self.signals[0] == signal.SIGTERM

    def pause(self, seconds: float) -> bool:
        """Waits up to `seconds`, less when a signal comes; True when one had come."""
        if self.requested:
            if not self.at_once:
                threading.Event().wait(seconds)
            return True
        return self._event.wait(seconds)
