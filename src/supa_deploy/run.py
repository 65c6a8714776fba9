"""One run: its settings, its clock, its journal, and what is known so far.

A story fills the draft as it learns; whatever way it ends, `finish` makes the Report of what is known by then.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from supa_deploy import __version__
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, SupaDeployError
from supa_deploy.journal import Journal
from supa_deploy.model import (
    Bundle,
    Check,
    ClaimVerdict,
    Diagnostic,
    Drift,
    Failure,
    Feature,
    Finding,
    Fix,
    MigrationState,
    PendingMigration,
    Preview,
    Report,
    Rollback,
    Traffic,
)
from supa_deploy.outcome import Outcome
from supa_deploy.person import Person
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings


@dataclass(slots=True)
class Draft:
    """What the report will hold, as far as it is known."""

    cli_version: str | None = None
    target: str | None = None
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
    traffic: Traffic | None = None
    drift: Drift | None = None
    preview: Preview | None = None
    rollback: Rollback | None = None
    feature: Feature | None = None
    bundle: Bundle | None = None


@dataclass(slots=True)
class Run:
    """What a story is given. `person` is whoever sits at the terminal; None when there is nobody to ask. `secrets`
    gives those that the story learned, beyond the settings' own. `meanwhile` is work of whoever shows the report, to be
    done while the story waits for a child. `refused` is why the settings could not be loaded, for the stories (doctor,
    check, onboard) that go on without them. `reports`: documents will be made of the report, so what only they show
    (`Draft.feature`) is worth computing. `way_back`: one of them is to tell the way back, which takes seconds."""

    command: str
    settings: Settings
    deadline: Deadline
    interrupt: Interrupt
    journal: Journal
    person: Person | None = None
    draft: Draft = field(default_factory=Draft)
    secrets: Callable[[], tuple[Secret, ...]] = tuple
    meanwhile: Callable[[], None] = lambda: None
    refused: SupaDeployError | None = None
    reports: bool = False
    way_back: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _started: float = field(default_factory=time.monotonic)

    def check_interrupt(self) -> None:
        """Raises Interrupted when a signal came; called only where nothing has been sent yet."""
        if self.interrupt.requested:
            raise Interrupted(
                "Stopped on request before anything was sent. The database was not touched.",
                terminated=self.interrupt.terminated,
                hint="Run the same command again when you are ready.",
            )

    def finish(self, outcome: Outcome, failure: Failure | None = None) -> Report:
        """The report of this run, ended as `outcome`."""
        draft = self.draft
        return Report(
            command=self.command,
            outcome=outcome,
            tool_version=__version__,
            started_at=self.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            seconds=round(time.monotonic() - self._started, 3),
            cli_version=draft.cli_version,
            project_ref=self.settings.project_ref,
            target=draft.target,
            environment=self.settings.environment,
            steps=self.journal.steps,
            pending=draft.pending,
            applied=draft.applied,
            checks=draft.checks,
            checks_before=draft.checks_before,
            migrations=draft.migrations,
            diagnostics=draft.diagnostics,
            findings=draft.findings,
            files_checked=draft.files_checked,
            claims=draft.claims,
            fixes=draft.fixes,
            notices=self.journal.notices,
            traffic=draft.traffic,
            drift=draft.drift,
            preview=draft.preview,
            rollback=draft.rollback,
            feature=draft.feature,
            bundle=draft.bundle,
            failure=failure,
        )

    def fail(self, error: SupaDeployError) -> Report:
        """The report of a run that `error` ended."""
        outcome = error.outcome
        if isinstance(error, Interrupted) and self.interrupt.terminated:
            outcome = Outcome.TERMINATED
        return self.finish(outcome, failure_of(error))


def failure_of(error: SupaDeployError) -> Failure:
    """The error as the value that reports carry."""
    return Failure(error.code, error.message, error.hint, error.file, error.line, error.sqlstate)
