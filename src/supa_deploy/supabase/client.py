"""The Supabase CLI of one run as an object: typed questions in, typed answers out.

Calls may run side by side: `begin_…` starts one and gives a `Pending`, whose `result()` waits for it (and looks
after the others meanwhile). All from the main thread: starting a child forks.
"""

import contextlib
import math
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, SupaDeployError
from supa_deploy.secret import Redactor, Secret
from supa_deploy.settings import Settings
from supa_deploy.supabase.answers import (
    ApiKeys,
    History,
    LinkAnswer,
    PushAnswer,
    Row,
    read_api_keys,
    read_history,
    read_link,
    read_push,
    read_rows,
)
from supa_deploy.supabase.answers.text import progress_in
from supa_deploy.supabase.backends import backends_query, read_backends
from supa_deploy.supabase.children import Children, Pending
from supa_deploy.supabase.command import Command, Completed
from supa_deploy.supabase.dialect import Dialect, PushOptions, Speaker, dialect_for, notice_for
from supa_deploy.supabase.environment import Login, bare_environment, child_environment, find_login
from supa_deploy.supabase.locate import Binary, locate
from supa_deploy.supabase.profile import Profile, read_profile
from supa_deploy.supabase.target import ByUrl, Linked, Target, target_of

T = TypeVar("T")

_VERSION_SECONDS = 30.0
_UPDATE_CHECK_SECONDS = 9 * 3600  # the CLI looks again after 10 hours
_API_SECONDS = (
    45.0  # a call that only speaks to the Management API: 3.x retries for 36 s, and never times out
)
_SHORTEST = 1.0  # a call is given a moment even when the clock has run out: its answer says so

_PLAIN_PUSH = PushOptions()


class Supabase:
    """One run's CLI: which program, about which target. A context manager: leaving it ends every call still under
    way and removes the private home."""

    def __init__(
        self,
        binary: Binary,
        target: Target,
        settings: Settings,
        deadline: Deadline,
        interrupt: Interrupt,
    ) -> None:
        self.binary = binary
        self.target = target
        self.login: Login = find_login(settings)
        self.profile: Profile = read_profile(self.login.profile, settings.workdir)
        self._dialect: Dialect = dialect_for(binary.version)
        self._settings = settings
        self._deadline = deadline
        self._interrupt = interrupt
        self._secrets = [*settings.secrets, *([self.login.token] if self.login.token else [])]
        self._home = Path(tempfile.mkdtemp(prefix="supa-deploy-home-"))
        self._children = Children(interrupt, self.redact)
        self._environ = child_environment(settings, target, self.login, self._home)
        self._speaker = Speaker(
            self._dialect, binary.program, target, settings.workdir, binary.env, settings.db_password
        )

    @classmethod
    def open(cls, settings: Settings, deadline: Deadline, interrupt: Interrupt) -> "Supabase":
        """Finds the CLI and the target, and checks that they can work together. Raises PreflightFailed without a
        CLI or with one too old, UsageError without a target."""
        profile = read_profile(find_login(settings).profile, settings.workdir)
        target = target_of(settings, profile.project_host)
        return cls(find_binary(settings, interrupt), target, settings, deadline, interrupt)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def cli_version(self) -> str:
        """The CLI's version, as in `3.1.0`."""
        return str(self.binary.version)

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know before the first call."""
        of_version = notice_for(self.binary.version)
        return tuple(text for text in (of_version, self._password_notice()) if text)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret this object knows, those it learned included (a stored login, API keys)."""
        return tuple(self._secrets)

    @property
    def redact(self) -> Redactor:
        """Takes every known secret out of a text."""
        return Redactor(self._secrets)

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
                return "already linked" if _is_linked(self._settings.workdir, ref) else None

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

    def begin_query(self, sql: str, *, final: bool = False) -> Pending[tuple[Row, ...]]:
        """Starts `db query` with one statement that only reads."""
        return self._begin(self._speaker.query(sql), read_rows, final=final)

    def query(self, sql: str, *, final: bool = False) -> tuple[Row, ...]:
        """The rows of one statement that only reads. Raises what a failure means."""
        return self.begin_query(sql, final=final).result()

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

    def remember(self, keys: ApiKeys) -> None:
        """From now on these are secrets of this run."""
        self._secrets += [*keys.secrets, *([keys.publishable] if keys.publishable else [])]
        self._children.redact = self.redact

    def close(self) -> None:
        """Ends what is under way and removes the private home."""
        try:
            self._children.close()
        finally:
            shutil.rmtree(self._home, ignore_errors=True)

    def _begin(
        self,
        command: Command,
        read: Callable[[Completed], T],
        *,
        final: bool = False,
        on_line: Callable[[str], None] | None = None,
        within: float = math.inf,
    ) -> Pending[T]:
        if self._interrupt.requested and not final:
            raise Interrupted(
                "Stopped on request before anything was sent.", terminated=self._interrupt.terminated
            )
        if self._dialect.checks_for_updates:
            _quiet_update_check(self._settings.workdir, self.cli_version)
        left = self._deadline.left_with_reserve if final else self._deadline.left
        total = min(max(left, _SHORTEST), within)
        running = self._children.start(command, self._environ, total=total, on_line=on_line)
        return Pending(self._children, running, read)

    def _read_api_keys(self, completed: Completed) -> ApiKeys:
        keys = read_api_keys(completed)
        self.remember(keys)
        return keys

    def _password_notice(self) -> str | None:
        named = isinstance(self.target, ByUrl) or self._settings.db_password is not None
        if named or not self.can_do_without_password:
            return None
        return "SUPABASE_DB_PASSWORD is not set: the CLI gets a temporary login role with the access token."


def find_binary(settings: Settings, interrupt: Interrupt, *, npx: bool = True) -> Binary:
    """The CLI of this run (see `locate`). Raises PreflightFailed when there is none that can be used."""
    with tempfile.TemporaryDirectory(prefix="supa-deploy-home-") as home:
        environ = bare_environment(settings, Path(home))
        with Children(interrupt, settings.redact) as children:

            def run(command: Command) -> Completed:
                (completed,) = children.wait(children.start(command, environ, total=_VERSION_SECONDS))
                return completed

            return locate(settings, run, npx=npx)


def _is_linked(workdir: Path, ref: str) -> bool:
    """True when `link` did all it does for this ref: the ref and the pooler's address, which names it too."""
    folder = workdir / "supabase" / ".temp"
    try:
        linked = (folder / "project-ref").read_text(encoding="utf-8").strip() == ref
        return linked and ref in (folder / "pooler-url").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _quiet_update_check(workdir: Path, version: str) -> None:
    """Keeps the file fresh by which older generations know that they need not ask GitHub for news: where its host
    is silent that costs 10 s once per folder, and no variable stops it. Not writing it costs no more than that."""
    path = workdir / "supabase" / ".temp" / "cli-latest"
    with contextlib.suppress(OSError):
        fresh = path.is_file() and time.time() - path.stat().st_mtime < _UPDATE_CHECK_SECONDS
        if not fresh and path.parent.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"v{version}", encoding="utf-8")
