"""Which versions a rollback undoes, and what it refuses."""

from dataclasses import dataclass

from supa_deploy.errors import UsageError
from supa_deploy.migrations import Migration
from supa_deploy.planning import Plan


@dataclass(frozen=True, slots=True)
class Way:
    """From where the history is to `to`: the files that stay, in order, and those undone, newest first."""

    to: str
    kept: tuple[Migration, ...]
    undone: tuple[Migration, ...]


def choose(plan: Plan, *, to: str | None, last: int | None) -> Way:
    """The way to a version (`to`), or back by so many versions (`last`).

    Raises UsageError for a version that is not in the history, and below the baseline: the oldest applied version is
    where the database began, and nothing is known of what was before.
    """
    applied = plan.applied
    if (to is None) == (last is None):
        raise UsageError(
            "A rollback goes to a version or back by a number: exactly one of --to and --last is needed. "
            "Nothing was touched.",
            hint=_hint(applied),
            code="no_version",
        )
    if not applied:
        raise UsageError(
            "The history has no version: there is nothing to roll back. Nothing was touched.",
            hint="`supa-deploy status` shows what is applied.",
            code="nothing_applied",
        )
    newest_kept = _position(applied, to) if to is not None else len(applied) - (last or 0) - 1
    if newest_kept < 0:
        raise UsageError(
            f"That would go below the baseline: {applied[0].version} is the oldest version in the history, and what "
            "the database was before it is not known. Nothing was touched.",
            hint=_hint(applied),
            code="below_baseline",
        )
    kept = applied[: newest_kept + 1]
    return Way(kept[-1].version, kept, tuple(reversed(applied[newest_kept + 1 :])))


def _position(applied: tuple[Migration, ...], to: str) -> int:
    versions = [migration.version for migration in applied]
    if to in versions:
        return versions.index(to)
    if to < versions[0]:
        return -1
    raise UsageError(
        f"The history has no version {to}. Nothing was touched.",
        hint=_hint(applied),
        code="unknown_version",
    )


def _hint(applied: tuple[Migration, ...]) -> str:
    versions = ", ".join(migration.version for migration in applied[-5:])
    return (
        f"Newest versions in the history: {versions}."
        if versions
        else "`supa-deploy status` shows the history."
    )
