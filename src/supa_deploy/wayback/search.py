"""The search for a way back: what the CLI's engine says leads there, what it never tells, a hand-written file where
there is one, and the proof, by the CLI's own push on a scratch copy, that it ends where it shall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from supa_deploy.catalog import Catalog, Differences, differences
from supa_deploy.drift.comparison import Comparison, database_catalog
from supa_deploy.drift.engine import read_statements
from supa_deploy.drift.merge import as_script, drift_of
from supa_deploy.drift.replay import Replay, ReplayFailed, run_as_owner
from supa_deploy.drift.runnable import runnable
from supa_deploy.drift.words import listed
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations.acts import Act
from supa_deploy.model import Change, Drift
from supa_deploy.planning import ROLLBACK_MARKER
from supa_deploy.shadow import Shadow, ShadowDatabase
from supa_deploy.supabase import DiffAnswer
from supa_deploy.wayback.downs import Piece
from supa_deploy.wayback.holdings import Holdings, Lost, holdings, lost_between
from supa_deploy.wayback.target import Way
from supa_deploy.wayback.untold import made_by, renames, renames_undone, untold
from supa_deploy.wayback.way import Part, WayBack, down_name, files_of, joined

_ROUNDS = 3  # of looking at what is left, before it is given up


@dataclass(frozen=True, slots=True)
class Start:
    """From where a way leads back, where that is not the database as it is: the scratch database with the files that
    are to come, and those with the files up to each of their stops."""

    database: ShadowDatabase
    stages: Mapping[str, ShadowDatabase]


class Search:
    """Looks for the way over the comparison's schemas. The applied files are on its own scratch database, the files up
    to each piece's stop are its `stages`, unless there is another `start`; `drift` is what the real database holds
    besides; `acts` are those of the undone files, in order."""

    def __init__(
        self, comparison: Comparison, way: Way, drift: Drift, acts: Sequence[Act], start: Start | None = None
    ) -> None:
        if comparison.shadow is None or (applied := comparison.replayed()) is None:
            raise comparison.error or ReplayFailed("The files could not be replayed. Nothing was changed.")
        self._goals = {**comparison.stages, **(start.stages if start else {})}
        self._is_there = start is None
        self._comparison = comparison
        self._shadow: Shadow = comparison.shadow
        self._schemas = comparison.schemas
        self._way = way
        self._acts = acts
        self._made = made_by(acts)
        self._catalogs: dict[str, Catalog] = {}
        self._copies = 0
        if start is not None:
            self._real = start.database
        else:
            self._real = applied if drift.empty else self._drifted(applied, drift)
        """The real database as far as it is known: the applied files, and what it holds besides."""
        self._walked = self._real
        self._before: Holdings = {}

    def find(self, pieces: Sequence[Piece]) -> WayBack:
        """The way, proven. Raises PreflightFailed when no SQL leads there; what a hand-written file leaves is told in
        `remains`."""
        goals = self._goals
        goal = goals[self._way.to]
        parts: list[Part] = []
        at = self._real
        for piece in pieces:
            sql = self._computed(at, goals[piece.stop]) if piece.sql is None else piece.sql
            parts.append(Part(sql, piece.file))
            if len(pieces) > 1:
                at = self._after(at, sql)
        remains = self._rest(parts, goal)
        for _ in range(_ROUNDS):
            if not remains or any(part.file for part in parts):
                break
            parts.append(Part(self._computed(self._walked, goal)))
            remains = self._rest(parts, goal)
        else:
            raise self._no_way(
                f"The SQL that the Supabase CLI computes does not lead back to {self._way.to}: tried on a scratch "
                f"copy, it leaves {listed(remains)}."
            )
        return WayBack(tuple(parts), goal, self._lost(parts), remains)

    def _computed(self, start: ShadowDatabase, goal: ShadowDatabase) -> str:
        """SQL from one scratch database to another: what the engine does not tell first, then what it tells, and
        again while the catalogs differ."""
        pieces: list[str] = []
        at = start
        for _ in range(_ROUNDS):
            copy = self._copy(at)
            now, first = self._first(copy, self._catalog(goal))
            if at is self._real and self._is_there and not first:
                pending = self._comparison.supabase.begin_diff(goal.url, schemas=self._schemas, reverse=True)
            else:
                pending = self._comparison.supabase.begin_diff_between(copy.url, goal.url, self._schemas)
            told = self._without_noise(pending.result(), differences(now, self._catalog(goal)))
            pieces += [first, told]
            if not told:
                break
            at = self._after(copy, told)
            if not differences(self._catalog(goal), database_catalog(at, self._schemas)).changes:
                break
        return joined(pieces)

    def _first(self, copy: ShadowDatabase, wanted: Catalog) -> tuple[Catalog, str]:
        """Renames, and whatever of the untold the copy takes by now; it is done on the copy too, whose catalog comes
        with it."""
        done = _taken(copy, renames_undone(self._acts, wanted, self._made))
        now = database_catalog(copy, self._schemas)
        for find in (partial(renames, made=self._made), untold):
            taken = _taken(copy, find(now, wanted))
            if taken:
                now = database_catalog(copy, self._schemas)
                done += taken
        return now, as_script(done)

    def _without_noise(self, answer: DiffAnswer, between: Differences) -> str:
        """The engine's SQL without what is the platform's own: a grant stands only where the two scratch databases
        differ in it, because what a platform grants by itself is no file's doing."""
        return runnable(read_statements(drift_of(answer.sql, answer.engine, between, shadow=None).sql))

    def _catalog(self, goal: ShadowDatabase) -> Catalog:
        """The catalog of a goal: nothing changes it."""
        if goal.name not in self._catalogs:
            self._catalogs[goal.name] = database_catalog(goal, self._schemas)
        return self._catalogs[goal.name]

    def _rest(self, parts: Sequence[Part], goal: ShadowDatabase) -> tuple[Change, ...]:
        """What is left to do after these parts were pushed to a copy, as the real push will."""
        supabase = self._comparison.supabase
        self._walked = self._copy(self._real)
        self._before = holdings(self._walked)
        files = files_of(self._way, joined(part.sql for part in parts), guard="")
        expected = {migration.version for migration in self._way.kept} | {ROLLBACK_MARKER}
        try:
            Replay(supabase, self._walked, files, expected=expected).finish()
        except ReplayFailed as error:
            raise self._no_way(
                f"The way back does not run: tried on a scratch copy, {error.message}"
            ) from None
        pending = supabase.begin_diff_between(goal.url, self._walked.url, self._schemas)
        left = differences(self._catalog(goal), database_catalog(self._walked, self._schemas))
        answer = pending.result()
        return drift_of(answer.sql, answer.engine, left, shadow=None).changes

    def _lost(self, parts: Sequence[Part]) -> tuple[Lost, ...]:
        statements = read_statements(joined(part.sql for part in parts))
        emptied = any(act.detail == "truncate" for statement in statements for act in statement.acts)
        return lost_between(self._before, holdings(self._walked), emptied=emptied)

    def _drifted(self, applied: ShadowDatabase, drift: Drift) -> ShadowDatabase:
        """A copy with the drift in it. Raises PreflightFailed where it cannot be made again: what leads back from a
        database that is not known is not known either."""
        found = self._comparison.found().catalog
        copy = self._copy(applied)
        why = "its catalog cannot be read"
        if found is not None:
            _taken(copy, untold(database_catalog(copy, self._schemas), found))
            try:
                run_as_owner(copy, drift.sql)
            except ReplayFailed as error:
                why = error.message
            else:
                _taken(copy, untold(database_catalog(copy, self._schemas), found))
                left = differences(database_catalog(copy, self._schemas), found).changes
                if not left:
                    return copy
                why = f"it has besides {listed(left)}"
        raise PreflightFailed(
            f"What the database holds outside the files cannot be made again on a scratch copy ({why}), so no way back "
            "can be tried. Nothing was changed.",
            hint="Undo by hand what `supa-deploy diff` shows, and run the same command again.",
            code="no_way_back",
        )

    def _after(self, database: ShadowDatabase, sql: str) -> ShadowDatabase:
        copy = self._copy(database)
        try:
            run_as_owner(copy, sql)
        except ReplayFailed as error:
            raise self._no_way(f"The way back does not run. {error.message}") from None
        return copy

    def _copy(self, database: ShadowDatabase) -> ShadowDatabase:
        self._copies += 1
        return self._shadow.copy(database, f"walked_{self._copies}")

    def _no_way(self, message: str) -> PreflightFailed:
        names = ", ".join(down_name(migration) for migration in self._way.undone)
        return PreflightFailed(
            message if message.endswith("Nothing was changed.") else f"{message} Nothing was changed.",
            hint=f"Write by hand (or mend) {names}: what stands there is taken instead.",
            code="no_way_back",
        )


def _taken(database: ShadowDatabase, statements: Sequence[str]) -> list[str]:
    """The statements that the database takes now, run; one that something else still needs is left out."""
    done = []
    for statement in statements:
        try:
            run_as_owner(database, statement)
        except ReplayFailed:
            continue
        done.append(statement)
    return done
