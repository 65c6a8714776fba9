"""Every way a run can end: one name and one number each (PRODUCT contract, README's exit-code table)."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a run ended. The name stands in the JSON document, `exit_code` is what the shell sees."""

    OK = "ok"
    UP_TO_DATE = "up_to_date"
    INTERNAL_ERROR = "internal_error"
    USAGE_ERROR = "usage_error"
    PREFLIGHT_FAILED = "preflight_failed"
    AUTH_FAILED = "auth_failed"
    UNREACHABLE = "unreachable"
    PUSH_FAILED = "push_failed"
    PARTLY_APPLIED = "partly_applied"
    STATE_UNKNOWN = "state_unknown"
    VERIFICATION_FAILED = "verification_failed"
    PENDING = "pending"
    DRIFT = "drift"
    FINDINGS = "findings"
    HISTORY_CONFLICT = "history_conflict"
    BUSY = "busy"
    DECLINED = "declined"
    ROLLBACK_FAILED = "rollback_failed"
    UNVERIFIED = "unverified"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"

    @property
    def exit_code(self) -> int:
        """The number the process exits with."""
        return _EXIT_CODES[self]

    @property
    def label(self) -> str:
        """The name in the JSON document: SIGINT and SIGTERM share one name and differ by number."""
        return "interrupted" if self is Outcome.TERMINATED else self.value

    @property
    def is_success(self) -> bool:
        """True for the outcomes that exit 0."""
        return self.exit_code == 0


_EXIT_CODES = {
    Outcome.OK: 0,
    Outcome.UP_TO_DATE: 0,
    Outcome.INTERNAL_ERROR: 1,
    Outcome.USAGE_ERROR: 2,
    Outcome.PREFLIGHT_FAILED: 3,
    Outcome.AUTH_FAILED: 4,
    Outcome.UNREACHABLE: 5,
    Outcome.PUSH_FAILED: 6,
    Outcome.PARTLY_APPLIED: 7,
    Outcome.STATE_UNKNOWN: 8,
    Outcome.VERIFICATION_FAILED: 9,
    Outcome.PENDING: 10,
    Outcome.DRIFT: 11,
    Outcome.FINDINGS: 12,
    Outcome.HISTORY_CONFLICT: 13,
    Outcome.BUSY: 14,
    Outcome.DECLINED: 15,
    Outcome.ROLLBACK_FAILED: 16,
    Outcome.UNVERIFIED: 17,
    Outcome.INTERRUPTED: 130,
    Outcome.TERMINATED: 143,
}
