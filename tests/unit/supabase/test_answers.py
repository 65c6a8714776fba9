"""What no recording shows: successes that cannot be read, generations in between, calls that were cut short."""

from collections.abc import Callable

import pytest

from supa_deploy.errors import (
    AuthFailed,
    HistoryConflict,
    Interrupted,
    PreflightFailed,
    SupaDeployError,
    Unreachable,
)
from supa_deploy.secret import Secret
from supa_deploy.supabase.answers import (
    CliFailure,
    FailureKind,
    UnreadableAnswer,
    failure_of,
    read_api_keys,
    read_history,
    read_link,
    read_push,
    read_rows,
)
from supa_deploy.supabase.command import Completed, Ended, Verb

Make = Callable[..., Completed]
NONSENSE = (
    "",
    "ok",
    "null",
    "[1]",
    '{"message":"fine"}',
    '{"migrations":[{"local":1}]}',
    '{"upToDate":"yes"}',
)


@pytest.mark.parametrize("said", NONSENSE)
def test_a_success_that_cannot_be_read_is_an_error(completed: Make, said: str) -> None:
    for verb, read in (
        (Verb.HISTORY, read_history),
        (Verb.LINK, read_link),
        (Verb.QUERY, read_rows),
    ):
        with pytest.raises(UnreadableAnswer, match="words that cannot be read"):
            read(completed(verb, stdout=said))
    failure = read_push(completed(Verb.PUSH, stdout=said), dry_run=False).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE


@pytest.mark.parametrize("said", ["", "NAME | KEY VALUE\n", '{"keys":"none"}'])
def test_keys_that_cannot_be_read_are_not_quoted(completed: Make, said: str) -> None:
    with pytest.raises(UnreadableAnswer) as refused:
        read_api_keys(completed(Verb.API_KEYS, secret_stdout=Secret(said + "sb_secret_x")))
    assert "sb_secret_x" not in refused.value.message


def test_a_real_push_that_calls_itself_dry_is_not_believed(completed: Make) -> None:
    said = '{"upToDate":false,"dryRun":true,"migrations":["a.sql"],"seeds":[],"roles":[]}'
    assert read_push(completed(Verb.PUSH, stdout=said), dry_run=True).claimed == ("a.sql",)
    failure = read_push(completed(Verb.PUSH, stdout=said), dry_run=False).failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE


def test_a_history_with_something_that_is_no_version_is_not_believed(completed: Make) -> None:
    table = "   Local | Remote | Time (UTC)\n  -------|--------|----\n   2025  | oops   | 2025\n"
    with pytest.raises(UnreadableAnswer):
        read_history(completed(Verb.HISTORY, stdout=table))


def test_a_table_of_backticks_is_read_like_one_without(completed: Make) -> None:
    table = (
        "\n\n   Local            | Remote           | Time (UTC)\n  ------------------|------------------|-----\n"
        "   `20250101000000` | `20250101000000` | `2025-01-01 00:00:00`\n"
        "   `20250102000000` | ` `              | `2025-01-02 00:00:00`\n"
        "   ` `              | `20250103000000` | `2025-01-03 00:00:00`\n"
    )
    history = read_history(completed(Verb.HISTORY, stdout=table))
    assert history.versions == ("20250101000000", "20250103000000")
    assert history.local == ("20250101000000", "20250102000000")


def test_the_codes_of_2_110_to_2_116_lose_their_prefix(completed: Make) -> None:
    said = '{"_tag":"Error","error":{"code":"LegacyDbPushMissingLocalError","message":"Remote migration versions…"}}'
    failure = failure_of(completed(Verb.PUSH, stdout=said, exit_code=1))
    assert (failure.kind, failure.code) == (FailureKind.CONFLICT_REMOTE_UNKNOWN, "DbPushMissingLocalError")


def test_2_110_does_not_say_why_and_that_is_said(completed: Make) -> None:
    message = "failed to connect to postgres: effect/sql/SqlError: PgClient: Failed to connect"
    said = f'{{"_tag":"Error","error":{{"code":"LegacyDbConnectError","message":"{message}","suggestion":"IP"}}}}'
    failure = failure_of(completed(Verb.HISTORY, stdout=said, exit_code=1))
    assert failure.kind is FailureKind.UNREACHABLE
    assert "password" in (failure.suggestion or "")


def test_words_about_another_key_are_no_other_deploy(completed: Make) -> None:
    terminal = "Applying migration 1_a.sql...\n"
    said = '{"error":{"code":"DbPushApplyError","message":"ERROR: duplicate key \\"other_pkey\\" (SQLSTATE 23505)"}}'
    assert (
        failure_of(completed(Verb.PUSH, stdout=said, terminal=terminal, exit_code=1)).kind is FailureKind.SQL
    )


def test_a_message_nobody_knows_keeps_the_clis_own_words(completed: Make) -> None:
    failure = failure_of(completed(Verb.PUSH, terminal="something new went wrong\n", exit_code=1))
    assert (failure.kind, failure.message) == (FailureKind.OTHER, "something new went wrong")
    silent = failure_of(completed(Verb.PUSH, exit_code=1))
    assert silent.message == "`supabase db push` failed (1) and said nothing"


def test_a_message_too_long_to_read_is_cut(completed: Make) -> None:
    failure = failure_of(
        completed(Verb.PUSH, terminal="x" * 90 + "\n" + "noise\n" * 2000 + "the end", exit_code=1)
    )
    assert len(failure.message) <= 2001
    assert failure.message.endswith("the end")


@pytest.mark.parametrize(
    ("ended", "exit_code", "kind"),
    [
        (Ended.TIMED_OUT, -2, FailureKind.TIMEOUT),
        (Ended.IDLE, -9, FailureKind.TIMEOUT),
        (Ended.INTERRUPTED, 130, FailureKind.INTERRUPTED),
        (Ended.PROMPTED, -2, FailureKind.PROMPT),
        (Ended.EXITED, -11, FailureKind.CLI_INTERNAL),
    ],
)
def test_a_call_cut_short_is_judged_by_that_alone(
    completed: Make, ended: Ended, exit_code: int, kind: FailureKind
) -> None:
    said = '{"error":{"code":"DbPushApplyError","message":"ERROR: x (SQLSTATE 42P01)"}}'
    terminal = "Applying migration 1_a.sql...\nApplying migration 2_b.sql...\n"
    call = completed(
        Verb.PUSH, stdout=said, terminal=terminal, ended=ended, exit_code=exit_code, prompt="Sure?"
    )
    answer = read_push(call, dry_run=False)
    assert answer.failure is not None
    assert answer.failure.kind is kind
    assert answer.started == ("1_a.sql", "2_b.sql")
    assert answer.sent_anything


def test_being_asked_for_the_password_is_a_missing_password(completed: Make) -> None:
    call = completed(Verb.LINK, ended=Ended.PROMPTED, prompt="Enter your database password:", exit_code=-2)
    assert failure_of(call).kind is FailureKind.PASSWORD


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FailureKind.TOKEN, AuthFailed),
        (FailureKind.PASSWORD, AuthFailed),
        (FailureKind.PERMISSION, AuthFailed),
        (FailureKind.UNREACHABLE, Unreachable),
        (FailureKind.TIMEOUT, Unreachable),
        (FailureKind.PAUSED, PreflightFailed),
        (FailureKind.CONFIG, PreflightFailed),
        (FailureKind.OTHER, PreflightFailed),
        (FailureKind.CONFLICT_LOCAL_OLDER, HistoryConflict),
        (FailureKind.CONFLICT_REMOTE_UNKNOWN, HistoryConflict),
        (FailureKind.INTERRUPTED, Interrupted),
        (FailureKind.UNREADABLE, UnreadableAnswer),
    ],
)
def test_each_kind_is_an_error_somebody_acts_on(kind: FailureKind, error: type[SupaDeployError]) -> None:
    raised = CliFailure(kind, "It failed.", suggestion="The CLI's advice").as_error("Nothing was touched.")
    assert type(raised) is error
    assert raised.message == "It failed. Nothing was touched."
    assert "The CLI's advice" in (raised.hint or "")
