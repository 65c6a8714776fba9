"""Commands as whole values: argv and what they add to the environment, per generation."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl, parse_database_url
from supa_deploy.supabase.command import Reply
from supa_deploy.supabase.dialect import (
    DIALECTS,
    FRONT,
    GO,
    JSON_DIFF,
    JSON_LINKED,
    JSON_REMOTE,
    Dialect,
    dialect_for,
    notice_for,
)
from supa_deploy.supabase.speaker import PushOptions, RepairStatus, Speaker
from supa_deploy.supabase.target import ByUrl, Linked, Target
from supa_deploy.supabase.version import Version

REF = "abcdefghijklmnopqrst"
LINKED = Linked(REF)
FOLDER = Path("/project")
URL = "postgresql://postgres@db.example.org:6000/app"
EVERYTHING = PushOptions(include_all=True, include_roles=True, include_seed=True)
DRY = PushOptions(dry_run=True)
W = "--workdir /project"
M = f"{W} --output-format json --agent no"


def speaker(dialect: Dialect, target: Target = LINKED, password: Secret | None = None) -> Speaker:
    """A speaker with a program of one word."""
    return Speaker(dialect, ("supabase",), target, FOLDER, password=password)


@pytest.fixture
def by_url(database_url: DatabaseUrl) -> ByUrl:
    """The URL target."""
    return ByUrl(database_url)


@pytest.mark.parametrize(
    ("version", "dialect"),
    [
        ((2, 40, 7), GO),
        ((2, 98, 2), GO),
        ((2, 99, 0), FRONT),
        ((2, 109, 1), FRONT),
        ((2, 110, 0), JSON_LINKED),
        ((2, 114, 9), JSON_LINKED),
        ((2, 115, 0), JSON_DIFF),
        ((2, 122, 1), JSON_DIFF),
        ((3, 0, 0), JSON_REMOTE),
        ((3, 9, 0), JSON_REMOTE),
        ((4, 0, 0), JSON_REMOTE),
    ],
)
def test_a_version_speaks_its_generations_dialect(version: tuple[int, int, int], dialect: Dialect) -> None:
    assert dialect_for(Version(*version)) is dialect


def test_only_a_newer_major_is_worth_a_notice() -> None:
    assert notice_for(Version(3, 99, 0)) is None
    assert "newer than any" in (notice_for(Version(4, 0, 0)) or "")


def test_a_version_too_old_is_named_with_the_upgrade() -> None:
    with pytest.raises(
        PreflightFailed, match=r"2\.40\.6 is too old: 2\.40\.7 or newer .* Nothing was touched"
    ) as refused:
        dialect_for(Version(2, 40, 6))
    assert "npm install --save-dev supabase@latest" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("dialect", "options", "argv"),
    [
        (GO, PushOptions(), f"db push --linked --yes {W}"),
        (GO, EVERYTHING, f"db push --linked --include-all --include-roles --include-seed --yes {W}"),
        (GO, DRY, f"db push --linked --dry-run {W}"),
        (FRONT, PushOptions(), f"db push --linked --yes {M}"),
        (FRONT, EVERYTHING, f"db push --linked --include-all --include-roles --include-seed --yes {M}"),
        (FRONT, DRY, f"db push --linked --dry-run {M}"),
        (JSON_LINKED, PushOptions(), f"db push --linked --yes {M}"),
        (JSON_LINKED, EVERYTHING, f"db push --linked --include-all --include-roles --include-seed --yes {M}"),
        (JSON_LINKED, DRY, f"db push --linked --dry-run {M}"),
        (JSON_REMOTE, PushOptions(), f"db push --remote={REF} --yes {M}"),
        (
            JSON_REMOTE,
            EVERYTHING,
            f"db push --remote={REF} --include-all --include-roles --include-seed --yes {M}",
        ),
        (JSON_REMOTE, DRY, f"db push --remote={REF} --dry-run {M}"),
    ],
)
def test_push(dialect: Dialect, options: PushOptions, argv: str) -> None:
    command = speaker(dialect).push(options)
    assert " ".join(command.argv) == f"supabase {argv}"
    assert dict(command.env) == {}
    assert command.cwd == FOLDER
    assert (command.idle is None) == (not options.dry_run)


@pytest.mark.parametrize(
    ("dialect", "link", "history", "keys"),
    [
        (
            GO,
            f"link --project-ref {REF} {W}",
            f"migration list --linked {W}",
            f"projects api-keys --project-ref {REF} -o json {W}",
        ),
        (
            FRONT,
            f"link --project-ref {REF} {M}",
            f"migration list --linked {M}",
            f"projects api-keys --project-ref {REF} {M}",
        ),
        (
            JSON_LINKED,
            f"link --project-ref {REF} {M}",
            f"migration list --linked {M}",
            f"projects api-keys --project-ref {REF} --reveal {M}",
        ),
        (
            JSON_REMOTE,
            f"link --project-ref {REF} {M}",
            f"migration list --remote={REF} {M}",
            f"projects api-keys --remote={REF} --reveal {M}",
        ),
    ],
)
def test_reads_of_a_project(dialect: Dialect, link: str, history: str, keys: str) -> None:
    words = speaker(dialect)
    assert " ".join(words.link().argv) == f"supabase {link}"
    assert " ".join(words.history().argv) == f"supabase {history}"
    assert " ".join(words.api_keys().argv) == f"supabase {keys}"
    assert words.api_keys().private


@pytest.mark.parametrize(
    ("dialect", "target", "machine"),
    [
        (GO, f"--db-url {URL}", W),
        (FRONT, f"--db-url {URL}", M),
        (JSON_LINKED, f"--db-url {URL}", M),
        (JSON_REMOTE, f"--remote={URL}", M),
    ],
)
def test_a_url_stands_in_argv_without_its_password(
    dialect: Dialect, target: str, machine: str, by_url: ByUrl
) -> None:
    words = speaker(dialect, by_url)
    assert " ".join(words.history().argv) == f"supabase migration list {target} {machine}"
    assert " ".join(words.push(PushOptions()).argv) == f"supabase db push {target} --yes {machine}"


@pytest.mark.parametrize(
    ("dialect", "argv"),
    [
        (FRONT, ("--linked",)),
        (JSON_LINKED, ("--linked",)),
        (JSON_REMOTE, (f"--remote={REF}", "--read-only")),
    ],
)
def test_a_query_may_only_read_where_that_can_be_said(dialect: Dialect, argv: tuple[str, ...]) -> None:
    machine = ("--workdir", "/project", "--output-format", "json", "--agent", "no")
    assert speaker(dialect).query("select 1").argv == ("supabase", "db", "query", "select 1", *argv, *machine)


def test_only_the_oldest_generation_is_answered_and_its_password_is_a_secret() -> None:
    password = Secret("pass")
    assert speaker(GO, password=password).link().replies == (
        Reply(r"Enter your database password: \Z", password),
        Reply(r"\[Y/n\] \Z", "y", times=5),
    )
    assert all(
        speaker(dialect, password=password).link().replies == ()
        for dialect in (FRONT, JSON_LINKED, JSON_REMOTE)
    )
    assert "pass'" not in repr(speaker(GO, password=password).link())


def test_without_a_password_the_question_for_it_has_no_answer() -> None:
    assert [reply.pattern for reply in speaker(GO).link().replies] == [r"\[Y/n\] \Z"]


def test_what_the_program_needs_beside_the_policy_comes_along() -> None:
    words = Speaker(
        JSON_REMOTE, ("npx", "--no-install", "supabase"), LINKED, FOLDER, {"npm_config_cache": "/c"}
    )
    assert words.history().argv[:3] == ("npx", "--no-install", "supabase")
    assert dict(words.history().env) == {"npm_config_cache": "/c"}


def test_a_url_has_no_project_to_link(by_url: ByUrl) -> None:
    with pytest.raises(ValueError, match="no project ref"):
        speaker(JSON_REMOTE, by_url).link()


SCRATCH = parse_database_url("postgresql://postgres@localhost:5999/one?host=/private/folder", name="scratch")
S = "postgresql://postgres@localhost:5999/one?host=/private/folder"
SCHEMAS = ("public", "auth")


@pytest.mark.parametrize(
    ("dialect", "target"), [(JSON_LINKED, "linked"), (JSON_DIFF, "linked"), (JSON_REMOTE, "remote")]
)
def test_diff_with_a_project(dialect: Dialect, target: str) -> None:
    words = speaker(dialect)
    plain = words.diff(SCRATCH)
    assert " ".join(plain.argv) == f"supabase db diff --from {S} --to {target} {M}"
    assert dict(plain.env) == {}
    assert (plain.idle, plain.private, plain.cwd) == (None, True, FOLDER)
    full = words.diff(SCRATCH, SCHEMAS, reverse=True)
    assert " ".join(full.argv) == f"supabase db diff --from {target} --to {S} --schema public,auth {M}"


@pytest.mark.parametrize("dialect", [JSON_DIFF, JSON_REMOTE])
def test_diff_with_a_url(dialect: Dialect, by_url: ByUrl) -> None:
    words = speaker(dialect, by_url)
    assert " ".join(words.diff(SCRATCH).argv) == f"supabase db diff --from {S} --to {URL} {M}"
    assert (
        " ".join(words.diff(SCRATCH, SCHEMAS, reverse=True).argv)
        == f"supabase db diff --from {URL} --to {S} --schema public,auth {M}"
    )
    assert dict(words.diff(SCRATCH).env) == {}


@pytest.mark.parametrize(
    ("dialect", "target", "machine"),
    [
        (GO, "--linked", W),
        (FRONT, "--linked", M),
        (JSON_LINKED, "--linked", M),
        (JSON_DIFF, "--linked", M),
        (JSON_REMOTE, f"--remote={REF}", M),
    ],
)
def test_diff_in_docker_and_repair(dialect: Dialect, target: str, machine: str) -> None:
    words = speaker(dialect)
    assert " ".join(words.diff_by_docker().argv) == f"supabase db diff {target} {machine}"
    assert (
        " ".join(words.diff_by_docker(SCHEMAS).argv)
        == f"supabase db diff {target} --schema public,auth {machine}"
    )
    assert words.diff_by_docker().idle is None
    one = words.repair(["20250101000000"], RepairStatus.APPLIED)
    assert (
        " ".join(one.argv)
        == f"supabase migration repair 20250101000000 --status applied {target} --yes {machine}"
    )
    two = words.repair(["20250101000000", "2"], RepairStatus.REVERTED)
    assert (
        " ".join(two.argv)
        == f"supabase migration repair 20250101000000 2 --status reverted {target} --yes {machine}"
    )
    assert (dict(two.env), two.idle) == ({}, None)


@pytest.mark.parametrize(
    ("dialect", "target"),
    [
        (GO, f"--db-url {URL}"),
        (FRONT, f"--db-url {URL}"),
        (JSON_DIFF, f"--db-url {URL}"),
        (JSON_REMOTE, f"--remote={URL}"),
    ],
)
def test_diff_in_docker_and_repair_by_url(dialect: Dialect, target: str, by_url: ByUrl) -> None:
    words = speaker(dialect, by_url)
    assert " ".join(words.diff_by_docker().argv).startswith(f"supabase db diff {target} {W}")
    assert " ".join(words.repair(["1"], RepairStatus.REVERTED).argv).startswith(
        f"supabase migration repair 1 --status reverted {target} --yes {W}"
    )


@pytest.mark.parametrize("versions", [(), [], ("",), ("all",), ("1", "--local"), ("1", "")])
def test_a_repair_without_versions_is_never_built(versions: Sequence[str]) -> None:
    for dialect in DIALECTS:
        with pytest.raises(ValueError, match="names its versions"):
            speaker(dialect).repair(versions, RepairStatus.REVERTED)


def test_a_scratch_password_travels_in_the_environment_with_a_project() -> None:
    scratch = parse_database_url("postgresql://postgres:scr%40tch@127.0.0.1:54322/postgres", name="scratch")
    command = speaker(JSON_REMOTE).diff(scratch)
    assert dict(command.env) == {"PGPASSWORD": Secret("scr@tch")}
    assert not any("scr" in word for word in command.argv)


def test_two_urls_with_two_passwords_are_refused_and_neither_is_named(by_url: ByUrl) -> None:
    scratch = parse_database_url("postgresql://postgres:scratch@127.0.0.1:54322/postgres", name="scratch")
    with pytest.raises(UsageError, match="different passwords") as refused:
        speaker(JSON_REMOTE, by_url).diff(scratch)
    assert "scratch:" not in f"{refused.value.message}{refused.value.hint}"
    same = parse_database_url("postgresql://postgres:p%40ss@127.0.0.1:54322/postgres", name="scratch")
    assert dict(speaker(JSON_REMOTE, by_url).diff(same).env) == {}


@pytest.mark.parametrize(
    ("url", "side"),
    [
        (
            "postgresql://postgres@127.0.0.1:54322/postgres",
            "postgresql://postgres@127.0.0.1:54322/postgres?sslmode=disable",
        ),
        (
            "postgresql://postgres@localhost:54322/a?application_name=x",
            "postgresql://postgres@localhost:54322/a?application_name=x&sslmode=disable",
        ),
        (
            "postgresql://postgres@localhost:54322/a?sslmode=require",
            "postgresql://postgres@localhost:54322/a?sslmode=require",
        ),
        ("postgresql://postgres@shadow.example.org/a", "postgresql://postgres@shadow.example.org:5432/a"),
    ],
)
def test_a_scratch_server_of_this_machine_need_not_have_tls(url: str, side: str) -> None:
    command = speaker(JSON_REMOTE).diff(parse_database_url(url, name="scratch"))
    assert command.argv[4] == side


def test_only_newer_generations_compare_without_docker() -> None:
    assert [dialect.name for dialect in DIALECTS if dialect.diff] == ["2.122", "3"]


def test_an_exact_answer_is_private() -> None:
    assert speaker(JSON_REMOTE).query("select 1", exact=True).private
    assert not speaker(JSON_REMOTE).query("select 1").private


@pytest.mark.parametrize("dialect", [FRONT, JSON_DIFF, JSON_REMOTE])
def test_what_needs_nothing_of_the_project_leaves_nothing_in_it(dialect: Dialect, tmp_path: Path) -> None:
    """3.x writes into the folder it is given; npx finds the CLI from the project's own."""
    speaker = Speaker(dialect, ("supabase",), LINKED, tmp_path, cwd=FOLDER, aside=Path("/aside"))
    query = speaker.query("select 1")
    assert query.argv[query.argv.index("--workdir") + 1] == "/aside"
    diff = speaker.diff(SCRATCH)
    own = str(tmp_path) if dialect.needs_link else "/aside"  # the pooler's address, which `link` left
    assert diff.argv[diff.argv.index("--workdir") + 1] == own
    assert {query.cwd, diff.cwd, speaker.history().cwd} == {FOLDER}
