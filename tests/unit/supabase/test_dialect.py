"""Commands as whole values: argv and what they add to the environment, per generation."""

from pathlib import Path

import pytest

from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl
from supa_deploy.supabase.command import Reply
from supa_deploy.supabase.dialect import (
    FRONT,
    GO,
    JSON_DIFF,
    JSON_LINKED,
    JSON_REMOTE,
    Dialect,
    dialect_for,
    notice_for,
)
from supa_deploy.supabase.speaker import PushOptions, Speaker
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
