"""What a push came to: the CLI's story held against the history read after it. Pure; the history decides.

Source of the cases: facts/supabase-cli.md, section 0 (exit 0 with nothing recorded, killed but not stopped,
no lock) and PRODUCT's *Outcomes*.
"""

from collections.abc import Collection
from dataclasses import dataclass

from supa_deploy.model import Failure
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan
from supa_deploy.supabase import CliFailure, Ended, FailureKind, PushAnswer

_NOT_SENT = {
    FailureKind.TOKEN: Outcome.AUTH_FAILED,
    FailureKind.PASSWORD: Outcome.AUTH_FAILED,
    FailureKind.UNREACHABLE: Outcome.UNREACHABLE,
    FailureKind.PAUSED: Outcome.PREFLIGHT_FAILED,
    FailureKind.CONFIG: Outcome.PREFLIGHT_FAILED,
    FailureKind.NOT_LINKED: Outcome.PREFLIGHT_FAILED,
    FailureKind.CONFLICT_REMOTE_UNKNOWN: Outcome.HISTORY_CONFLICT,
    FailureKind.CONFLICT_LOCAL_OLDER: Outcome.HISTORY_CONFLICT,
}
_EXTRAS = {FailureKind.SEED: "seed", FailureKind.ROLES: "roles"}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How a push ended: the outcome, the versions that the history gained, and why when it is not `ok`.
    `await_other` is True when another deploy was found at work: the caller waits for the history to settle."""

    outcome: Outcome
    applied: tuple[str, ...]
    failure: Failure | None = None
    await_other: bool = False


def reconcile(plan: Plan, answer: PushAnswer, after: Collection[str] | None) -> Aftermath:
    """Decides what happened.

    `after` is the history read after the push, None when it could not be read. The failing file's line is
    not known here; the caller adds it.
    """
    if after is None:
        return Aftermath(Outcome.STATE_UNKNOWN, (), _unreadable_history(answer))
    gained = tuple(version for version in plan.pending_versions if version in after)
    absent = tuple(version for version in plan.pending_versions if version not in after)
    if answer.ended is not Ended.EXITED:
        return _cut_off(plan, answer, gained, absent)
    if answer.failure is None:
        return _claimed_success(gained, absent)
    return _claimed_failure(plan, answer, answer.failure, gained, absent)


def _claimed_success(gained: tuple[str, ...], absent: tuple[str, ...]) -> Aftermath:
    if not absent:
        return Aftermath(Outcome.OK, gained)
    return Aftermath(
        Outcome.STATE_UNKNOWN,
        gained,
        Failure(
            "recorded_less_than_claimed",
            f"The Supabase CLI said that it finished, but the history does not have {_list(absent)}. "
            f"{_gained(gained)} What the other files did is not known: parts of them may be in the database.",
            "A file with its own COMMIT, ROLLBACK or BEGIN does this. Look at the database, take those statements "
            "out, and run the same command again.",
        ),
    )


def _cut_off(plan: Plan, answer: PushAnswer, gained: tuple[str, ...], absent: tuple[str, ...]) -> Aftermath:
    asked = answer.prompt or "its words were not seen"
    why = {
        Ended.TIMED_OUT: "The time was up during the push",
        Ended.IDLE: "The Supabase CLI fell silent during the push",
        Ended.INTERRUPTED: "The push was interrupted",
        Ended.PROMPTED: f"The Supabase CLI asked something that has no answer here ({asked})",
    }.get(answer.ended, "The push was cut off")
    in_flight = _version_of(plan, answer.started[-1]) if answer.started else None
    if not absent:
        state = "All files are recorded in the history all the same."
    elif in_flight in absent:
        state = (
            f"{_gained(gained)} {in_flight} was under way and is not recorded; not sent: "
            f"{_list(tuple(v for v in absent if v != in_flight)) or 'nothing else'}."
        )
    else:
        state = f"{_gained(gained)} Not recorded: {_list(absent)}."
    return Aftermath(
        Outcome.STATE_UNKNOWN,
        gained,
        Failure(
            f"push_{answer.ended.value}",
            f"{why}. {state}",
            "Run the same command again: it applies what is missing and confirms the rest.",
            file=_file_of(plan, answer.started[-1]) if answer.started and in_flight in absent else None,
        ),
    )


def _claimed_failure(
    plan: Plan,
    answer: PushAnswer,
    failure: CliFailure,
    gained: tuple[str, ...],
    absent: tuple[str, ...],
) -> Aftermath:
    failing = _version_of(plan, failure.file or (answer.started[-1] if answer.started else None))
    if failure.kind is FailureKind.BUSY or (failure.kind is FailureKind.SQL and failing in gained):
        return Aftermath(
            Outcome.BUSY,
            gained,
            _as_failure(
                failure,
                "Another deploy is at work on the same files: the history refused this one's row. "
                f"{_gained(gained)}",
                "Wait for it to end, then run the same command again.",
            ),
            await_other=True,
        )
    if failure.kind in _EXTRAS:
        return _extras_failed(failure, gained, absent)
    if not answer.started and not gained and failure.kind in _NOT_SENT:
        return Aftermath(
            _NOT_SENT[failure.kind],
            (),
            _as_failure(failure, f"{failure.message} Nothing was sent.", failure.suggestion),
        )
    if failure.kind is FailureKind.UNREACHABLE:
        return Aftermath(
            Outcome.STATE_UNKNOWN,
            gained,
            _as_failure(
                failure,
                f"The connection broke during the push: {failure.message} {_gained(gained)} "
                f"Not recorded: {_list(absent) or 'nothing'}.",
                "Run the same command again: it applies what is missing and confirms the rest.",
                file=_file_of(plan, failing),
            ),
        )
    outcome = Outcome.PARTLY_APPLIED if gained else Outcome.PUSH_FAILED
    rest = tuple(version for version in absent if version != failing)
    refused = f"{failing} was refused and rolled back" if failing else "The push failed"
    return Aftermath(
        outcome,
        gained,
        _as_failure(
            failure,
            f"{failure.message} {refused}. {_gained(gained)}"
            + (f" Not tried: {_list(rest)}." if rest else ""),
            failure.suggestion
            or "Mend the file, and run the same command again: what is applied is not sent twice.",
            file=_file_of(plan, failing),
        ),
    )


def _extras_failed(failure: CliFailure, gained: tuple[str, ...], absent: tuple[str, ...]) -> Aftermath:
    what = _EXTRAS[failure.kind]
    outcome = Outcome.PARTLY_APPLIED if gained else Outcome.PUSH_FAILED
    rest = f" Not tried: {_list(absent)}." if absent else ""
    return Aftermath(
        outcome,
        gained,
        _as_failure(
            failure,
            f"The {what} failed and was rolled back: {failure.message} {_gained(gained)}{rest}",
            f"Mend the {what}, and run the same command again.",
        ),
    )


def _as_failure(failure: CliFailure, message: str, hint: str | None, file: str | None = None) -> Failure:
    return Failure(failure.code or failure.kind.value, message, hint, file=file, sqlstate=failure.sqlstate)


def _unreadable_history(answer: PushAnswer) -> Failure:
    said = (
        f"The Supabase CLI's own words: {answer.failure.message}"
        if answer.failure
        else (f"The Supabase CLI says it sent {_list(answer.claimed) or 'nothing'}.")
    )
    return Failure(
        "history_unreadable",
        f"The push ended, and the history could not be read after it, so what is in the database is not known. {said}",
        "Run `supa-deploy status` as soon as the database answers; then the same command again.",
    )


def _version_of(plan: Plan, file_name: str | None) -> str | None:
    """The version of a file as the CLI names it (`20250101000000_a.sql`)."""
    return next((m.version for m in plan.pending if file_name and m.path.name == file_name), None)


def _file_of(plan: Plan, name: str | None) -> str | None:
    return next((m.file for m in plan.pending if name in {m.version, m.path.name}), None)


def _gained(gained: tuple[str, ...]) -> str:
    return f"Recorded in the history: {_list(gained)}." if gained else "Nothing was recorded in the history."


def _list(items: tuple[str, ...]) -> str:
    return ", ".join(items)
