"""Reading `db push`: what the CLI claims, what it had begun, and why it stopped."""

from dataclasses import dataclass, replace

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import CliFailure, FailureKind
from supa_deploy.supabase.answers.machine import object_in, text_of, texts_of
from supa_deploy.supabase.answers.text import clean, progress_in
from supa_deploy.supabase.command import Completed, Ended

_FINISHED = "Finished supabase db push."
_UP_TO_DATE = ("Remote database is up to date.", "Schema migrations are up to date.")


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What a push said. Nothing of it proves anything: the history does (PRODUCT, *Truth*).

    `claimed`: the files it says it pushed, or would push (`dry_run`); empty after a failure. `started`: the files
    whose SQL it had begun to send, in order; the last one may have failed. `seeds`, `roles`: the files of these
    kinds, done (success) or begun (failure). `prompt`: the question that ended it. `sent_anything` is False only
    when nothing can have reached the server.
    """

    claimed: tuple[str, ...]
    started: tuple[str, ...]
    up_to_date: bool
    dry_run: bool
    ended: Ended
    seconds: float
    seeds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    failure: CliFailure | None = None
    prompt: str | None = None

    @property
    def sent_anything(self) -> bool:
        """True when SQL of a file, seed or role may have reached the server."""
        return not self.dry_run and bool(self.started or self.seeds or self.roles)


def read_push(completed: Completed, *, dry_run: bool) -> PushAnswer:
    """What the push said. Never raises: whatever it was, the history is read after it."""
    progress = progress_in(completed.terminal)
    answer = PushAnswer(
        claimed=(),
        started=progress.started,
        up_to_date=False,
        dry_run=dry_run,
        ended=completed.ended,
        seconds=completed.seconds,
        seeds=progress.seeds,
        roles=progress.roles,
        prompt=completed.prompt,
    )
    if not completed.succeeded:
        return replace(answer, failure=failure_of(completed))
    return _from_json(completed, answer) or _from_text(completed, answer) or _unread(completed, answer)


def _from_json(completed: Completed, answer: PushAnswer) -> PushAnswer | None:
    value = object_in(completed.stdout)
    if value is None:
        return None
    migrations, up_to_date = texts_of(value, "migrations"), value.get("upToDate")
    if migrations is None or not isinstance(up_to_date, bool) or value.get("dryRun") is not answer.dry_run:
        return None
    seeds, roles = texts_of(value, "seeds") or (), texts_of(value, "roles") or ()
    return replace(answer, claimed=migrations, up_to_date=up_to_date, seeds=seeds, roles=roles)


def _from_text(completed: Completed, answer: PushAnswer) -> PushAnswer | None:
    said = [line.strip() for line in completed.stdout.splitlines() if line.strip()]
    up_to_date = any(line in _UP_TO_DATE for line in said)
    if not up_to_date and _FINISHED not in said:
        return None
    claimed = progress_in(completed.terminal).would_push if answer.dry_run else answer.started
    return replace(answer, claimed=claimed, up_to_date=up_to_date and not claimed)


def _unread(completed: Completed, answer: PushAnswer) -> PushAnswer:
    said = (
        text_of(object_in(completed.stdout) or {}, "message") or clean(completed.stdout).strip() or "nothing"
    )
    message = f"`supabase {completed.verb}` reported success in words that cannot be read: {said[:300]}"
    return replace(answer, failure=CliFailure(FailureKind.UNREADABLE, message, code="unreadable_answer"))
