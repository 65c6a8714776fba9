"""Which version stands where: in the history, added to it by this run, pending, without a file here, or not asked."""

from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.model import FileAccount, Report, StepStatus
from supa_deploy.outcome import Outcome
from supa_deploy.render.checks import Mark
from supa_deploy.render.rollback import asked


class Standing(StrEnum):
    """What is known of one version; the history alone decides."""

    APPLIED = "applied"
    NOW = "applied now"
    PENDING = "pending"
    NO_FILE = "applied, no file here"
    UNDONE = "undone now"
    UNSURE = "not known"
    NOT_ASKED = "history not read"

    @property
    def mark(self) -> Mark:
        """Its sign."""
        return _MARKS[self]


_MARKS = {
    Standing.APPLIED: Mark.YES,
    Standing.NOW: Mark.YES,
    Standing.PENDING: Mark.WAIT,
    Standing.NO_FILE: Mark.NO,
    Standing.UNDONE: Mark.WAIT,
    Standing.UNSURE: Mark.WARN,
    Standing.NOT_ASKED: Mark.UNSEEN,
}
_SENDS = frozenset({"push"})
_READS = frozenset({"history"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the report: its file's path (None: not here), what the file is for, and where it stands."""

    version: str
    name: str | None
    file: str | None
    purpose: str
    standing: Standing


def versions(report: Report, *, everything: bool = False) -> tuple[Version, ...]:
    """The versions that the report is about, in order: those of the feature, or all that are here or there; what the
    history has without a file here always. `everything`: the others too."""
    accounts = {account.version: account for account in report.feature.files} if report.feature else {}
    whole = everything or report.feature is None or report.feature.whole
    found: dict[str, Version] = {}
    for state in report.migrations:
        standing = _standing(report, state.version, local=state.local, remote=state.remote)
        found[state.version] = _version(
            accounts.get(state.version), state.version, state.name, state.file, standing
        )
    for planned in report.pending:
        standing = _standing(report, planned.version, local=True, remote=False)
        found.setdefault(
            planned.version,
            _version(accounts.get(planned.version), planned.version, planned.name, planned.file, standing),
        )
    for account in accounts.values():
        found.setdefault(
            account.version,
            _version(account, account.version, account.name, account.file, Standing.NOT_ASKED),
        )
    strangers = {version for version, one in found.items() if one.standing is Standing.NO_FILE}
    mine = found.keys() if whole else accounts.keys() | strangers
    return tuple(found[version] for version in sorted(mine))


def others(report: Report) -> tuple[Version, ...]:
    """The versions that are known and that the report is not about."""
    mine = {version.version for version in versions(report)}
    return tuple(one for one in versions(report, everything=True) if one.version not in mine)


def is_unsure(report: Report) -> bool:
    """True when something was sent and the history could not be read after it: what it did not show before may be in
    by now."""
    if report.outcome is Outcome.STATE_UNKNOWN:
        return True
    sent = any(s.name in _SENDS and s.status is not StepStatus.SKIPPED for s in report.steps)
    return sent and not any(s.name in _READS for s in report.steps)


def _standing(report: Report, version: str, *, local: bool, remote: bool) -> Standing:
    back = asked(report)
    undone = back.versions if back and back.done else ()
    if version in report.applied:
        return Standing.NOW
    if version in undone:
        return Standing.UNDONE
    if not local:
        return Standing.NO_FILE
    if remote:
        return Standing.UNSURE if _is_rollback_unsure(report, version) else Standing.APPLIED
    planned = any(planned.version == version for planned in report.pending)
    return Standing.UNSURE if planned and is_unsure(report) else Standing.PENDING


def _is_rollback_unsure(report: Report, version: str) -> bool:
    back = asked(report)
    return bool(back and version in back.versions and is_unsure(report))


def _version(
    account: FileAccount | None, version: str, name: str | None, file: str | None, standing: Standing
) -> Version:
    purpose = account.purpose if account else (name or "").replace("_", " ")
    return Version(version, name, file, purpose, standing)
