"""Misbehaviour on cue: which requests to the stand-ins go wrong, how, and how often."""

import re
import threading
from dataclasses import dataclass, replace
from enum import StrEnum


class Action(StrEnum):
    """What a fault does to a request."""

    ANSWER = "answer"
    HANG = "hang"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `path` is a regular expression matched at the start of the request path (without the query),
    `method` None means any. The first `after` matching requests pass, the next `times` fail (None: for ever).
    `wait` is in seconds, before an answer; `body` and `headers` are sent as they are."""

    path: str
    action: Action = Action.ANSWER
    status: int = 500
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"
    method: str | None = None
    times: int | None = None
    after: int = 0
    wait: float = 0.0


class Book:
    """The faults in force; the first that fits a request is taken. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Puts a fault in force."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Everything behaves again."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, counted down; None when it may pass."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.method not in {None, method} or not re.match(fault.path, path):
                    continue
                if fault.after:
                    self._faults[index] = replace(fault, after=fault.after - 1)
                    continue
                if fault.times is not None:
                    if fault.times <= 0:
                        continue
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None
