"""What is wrong with the files, and with the machine or the project that `doctor` looks at."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error stops a deploy."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a migration file; line and column (in characters) are 1-based, `excerpt` is the line itself."""

    rule: str
    severity: Severity
    file: str
    line: int
    column: int
    message: str
    help: str | None = None
    excerpt: str | None = None


class Claim(StrEnum):
    """What reports claim of migration files: the five of the report that this project grew out of."""

    SYNTAX = "syntactically correct"
    ORDER = "properly ordered"
    RERUN = "idempotent"
    RLS = "RLS-enabled"
    INDEXED = "indexed"


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """Whether a claim holds: how many findings are against it, and the worst of them."""

    claim: Claim
    holds: bool
    count: int = 0
    proof: Finding | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A file that `check --fix` can mend: the rules it mends, the change as a unified diff, whether it was written."""

    file: str
    rules: tuple[str, ...]
    diff: str
    written: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One line of `doctor`: `ok` None means it could not be looked at (the detail says why)."""

    check: str
    ok: bool | None
    detail: str
    next: str | None = None
