"""The values that flow from the stories to the renderers; their names are the JSON contract's."""

from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.outcome import Outcome


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


class ObjectKind(StrEnum):
    """What a check is about."""

    TABLE = "table"
    COLUMN = "column"
    FUNCTION = "function"
    FOREIGN_KEY = "foreign_key"
    INDEX = "index"
    POLICY = "policy"
    RLS = "rls"
    CONSTRAINT = "constraint"
    TRIGGER = "trigger"
    VIEW = "view"
    TYPE = "type"
    EXTENSION = "extension"
    PUBLICATION = "publication"


class Verdict(StrEnum):
    """What is known of a promised object."""

    CONFIRMED = "confirmed"
    MISSING = "missing"
    MISMATCH = "mismatch"
    NOT_GRANTED = "not_granted"
    NOT_EXPOSED = "not_exposed"
    NOT_VISIBLE = "not_visible"
    NOT_CHECKABLE = "not_checkable"

    @property
    def is_failure(self) -> bool:
        """True for the verdicts that always fail a verification."""
        return self in {Verdict.MISSING, Verdict.MISMATCH, Verdict.NOT_VISIBLE}


class Witness(StrEnum):
    """Who saw it."""

    POSTGREST = "postgrest"
    CATALOG = "catalog"
    DIFF = "diff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Check:
    """One promised object and what a witness said of it. `name` is the object's own name, `table` the
    relation it belongs to (None for relations, functions and types themselves), `column` set for columns.
    `dropped`: the files promise that it is gone, and `confirmed` means that it is."""

    object: ObjectKind
    schema: str
    name: str
    column: str | None
    migration: str
    verdict: Verdict
    witness: Witness
    detail: str | None = None
    table: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class MigrationState:
    """One version: is it here as a file, is it in the remote history?"""

    version: str
    name: str | None
    file: str | None
    local: bool
    remote: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingMigration:
    """A file that a push would send, and in words what it does."""

    version: str
    name: str
    file: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One line of `doctor`: `ok` None means it could not be looked at (the detail says why)."""

    check: str
    ok: bool | None
    detail: str
    next: str | None = None


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


class ChangeKind(StrEnum):
    """Which way a database differs from what the files make."""

    ADDED = "added"
    CHANGED = "changed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, as a person would say it. `object` is the kind in words (`table`, `row-level security`,
    `grant`…), `name` its own name, `table` the relation it belongs to; `detail` what differs, from and to."""

    change: ChangeKind
    object: str
    schema: str | None
    name: str
    table: str | None = None
    detail: str | None = None
    witness: Witness = Witness.CATALOG


@dataclass(frozen=True, slots=True)
class Drift:
    """What the database holds outside the files. `sql` turns the files' schema into the database's, `engine` made
    it, `shadow` is the server that the files were replayed on. `left_out` counts what differs and is the
    platform's own; `stand_ins` are extensions that the shadow only pretends to have."""

    sql: str = ""
    changes: tuple[Change, ...] = ()
    engine: str | None = None
    shadow: str | None = None
    left_out: int = 0
    stand_ins: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True when nothing is there but what the files make."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class Preview:
    """What a push will really do to the database as it is: the SQL and the changes, drift included."""

    sql: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Rows that a rollback takes away: a whole table (`column` None) or the values of a column. `rows` are the
    table's rows or the column's non-null values, `size` bytes on disk (tables only), `saved` the CSV file."""

    schema: str
    table: str
    column: str | None
    rows: int
    size: int | None = None
    saved: str | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    """A way back: to which version, which versions are undone (newest first), by which SQL. `hand_written` are the
    files that were taken instead of computed SQL, `cannot_restore` what no rollback brings back, in words;
    `remains` what hand-written files leave different."""

    to: str
    versions: tuple[str, ...]
    sql: str
    losses: tuple[Loss, ...] = ()
    cannot_restore: tuple[str, ...] = ()
    hand_written: tuple[str, ...] = ()
    remains: tuple[Change, ...] = ()
    done: bool = False


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


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run as a value: every renderer shows this and nothing else. Times in seconds, `started_at`
    ISO 8601 UTC. `checks_before` is the state before a rehearsal's deploy, `files_checked` how many files were read."""

    command: str
    outcome: Outcome
    tool_version: str
    started_at: str
    seconds: float
    cli_version: str | None = None
    project_ref: str | None = None
    target: str | None = None
    steps: tuple[Step, ...] = ()
    pending: tuple[PendingMigration, ...] = ()
    applied: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    checks_before: tuple[Check, ...] = ()
    migrations: tuple[MigrationState, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    findings: tuple[Finding, ...] = ()
    files_checked: int | None = None
    claims: tuple[ClaimVerdict, ...] = ()
    fixes: tuple[Fix, ...] = ()
    notices: tuple[str, ...] = ()
    traffic: Traffic | None = None
    drift: Drift | None = None
    preview: Preview | None = None
    rollback: Rollback | None = None
    failure: Failure | None = None
