"""What each generation of the CLI can do and how it is spoken to. Nothing outside this module knows a version number.

Where the lines are (pinned by running npm's binaries, `db push | migration list | db query | link` with
`--output-format json` against a closed port):

    2.40.7 - 2.98    GO            the Go CLI. Text alone; no --agent, --output-format, `db query`. link opens the
                                   database and may ask for its password (asked for until 2.58.8)
    2.99.0 - 2.109.1 FRONT         a TypeScript front that hands link, list and push to `supabase-go`. Takes
                                   --agent and --output-format; JSON came verb by verb: api-keys from the start,
                                   link in 2.105.0, query in 2.108.0, list in 2.109.0. push: text to the last.
                                   So both are read, JSON where it came
    2.110.0 - 2.114  JSON_LINKED   all TypeScript, one line of JSON each. --reveal for api-keys. Error codes carry
                                   the prefix `Legacy` until 2.116; 2.110 says only `PgClient: Failed to connect`
                                   where later ones give the reason. --project-ref on push and list came in
                                   2.114.0: SUPABASE_PROJECT_ID with --linked says the same to all
    2.115.0 - 2.122  JSON_DIFF     the same, and `db diff --from --to` compares two servers by itself (an engine
                                   inside the program); before, every diff runs in Docker
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
    `db diff`: --from URL --to linked (2.x), remote     `diff`; what GO to JSON_LINKED have is their own shadow
      (3.x: always the project) or URL, without Docker    in Docker, of the migrations: `Speaker.diff_by_docker`
      from 2.115.0; PGSSLMODE counts for both sides       a scratch server on loopback is told sslmode=disable
    `migration repair`: without versions it rewrites    never without versions; --yes to all (3.x asks), --status
      the whole history                                   and target named; it is the history that tells
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from supa_deploy.errors import PreflightFailed
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
    exists, `read_only_query`: and can be told not to write; `diff`: compares two servers without Docker;
    `reveal`: api-keys shows sb_secret keys whole;
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
    diff: bool = False
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
JSON_LINKED = Dialect("2.110", since=Version(2, 110, 0))
JSON_DIFF = replace(JSON_LINKED, name="2.122", since=Version(2, 115, 0), diff=True)
JSON_REMOTE = replace(
    JSON_DIFF,
    name="3",
    since=Version(3, 0, 0),
    target_flag=TargetFlag.REMOTE,
    read_only_query=True,
    needs_link=False,
)
DIALECTS = (GO, FRONT, JSON_LINKED, JSON_DIFF, JSON_REMOTE)


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
