"""What each generation of the CLI can do and how it is spoken to. Nothing outside this module knows a version number.

Where the lines are (pinned by running npm's binaries, `db push | migration list | db query | link` with
`--output-format json` against a closed port):

    2.40.7 - 2.98    GO            the Go CLI. Text alone; no --agent, --output-format, `db query`. link opens the
                                   database and may ask for its password (asked for until 2.58.8)
    2.99.0 - 2.109.1 FRONT         a TypeScript front that hands link, list and push to `supabase-go`. Takes
                                   --agent and --output-format; JSON came verb by verb: api-keys from the start,
                                   link in 2.105.0, query in 2.108.0, list in 2.109.0. push: text to the last.
                                   So both are read, JSON where it came
    2.110.0 - 2.122  JSON_LINKED   all TypeScript, one line of JSON each. --reveal for api-keys. Error codes carry
                                   the prefix `Legacy` until 2.116; 2.110 says only `PgClient: Failed to connect`
                                   where later ones give the reason. --project-ref on push and list came in
                                   2.114.0: SUPABASE_PROJECT_ID with --linked says the same to all
    3.x              JSON_REMOTE   --remote[=ref|url] replaces --linked, --project-ref, --db-url; local is the
                                   default target; hosted changes need --yes; `db query --read-only`

Differences (facts/supabase-cli.md) and what becomes of them:

    consent: 2.x takes silence for yes, 3.x for no      --yes on every real push, --dry-run on every plan
    default target: linked on 2.x, local on 3.x         always named
    -p/--password: beaten by the variable on 2.99,      never used: SUPABASE_DB_PASSWORD, or PGPASSWORD with a URL,
      warned about on stdout by link 3.x                  which also keeps it out of argv
    SUPABASE_YES, token or password in supabase/.env    not relied on: flags, and variables set from our settings
    workdir: climbed to config.toml; missing accepted   --workdir on every call; the folder is checked by settings
    API reads that never time out                       idle and total clocks on every call
    telemetry, update checks                            environment.py; `supabase/.temp/cli-latest` kept fresh for
                                                          `checks_for_updates` (10 s once per folder otherwise)
    TLS: 3.x falls back to plain text; 2.99 reads the   PGSSLMODE (environment.py)
      variable alone
    pooler: 2.x needs `link` for .temp/pooler-url,      `needs_link`
      3.x asks the API by itself
    unlinked folder: `--linked` with SUPABASE_PROJECT_ID (2.99 on), needs no link where the direct host answers
    agent detection: 2.122, 3.x                         --agent no where it is known, variables removed
    `-o json`: not the same as --output-format; works   used for api-keys on GO alone
      for api-keys in every version
    no database password: a login role by the token     said in a notice; not relied on for GO, which tries it,
                                                          but asks for the password when it is refused
    link without a password: fails on GO                Reply rules for the two prompts it has
    `--skip-vault`, `--skip-pooler`, `--dns-resolver`,  not applicable: never passed, the CLI's defaults are meant
      `--create-ticket`, `--network-id`, `--debug`
    `migration repair`, `db diff`                       not applicable yet: no command of this tool runs them
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Secret
from supa_deploy.supabase.command import Command, EnvValue, Reply, Verb
from supa_deploy.supabase.target import ByUrl, Linked, Target
from supa_deploy.supabase.version import Version

_OLDEST = Version(2, 40, 7)
_NEWEST_MAJOR = 3
_UPGRADE = "npm install --save-dev supabase@latest"


class TargetFlag(StrEnum):
    """How a generation is told which database is meant."""

    LINKED = "--linked"
    REMOTE = "--remote"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generation's capabilities.

    `json`: every verb answers in JSON; `machine_flags`: --output-format and --agent exist; `query`: `db query`
    exists, `read_only_query`: and can be told not to write; `reveal`: api-keys shows sb_secret keys whole;
    `needs_link`: the pooler's address comes from `link` alone; `asks`: may ask for the password or for consent;
    `checks_for_updates`: at GitHub, for up to 10 s, once per folder; `login_role`: reaches the database with the
    token when there is no password; `application_name`: what its connections are called on the server.
    """

    name: str
    since: Version
    target_flag: TargetFlag = TargetFlag.LINKED
    json: bool = True
    machine_flags: bool = True
    query: bool = True
    read_only_query: bool = False
    reveal: bool = True
    needs_link: bool = True
    asks: bool = False
    checks_for_updates: bool = False
    login_role: bool = True
    application_name: str = "@effect/sql-pg"


GO = Dialect(
    "2.40",
    since=_OLDEST,
    json=False,
    machine_flags=False,
    query=False,
    reveal=False,
    asks=True,
    login_role=False,
    checks_for_updates=True,
    application_name="",
)
FRONT = Dialect(
    "2.99", since=Version(2, 99, 0), json=False, reveal=False, checks_for_updates=True, application_name=""
)
JSON_LINKED = Dialect("2.122", since=Version(2, 110, 0))
JSON_REMOTE = Dialect(
    "3", since=Version(3, 0, 0), target_flag=TargetFlag.REMOTE, read_only_query=True, needs_link=False
)
DIALECTS = (GO, FRONT, JSON_LINKED, JSON_REMOTE)


def dialect_for(version: Version) -> Dialect:
    """The dialect a version speaks; a newer major speaks the newest. Raises PreflightFailed for one too old."""
    if version < _OLDEST:
        raise PreflightFailed(
            f"Supabase CLI {version} is too old: {_OLDEST} or newer is needed. Nothing was touched.",
            hint=f"Upgrade it: {_UPGRADE}",
            code="cli_too_old",
        )
    return [dialect for dialect in DIALECTS if dialect.since <= version][-1]


def notice_for(version: Version) -> str | None:
    """What a person should know about this version, None when there is nothing to say."""
    if version.major <= _NEWEST_MAJOR:
        return None
    return (
        f"Supabase CLI {version} is newer than any this tool was tried with ({_NEWEST_MAJOR}.x): "
        f"it is spoken to as {_NEWEST_MAJOR}.x."
    )


@dataclass(frozen=True, slots=True)
class PushOptions:
    """What a push takes along; `dry_run` only says what it would do."""

    include_all: bool = False
    include_roles: bool = False
    include_seed: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """Builds the commands of one run: whose words (`dialect`), by which program, about which target, in which
    folder. Pure: nothing is started here. `password` is what is typed where a generation asks for it."""

    dialect: Dialect
    program: tuple[str, ...]
    target: Target
    workdir: Path
    program_env: Mapping[str, EnvValue] = field(default_factory=lambda: MappingProxyType({}))
    password: Secret | None = None

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

    def query(self, sql: str) -> Command:
        """`db query`: one statement that only reads (said to the CLI where it can be)."""
        flags = ["--read-only"] if self.dialect.read_only_query else []
        return self._command(Verb.QUERY, "db", "query", sql, *self._target_words(), *flags)

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

    def _command(self, verb: Verb, *words: str, idle: float | None = None, private: bool = False) -> Command:
        machine = ("--output-format", "json", "--agent", "no") if self.dialect.machine_flags else ()
        return Command(
            verb,
            (*self.program, *words, "--workdir", str(self.workdir), *machine),
            self.workdir,
            env=self.program_env,
            idle=idle if verb is Verb.PUSH else _IDLE,
            replies=self._replies(),
            private=private,
        )

    def _replies(self) -> tuple[Reply, ...]:
        if not self.dialect.asks:
            return ()
        confirm = Reply(r"\[Y/n\] \Z", "y", times=5)  # roles, migrations, seed; --yes answers them already
        password = (Reply(r"Enter your database password: \Z", self.password),) if self.password else ()
        return (*password, confirm)


_IDLE = 75.0  # seconds; 3.x retries a refusing API for up to 36 s in silence
