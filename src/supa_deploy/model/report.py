"""A whole run as one value."""

from dataclasses import dataclass

from supa_deploy.model.bundle import Bundle
from supa_deploy.model.changes import Drift, Preview, Rollback
from supa_deploy.model.checks import Check
from supa_deploy.model.feature import Feature
from supa_deploy.model.findings import ClaimVerdict, Diagnostic, Finding, Fix
from supa_deploy.model.migrations import MigrationState, PendingMigration
from supa_deploy.model.steps import Failure, Step, Traffic
from supa_deploy.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run as a value: every renderer shows this and nothing else. Times in seconds, `started_at`
    ISO 8601 UTC. `environment` is the name that --env gave. `checks_before` is the state before a rehearsal's deploy,
    `files_checked` how many files were read. `feature` is what the files make, for reports that tell it."""

    command: str
    outcome: Outcome
    tool_version: str
    started_at: str
    seconds: float
    cli_version: str | None = None
    project_ref: str | None = None
    target: str | None = None
    environment: str | None = None
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
    feature: Feature | None = None
    bundle: Bundle | None = None
    failure: Failure | None = None
