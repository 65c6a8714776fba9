"""The JSON document of a run: PRODUCT's contract, held together with `report.schema.json` by tests."""

import json
from importlib.resources import files

from supa_deploy.model import (
    Bundle,
    Change,
    Check,
    ClaimVerdict,
    Diagnostic,
    Drift,
    Failure,
    Finding,
    Fix,
    Loss,
    MigrationState,
    PendingMigration,
    Preview,
    Report,
    Rollback,
    Step,
)
from supa_deploy.render import json_feature

SCHEMA_VERSION = 1


def to_json(report: Report) -> str:
    """The report as one JSON document with a newline at its end.

    Only ASCII, so that any locale can carry it and no control character reaches a terminal.
    """
    return json.dumps(_document(report), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def schema_text() -> str:
    """The JSON Schema (draft 2020-12) that every document of `to_json` fulfils."""
    return files("supa_deploy.render").joinpath("report.schema.json").read_text(encoding="utf-8")


def _document(report: Report) -> dict[str, object]:
    traffic = report.traffic
    return {
        "schema_version": SCHEMA_VERSION,
        "command": report.command,
        "outcome": report.outcome.label,
        "exit_code": report.outcome.exit_code,
        "tool_version": report.tool_version,
        "cli_version": report.cli_version,
        "project_ref": report.project_ref,
        "target": report.target,
        "environment": report.environment,
        "started_at": report.started_at,
        "seconds": report.seconds,
        "steps": [_step(step) for step in report.steps],
        "plan": {"pending": [_pending(migration) for migration in report.pending]},
        "applied": list(report.applied),
        "checks": [_check(check) for check in report.checks],
        "checks_before": [_check(check) for check in report.checks_before],
        "drift": _drift(report.drift) if report.drift else None,
        "preview": _preview(report.preview) if report.preview else None,
        "rollback": _rollback(report.rollback) if report.rollback else None,
        "feature": json_feature.feature(report.feature) if report.feature else None,
        "bundle": _bundle(report.bundle) if report.bundle else None,
        "migrations": [_migration(state) for state in report.migrations],
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "findings": [_finding(finding) for finding in report.findings],
        "files_checked": report.files_checked,
        "claims": [_claim(verdict) for verdict in report.claims],
        "fixes": [_fix(fix) for fix in report.fixes],
        "notices": list(report.notices),
        "traffic": {"requests": traffic.requests, "bytes": traffic.bytes} if traffic else None,
        "error": _error(report.failure) if report.failure else None,
    }


def _step(step: Step) -> dict[str, object]:
    return {"name": step.name, "status": step.status.value, "seconds": step.seconds, "note": step.note}


def _pending(migration: PendingMigration) -> dict[str, object]:
    return {
        "version": migration.version,
        "name": migration.name,
        "file": migration.file,
        "words": list(migration.words),
    }


def _check(check: Check) -> dict[str, object]:
    return {
        "object": check.object.value,
        "schema": check.schema,
        "name": check.name,
        "table": check.table,
        "column": check.column,
        "migration": check.migration,
        "verdict": check.verdict.value,
        "witness": check.witness.value,
        "detail": check.detail,
        "dropped": check.dropped,
    }


def _drift(drift: Drift) -> dict[str, object]:
    return {
        "empty": drift.empty,
        "sql": drift.sql,
        "engine": drift.engine,
        "shadow": drift.shadow,
        "changes": [_change(change) for change in drift.changes],
        "left_out": drift.left_out,
        "stand_ins": list(drift.stand_ins),
    }


def _preview(preview: Preview) -> dict[str, object]:
    return {"sql": preview.sql, "changes": [_change(change) for change in preview.changes]}


def _change(change: Change) -> dict[str, object]:
    return {
        "change": change.change.value,
        "object": change.object,
        "schema": change.schema,
        "name": change.name,
        "table": change.table,
        "detail": change.detail,
        "witness": change.witness.value,
    }


def _bundle(bundle: Bundle) -> dict[str, object]:
    return {
        "for": bundle.runner.value,
        "versions": list(bundle.versions),
        "transactions": bundle.transactions,
        "bytes": bundle.size,
        "file": bundle.file,
        "url": bundle.url,
        "sql": bundle.sql if bundle.file is None else None,
    }


def _rollback(rollback: Rollback) -> dict[str, object]:
    return {
        "to": rollback.to,
        "versions": list(rollback.versions),
        "sql": rollback.sql,
        "losses": [_loss(loss) for loss in rollback.losses],
        "cannot_restore": list(rollback.cannot_restore),
        "hand_written": list(rollback.hand_written),
        "remains": [_change(change) for change in rollback.remains],
        "done": rollback.done,
    }


def _loss(loss: Loss) -> dict[str, object]:
    return {
        "schema": loss.schema,
        "table": loss.table,
        "column": loss.column,
        "rows": loss.rows,
        "size": loss.size,
        "saved": loss.saved,
        "exists": loss.exists,
    }


def _migration(state: MigrationState) -> dict[str, object]:
    return {
        "version": state.version,
        "name": state.name,
        "file": state.file,
        "local": state.local,
        "remote": state.remote,
        "words": list(state.words),
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "check": diagnostic.check,
        "ok": diagnostic.ok,
        "detail": diagnostic.detail,
        "next": diagnostic.next,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "help": finding.help,
    }


def _claim(verdict: ClaimVerdict) -> dict[str, object]:
    return {
        "claim": verdict.claim.value,
        "holds": verdict.holds,
        "count": verdict.count,
        "proof": _finding(verdict.proof) if verdict.proof else None,
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {"file": fix.file, "rules": list(fix.rules), "diff": fix.diff, "written": fix.written}


def _error(failure: Failure) -> dict[str, object]:
    return {
        "code": failure.code,
        "message": failure.message,
        "hint": failure.hint,
        "file": failure.file,
        "line": failure.line,
        "sqlstate": failure.sqlstate,
    }
