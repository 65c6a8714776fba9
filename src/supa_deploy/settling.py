"""Waiting for the history to stand still after a push: a server goes on with what it was sent."""

from supa_deploy.errors import SupaDeployError
from supa_deploy.planning import Plan
from supa_deploy.reconcile import under_way
from supa_deploy.release import Release
from supa_deploy.supabase import PushAnswer

LOOK_AGAIN = 0.5
"""Seconds between two readings of a history that is still moving."""


def settled_history(release: Release, plan: Plan, answer: PushAnswer) -> frozenset[str] | None:
    """The history once it stands still; None when it cannot be read.

    After a push that was cut off the server may still be at work on the file it was sent: the history is polled
    until that file is in, nobody is at work, or the time is up. Where nobody can tell who is at work, the wait is
    as long as the time kept for it. A second signal ends it at once.
    """
    run = release.run
    history = history_or_none(release)
    in_hand = under_way(plan, answer)
    blind_until = run.deadline.left_with_reserve - run.deadline.reserve
    if in_hand and history is not None and in_hand not in history:
        run.journal.notice(
            f"The server may still be at work on {in_hand}: waiting for it. Ctrl-C now ends at once."
        )
    while history is None or (in_hand and in_hand not in history):
        if run.interrupt.at_once or run.deadline.left_with_reserve <= LOOK_AGAIN:
            break
        run.interrupt.pause(LOOK_AGAIN)
        at_work = release.supabase.active_backends()
        seen = history_or_none(release)
        history = history if seen is None else seen
        if at_work == 0 and seen is not None:
            break  # nobody was at work when it was read: it will not change any more
        if at_work is None and run.deadline.left_with_reserve <= blind_until:
            break
    return history


def history_or_none(release: Release, *, plain: bool = False) -> frozenset[str] | None:
    """The versions in the history, read with the time that is kept for it; None when it cannot be read now."""
    try:
        return frozenset(release.remote.history(final=True, plain=plain))
    except SupaDeployError:
        return None
