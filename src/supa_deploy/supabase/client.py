"""The Supabase CLI of one run as an object: typed questions in, typed answers out.

Calls may run side by side: `begin_…` starts one and gives a `Pending`, whose `result()` waits for it (and looks
after the others meanwhile). All from the main thread: starting a child forks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import SupaDeployError
from supa_deploy.settings import DatabaseUrl, Settings
from supa_deploy.supabase.answers import (
    ApiKeys,
    DiffAnswer,
    History,
    LinkAnswer,
    PushAnswer,
    RepairAnswer,
    Row,
    read_api_keys,
    read_diff,
    read_history,
    read_link,
    read_push,
    read_repair,
    read_rows,
)
from supa_deploy.supabase.answers.text import progress_in
from supa_deploy.supabase.backends import backends_query, read_backends
from supa_deploy.supabase.children import Pending
from supa_deploy.supabase.command import Completed
from supa_deploy.supabase.dialect import notice_for
from supa_deploy.supabase.environment import NOBODY, child_environment, find_login
from supa_deploy.supabase.find import find_binary
from supa_deploy.supabase.profile import read_profile
from supa_deploy.supabase.session import Session
from supa_deploy.supabase.speaker import PushOptions, RepairStatus
from supa_deploy.supabase.statements import read_statements, statements_query
from supa_deploy.supabase.target import ByUrl, Linked, target_of
from supa_deploy.supabase.temp import is_linked

_API_SECONDS = (
    45.0  # a call that only speaks to the Management API: 3.x retries for 36 s, and never times out
)

_PLAIN_PUSH = PushOptions()


class Supabase(Session):
    """The verbs of one run's CLI."""

    @classmethod
    def open(cls, settings: Settings, deadline: Deadline, interrupt: Interrupt) -> "Supabase":
        """Finds the CLI and the target, and checks that they can work together. Raises PreflightFailed without a
        CLI or with one too old, UsageError without a target."""
        profile = read_profile(find_login(settings).profile, settings.workdir)
        target = target_of(settings, profile.project_host)
        return cls(find_binary(settings, interrupt), target, settings, deadline, interrupt)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know before the first call."""
        of_version = notice_for(self.binary.version)
        return tuple(text for text in (of_version, self._password_notice()) if text)

    def begin_history(self, *, final: bool = False) -> Pending[History]:
        """Starts `migration list`. `final` may use the time that is kept for the last reading."""
        return self._begin(self._speaker.history(), read_history, final=final)

    def history(self, *, final: bool = False) -> History:
        """The versions in the remote history. Raises what a failure means."""
        return self.begin_history(final=final).result()

    def link_skipped(self) -> str | None:
        """Why `link` need not run, None when it has to."""
        match self.target:
            case ByUrl():
                return "a database URL needs no link"
            case Linked() if not self._dialect.needs_link:
                return "this CLI finds the project by its ref"
            case Linked(project_ref=ref):
                return "already linked" if is_linked(self._settings.workdir, ref) else None

    @property
    def linked_folder(self) -> Path | None:
        """The folder whose link is to this very project; None where there is none. With a link to another project CLI
        3.1 does not send the database password."""
        match self.target:
            case Linked(project_ref=ref) if is_linked(self.workdir, ref):
                return self.workdir
        return None

    def begin_link(self) -> Pending[LinkAnswer]:
        """Starts `link`, needed or not (a project only)."""
        return self._begin(self._speaker.link(), read_link, within=_API_SECONDS)

    def link(self) -> LinkAnswer:
        """Links the project where that is needed; says so when it is not. Raises what a failure means."""
        skipped = self.link_skipped()
        return LinkAnswer(skipped=skipped) if skipped else self.begin_link().result()

    def begin_push(
        self, options: PushOptions, *, on_file: Callable[[str], None] | None = None
    ) -> Pending[PushAnswer]:
        """Starts `db push`; `on_file` hears each migration file as its turn comes."""

        def heard(line: str) -> None:
            for file in progress_in(line).started:
                if on_file:
                    on_file(file)

        command = self._speaker.push(options)
        return self._begin(
            command, lambda completed: read_push(completed, dry_run=options.dry_run), on_line=heard
        )

    def push(
        self, options: PushOptions = _PLAIN_PUSH, *, on_file: Callable[[str], None] | None = None
    ) -> PushAnswer:
        """Pushes. Never raises for what the CLI says: the answer carries the failure, and the history decides."""
        return self.begin_push(options, on_file=on_file).result()

    def begin_api_keys(self) -> Pending[ApiKeys]:
        """Starts `projects api-keys` (a project only)."""
        return self._begin(self._speaker.api_keys(), self._read_api_keys, within=_API_SECONDS)

    def api_keys(self) -> ApiKeys:
        """The project's Data API keys. Raises what a failure means."""
        return self.begin_api_keys().result()

    @property
    def can_do_without_password(self) -> bool:
        """True when this CLI reaches a project's database with the access token alone, by a temporary login role."""
        return self._dialect.login_role

    @property
    def can_query(self) -> bool:
        """True when this CLI has `db query` and may use it: with a project it goes through the Management API."""
        return self._dialect.query

    def begin_query(self, sql: str, *, final: bool = False, exact: bool = False) -> Pending[tuple[Row, ...]]:
        """Starts `db query` with one statement that only reads. `exact`: its rows are compared with something, so
        no word of them may be hidden; whoever shows them takes the secrets out."""
        return self._begin(self._speaker.query(sql, exact=exact), read_rows, final=final)

    def query(self, sql: str, *, final: bool = False) -> tuple[Row, ...]:
        """The rows of one statement that only reads. Raises what a failure means."""
        return self.begin_query(sql, final=final).result()

    def begin_statements(self) -> Pending[Mapping[str, tuple[str, ...]]]:
        """Starts reading what the history recorded of each version: its statements, exactly as they were sent.
        Nothing for a database without a history. Where `can_query` is True only."""
        return self._begin(
            self._speaker.query(statements_query(), exact=True),
            lambda completed: read_statements(read_rows(completed)),
        )

    @property
    def can_diff(self) -> bool:
        """True when this CLI compares two databases by itself; False when it needs Docker for that."""
        return self._dialect.diff

    def begin_diff(
        self, scratch: DatabaseUrl, *, schemas: Collection[str] = (), reverse: bool = False
    ) -> Pending[DiffAnswer]:
        """Starts `db diff`: the SQL that turns the scratch database into the target, or (`reverse`) the target into
        the scratch database. Raises UsageError when both need a password and these differ."""
        return self._begin(self._speaker.diff(scratch, schemas, reverse=reverse), read_diff)

    def begin_diff_between(
        self, source: DatabaseUrl, destination: DatabaseUrl, schemas: Collection[str] = ()
    ) -> Pending[DiffAnswer]:
        """Starts `db diff` between two scratch databases: the SQL that turns the first into the second. Nothing
        that belongs to the target is in its environment."""
        target = ByUrl(destination)
        command = replace(self._speaker, target=target, password=None).diff(source, schemas)
        environ = child_environment(self._settings, target, NOBODY, self._home)
        return self._begin(command, read_diff, environ=environ)

    def begin_diff_by_docker(self, schemas: Collection[str] = ()) -> Pending[DiffAnswer]:
        """Starts `db diff` over the CLI's own shadow of the folder's migrations: the SQL that turns them into the
        target. Needs Docker, whose absence is a failure that says so."""
        return self._begin(self._speaker.diff_by_docker(schemas), read_diff)

    def begin_repair(self, versions: Sequence[str], status: RepairStatus) -> Pending[RepairAnswer]:
        """Starts `migration repair`: the history shall say of these versions that they ran, or that they did not.
        Raises ValueError without versions."""
        return self._begin(self._speaker.repair(versions, status), read_repair)

    def beside(self, url: DatabaseUrl, workdir: Path) -> "Supabase":
        """The same CLI about another database (a scratch one) and folder: with no secret of this target's in its
        environment, but hiding them all the same; its calls run along with these. Close it, or use `with`."""
        settings = replace(
            self._settings,
            workdir=workdir,
            project_ref=None,
            db_url=url,
            access_token=None,
            db_password=None,
            profile=None,
        )
        return Supabase(self.binary, ByUrl(url), settings, self._deadline, self._interrupt, beside=self)

    def active_backends(self) -> int | None:
        """How many of the CLI's connections are still executing on the server; None when nobody can tell.

        For after a kill: the server finishes the file it was sent, records it, and only then is the history final
        (facts/supabase-cli.md, traps 5 and 6). Connections through the pooler carry the pooler's name, so those of
        others count too: better to wait too long than to read too early.
        """
        if not self.can_query:
            return None
        try:
            rows = self.query(backends_query(self._dialect.application_name), final=True)
        except SupaDeployError:
            return None
        return read_backends(rows)

    def _read_api_keys(self, completed: Completed) -> ApiKeys:
        keys = read_api_keys(completed)
        self.remember(keys)
        return keys

    def _password_notice(self) -> str | None:
        named = isinstance(self.target, ByUrl) or self._settings.db_password is not None
        if named or not self.can_do_without_password:
            return None
        return "SUPABASE_DB_PASSWORD is not set: the CLI gets a temporary login role with the access token."
