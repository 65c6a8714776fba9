"""Records what the real Supabase CLI says, case by case, into tests/transcripts/<version>/<case>.json.

    python -m supa_deploy.platform.namespace -- python scripts/record_transcripts.py [--only PATTERN] BINARY…

against the throwaway platform: real PostgreSQL, a stand-in for the Management API. Secrets, addresses and folders
are replaced before anything is written. The linked cases need the private namespaces of the first half of the line.
"""  # noqa: INP001  # a script, not a package

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from supa_deploy.clock import Interrupt
from supa_deploy.errors import SupaDeployError
from supa_deploy.platform.parts import find_parts
from supa_deploy.platform.throwaway import Platform
from supa_deploy.secret import Redactor, Secret
from supa_deploy.settings import Flags, Settings, load, parse_database_url
from supa_deploy.supabase.children import Children
from supa_deploy.supabase.command import Command, Completed
from supa_deploy.supabase.dialect import dialect_for
from supa_deploy.supabase.environment import child_environment, find_login
from supa_deploy.supabase.find import find_binary
from supa_deploy.supabase.locate import Binary
from supa_deploy.supabase.profile import read_profile
from supa_deploy.supabase.speaker import PushOptions, RepairStatus, Speaker
from supa_deploy.supabase.target import target_of

_FOLDER = Path(__file__).parents[1] / "tests" / "transcripts"
_SECONDS = 60.0
_SOCKET = "/private/folder"  # stands for the platform's own, which is another one each time
_FAR_REF = "zyxwvutsrqponmlkjihg"

_EXCERPT = re.compile(r"^(\d+) \| .*$", re.MULTILINE)  # 2.99 shows its bundled source when it dies

Files = Mapping[str, str]
Before = Callable[[Platform], None]


def _nothing(_platform: Platform) -> None:
    """Nothing needs to be done first."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call: which, on which files, after what, with which settings changed (`""` unsets one)."""

    name: str
    call: Callable[[Speaker], Command]
    linked: bool = False
    files: Files = field(default_factory=dict)
    before: Before = _nothing
    settings: Mapping[str, str] = field(default_factory=dict)
    applied: tuple[str, ...] = ()


A, B = "supabase/migrations/20250101000000_a.sql", "supabase/migrations/20250102000000_b.sql"
C = "supabase/migrations/20250103000000_c.sql"
TWO: Files = {A: "create table a (id int primary key);\n", B: "create table b (id int);\n"}
BROKEN = "create table c (id int);\n-- comment here\ninsert into\n  nope_table values (1);\ncreate table d (id int);\n"
DUPLICATE = "insert into a values (1);\ninsert into a values (1);\n"
SEED_CONFIG = (
    'project_id = "p"\n[db]\nmajor_version = 17\n[db.seed]\nenabled = true\nsql_paths = ["./seed.sql"]\n'
)
WRONG_TOKEN = "sbp_" + "0" * 40
LATE = {"supabase/migrations/20240101000000_old.sql": "create table old (id int);\n"}


def _link(speaker: Speaker) -> Command:
    return speaker.link()


def _history(speaker: Speaker) -> Command:
    return speaker.history()


def _keys(speaker: Speaker) -> Command:
    return speaker.api_keys()


def _push(**options: bool) -> Callable[[Speaker], Command]:
    return lambda speaker: speaker.push(PushOptions(**options))


def _query(sql: str) -> Callable[[Speaker], Command]:
    return lambda speaker: speaker.query(sql)


def _diff(database: str, *schemas: str) -> Callable[[Speaker], Command]:
    url = f"postgresql://postgres@localhost:5432/{database}?host={_SOCKET}"
    return lambda speaker: speaker.diff(parse_database_url(url, name="scratch"), schemas)


def _diff_by_docker(speaker: Speaker) -> Command:
    return speaker.diff_by_docker(("public",))


def _repair(version: str, status: RepairStatus) -> Callable[[Speaker], Command]:
    return lambda speaker: speaker.repair((version,), status)


def _scratch(script: str) -> Before:
    """An empty database beside the project's, which gets what the script makes."""

    def run(platform: Platform) -> None:
        platform.sql("drop database if exists scratch")
        platform.sql("create database scratch")
        platform.sql(f"set role postgres; {script}")

    return run


def _answer(path: str, status: int, body: str, method: str | None = None) -> Before:
    return lambda platform: platform.faults.answer(path, status, body, method=method)


def _status(status: str) -> Before:
    return lambda platform: platform.faults.project_status(status)


def _drops(path: str) -> Before:
    return lambda platform: platform.faults.close(path)


def _sql(text: str) -> Before:
    def run(platform: Platform) -> None:
        for statement in text.split(";"):
            platform.sql(statement)

    return run


PROJECT = "/v1/projects/[a-z]+$"
KEYS = "/v1/projects/[a-z]+/api-keys"
EVERYTHING = "/v1/"
UNAUTHORIZED = '{"message":"Unauthorized"}'
FORBIDDEN = '{"message":"Your account does not have the necessary privileges to access this endpoint."}'
ERROR = '{"message":"Internal server error"}'

CASES = (
    Case("history-no-files", _history),
    Case("history-pending", _history, files=TWO),
    Case("history-mixed", _history, files=TWO, applied=("20250101000000",)),
    Case("history-remote-only", _history, files={A: TWO[A]}, applied=("20250101000000", "20250105000000")),
    Case("history-linked", _history, linked=True, files=TWO, applied=("20250101000000",)),
    Case("history-login-role", _history, linked=True, files=TWO, settings={"SUPABASE_DB_PASSWORD": ""}),
    Case(
        "history-login-role-refused",
        _history,
        linked=True,
        files=TWO,
        settings={"SUPABASE_DB_PASSWORD": ""},
        before=_answer(EVERYTHING, 401, UNAUTHORIZED),
    ),
    Case(
        "history-wrong-password",
        _history,
        linked=True,
        files=TWO,
        settings={"SUPABASE_DB_PASSWORD": "wrong-one"},
    ),
    Case("history-wrong-password-url", _history, files=TWO, settings={"PGPASSWORD": "wrong-one"}),
    Case(
        "history-refused",
        _history,
        files=TWO,
        settings={"SUPABASE_DB_URL": "postgresql://postgres@127.0.0.1:9/postgres"},
    ),
    Case(
        "history-unknown-host",
        _history,
        files=TWO,
        settings={"SUPABASE_DB_URL": "postgresql://postgres@nowhere.invalid:5432/postgres"},
    ),
    Case(
        "history-unknown-project",
        _history,
        linked=True,
        files=TWO,
        settings={"SUPABASE_PROJECT_REF": _FAR_REF},
    ),
    Case(
        "history-no-rights",
        _history,
        files=TWO,
        before=_sql(
            "create role poor login password 'poor-one'; create schema supabase_migrations; "
            "create table supabase_migrations.schema_migrations (version text primary key)"
        ),
        settings={"SUPABASE_DB_URL": "as poor", "PGPASSWORD": "poor-one"},
    ),
    Case(
        "history-no-token",
        _history,
        linked=True,
        files=TWO,
        settings={"SUPABASE_ACCESS_TOKEN": "", "SUPABASE_DB_PASSWORD": ""},
    ),
    Case(
        "history-database-silent",
        _history,
        files=TWO,
        before=lambda platform: platform.faults.freeze_database(),
    ),
    Case("push-new", _push(), files=TWO),
    Case("push-new-linked", _push(), linked=True, files=TWO),
    Case("push-none", _push(), files={A: TWO[A]}, applied=("20250101000000",)),
    Case("push-dry-run", _push(dry_run=True), files=TWO),
    Case("push-dry-run-none", _push(dry_run=True), files={A: TWO[A]}, applied=("20250101000000",)),
    Case("push-sql-error", _push(), files={**TWO, C: BROKEN}),
    Case("push-sql-error-detail", _push(), files={**TWO, C: DUPLICATE}),
    Case("push-sql-error-first-line", _push(), files={C: "create tabel c (id int);\n"}),
    Case(
        "push-concurrently-mixed",
        _push(),
        files={
            **TWO,
            C: "create table c (id int);\ncreate index concurrently c_id on c (id);\nselect 1 / 0;\n",
        },
    ),
    Case("push-remote-unknown", _push(), files={A: TWO[A]}, applied=("20250101000000", "20250105000000")),
    Case("push-local-older", _push(), files={**TWO, **LATE}, applied=("20250101000000",)),
    Case(
        "push-local-older-include-all",
        _push(include_all=True),
        files={A: TWO[A], **LATE},
        applied=("20250101000000",),
    ),
    Case(
        "push-version-taken",
        _push(),
        files={A: TWO[A], "supabase/migrations/20250101000000_again.sql": "create table again (id int);\n"},
    ),
    Case(
        "push-seed",
        _push(include_seed=True),
        files={
            **TWO,
            "supabase/config.toml": SEED_CONFIG,
            "supabase/seed.sql": "insert into b values (1);\n",
        },
    ),
    Case(
        "push-seed-error",
        _push(include_seed=True),
        files={
            **TWO,
            "supabase/config.toml": SEED_CONFIG,
            "supabase/seed.sql": "insert into nope values (1);\n",
        },
    ),
    Case(
        "push-dry-run-everything",
        _push(include_seed=True, include_roles=True, dry_run=True),
        files={
            **TWO,
            "supabase/config.toml": SEED_CONFIG,
            "supabase/seed.sql": "insert into b values (1);\n",
            "supabase/roles.sql": "select 1;\n",
        },
    ),
    Case("push-roles", _push(include_roles=True), files={**TWO, "supabase/roles.sql": "select 1;\n"}),
    Case(
        "push-roles-error",
        _push(include_roles=True),
        files={**TWO, "supabase/roles.sql": "alter role nobody login;\n"},
    ),
    Case("push-bad-names", _push(), files={**TWO, "supabase/migrations/notes.sql": "select 1;\n"}),
    Case("push-broken-config", _push(), files={**TWO, "supabase/config.toml": "[db\nmajor_version = 17\n"}),
    Case(
        "push-wrong-password", _push(), linked=True, files=TWO, settings={"SUPABASE_DB_PASSWORD": "wrong-one"}
    ),
    Case("push-lost-connection", _push(), files={A: "select pg_terminate_backend(pg_backend_pid());\n"}),
    Case("link", _link, linked=True),
    Case("link-wrong-token", _link, linked=True, settings={"SUPABASE_ACCESS_TOKEN": WRONG_TOKEN}),
    Case("link-no-token", _link, linked=True, settings={"SUPABASE_ACCESS_TOKEN": ""}),
    Case("link-forbidden", _link, linked=True, before=_answer(PROJECT, 403, FORBIDDEN)),
    Case("link-unknown-project", _link, linked=True, settings={"SUPABASE_PROJECT_REF": _FAR_REF}),
    Case("link-server-error", _link, linked=True, before=_answer(PROJECT, 500, ERROR)),
    Case(
        "link-too-many",
        _link,
        linked=True,
        before=_answer(PROJECT, 429, '{"message":"ThrottlerException: Too Many Requests"}'),
    ),
    Case("link-garbage", _link, linked=True, before=_answer(PROJECT, 200, "<html>not JSON</html>")),
    Case("link-closed", _link, linked=True, before=_drops(PROJECT)),
    Case("link-keys-server-error", _link, linked=True, before=_answer(KEYS, 500, ERROR)),
    Case("link-keys-forbidden", _link, linked=True, before=_answer(KEYS, 403, FORBIDDEN)),
    Case("link-paused", _link, linked=True, before=_status("INACTIVE")),
    Case("link-coming-up", _link, linked=True, before=_status("COMING_UP")),
    Case("api-keys", _keys, linked=True),
    Case("api-keys-wrong-token", _keys, linked=True, settings={"SUPABASE_ACCESS_TOKEN": WRONG_TOKEN}),
    Case("api-keys-server-error", _keys, linked=True, before=_answer(KEYS, 500, ERROR)),
    Case(
        "api-keys-garbage",
        _keys,
        linked=True,
        before=_answer(KEYS, 200, '[{"name":"service_role","api_key":"half-a-secret'),
    ),
    Case("api-keys-closed", _keys, linked=True, before=_drops(KEYS)),
    Case("query", _query("select 1::int as one, 'x' as letter")),
    Case("query-no-rows", _query("select 1 as one where false")),
    Case("query-linked", _query("select 1::int as one"), linked=True),
    Case("query-error", _query("select * from nope")),
    Case("diff-empty", _diff("postgres", "public"), linked=True),
    Case("diff", _diff("scratch", "public"), linked=True, before=_scratch("create table a (id int)")),
    Case(
        "diff-missing-requirement",
        _diff("scratch", "public"),
        linked=True,
        before=_scratch(
            "create schema other; create type other.mood as enum ('a'); create table a (m other.mood)"
        ),
    ),
    Case(
        "diff-wrong-password",
        _diff("postgres"),
        linked=True,
        settings={"SUPABASE_DB_PASSWORD": "wrong-one"},
    ),
    Case("diff-no-scratch", _diff("nowhere"), linked=True),
    Case("diff-docker", _diff_by_docker, linked=True, files=TWO),
    Case("diff-docker-url", _diff_by_docker, files=TWO),
    Case(
        "repair-applied",
        _repair("20250102000000", RepairStatus.APPLIED),
        files=TWO,
        applied=("20250101000000",),
    ),
    Case(
        "repair-reverted",
        _repair("20250101000000", RepairStatus.REVERTED),
        linked=True,
        applied=("20250101000000",),
    ),
    Case("repair-reverted-unknown", _repair("20250101000000", RepairStatus.REVERTED)),
    Case("repair-applied-no-file", _repair("20250101000000", RepairStatus.APPLIED)),
    Case(
        "repair-wrong-password",
        _repair("20250101000000", RepairStatus.REVERTED),
        linked=True,
        settings={"SUPABASE_DB_PASSWORD": "wrong-one"},
    ),
    Case(
        "query-linked-wrong-token",
        _query("select 1"),
        linked=True,
        settings={"SUPABASE_ACCESS_TOKEN": WRONG_TOKEN},
    ),
)


def main() -> int:
    """Records the chosen cases with each binary."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="record only cases whose name matches this expression")
    parser.add_argument("binaries", nargs="+", type=Path)
    asked = parser.parse_args()
    parts = find_parts(os.environ)
    for linked in (False, True):
        cases = [case for case in CASES if case.linked is linked and re.search(asked.only, case.name)]
        if not cases:
            continue
        with Platform.start(parts, os.environ, linked=linked) as platform:
            for binary in asked.binaries:
                for case in cases:
                    _record(platform, binary.resolve(), case)
    return 0


def _record(platform: Platform, program: Path, case: Case) -> None:
    platform.reset()
    workdir = Path(tempfile.mkdtemp(prefix="recording-"))
    try:
        _write(workdir, case.files)
        _apply(platform, case.applied)
        settings = _settings(platform, program, case, workdir)
        binary = find_binary(settings, Interrupt())
        if not dialect_for(binary.version).query and case.name.startswith("query"):
            return
        if not dialect_for(binary.version).diff and _diffs_by_itself(case.name):
            return
        case.before(platform)
        completed = _run(settings, binary, case, workdir, platform)
        hide = _hider(platform, workdir, binary)
        folder = _FOLDER / str(binary.version)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_as_json(completed, case, hide), indent=1, ensure_ascii=False)
        (folder / f"{case.name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stderr.write(
            f"{binary.version} {case.name}: {completed.ended} {completed.exit_code} ({completed.seconds:.1f} s)\n"
        )
    finally:
        shutil.rmtree(workdir)


def _diffs_by_itself(case: str) -> bool:
    return case.startswith("diff") and "docker" not in case


def _write(workdir: Path, files: Files) -> None:
    (workdir / "supabase" / "migrations").mkdir(parents=True)
    for name, text in files.items():
        (workdir / name).write_text(text, encoding="utf-8")


def _apply(platform: Platform, versions: tuple[str, ...]) -> None:
    if not versions:
        return
    platform.sql("create schema supabase_migrations authorization postgres")
    platform.sql(
        "create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)"
    )
    platform.sql("alter table supabase_migrations.schema_migrations owner to postgres")
    for version in versions:
        platform.sql(
            "insert into supabase_migrations.schema_migrations (version) values (:version)", version=version
        )


def _settings(platform: Platform, program: Path, case: Case, workdir: Path) -> Settings:
    environ = {"PATH": os.environ["PATH"], "HOME": str(workdir), **platform.environ(linked=case.linked)}
    environ.update(case.settings)
    if environ.get("SUPABASE_DB_URL") == "as poor":
        environ["SUPABASE_DB_URL"] = platform.database_url.replace("postgres@", "poor@")
    environ = {name: value for name, value in environ.items() if value}
    return load(Flags(workdir=workdir, supabase_bin=program), environ)


def _run(settings: Settings, binary: Binary, case: Case, workdir: Path, platform: Platform) -> Completed:
    login = find_login(settings)
    target = target_of(settings, read_profile(login.profile, workdir).project_host)
    speaker = Speaker(
        dialect_for(binary.version), binary.program, target, workdir, binary.env, settings.db_password
    )
    home = workdir / "home"
    home.mkdir()
    with Children(Interrupt(), settings.redact) as children:
        command = replace(case.call(speaker), idle=None)
        words = (word.replace(_SOCKET, str(platform.folder)) for word in command.argv)
        command = replace(command, argv=tuple(words))
        running = children.start(command, child_environment(settings, target, login, home), total=_SECONDS)
        return children.wait(running)[0]


def _hider(platform: Platform, workdir: Path, binary: Binary) -> Callable[[str], str]:
    """Takes out what is secret and what differs from run to run."""
    known = platform.credentials
    address = parse_database_url(platform.database_url, name="platform")
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoibWFkZSB1cCJ9.bWFkZS11cA"
    replaced = {
        known.secret_key: "sb_secret_MadeUpForTheTranscripts_0000",
        known.secret_key[:15] + "·" * 16: "sb_secret_MadeU" + "·" * 16,
        known.publishable_key: "sb_publishable_MadeUpForTheTranscripts_0000",
        known.service_role_key: jwt + "-service",
        known.anon_key: jwt + "-anon",
        known.ref: "abcdefghijklmnopqrst",
        str(workdir): "/project",
        str(platform.folder): _SOCKET,
        binary.program[0]: "supabase",
        platform.api_url: "http://127.0.0.1:8000",
        f"{address.host}:{address.port}": "127.0.0.1:5432",
        address.host: "127.0.0.1",
        f":{address.port}": ":5432",
        f'"port":{address.port}': '"port":5432',
    }
    redact = Redactor(map(Secret, (known.access_token, known.database_password, known.jwt_secret)))

    def hide(text: str) -> str:
        for original, made_up in replaced.items():
            text = text.replace(original, made_up)
        return redact(_EXCERPT.sub(r"\1 | (the CLI's own source)", text))

    return hide


def _as_json(completed: Completed, case: Case, hide: Callable[[str], str]) -> Mapping[str, object]:
    stdout = completed.secret_stdout.reveal() if completed.secret_stdout else completed.stdout
    return {
        "case": case.name,
        "verb": completed.verb,
        "argv": [hide(word) for word in completed.argv],
        "private": completed.secret_stdout is not None,
        "ended": completed.ended,
        "exit_code": completed.exit_code,
        "prompt": completed.prompt,
        "stdout": hide(stdout),
        "terminal": hide(completed.terminal),
    }


def cases() -> Iterator[str]:
    """The names of all cases, for the test that holds files and table together."""
    return (case.name for case in CASES)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SupaDeployError as error:
        sys.exit(f"{error.message} {error.hint or ''}")
