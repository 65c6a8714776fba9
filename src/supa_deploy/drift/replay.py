"""The files on a scratch database: replayed by the official `db push`, so that history and splitting are the CLI's."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from typing import Self

from supa_deploy.errors import PreflightFailed, SupaDeployError
from supa_deploy.migrations import Caret, Migration, locate_error, parse_all
from supa_deploy.shadow import ShadowDatabase
from supa_deploy.shadow.extensions import for_stand_ins
from supa_deploy.shadow.postgres import ShadowUnavailable
from supa_deploy.supabase import CliFailure, FailureKind, Pending, PushAnswer, PushOptions, Supabase
from supa_deploy.workspace import folder_of

# Everything else is the server's or the clock's doing, and says nothing of the files.
_OF_A_FILE = frozenset({FailureKind.SQL, FailureKind.BUSY, FailureKind.PERMISSION})
_SHUT_DOWN = frozenset({"57P01", "57P02", "57P03"})
_RECORDED = "select version from supabase_migrations.schema_migrations"


class ReplayFailed(PreflightFailed):
    """A file that the scratch database refused: what the files make cannot be known. `said` is the CLI's own
    failure, where it said one."""

    said: CliFailure | None = None


class Replay:
    """Files on their way to a scratch database. `finish` waits for them; leaving the block ends what is at work.
    `expected` is what its history shall say afterwards (None: the files' versions)."""

    def __init__(
        self,
        supabase: Supabase,
        database: ShadowDatabase,
        files: Iterable[tuple[str, bytes]],
        expected: Collection[str] | None = None,
    ) -> None:
        self._database = database
        self._undo = ExitStack()
        self._pending: Pending[PushAnswer] | None = None
        contents = [(name, _readable(content, database)) for name, content in files]
        names = [name.partition("_")[0] for name, _ in contents]
        self._expected = frozenset(names if expected is None else expected)
        if contents:
            with ExitStack() as undo:
                folder = undo.enter_context(folder_of(contents))
                cli = undo.enter_context(supabase.beside(database.url, folder))
                self._pending = cli.begin_push(PushOptions())
                self._undo = undo.pop_all()

    def finish(self) -> ShadowDatabase:
        """The database with all the files in it. Raises ReplayFailed naming the file that is not."""
        if self._pending is None:
            return self._database
        with self._undo:
            answer = self._pending.result()
        self._pending = None
        if answer.failure is not None:
            raise _refused(answer, answer.failure)
        recorded = {str(row[0]) for row in self._database.query(_RECORDED)}
        if lost := sorted(self._expected ^ recorded):
            raise ReplayFailed(
                f"the history of the scratch database is not what the push said, about {', '.join(lost)} (a COMMIT, "
                "ROLLBACK or BEGIN of a file's own does this).",
                code="replay_failed",
            )
        return self._database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()


def _readable(content: bytes, database: ShadowDatabase) -> bytes:
    """A file as the scratch database's stand-ins can take it; one that is no UTF-8 is left as it is."""
    try:
        return for_stand_ins(content.decode(), database.pretended).encode()
    except UnicodeDecodeError:
        return content


def contents_of(migrations: Sequence[Migration]) -> list[tuple[str, bytes]]:
    """Migration files as name and content."""
    return [(migration.path.name, migration.path.read_bytes()) for migration in migrations]


def run_as_owner(database: ShadowDatabase, sql: str) -> None:
    """Runs a script on a scratch database as the role that migrations run as. Raises ReplayFailed in the server's
    words."""
    try:
        database.query(f"set role postgres;\n{sql}")
    except ShadowUnavailable as error:
        raise ReplayFailed(error.message, hint=error.hint, code="replay_failed") from None


def _refused(answer: PushAnswer, failure: CliFailure) -> SupaDeployError:
    said = failure.message.splitlines()[0]
    if failure.kind not in _OF_A_FILE or failure.sqlstate in _SHUT_DOWN:
        return failure.as_error("Nothing but a scratch database was touched.")
    file = failure.file or (answer.started[-1] if answer.started else None)
    error = ReplayFailed(
        f"{file or 'A file'} cannot be replayed on the scratch database: {said}",
        hint="The applied files alone do not make this database. What the file misses was made by hand, or by "
        "a file that is gone: put it into a migration before this one.",
        code="replay_failed",
        file=f"supabase/migrations/{file}" if file else None,
        sqlstate=failure.sqlstate,
    )
    error.said = failure
    return error


def located(error: ReplayFailed, migrations: Sequence[Migration]) -> ReplayFailed:
    """The error with the line of its file, where the CLI's words lead to one."""
    failing = [migration for migration in migrations if migration.file == error.file]
    said = error.said
    if said is None or said.statement_text is None or not failing:
        return error
    caret = Caret(said.caret.line + 1, said.caret.column + 1) if said.caret else None
    for script in parse_all(failing).scripts:
        if place := locate_error(script, said.statement_index, said.statement_text, caret):
            error.line, error.column = place.line, place.column
    return error
