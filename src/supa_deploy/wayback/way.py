"""A way back as a value: its SQL piece by piece, what it was proven on, and the files that go it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from supa_deploy.drift.engine import EngineStatement, read_statements
from supa_deploy.migrations import DownFile, Migration
from supa_deploy.model import Change
from supa_deploy.planning import ROLLBACK_MARKER
from supa_deploy.shadow import ShadowDatabase
from supa_deploy.wayback.holdings import Lost
from supa_deploy.wayback.target import Way

# A table in use makes the whole rollback fail soon, and undone, instead of standing in everybody's way.
_PATIENCE = "select set_config('lock_timeout', '15s', true);"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the way: the SQL, and the file where somebody wrote it by hand."""

    sql: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class WayBack:
    """The whole of it, in order. `goal` is the scratch database as the real one shall be in the end; `lost` what went
    from the scratch copy that the way was tried on; `remains` what hand-written files leave different."""

    parts: tuple[Part, ...]
    goal: ShadowDatabase
    lost: tuple[Lost, ...] = ()
    remains: tuple[Change, ...] = ()

    @property
    def sql(self) -> str:
        """All of it as one script."""
        return joined(part.sql for part in self.parts)

    @property
    def statements(self) -> tuple[EngineStatement, ...]:
        """All of it, read."""
        return read_statements(self.sql)

    @property
    def hand_written(self) -> tuple[str, ...]:
        """The files that somebody wrote."""
        return tuple(part.file for part in self.parts if part.file)


def files_of(way: Way, sql: str, guard: str) -> list[tuple[str, bytes]]:
    """The migration files of the push that goes this way: names for what the history has, and one file whose SQL
    changes the schema and takes the undone versions out of the history, in one transaction."""
    versions = ", ".join(f"'{migration.version}'" for migration in way.undone)
    forget = f"delete from supabase_migrations.schema_migrations where version in ({versions});"
    script = joined((_PATIENCE, guard, sql, forget))
    known = [(f"{m.version}_applied.sql", b"") for m in (*way.kept, *reversed(way.undone))]
    return [*known, (f"{ROLLBACK_MARKER}_supa_deploy_rollback.sql", script.encode())]


def segments(way: Way, downs: Mapping[str, DownFile]) -> Iterator[tuple[DownFile | None, str]]:
    """The undone versions in pieces, newest first: each hand-written one by itself, the others as long as they follow
    one another. With each the version where the piece ends."""
    every = (*way.kept, *reversed(way.undone))
    older = {later.version: earlier.version for earlier, later in pairwise(every)}
    computed_to: str | None = None
    for migration in way.undone:
        down = downs.get(migration.version)
        if down is not None and computed_to is not None:
            yield None, computed_to
        computed_to = None if down is not None else older[migration.version]
        if down is not None:
            yield down, older[migration.version]
    if computed_to is not None:
        yield None, computed_to


def joined(parts: "Iterator[str] | Sequence[str]") -> str:
    """Pieces of SQL as one script."""
    return "\n\n".join(part.strip() for part in parts if part.strip())


def down_name(migration: Migration) -> str:
    """The file to write where no way back can be computed."""
    return f"{migration.file.removesuffix('.sql')}.down.sql"
