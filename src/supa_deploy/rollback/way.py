"""The SQL of a way back: what the CLI's engine says leads there, a hand-written file where there is one, and the
proof, by the CLI's own push on a scratch copy, that it ends where it shall."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from supa_deploy.catalog import Catalog, differences
from supa_deploy.drift.comparison import Comparison, database_catalog
from supa_deploy.drift.engine import EngineStatement, read_statements
from supa_deploy.drift.merge import drift_of
from supa_deploy.drift.replay import Replay, ReplayFailed, contents_of, run_as_owner
from supa_deploy.drift.runnable import runnable
from supa_deploy.drift.words import listed
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import DownFile, Migration
from supa_deploy.model import Change, ChangeKind
from supa_deploy.planning import ROLLBACK_MARKER
from supa_deploy.rollback.target import Way
from supa_deploy.shadow import Shadow, ShadowDatabase
from supa_deploy.shadow.sql import identifier
from supa_deploy.supabase import DiffAnswer

# A table in use makes the whole rollback fail soon, and undone, instead of standing in everybody's way.
_PATIENCE = "select set_config('lock_timeout', '15s', true);"
_ROUNDS = 3  # of mending what a first answer of the engine leaves, before it is given up


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the way: the SQL, and the file where somebody wrote it by hand."""

    sql: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class WayBack:
    """The whole of it, in order. `goal` is the scratch database as the real one shall be in the end; `before` and
    `after` what a scratch copy of the real one held when the way was tried; `remains` what hand-written files leave
    different."""

    parts: tuple[Part, ...]
    goal: ShadowDatabase
    before: Catalog
    after: Catalog
    remains: tuple[Change, ...] = ()

    @property
    def sql(self) -> str:
        """All of it as one script."""
        return _joined(self.parts)

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
    script = "\n\n".join(part for part in (_PATIENCE, guard, sql, forget) if part)
    known = [(f"{m.version}_applied.sql", b"") for m in (*way.kept, *reversed(way.undone))]
    return [*known, (f"{ROLLBACK_MARKER}_supa_deploy_rollback.sql", script.encode())]


class Search:
    """Looks for the way over these schemas. The applied files are on the comparison's own scratch database;
    `drift_sql` is what the real database holds besides (empty: nothing)."""

    def __init__(self, comparison: Comparison, way: Way, schemas: tuple[str, ...], drift_sql: str) -> None:
        if comparison.shadow is None or (applied := comparison.replayed()) is None:
            raise comparison.error or ReplayFailed("The files could not be replayed. Nothing was changed.")
        self._comparison = comparison
        self._shadow: Shadow = comparison.shadow
        self._applied: ShadowDatabase = applied
        self._way = way
        self._schemas = schemas
        self._drift_sql = drift_sql
        self._copies = 0

    def find(self, downs: Sequence[DownFile]) -> WayBack:
        """The way, proven. Raises PreflightFailed when the engine's SQL does not lead there; what a hand-written file
        leaves is told in `remains`."""
        by_version = {down.version: down for down in downs}
        segments = tuple(_segments(self._way, by_version))
        goals = self._goals({stop for _, stop in segments} | {self._way.to})
        goal = goals[self._way.to]
        parts = self._parts(segments, goals)
        remains = self._rest(parts, goal)
        if any(part.file for part in parts):
            return self._proven(parts, goal, remains)
        for _ in range(_ROUNDS):
            if not remains:
                return self._proven(parts, goal, ())
            parts.append(Part(self._mend(self._walked, goal, remains)))
            remains = self._rest(parts, goal)
        raise self._no_way(remains)

    def _proven(self, parts: Sequence[Part], goal: ShadowDatabase, remains: tuple[Change, ...]) -> WayBack:
        return WayBack(tuple(parts), goal, self._before, self._after, remains)

    def _goals(self, stops: set[str]) -> Mapping[str, ShadowDatabase]:
        """Scratch databases with the files up to each of these versions, replayed side by side."""
        way, supabase = self._way, self._comparison.supabase
        every = (*way.kept, *reversed(way.undone))
        replays = {
            stop: Replay(
                supabase,
                self._shadow.fresh(f"up_to_{stop}"),
                contents_of([m for m in every if m.version <= stop]),
            )
            for stop in sorted(stops)
        }
        return {stop: replay.finish() for stop, replay in replays.items()}

    def _parts(
        self, segments: Sequence[tuple[DownFile | None, str]], goals: Mapping[str, ShadowDatabase]
    ) -> list[Part]:
        parts: list[Part] = []
        walked: ShadowDatabase | None = None
        for position, (down, stop) in enumerate(segments):
            if down is not None:
                parts.append(Part(down.path.read_text("utf-8"), down.file))
            elif walked is None:
                parts.append(Part(self._from_the_real_one(goals[stop])))
            else:
                parts.append(Part(self._between(walked, goals[stop])))
            if position + 1 < len(segments):
                walked = walked or self._copy()
                run_as_owner(walked, parts[-1].sql)
        return parts

    def _rest(self, parts: Sequence[Part], goal: ShadowDatabase) -> tuple[Change, ...]:
        """What is left to do after these parts were pushed to a copy, as the real push will."""
        self._walked = self._copy()
        self._before = database_catalog(self._walked, self._schemas)
        files = files_of(self._way, _joined(parts), guard="")
        expected = {migration.version for migration in self._way.kept} | {ROLLBACK_MARKER}
        try:
            Replay(self._comparison.supabase, self._walked, files, expected=expected).finish()
        except ReplayFailed as error:
            raise PreflightFailed(
                f"The way back does not run: tried on a scratch copy, {error.message} Nothing was changed.",
                hint=f"Write {_down_name(self._way.undone[0])} by hand (or mend it); it is taken instead.",
                code="no_way_back",
            ) from None
        supabase = self._comparison.supabase
        answer = supabase.begin_diff_between(goal.url, self._walked.url, self._schemas).result()
        self._after = database_catalog(self._walked, self._schemas)
        left = differences(database_catalog(goal, self._schemas), self._after)
        return drift_of(answer.sql, answer.engine, left, shadow=None).changes

    def _from_the_real_one(self, goal: ShadowDatabase) -> str:
        supabase = self._comparison.supabase
        pending = supabase.begin_diff(goal.url, schemas=self._schemas, reverse=True)
        start = database_catalog(self._copy(), self._schemas)
        return self._without_noise(pending.result(), start, goal)

    def _between(self, walked: ShadowDatabase, goal: ShadowDatabase) -> str:
        supabase = self._comparison.supabase
        pending = supabase.begin_diff_between(walked.url, goal.url, self._schemas)
        return self._without_noise(pending.result(), database_catalog(walked, self._schemas), goal)

    def _without_noise(self, answer: DiffAnswer, start: Catalog, goal: ShadowDatabase) -> str:
        """The engine's SQL without what is the platform's own: a grant stands only where the two scratch databases
        differ in it, because what a platform grants by itself is no file's doing."""
        between = differences(start, database_catalog(goal, self._schemas))
        return runnable(read_statements(drift_of(answer.sql, answer.engine, between, shadow=None).sql))

    def _mend(self, walked: ShadowDatabase, goal: ShadowDatabase, remains: Sequence[Change]) -> str:
        """The engine's second answer, and what it never tells: over named schemas it leaves out the schemas
        themselves and the extensions."""
        untold = [
            f"drop {change.object} {identifier(change.name)};"
            for change in remains
            if change.object in {"extension", "schema"} and change.change is ChangeKind.ADDED
        ]
        return "\n\n".join(part for part in (self._between(walked, goal), *untold) if part)

    def _copy(self) -> ShadowDatabase:
        """The real database as far as it is known: the applied files, and what it holds besides."""
        self._copies += 1
        copy = self._shadow.copy(self._applied, f"walked_{self._copies}")
        if self._drift_sql:
            run_as_owner(copy, self._drift_sql)
        return copy

    def _no_way(self, remains: Sequence[Change]) -> PreflightFailed:
        return PreflightFailed(
            f"The SQL that the Supabase CLI computes does not lead back to {self._way.to}: tried on a scratch copy, "
            f"it leaves {listed(remains)}. Nothing was changed.",
            hint=f"Write {_down_name(self._way.undone[0])} by hand; it is taken instead.",
            code="no_way_back",
        )


def _segments(way: Way, downs: Mapping[str, DownFile]) -> Iterator[tuple[DownFile | None, str]]:
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


def _joined(parts: Sequence[Part]) -> str:
    return "\n\n".join(part.sql.strip() for part in parts if part.sql.strip())


def _down_name(migration: Migration) -> str:
    return f"{migration.file.removesuffix('.sql')}.down.sql"
