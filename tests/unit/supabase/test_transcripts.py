"""What the real CLIs said (tests/transcripts), and what it is taken to mean. A new transcript needs a line here."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.secret import Secret
from supa_deploy.supabase.answers import (
    ApiKeys,
    Caret,
    FailureKind,
    History,
    LinkAnswer,
    RepairAnswer,
    failure_of,
    read_api_keys,
    read_diff,
    read_history,
    read_link,
    read_push,
    read_repair,
    read_rows,
)
from supa_deploy.supabase.command import Completed, Verb

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
VERSIONS = ("2.99.0", "2.122.1", "3.1.0")
Transcript = Callable[[str, str], Completed]

A, B = "20250101000000", "20250102000000"
FILES = (f"{A}_a.sql", f"{B}_b.sql")

FAILURES = {
    "api-keys-closed": FailureKind.UNREACHABLE,
    "api-keys-garbage": FailureKind.UNREACHABLE,
    "api-keys-server-error": FailureKind.UNREACHABLE,
    "api-keys-wrong-token": FailureKind.TOKEN,
    "diff-docker": FailureKind.DOCKER,
    "diff-docker-url": FailureKind.DOCKER,
    "diff-missing-requirement": FailureKind.ENGINE,
    "diff-no-scratch": FailureKind.SQL,
    "diff-wrong-password": FailureKind.PASSWORD,
    "history-database-silent": FailureKind.UNREACHABLE,
    "history-login-role-refused": FailureKind.TOKEN,
    "history-no-rights": FailureKind.PERMISSION,
    "history-no-token": FailureKind.TOKEN,
    "history-refused": FailureKind.UNREACHABLE,
    "history-unknown-host": FailureKind.UNREACHABLE,
    "history-unknown-project": FailureKind.UNREACHABLE,
    "history-wrong-password": FailureKind.PASSWORD,
    "history-wrong-password-url": FailureKind.PASSWORD,
    "link-closed": FailureKind.UNREACHABLE,
    "link-forbidden": FailureKind.TOKEN,
    "link-garbage": FailureKind.UNREACHABLE,
    "link-keys-server-error": FailureKind.UNREACHABLE,
    "link-no-token": FailureKind.TOKEN,
    "link-paused": FailureKind.PAUSED,
    "link-server-error": FailureKind.UNREACHABLE,
    "link-too-many": FailureKind.UNREACHABLE,
    "link-unknown-project": FailureKind.TOKEN,
    "link-wrong-token": FailureKind.TOKEN,
    "push-broken-config": FailureKind.CONFIG,
    "push-concurrently-mixed": FailureKind.SQL,
    "push-local-older": FailureKind.CONFLICT_LOCAL_OLDER,
    "push-lost-connection": FailureKind.SQL,
    "push-remote-unknown": FailureKind.CONFLICT_REMOTE_UNKNOWN,
    "push-roles-error": FailureKind.ROLES,
    "push-seed-error": FailureKind.SEED,
    "push-sql-error": FailureKind.SQL,
    "push-sql-error-detail": FailureKind.SQL,
    "push-sql-error-first-line": FailureKind.SQL,
    "push-version-taken": FailureKind.BUSY,
    "push-wrong-password": FailureKind.PASSWORD,
    "query-error": FailureKind.SQL,
    "query-linked-wrong-token": FailureKind.TOKEN,
    "repair-applied-no-file": FailureKind.OTHER,
    "repair-wrong-password": FailureKind.PASSWORD,
}
HISTORIES = {
    "history-linked": History((A,), (A, B)),
    "history-login-role": History((), (A, B)),
    "history-mixed": History((A,), (A, B)),
    "history-no-files": History((), ()),
    "history-pending": History((), (A, B)),
    "history-remote-only": History((A, "20250105000000"), (A,)),
}
# case: claimed, up to date, seeds, roles
PUSHES = {
    "push-bad-names": (FILES, False, (), ()),
    "push-dry-run": (FILES, False, (), ()),
    "push-dry-run-everything": (FILES, False, ("supabase/seed.sql",), ("supabase/roles.sql",)),
    "push-dry-run-none": ((), True, (), ()),
    "push-local-older-include-all": (("20240101000000_old.sql",), False, (), ()),
    "push-new": (FILES, False, (), ()),
    "push-new-linked": (FILES, False, (), ()),
    "push-none": ((), True, (), ()),
    "push-roles": (FILES, False, (), ("supabase/roles.sql",)),
    "push-seed": (FILES, False, ("supabase/seed.sql",), ()),
}
ROWS = {"query": [{"one": 1, "letter": "x"}], "query-linked": [{"one": 1}], "query-no-rows": []}
WARNINGS = {
    "link": (),
    "link-coming-up": ("Project status is COMING_UP instead of Active Healthy. Some operations might fail.",),
}
REPAIRS = {"repair-applied": B, "repair-reverted": A, "repair-reverted-unknown": A}
SPECIAL = {"api-keys", "diff", "diff-empty", "link-keys-forbidden"}
NOT_IN_DOCKER = {"diff", "diff-empty", "diff-missing-requirement", "diff-no-scratch", "diff-wrong-password"}
FAILED = [
    (version, case)
    for version in VERSIONS
    for case in sorted(FAILURES)
    if version != "2.99.0" or case not in NOT_IN_DOCKER
]


def test_every_transcript_is_understood_by_a_line_here_and_every_line_is_recorded() -> None:
    known = {*FAILURES, *HISTORIES, *PUSHES, *ROWS, *WARNINGS, *REPAIRS, *SPECIAL}
    for version in VERSIONS:
        missing = NOT_IN_DOCKER if version == "2.99.0" else set()
        assert {path.stem for path in (TRANSCRIPTS / version).glob("*.json")} == known - missing


@pytest.mark.parametrize(("version", "case"), FAILED)
def test_failures_have_their_kind(transcript: Transcript, version: str, case: str) -> None:
    failure = failure_of(transcript(version, case))
    assert failure.kind is FAILURES[case]
    assert failure.message
    assert ".go:" not in failure.message
    assert "--debug" not in f"{failure.message}{failure.suggestion}"
    assert (failure.code is None) == (version == "2.99.0")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", sorted(HISTORIES))
def test_histories_are_read(transcript: Transcript, version: str, case: str) -> None:
    assert read_history(transcript(version, case)) == HISTORIES[case]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", sorted(PUSHES))
def test_pushes_are_read(transcript: Transcript, version: str, case: str) -> None:
    dry_run = "dry-run" in case
    answer = read_push(transcript(version, case), dry_run=dry_run)
    assert (answer.claimed, answer.up_to_date, answer.seeds, answer.roles) == PUSHES[case]
    assert answer.failure is None
    assert answer.started == (() if dry_run else answer.claimed)
    assert answer.sent_anything == (not dry_run and bool(answer.claimed))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", sorted(ROWS))
def test_rows_are_read(transcript: Transcript, version: str, case: str) -> None:
    assert [dict(row) for row in read_rows(transcript(version, case))] == ROWS[case]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", sorted(WARNINGS))
def test_links_are_read(transcript: Transcript, version: str, case: str) -> None:
    assert read_link(transcript(version, case)) == LinkAnswer(warnings=WARNINGS[case])


@pytest.mark.parametrize("version", ["2.122.1", "3.1.0"])
def test_diffs_are_read(transcript: Transcript, version: str) -> None:
    found = read_diff(transcript(version, "diff"))
    assert found.sql.startswith('CREATE TABLE "public"."a" (\n  "id" integer\n);\n')
    assert (found.engine, found.empty) == ("pg-delta", False)
    alike = read_diff(transcript(version, "diff-empty"))
    assert (alike.sql, alike.engine, alike.empty) == ("", "pg-delta", True)


def test_what_the_engine_passes_over_is_a_warning(transcript: Transcript) -> None:
    assert read_diff(transcript("3.1.0", "diff-empty")).warnings == (
        (
            "pg-delta does not manage these PostgreSQL object kinds: parameter ACL. Changes to these objects are "
            "omitted from the generated database diff."
        ),
    )


@pytest.mark.parametrize("version", ["2.122.1", "3.1.0"])
def test_an_engines_refusal_keeps_its_words(transcript: Transcript, version: str) -> None:
    refused = failure_of(transcript(version, "diff-missing-requirement"))
    assert refused.code == "PgDeltaEngineError"
    assert "missing requirement" in refused.message


@pytest.mark.parametrize("version", VERSIONS)
def test_the_want_of_docker_is_said_once(transcript: Transcript, version: str) -> None:
    refused = failure_of(transcript(version, "diff-docker"))
    assert refused.message.endswith("Is the docker daemon running?")
    assert "2.115" in (refused.advice or "")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", sorted(REPAIRS))
def test_repairs_are_read(transcript: Transcript, version: str, case: str) -> None:
    assert read_repair(transcript(version, case)) == RepairAnswer((REPAIRS[case],))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_repair_that_failed_carries_why(transcript: Transcript, version: str) -> None:
    answer = read_repair(transcript(version, "repair-wrong-password"))
    assert answer.versions == ()
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.PASSWORD


def test_a_token_that_may_not_see_keys_is_refused_by_two_generations_and_warned_of_by_the_third(
    transcript: Transcript,
) -> None:
    case = "link-keys-forbidden"
    assert [failure_of(transcript(version, case)).kind for version in VERSIONS[:2]] == [FailureKind.TOKEN] * 2
    (warning,) = read_link(transcript("3.1.0", case)).warnings
    assert warning.startswith("The access token cannot read secret API keys")


@pytest.mark.parametrize("version", VERSIONS)
def test_keys_prefer_the_new_kind_where_it_is_shown_whole(transcript: Transcript, version: str) -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoibWFkZSB1cCJ9.bWFkZS11cA"
    legacy, whole = Secret(f"{jwt}-service"), Secret("sb_secret_MadeUpForTheTranscripts_0000")
    publishable = Secret("sb_publishable_MadeUpForTheTranscripts_0000")
    expected = (
        ApiKeys(legacy, publishable, (legacy,))  # 2.99 has no --reveal: its sb_secret key is masked
        if version == "2.99.0"
        else ApiKeys(whole, publishable, (whole, legacy))
    )
    assert read_api_keys(transcript(version, "api-keys")) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_a_garbled_list_of_keys_is_not_quoted(transcript: Transcript, version: str) -> None:
    said = transcript(version, "api-keys-garbage")
    assert "half-a-secret" not in f"{failure_of(said)!r}{failure_of(said).as_error()}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refused_statement_is_located(transcript: Transcript, version: str) -> None:
    answer = read_push(transcript(version, "push-sql-error"), dry_run=False)
    assert answer.started == (*FILES, "20250103000000_c.sql")
    assert answer.claimed == ()
    failure = answer.failure
    assert failure is not None
    assert failure.file == "20250103000000_c.sql"
    assert failure.sqlstate == "42P01"
    assert failure.message == 'ERROR: relation "nope_table" does not exist (SQLSTATE 42P01)'
    assert failure.statement_index == 1
    assert failure.statement_text == "-- comment here\ninsert into\n  nope_table values (1)"
    assert failure.caret == Caret(line=2, column=2)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_detail_belongs_to_the_message_and_not_to_the_statement(
    transcript: Transcript, version: str
) -> None:
    failure = failure_of(transcript(version, "push-sql-error-detail"))
    assert failure.message.endswith("(SQLSTATE 23505)\nKey (id)=(1) already exists.")
    assert (failure.statement_text, failure.caret) == ("insert into a values (1)", None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("case", "file"), [("push-seed-error", "supabase/seed.sql"), ("push-roles-error", "supabase/roles.sql")]
)
def test_seeds_and_roles_name_their_file(transcript: Transcript, version: str, case: str, file: str) -> None:
    assert failure_of(transcript(version, case)).file == file


@pytest.mark.parametrize("version", VERSIONS)
def test_a_conflict_brings_the_clis_own_remedy(transcript: Transcript, version: str) -> None:
    older = failure_of(transcript(version, "push-local-older")).suggestion or ""
    unknown = failure_of(transcript(version, "push-remote-unknown")).suggestion or ""
    assert "--include-all" in older
    assert "supabase/migrations/20240101000000_old.sql" in older
    assert "supabase migration repair --status reverted 20250105000000" in unknown
    assert "supabase db pull" in unknown


@pytest.mark.parametrize("version", VERSIONS)
def test_a_host_that_does_not_resolve_is_explained_and_not_called_ipv6(
    transcript: Transcript, version: str
) -> None:
    suggestion = failure_of(transcript(version, "history-unknown-project")).suggestion or ""
    assert "its name does not resolve" in suggestion
    assert "pooler" in suggestion


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_call_names_target_format_and_folder(transcript: Transcript, version: str) -> None:
    for path in (TRANSCRIPTS / version).glob("*.json"):
        said = transcript(version, path.stem)
        argv = " ".join(said.argv)
        assert "--output-format json" in argv
        assert "--agent no" in argv
        assert "--workdir /project" in argv
        if said.verb is Verb.PUSH:
            assert ("--yes" in said.argv) != ("--dry-run" in said.argv)
