"""Drift as the failure that a run ends with."""

from supa_deploy.model import Change, ChangeKind, Drift, Failure
from supa_deploy.outcome import Outcome

_SHOWN = 5


def drift_failure(drift: Drift) -> Failure:
    """Why a run ends with `drift`."""
    count = len(drift.changes)
    listed = "; ".join(in_words(change) for change in drift.changes[:_SHOWN])
    more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
    things = "1 thing differs" if count == 1 else f"{count} things differ"
    return Failure(
        Outcome.DRIFT.label,
        f"{things} from what the files make: {listed}{more}. Nothing was changed to mend it.",
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


def in_words(change: Change) -> str:
    """A change on one line: `column public.notes.title changed (type text → uuid)`."""
    place = ".".join(part for part in (change.schema, change.table, change.name) if part)
    detail = f" ({change.detail})" if change.detail else ""
    verb = {ChangeKind.ADDED: "added", ChangeKind.CHANGED: "changed", ChangeKind.LOST: "lost"}[change.change]
    return f"{change.object} {place} {verb}{detail}"
