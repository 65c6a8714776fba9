"""The values that flow from the stories to the renderers; their names are the JSON contract's."""

from supa_deploy.model.bundle import Bundle, Runner
from supa_deploy.model.changes import Change, ChangeKind, Drift, Loss, Preview, Rollback
from supa_deploy.model.checks import Check, ObjectKind, Verdict, Witness
from supa_deploy.model.feature import AlteredTable, Counts, Feature, FileAccount, Impact, Other, Renamed
from supa_deploy.model.findings import Claim, ClaimVerdict, Diagnostic, Finding, Fix, Severity
from supa_deploy.model.migrations import MigrationState, PendingMigration
from supa_deploy.model.report import Report
from supa_deploy.model.steps import Failure, Step, StepStatus, Traffic

__all__ = [
    "AlteredTable",
    "Bundle",
    "Change",
    "ChangeKind",
    "Check",
    "Claim",
    "ClaimVerdict",
    "Counts",
    "Diagnostic",
    "Drift",
    "Failure",
    "Feature",
    "FileAccount",
    "Finding",
    "Fix",
    "Impact",
    "Loss",
    "MigrationState",
    "ObjectKind",
    "Other",
    "PendingMigration",
    "Preview",
    "Renamed",
    "Report",
    "Rollback",
    "Runner",
    "Severity",
    "Step",
    "StepStatus",
    "Traffic",
    "Verdict",
    "Witness",
]
