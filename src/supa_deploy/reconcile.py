"""What a push came to: the CLI's story held against the history read after it. Pure; the history decides.

Source of the cases: facts/supabase-cli.md, section 0 (exit 0 with nothing recorded, killed but not stopped,
no lock) and PRODUCT's *Outcomes*.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
    FailureKind.PROMPT: Outcome.PREFLIGHT_FAILED,
    FailureKind.CLI_INTERNAL: Outcome.PREFLIGHT_FAILED,
    FailureKind.CONFLICT_REMOTE_UNKNOWN: Outcome.HISTORY_CONFLICT,
    FailureKind.CONFLICT_LOCAL_OLDER: Outcome.HISTORY_CONFLICT,
}
"""What a push that failed before it sent anything comes to; other kinds are PUSH_FAILED."""

_REFUSED = {FailureKind.SQL, FailureKind.PERMISSION, FailureKind.BUSY, FailureKind.SEED, FailureKind.ROLES}
"""The server itself said no, and undid what it was at. Any other end proves nothing about the file in hand."""

_RACE = {"23505", "42P06", "42P07", "55P03"}
"""How the CLI's making of the history table ends when another push makes it at the same moment."""

_AGAIN = "Run the same command again: it applies what is missing and confirms the rest."
_NONE_LOOSE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How a push ended: the outcome, the versions that the history gained, and why when it is not `ok`.
    `await_other` is True when another deploy was found at work: the caller waits for the history to settle."""

    outcome: Outcome
    applied: tuple[str, ...]
    failure: Failure | None = None
    await_other: bool = False


def under_way(plan: Plan, answer: PushAnswer) -> str | None:
    """The version that the server may still be at work on, None when what it was sent is over.

    A file is sent whole: when the CLI ends by anything but the server's own answer, the server goes on.
    """
    over = answer.failure is None or answer.failure.kind in _REFUSED
    if answer.ended is Ended.EXITED and over:
        return None
    return _version_of(plan, answer.started[-1]) if answer.started else None


def reconcile(
    plan: Plan,
    answer: PushAnswer,
    after: Collection[str] | None,
    loose: Mapping[str, str] = _NONE_LOOSE,
) -> Aftermath:
    """Decides what happened.

    `after` is the history read after the push, None when it could not be read. `loose` says of each version
    that is not one transaction which statements keep it from being one. The failing file's line is not known
    here; the caller adds it.
    """
    if after is None:
        return Aftermath(Outcome.STATE_UNKNOWN, (), _unreadable_history(answer))
    gained = tuple(version for version in plan.pending_versions if version in after)
    absent = tuple(version for version in plan.pending_versions if version not in after)
    case = _Case(plan, answer, gained, absent, loose)
    if answer.failure is not None and answer.failure.kind is FailureKind.PROMPT and not answer.sent_anything:
        return case.not_sent(answer.failure)
    if answer.ended is not Ended.EXITED:
        return case.cut_off()
    if answer.failure is None:
        return Aftermath(Outcome.OK, gained) if not absent else case.less_than_claimed()
    return case.refused(answer.failure)


@dataclass(frozen=True, slots=True)
class _Case:
    """One push, and what the history says of its files: `gained` are in it, `absent` are not."""

    plan: Plan
    answer: PushAnswer
    gained: tuple[str, ...]
    absent: tuple[str, ...]
    loose: Mapping[str, str]

    def less_than_claimed(self) -> Aftermath:
        """The CLI went past files (or finished) that the history does not have."""
        passed = self._passed_over() or self.absent
        said = self.answer.failure
        told = f"went on and failed later ({_words(said)})" if said else "said that it finished"
        return Aftermath(
            Outcome.STATE_UNKNOWN,
            self.gained,
            Failure(
                "recorded_less_than_claimed",
                f"The Supabase CLI {told}, but the history does not have {_list(passed)}. {_recorded(self.gained)} "
                "Parts of what is not recorded may be in the database.",
                "A file with a COMMIT, ROLLBACK or BEGIN of its own does this. Look at the database, take those "
                "statements out, and run the same command again.",
                file=_file_of(self.plan, passed[0]),
            ),
        )

    def cut_off(self) -> Aftermath:
        """The CLI was ended: by a signal, a clock, or because it asked something."""
        answer = self.answer
        why = {
            Ended.TIMED_OUT: "The time was up during the push",
            Ended.IDLE: "The Supabase CLI fell silent during the push",
            Ended.INTERRUPTED: "The push was interrupted",
            Ended.PROMPTED: "The Supabase CLI asked something that has no answer here "
            f"({answer.prompt or 'its words were not seen'})",
        }.get(answer.ended, "The push was cut off")
        return self._unknown(f"push_{answer.ended.value}", f"{why}.", None)

    def refused(self, failure: CliFailure) -> Aftermath:
        """The CLI ended by itself, and said why it failed."""
        answer = self.answer
        if self._is_race(failure):
            return self._busy(failure)
        if self._passed_over():
            return self.less_than_claimed()
        if not answer.sent_anything and failure.kind is not FailureKind.UNREADABLE:
            return self.not_sent(failure)
        if failure.kind not in _REFUSED:
            said = f"The push broke off: {_words(failure)}."
            return self._unknown(failure.code or failure.kind.value, said, failure)
        if failure.kind in {FailureKind.SEED, FailureKind.ROLES}:
            return self._extras_failed(failure)
        return self._file_failed(failure)

    def not_sent(self, failure: CliFailure) -> Aftermath:
        """The push failed before a file was sent."""
        others = f" Recorded meanwhile by another deploy: {_list(self.gained)}." if self.gained else ""
        return Aftermath(
            _NOT_SENT.get(failure.kind, Outcome.PUSH_FAILED),
            self.gained,
            _failure(failure, f"{_words(failure)}. Nothing was sent.{others}", failure.advice),
        )

    def _unknown(self, code: str, why: str, failure: CliFailure | None) -> Aftermath:
        in_hand = under_way(self.plan, self.answer)
        in_doubt = in_hand if in_hand in self.absent else None
        rest = tuple(version for version in self.absent if version != in_doubt)
        state = (
            _recorded(self.gained) if self.absent else "All files are recorded in the history all the same."
        )
        if in_doubt:
            state += f" {in_doubt} was under way and is not recorded.{self._left_behind(in_doubt)}"
        if rest:
            state += f" {'Not sent' if in_hand else 'Not recorded'}: {_list(rest)}."
        if self.answer.seeds:
            state += f" Not known: whether {_list(self.answer.seeds)} ran."
        return Aftermath(
            Outcome.STATE_UNKNOWN,
            self.gained,
            Failure(
                code,
                f"{why} {state}",
                _AGAIN,
                file=_file_of(self.plan, in_doubt),
                sqlstate=failure.sqlstate if failure else None,
            ),
        )

    def _busy(self, failure: CliFailure) -> Aftermath:
        return Aftermath(
            Outcome.BUSY,
            self.gained,
            _failure(
                failure,
                "Another deploy is at work on the same files, and did not finish in time. "
                f"{_recorded(self.gained)} Not recorded: {_list(self.absent) or 'nothing'}.",
                "Wait for it to end, then run the same command again.",
            ),
            await_other=True,
        )

    def _file_failed(self, failure: CliFailure) -> Aftermath:
        version = self._failing(failure)
        rest = tuple(other for other in self.absent if other != version)
        name = self.answer.started[-1] if self.answer.started else "A file"
        roles = f" Ran before it: {_list(self.answer.roles)}." if self.answer.roles else ""
        undone = "refused" if version in self.loose else "refused and rolled back"
        not_tried = f" Not tried: {_list(rest)}." if rest else ""
        left = self._left_behind(version)
        again = "Mend the file, and run the same command again: what is recorded is not sent twice."
        if left:
            again = (
                "Look at what it left behind, take that away or make the file safe to run twice, "
                "and run the same command again."
            )
        return Aftermath(
            Outcome.PARTLY_APPLIED if self.gained or self.answer.roles else Outcome.PUSH_FAILED,
            self.gained,
            _failure(
                failure,
                f"{name} was {undone}: {_words(failure)}.{left} {_recorded(self.gained)}{roles}{not_tried}",
                failure.suggestion or again,
                file=_file_of(self.plan, version),
            ),
        )

    def _extras_failed(self, failure: CliFailure) -> Aftermath:
        seeds, roles = self.answer.seeds, self.answer.roles
        seeding = failure.kind is FailureKind.SEED
        name = failure.file or ("The seed" if seeding else "The roles file")
        done = (*roles, *seeds[:-1]) if seeding else roles[:-1]
        ran = f" Ran before it: {_list(done)}." if done else ""
        not_tried = f" Not tried: {_list(self.absent)}." if self.absent else ""
        return Aftermath(
            Outcome.PARTLY_APPLIED if self.gained or done else Outcome.PUSH_FAILED,
            self.gained,
            _failure(
                failure,
                f"{name} was refused and rolled back: {_words(failure)}. {_recorded(self.gained)}{ran}{not_tried}",
                f"Mend {name}, and run the same command again: migrations that are recorded are not sent twice.",
                file=failure.file,
            ),
        )

    def _is_race(self, failure: CliFailure) -> bool:
        """Another deploy got there first: at the history's key, at a file's own objects, or at the history table."""
        if failure.kind is FailureKind.BUSY:
            return True
        if failure.kind is not FailureKind.SQL:
            return False
        if self.answer.started:
            return self._failing(failure) in self.gained
        return failure.sqlstate in _RACE

    def _passed_over(self) -> tuple[str, ...]:
        """Files that the CLI sent, went past, and that are not recorded."""
        begun = [_version_of(self.plan, file) for file in self.answer.started]
        failed_later = self.answer.failure is not None and not self.answer.seeds
        return tuple(version for version in (begun[:-1] if failed_later else begun) if version in self.absent)

    def _failing(self, failure: CliFailure) -> str | None:
        last = self.answer.started[-1] if self.answer.started else None
        return _version_of(self.plan, failure.file or last)

    def _left_behind(self, version: str | None) -> str:
        if version is None or version not in self.loose:
            return ""
        return (
            f" This file is not one transaction ({self.loose[version]}): what stands before the statement that "
            "failed may be in the database, unrecorded."
        )


def _failure(failure: CliFailure, message: str, hint: str | None, file: str | None = None) -> Failure:
    return Failure(failure.code or failure.kind.value, message, hint, file=file, sqlstate=failure.sqlstate)


def _unreadable_history(answer: PushAnswer) -> Failure:
    said = _words(answer.failure) if answer.failure else "finished"
    begun = f"It had begun {_list(answer.started)}." if answer.started else "No file had been begun."
    return Failure(
        "history_unreadable",
        "The push ended, and the history could not be read after it, so what is in the database is not known. "
        f"The Supabase CLI's own words: {said}. {begun}",
        "Run `supa-deploy status` as soon as the database answers; then the same command again.",
    )


def _words(failure: CliFailure) -> str:
    return failure.message.rstrip(". \n")


def _version_of(plan: Plan, file_name: str | None) -> str | None:
    """The version of a file as the CLI names it (`20250101000000_a.sql`)."""
    return next((m.version for m in plan.pending if file_name and m.path.name == file_name), None)


def _file_of(plan: Plan, version: str | None) -> str | None:
    return next((m.file for m in plan.pending if m.version == version), None)


def _recorded(gained: tuple[str, ...]) -> str:
    return f"Recorded in the history: {_list(gained)}." if gained else "Nothing was recorded in the history."


def _list(items: tuple[str, ...]) -> str:
    return ", ".join(items)
