"""One run's conversation with the CLI, whatever is said in it: its environment, its secrets, its clocks, its end."""

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted
from supa_deploy.secret import Redactor, Secret
from supa_deploy.settings import Settings
from supa_deploy.supabase.answers import ApiKeys
from supa_deploy.supabase.children import Children, Pending
from supa_deploy.supabase.command import Command, Completed, EnvValue, Verb
from supa_deploy.supabase.dialect import Dialect, dialect_for
from supa_deploy.supabase.environment import NOBODY, Login, child_environment, find_login
from supa_deploy.supabase.locate import Binary
from supa_deploy.supabase.profile import Profile, read_profile
from supa_deploy.supabase.speaker import Speaker
from supa_deploy.supabase.target import Target
from supa_deploy.supabase.temp import quiet_update_check

T = TypeVar("T")

_SHORTEST = 1.0  # a call is given a moment even when the clock has run out: its answer says so


class Session:
    """Which program, about which target, in which environment. A context manager: leaving it ends every call still
    under way and removes the private home. `beside` another it has no login, hides that one's secrets too, and
    their calls are looked after together."""

    def __init__(
        self,
        binary: Binary,
        target: Target,
        settings: Settings,
        deadline: Deadline,
        interrupt: Interrupt,
        *,
        beside: "Session | None" = None,
    ) -> None:
        self.binary = binary
        self.target = target
        self.login: Login = NOBODY if beside else find_login(settings)
        self.profile: Profile = read_profile(self.login.profile, settings.workdir)
        self._dialect: Dialect = dialect_for(binary.version)
        self._settings = settings
        self._deadline = deadline
        self._interrupt = interrupt
        self._secrets = [*settings.secrets, *([self.login.token] if self.login.token else [])]
        self._secrets += beside.secrets if beside else ()
        self._home = Path(tempfile.mkdtemp(prefix="supa-deploy-home-"))
        self.children: Children = Children(
            interrupt, self.redact, pool=beside.children.pool if beside else None
        )
        self._environ = child_environment(settings, target, self.login, self._home)
        self.cwd: Path = beside.cwd if beside else settings.workdir
        self._speaker = Speaker(
            self._dialect,
            binary.program,
            target,
            settings.workdir,
            binary.env,
            settings.db_password,
            cwd=self.cwd,
            aside=self._home,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def cli_version(self) -> str:
        """The CLI's version, as in `3.1.0`."""
        return str(self.binary.version)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret this object knows, those it learned included (a stored login, API keys)."""
        return tuple(self._secrets)

    @property
    def redact(self) -> Redactor:
        """Takes every known secret out of a text."""
        return Redactor(self._secrets)

    @property
    def workdir(self) -> Path:
        """The folder the CLI runs in now."""
        return self._speaker.workdir

    def move_to(self, workdir: Path, *, altogether: bool = False) -> None:
        """From now on the CLI works on this folder: it is to see other files than the project's own. `altogether`: it
        also starts there, because its runtime reads `.env` from wherever it starts."""
        self.cwd = workdir if altogether else self.cwd
        self._speaker = replace(self._speaker, workdir=workdir, cwd=self.cwd)

    @contextmanager
    def in_folder(self, workdir: Path) -> Iterator[None]:
        """The CLI runs in this folder for the length of the block."""
        before = self._speaker.workdir
        self.move_to(workdir)
        try:
            yield
        finally:
            self.move_to(before)

    def remember(self, keys: ApiKeys) -> None:
        """From now on these are secrets of this run."""
        self._secrets += [*keys.secrets, *([keys.publishable] if keys.publishable else [])]
        self.children.redact = self.redact

    def close(self) -> None:
        """Ends what is under way and removes the private home."""
        try:
            self.children.close()
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
        environ: Mapping[str, EnvValue] | None = None,
    ) -> Pending[T]:
        if self._interrupt.requested and not final:
            raise Interrupted(
                "Stopped on request before anything was sent.", terminated=self._interrupt.terminated
            )
        if self._dialect.checks_for_updates:
            quiet_update_check(self._settings.workdir, self.cli_version)
        left = self._deadline.left_with_reserve if final else self._deadline.left
        total = min(max(left, _SHORTEST), within)
        running = self.children.start(command, environ or self._environ, total=total, on_line=on_line)
        return Pending(self.children, running, lambda completed: read(self._told(completed)))

    def _told(self, completed: Completed) -> Completed:
        """A call that failed has no result to keep exact: what it said is for people, so its secrets are hidden.
        (Of a refusal to list keys only the status is told: it may hold keys that nobody knows yet.)"""
        said = completed.secret_stdout
        if completed.succeeded or said is None or completed.verb is Verb.API_KEYS:
            return completed
        return replace(completed, stdout=self.redact(said.reveal()), secret_stdout=None)
