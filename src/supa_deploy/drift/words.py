"""Drift as the failure that a run ends with."""

from collections.abc import Sequence

from supa_deploy.catalog import sentence
from supa_deploy.model import Change, Drift, Failure
from supa_deploy.outcome import Outcome

_LISTED = 5


def drift_failure(drift: Drift) -> Failure:
    """Why a run ends with `drift`; what differs stands in the drift itself."""
    count = len(drift.changes)
    things = "1 thing differs" if count == 1 else f"{count} things differ"
    return Failure(
        Outcome.DRIFT.label,
        f"{things} from what the files make. Nothing was changed to mend it.",
        "Keep it with a new migration that holds the SQL shown, or undo it in the database; "
        "then run `supa-deploy diff` again.",
    )


def not_compared(reason: str | None) -> Failure:
    """Why a run that was to look for drift ends without knowing."""
    return Failure(
        "not_compared",
        f"Drift could not be looked for: {reason or 'the comparison did not run'}. Nothing is known to be wrong.",
        "Mend that and run `supa-deploy diff`.",
    )


def listed(changes: Sequence[Change]) -> str:
    """Changes in one sentence, the first few of many."""
    more = f"; and {len(changes) - _LISTED} more" if len(changes) > _LISTED else ""
    return "; ".join(sentence(change) for change in changes[:_LISTED]) + more
