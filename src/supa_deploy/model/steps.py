"""How a run went: its steps, what they cost, and why it did not end well."""

from dataclasses import dataclass
from enum import StrEnum


class StepStatus(StrEnum):
    """How one step of a story went."""

    OK = "ok"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: its name, how it went, how long it took (seconds), and why when it is not plain."""

    name: str
    status: StepStatus
    seconds: float
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run did not end well: what happened and what the database holds (`message`), what to do (`hint`)."""

    code: str
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    sqlstate: str | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """What verification cost: HTTP requests and the bytes of their answers."""

    requests: int = 0
    bytes: int = 0
