"""Reading `link`."""

from dataclasses import dataclass

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import unreadable
from supa_deploy.supabase.answers.machine import object_in, text_of
from supa_deploy.supabase.answers.text import clean
from supa_deploy.supabase.command import Completed

_FINISHED = "Finished supabase link."


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """The project is linked. `skipped` says why `link` was not called, None when it was; `warnings` are the CLI's
    own (`Project status is COMING_UP instead of Active Healthy…`)."""

    skipped: str | None = None
    warnings: tuple[str, ...] = ()


def read_link(completed: Completed) -> LinkAnswer:
    """What link said. Raises what the failure means, UnreadableAnswer for a success that does not say it is one."""
    if not completed.succeeded:
        raise failure_of(completed).as_error()
    answer = object_in(completed.stdout)
    if (answer is None or text_of(answer, "project_ref") is None) and _FINISHED not in completed.stdout:
        raise unreadable(completed)
    warnings = (line for line in clean(completed.terminal).split("\n") if line.startswith("WARNING: "))
    return LinkAnswer(warnings=tuple(line.removeprefix("WARNING: ") for line in warnings))
