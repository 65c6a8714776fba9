"""Reading `migration repair`: what the CLI says it changed in the history."""

import re
from dataclasses import dataclass

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import CliFailure, FailureKind
from supa_deploy.supabase.answers.machine import object_in, texts_of
from supa_deploy.supabase.answers.text import clean
from supa_deploy.supabase.command import Completed

_REPAIRED = re.compile(
    r"^Repaired migration history: \[(?P<versions>[\d ,]*)\] => (?P<status>\w+)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class RepairAnswer:
    """What a repair said. Nothing of it proves anything: the history, read after it, does. `versions` are those it
    says it marked, none after a failure."""

    versions: tuple[str, ...] = ()
    failure: CliFailure | None = None


def read_repair(completed: Completed) -> RepairAnswer:
    """What the repair said. Never raises: whatever it was, the history is read after it."""
    if not completed.succeeded:
        return RepairAnswer(failure=failure_of(completed))
    versions = texts_of(object_in(completed.stdout) or {}, "versions")
    if versions is None and (found := _REPAIRED.search(clean(completed.terminal))):
        versions = tuple(found["versions"].replace(",", " ").split())
    if versions:
        return RepairAnswer(versions)
    message = f"`supabase {completed.verb}` reported success in words that cannot be read"
    return RepairAnswer(failure=CliFailure(FailureKind.UNREADABLE, message, code="unreadable_answer"))
