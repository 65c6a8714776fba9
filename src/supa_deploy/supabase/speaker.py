"""The words of each call in each generation: argv, what it adds to the environment, how long it may be silent.

Pure: nothing is started here, and nothing here knows a version number (`dialect` does).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import UsageError
from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl
from supa_deploy.supabase.command import Command, EnvValue, Reply, Verb
from supa_deploy.supabase.dialect import Dialect, TargetFlag
from supa_deploy.supabase.target import ByUrl, Linked, Target


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What a push takes along; `dry_run` only says what it would do."""

    include_all: bool = False
    include_roles: bool = False
    include_seed: bool = False
    dry_run: bool = False


class RepairStatus(StrEnum):
    """What the history shall say of a version: that it ran, or that it did not."""

    APPLIED = "applied"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Builds the commands of one run: whose words (`dialect`), by which program, about which target, in which
    folder. Pure: nothing is started here. `password` is what is typed where a generation asks for it. `cwd` is where
    the program runs (None: `workdir`; npx finds it from there), `aside` a private folder for calls that need nothing
    of the project's: 3.x leaves files in whatever folder it is given."""

    dialect: Dialect
    program: tuple[str, ...]
    target: Target
    workdir: Path
    program_env: Mapping[str, EnvValue] = field(default_factory=lambda: MappingProxyType({}))
    password: Secret | None = None
    cwd: Path | None = None
    aside: Path | None = None

    def link(self) -> Command:
        """`link`: writes `supabase/.temp/project-ref` and `pooler-url`."""
        return self._command(Verb.LINK, "link", "--project-ref", self._ref())

    def history(self) -> Command:
        """`migration list`: local files and remote versions side by side."""
        return self._command(Verb.HISTORY, "migration", "list", *self._target_words())

    def push(self, options: PushOptions) -> Command:
        """`db push`. No idle clock on the real one: a server at work on a long statement says nothing."""
        flags = [
            *(["--include-all"] if options.include_all else []),
            *(["--include-roles"] if options.include_roles else []),
            *(["--include-seed"] if options.include_seed else []),
            "--dry-run" if options.dry_run else "--yes",
        ]
        idle = _IDLE if options.dry_run else None
        return self._command(Verb.PUSH, "db", "push", *self._target_words(), *flags, idle=idle)

    def api_keys(self) -> Command:
        """`projects api-keys`: prints keys, so its stdout is private."""
        words = ["projects", "api-keys"]
        if self.dialect.target_flag is TargetFlag.REMOTE:
            words.append(f"--remote={self._ref()}")
        else:
            words += ["--project-ref", self._ref()]
        if self.dialect.reveal:
            words.append("--reveal")
        if not self.dialect.machine_flags:
            words += ["-o", "json"]
        return self._command(Verb.API_KEYS, *words, private=True)

    def query(self, sql: str, *, exact: bool = False) -> Command:
        """`db query`: one statement that only reads (said to the CLI where it can be). `exact`: its answer is taken
        as it is, and so is as private as what it may hold."""
        flags = ["--read-only"] if self.dialect.read_only_query else []
        words = ("db", "query", sql, *self._target_words(), *flags)
        return self._command(Verb.QUERY, *words, private=exact, workdir=self.aside)

    def diff(self, scratch: DatabaseUrl, schemas: Collection[str] = (), *, reverse: bool = False) -> Command:
        """`db diff`: the SQL that turns the scratch database into the target, or (`reverse`) back.

        No idle clock: an engine at work on a large schema says nothing. Private: SQL that may be run again must
        not have words of it hidden. Raises UsageError when the two need different passwords: the CLI has one
        place for both, and argv is none.
        """
        sides = [_scratch_word(scratch), self._side()]
        if reverse:
            sides.reverse()
        words = ("db", "diff", "--from", sides[0], "--to", sides[1], *_schema_words(schemas))
        password = self._scratch_password(scratch)
        env = {"PGPASSWORD": password} if password else {}
        # What `link` left, the pooler's address, is needed by older generations.
        workdir = None if self.dialect.needs_link else self.aside
        return self._command(Verb.DIFF, *words, private=True, env=env, workdir=workdir)

    def diff_by_docker(self, schemas: Collection[str] = ()) -> Command:
        """`db diff` over the CLI's own shadow of the folder's migrations, which it starts in Docker."""
        words = ("db", "diff", *self._target_words(), *_schema_words(schemas))
        return self._command(Verb.DIFF, *words, private=True)

    def repair(self, versions: Sequence[str], status: RepairStatus) -> Command:
        """`migration repair` of these versions alone. Raises ValueError without any (the CLI would rewrite the
        whole history), or for what is no version."""
        if not versions or not all(_VERSION.fullmatch(version) for version in versions):
            raise ValueError("a repair names its versions, in digits")
        words = ("migration", "repair", *versions, "--status", status.value, *self._target_words(), "--yes")
        return self._command(Verb.REPAIR, *words)

    def _side(self) -> str:
        """The target as a side of a diff."""
        if isinstance(self.target, ByUrl):
            return self.target.url.url
        return "remote" if self.dialect.target_flag is TargetFlag.REMOTE else "linked"

    def _scratch_password(self, scratch: DatabaseUrl) -> Secret | None:
        """The password that has to be added for the scratch database (a URL target's own is there already)."""
        own = self.target.url.password if isinstance(self.target, ByUrl) else None
        if scratch.password is None or scratch.password == own:
            return None
        if own is not None:
            raise UsageError(
                "The scratch database and the target have different passwords, and the Supabase CLI takes one for "
                "two URLs. Nothing was touched.",
                hint="Let the scratch server trust this machine (no password in SUPA_DEPLOY_SHADOW_URL), or give it "
                "the target's password.",
                code="two_passwords",
            )
        return scratch.password

    def _ref(self) -> str:
        if isinstance(self.target, Linked):
            return self.target.project_ref
        raise ValueError("a database URL has no project ref")

    def _target_words(self) -> tuple[str, ...]:
        match self.dialect.target_flag, self.target:
            case TargetFlag.REMOTE, Linked(project_ref=ref):
                return (f"--remote={ref}",)
            case TargetFlag.REMOTE, ByUrl(url=url):
                return (f"--remote={url.url}",)
            case TargetFlag.LINKED, ByUrl(url=url):
                return ("--db-url", url.url)
            case _:
                return ("--linked",)

    def _command(
        self,
        verb: Verb,
        *words: str,
        idle: float | None = None,
        private: bool = False,
        env: Mapping[str, EnvValue] = MappingProxyType({}),
        workdir: Path | None = None,
    ) -> Command:
        machine = ("--output-format", "json", "--agent", "no") if self.dialect.machine_flags else ()
        return Command(
            verb,
            (*self.program, *words, "--workdir", str(workdir or self.workdir), *machine),
            self.cwd or self.workdir,
            env={**self.program_env, **env},
            idle=idle if verb in _AT_WORK else _IDLE,
            replies=self._replies(),
            private=private,
        )

    def _replies(self) -> tuple[Reply, ...]:
        if not self.dialect.asks:
            return ()
        confirm = Reply(r"\[Y/n\] \Z", "y", times=5)  # roles, migrations, seed; --yes answers them already
        password = (Reply(r"Enter your database password: \Z", self.password),) if self.password else ()
        return (*password, confirm)


def _scratch_word(scratch: DatabaseUrl) -> str:
    """A scratch URL for argv. What PGSSLMODE asks for the target's sake holds for every URL that says nothing: a
    server on this machine need not have TLS."""
    side = ByUrl(scratch)
    if side.sslmode or side.is_socket or not side.is_loopback:
        return scratch.url
    return f"{scratch.url}{'&' if '?' in scratch.url else '?'}sslmode=disable"


def _schema_words(schemas: Collection[str]) -> tuple[str, ...]:
    return ("--schema", ",".join(schemas)) if schemas else ()


_VERSION = re.compile(r"[0-9]+")
_AT_WORK = {
    Verb.PUSH,
    Verb.DIFF,
    Verb.REPAIR,
}  # the server or the engine works, or waits for a lock, in silence
_IDLE = 75.0  # seconds; 3.x retries a refusing API for up to 36 s in silence
