"""What a push would do: the files that the history does not have, and where the two do not fit together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from supa_deploy.errors import HistoryConflict
from supa_deploy.migrations import Migration
from supa_deploy.model import MigrationState

ROLLBACK_MARKER = "99991231235959"
"""The version under which a rollback is pushed. Its row in the history goes as soon as the rollback is done; one that
is found there was left by a rollback that was cut off, after its work was in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Local files against the remote history, both in the CLI's order (versions compared as text).

    `pending` are the files a push would send; `late` those of them that are older than the newest remote
    version (the CLI refuses them without --include-all); `unknown` the remote versions with no file here.
    """

    migrations: tuple[Migration, ...]
    remote: tuple[str, ...]
    pending: tuple[Migration, ...]
    late: tuple[Migration, ...]
    unknown: tuple[str, ...]

    @property
    def pending_versions(self) -> tuple[str, ...]:
        """The versions of the pending files, in order."""
        return tuple(migration.version for migration in self.pending)

    @property
    def applied(self) -> tuple[Migration, ...]:
        """The local files that the history has."""
        remote = set(self.remote)
        return tuple(migration for migration in self.migrations if migration.version in remote)


def make_plan(migrations: Sequence[Migration], remote: Collection[str]) -> Plan:
    """Compares local files with the versions in the remote history; the marker of a rollback is none of them."""
    known = set(remote) - {ROLLBACK_MARKER}
    local = {migration.version for migration in migrations}
    pending = tuple(m for m in migrations if m.version not in known)
    newest = max(known, default="")
    return Plan(
        migrations=tuple(migrations),
        remote=tuple(sorted(known)),
        pending=pending,
        late=tuple(m for m in pending if m.version < newest),
        unknown=tuple(sorted(known - local)),
    )


def migration_states(plan: Plan, words: dict[str, tuple[str, ...]]) -> tuple[MigrationState, ...]:
    """Every version that is here or there, in order; `words` says for a version what its file does."""
    remote = set(plan.remote)
    here = [
        MigrationState(
            m.version, m.name, m.file, local=True, remote=m.version in remote, words=words.get(m.version, ())
        )
        for m in plan.migrations
    ]
    there = [MigrationState(version, None, None, local=False, remote=True) for version in plan.unknown]
    return tuple(sorted([*here, *there], key=lambda state: state.version))


def refuse_unknown(plan: Plan) -> None:
    """Raises HistoryConflict where the remote history has versions that no file here has: what they made cannot be
    known."""
    if plan.unknown:
        versions = " ".join(plan.unknown)
        raise HistoryConflict(
            f"The remote history has {_count(len(plan.unknown), 'version')} that no file here has: {versions}. "
            "Nothing was sent.",
            hint="Bring the missing files here (git pull, or `supabase db pull`), or, if those versions are to be "
            f"forgotten: `supabase migration repair --status reverted {versions}`.",
            code="remote_versions_unknown",
        )


def refuse_conflicts(plan: Plan, *, include_all: bool) -> None:
    """Raises HistoryConflict where the CLI would refuse the push, with the CLI's own remedy."""
    refuse_unknown(plan)
    if plan.late and not include_all:
        files = ", ".join(m.file for m in plan.late)
        raise HistoryConflict(
            f"{_count(len(plan.late), 'file')} would go in before the newest version of the remote history "
            f"({max(plan.remote)}): {files}. Nothing was sent.",
            hint="Rename them to a newer version, or run again with --include-all to apply them out of order.",
            code="local_versions_late",
            file=plan.late[0].file,
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
