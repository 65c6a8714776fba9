"""One comparison of a database with what its files make.

Everything that does not wait for something else runs beside it: the scratch server starts while the files are
parsed, the files are replayed on it while the real push is under way, both catalogs are read while the CLI's
engine works. Nothing here raises: what stood in the way is kept in `error`, and `skipped` says it in words. Where
one of the two witnesses (the engine, the catalogs) is not to be had, the other speaks alone, and `notices` says so.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Self

from supa_deploy.catalog import Catalog, catalog_query, differences, read_catalog
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.drift.merge import drift_of
from supa_deploy.drift.replay import ReplayFailed, contents_of, located
from supa_deploy.drift.staged import Staged
from supa_deploy.drift.switched_on import switch_on
from supa_deploy.drift.words import (
    bare,
    catalogs_alone,
    engine_alone,
    made_by_no_file,
    needs_docker,
    no_server,
    not_writable,
    two_majors,
)
from supa_deploy.errors import Interrupted, SupaDeployError
from supa_deploy.migrations import Migration
from supa_deploy.model import Drift
from supa_deploy.settings import Settings
from supa_deploy.shadow import (
    DockerOnly,
    GivenServer,
    NoServer,
    OwnServer,
    Shadow,
    ShadowDatabase,
    docker_version,
    find_server,
)
from supa_deploy.supabase import DiffAnswer, Pending, Row, Supabase
from supa_deploy.workspace import folder_of


@dataclass(frozen=True, slots=True)
class Reading:
    """A catalog that was read, or why it was not."""

    catalog: Catalog | None
    reason: str | None = None


class Comparison:
    """The scratch side of one run. A context manager: leaving it ends the server and whatever is at work."""

    def __init__(
        self, supabase: Supabase, settings: Settings, deadline: Deadline, interrupt: Interrupt
    ) -> None:
        self.supabase = supabase
        self.shadow: Shadow | None = None
        self.schemas: tuple[str, ...] = ()
        self.stages: dict[str, ShadowDatabase] = {}
        self.error: SupaDeployError | None = None
        self._settings = settings
        self._deadline = deadline
        self._interrupt = interrupt
        self._docker: str | None = None
        self._files: tuple[Migration, ...] = ()
        self._stops: frozenset[str] = frozenset()
        self._undo = ExitStack()
        self._replay: Staged | None = None
        self._database: ShadowDatabase | None = None
        self._remote: Pending[tuple[Row, ...]] | None = None
        self._found: Reading | None = None
        self._expected: Reading | None = None
        self._diff: Pending[DiffAnswer] | None = None
        self._engine_error: SupaDeployError | None = None
        self._switched_on: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def begin(self) -> None:
        """Starts the scratch server, and does not wait for it. Where there is only Docker, or the CLI compares in
        Docker alone, its own shadow takes the server's place."""
        environ, supabase = self._settings.environ, self.supabase
        found = find_server(
            environ, self._settings.workdir, self._settings.shadow_url, off=self._settings.shadow_off
        )
        docker = found.version if isinstance(found, DockerOnly) else None
        if docker is None and not supabase.can_diff:
            docker = docker_version(environ)
        with self._keeping_errors():
            if docker is not None:
                self._docker = f"the Supabase CLI's own shadow, Docker {docker}"
            elif not supabase.can_diff:
                raise needs_docker(supabase.cli_version)
            elif isinstance(found, NoServer):
                raise no_server(found)
            elif isinstance(found, OwnServer | GivenServer):
                self.shadow = self._undo.enter_context(
                    Shadow.open(found, environ, deadline=self._deadline, interrupt=self._interrupt)
                )

    def replay(self, migrations: Sequence[Migration], stops: Collection[str] = ()) -> None:
        """Starts replaying these files; the server is waited for. `stops`: versions whose state `stages` keep."""
        self._files, self._stops = tuple(migrations), frozenset(stops)
        if self.shadow is None:
            return
        with self._keeping_errors():
            self.shadow.ready()
            self._replay = self._undo.enter_context(self._begun(self.shadow, "files"))

    def look(self, schemas: Collection[str]) -> None:
        """Starts reading the real database's catalog over these schemas."""
        self.schemas = tuple(schemas)
        if not self.supabase.can_query:
            self._found = Reading(None, f"Supabase CLI {self.supabase.cli_version} has no `db query`")
            return
        try:
            self._remote = self.supabase.begin_query(catalog_query(self.schemas), exact=True)
        except SupaDeployError as error:
            self._found = Reading(None, error.message)

    def compare(self) -> None:
        """Starts the CLI's engine once the files are replayed, which is waited for. Twice is once."""
        database = self.replayed()
        if self._diff is not None or self._engine_error is not None:
            return
        if database is not None:
            try:
                self._diff = self.supabase.begin_diff(database.url, schemas=self.schemas)
            except SupaDeployError as error:
                self._engine_error = error
        elif self._docker is not None:
            with self._keeping_errors():
                files = contents_of(self._files)
                folder = self._undo.enter_context(folder_of(files, linked_as=self.supabase.linked_folder))
                with self.supabase.in_folder(folder):
                    self._diff = self.supabase.begin_diff_by_docker(self.schemas)

    def found(self) -> Reading:
        """The real database's catalog."""
        if self._found is None and self._remote is not None:
            try:
                self._found = Reading(read_catalog(self._remote.result()))
            except SupaDeployError as error:
                self._found = Reading(None, error.message.splitlines()[0])
        return self._found or Reading(None, "it was not asked for")

    def expected(self) -> Reading:
        """The catalog that the files make, as far as they could be replayed."""
        if self._expected is None:
            database = self.replayed()
            if database is None:
                return Reading(None, self.skipped or "the CLI's own shadow cannot be asked")
            try:
                self._expected = Reading(database_catalog(database, self.schemas))
            except SupaDeployError as error:
                self._failed(error)
                self._expected = Reading(None, error.message)
        return self._expected

    def drift(self) -> Drift | None:
        """What differs; None when it could not be compared, and `skipped` says why."""
        if self._diff is None and self._engine_error is None:
            return None
        expected, found = self.expected().catalog, self.found().catalog
        catalogs = differences(expected, found) if expected and found else None
        answer = self._engine_answer()
        if answer is None and (catalogs is None or self._interrupt.requested):
            self._failed(self._engine_error)
            return None
        return drift_of(
            answer.sql if answer else None,
            answer.engine if answer else None,
            catalogs,
            shadow=self.shadow.describe if self.shadow else self._docker,
            stand_ins=self._stand_ins(),
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """What somebody who reads the drift has to know of how it was found."""
        expected, found = self.expected(), self.found()
        told = []
        if self._engine_error is not None:
            told.append(catalogs_alone(self._engine_error))
        elif not (expected.catalog and found.catalog):
            told.append(engine_alone(found.reason if found.catalog is None else expected.reason))
        if expected.catalog and found.catalog and expected.catalog.major != found.catalog.major:
            told.append(two_majors(expected.catalog.major, found.catalog.major))
        if self._switched_on and self._database is not None:
            told.append(made_by_no_file(self._switched_on))
        return tuple(told)

    def against(self, database: ShadowDatabase) -> "Comparison":
        """The same scratch server, held against another of its databases; nothing is read yet."""
        other = Comparison(self.supabase, self._settings, self._deadline, self._interrupt)
        other.shadow, other._database = self.shadow, database
        return other

    def replayed(self) -> ShadowDatabase | None:
        """The scratch database with the files in it, None when they could not be replayed."""
        if self._replay is not None:
            replay, self._replay = self._replay, None
            with self._keeping_errors():
                try:
                    self._database = replay.finish()
                except ReplayFailed as error:
                    self._database = self._replayed_again()
                    if self._database is None:
                        raise located(error, self._files) from None
        return self._database

    def _begun(self, shadow: Shadow, name: str, base: ShadowDatabase | None = None) -> Staged:
        return Staged(self.supabase, shadow, self._files, self._stops, self.stages, name=name, base=base)

    def _replayed_again(self) -> ShadowDatabase | None:
        """The files on a database that has the extensions which the real one has and no file makes; None where that
        does not help either."""
        if self.shadow is None:
            return None
        try:
            database = self.shadow.fresh("switched_on")
            self._switched_on = switch_on(self.supabase, database)
            if not self._switched_on:
                return None
            with self._begun(self.shadow, "files_again", database) as replay:
                return replay.finish()
        except SupaDeployError:
            return None  # the first failure says what is wrong

    @property
    def interrupted(self) -> bool:
        """True when it was a signal that kept it from being made."""
        return isinstance(self.error, Interrupted)

    @property
    def skipped(self) -> str | None:
        """Why nothing could be compared, in one line."""
        if self.error is None:
            return None
        said = bare(self.error.message)
        return f"{said}. {self.error.hint}" if self.error.hint else said

    def _engine_answer(self) -> DiffAnswer | None:
        if self._diff is not None and self._engine_error is None:
            try:
                return self._diff.result()
            except SupaDeployError as error:
                self._engine_error = error
        return None

    def _stand_ins(self) -> tuple[str, ...]:
        try:
            return self._database.stand_ins() if self._database else ()
        except SupaDeployError:
            return ()  # the server is gone; what it said before stands

    def _failed(self, error: SupaDeployError | None) -> None:
        self.error = self.error or error

    @contextmanager
    def _keeping_errors(self) -> Iterator[None]:
        try:
            yield
        except SupaDeployError as error:
            self._failed(error)
        except OSError as error:
            self._failed(not_writable(error))


def database_catalog(database: ShadowDatabase, schemas: Collection[str]) -> Catalog:
    """The catalog of a scratch database."""
    return read_catalog([{"catalog": database.query(catalog_query(schemas))[0][0]}])
