"""What a push came to, case by case: the history decides, and nothing is called done that is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.migrations import Migration
from supa_deploy.outcome import Outcome
from supa_deploy.planning import Plan, make_plan
from supa_deploy.reconcile import reconcile, under_way
from supa_deploy.supabase import CliFailure, Ended, FailureKind, PushAnswer

FILES = ("1_a.sql", "2_b.sql", "3_c.sql")
MIGRATIONS = [Migration(name[0], name[2], f"supabase/migrations/{name}", Path("/p") / name) for name in FILES]
PLAN = make_plan(MIGRATIONS, [])


def answer(
    started: int = 0,
    kind: FailureKind | None = None,
    *,
    ended: Ended = Ended.EXITED,
    sqlstate: str | None = None,
    seeds: tuple[str, ...] = (),
    roles: tuple[str, ...] = (),
    file: str | None = None,
) -> PushAnswer:
    """What a push said: so many files begun, then success (no kind) or a failure."""
    begun = FILES[:started]
    if kind in {FailureKind.SQL, FailureKind.BUSY, FailureKind.PERMISSION} and file is None and begun:
        file = begun[-1]
    return PushAnswer(
        claimed=begun if kind is None else (),
        started=begun,
        up_to_date=False,
        dry_run=False,
        ended=ended,
        seconds=1.0,
        seeds=seeds,
        roles=roles,
        failure=CliFailure(kind, "the CLI's words", sqlstate=sqlstate, file=file) if kind else None,
        prompt="Sure?" if ended is Ended.PROMPTED else None,
    )


@dataclass(frozen=True)
class Case:
    """One row: what the CLI said, what the history has after it, what it comes to, and words that must be said."""

    name: str
    said: PushAnswer
    after: str | None
    outcome: Outcome
    words: tuple[str, ...] = ()
    await_other: bool = False
    plan: Plan = field(default=PLAN)


SQL, SEED, ROLES = FailureKind.SQL, FailureKind.SEED, FailureKind.ROLES
UNKNOWN = Outcome.STATE_UNKNOWN
CASES = (
    Case("all is well", answer(3), "123", Outcome.OK),
    Case("said done, none recorded", answer(3), "", UNKNOWN, ("does not have 1, 2, 3",)),
    Case("said done, the last missing", answer(3), "12", UNKNOWN, ("does not have 3", "history: 1, 2")),
    Case("said up to date, files missing", answer(0), "1", UNKNOWN, ("does not have 2, 3",)),
    Case("said up to date: another applied them", answer(0), "123", Outcome.OK),
    Case("history unreadable after success", answer(3), None, UNKNOWN, ("could not be read",)),
    Case(
        "history unreadable after failure",
        answer(2, SQL),
        None,
        UNKNOWN,
        ("the CLI's words", "begun 1_a.sql, 2_b.sql"),
    ),
    Case("first file refused", answer(1, SQL), "", Outcome.PUSH_FAILED, ("rolled back", "Not tried: 2, 3")),
    Case("second file refused", answer(2, SQL), "1", Outcome.PARTLY_APPLIED, ("2_b.sql", "Not tried: 3")),
    Case("no rights in a file", answer(1, FailureKind.PERMISSION), "", Outcome.PUSH_FAILED),
    Case(
        "roles are in, the first file is not",
        answer(1, SQL, roles=("supabase/roles.sql",)),
        "",
        Outcome.PARTLY_APPLIED,
        ("Ran before it: supabase/roles.sql",),
    ),
    Case("a file before the refused one is lost", answer(3, SQL), "1", UNKNOWN, ("does not have 2",)),
    Case("history refuses the row", answer(1, FailureKind.BUSY), "", Outcome.BUSY, await_other=True),
    Case("the other one's objects refuse it", answer(1, SQL), "1", Outcome.BUSY, await_other=True),
    Case(
        "two make the history table at once",
        answer(0, SQL, sqlstate="23505"),
        "",
        Outcome.BUSY,
        await_other=True,
    ),
    Case(
        "refused before any file", answer(0, SQL, sqlstate="42501"), "", Outcome.PUSH_FAILED, ("Nothing was",)
    ),
    Case("wrong password", answer(0, FailureKind.PASSWORD), "", Outcome.AUTH_FAILED, ("Nothing was sent",)),
    Case("wrong token", answer(0, FailureKind.TOKEN), "", Outcome.AUTH_FAILED),
    Case("unreachable", answer(0, FailureKind.UNREACHABLE), "", Outcome.UNREACHABLE, ("Nothing was sent",)),
    Case("paused", answer(0, FailureKind.PAUSED), "", Outcome.PREFLIGHT_FAILED),
    Case("conflict", answer(0, FailureKind.CONFLICT_REMOTE_UNKNOWN), "", Outcome.HISTORY_CONFLICT),
    Case("an unknown flag", answer(0, FailureKind.CLI_INTERNAL), "", Outcome.PREFLIGHT_FAILED),
    Case("anything else before a file", answer(0, FailureKind.OTHER), "", Outcome.PUSH_FAILED),
    Case(
        "unreachable, and another deploy recorded one",
        answer(0, FailureKind.UNREACHABLE),
        "1",
        Outcome.UNREACHABLE,
        ("Recorded meanwhile by another deploy: 1",),
    ),
    Case(
        "connection lost in a file",
        answer(2, FailureKind.UNREACHABLE),
        "1",
        UNKNOWN,
        ("2 was under way and is not recorded", "Not sent: 3"),
    ),
    Case("the CLI killed from outside", answer(2, FailureKind.CLI_INTERNAL), "1", UNKNOWN, ("broke off",)),
    Case(
        "the CLI killed, its file made it",
        answer(2, FailureKind.CLI_INTERNAL),
        "12",
        UNKNOWN,
        ("Not sent: 3",),
    ),
    Case("something unheard of in a file", answer(1, FailureKind.OTHER), "", UNKNOWN),
    Case(
        "a success in unreadable words", answer(3, FailureKind.UNREADABLE), "123", UNKNOWN, ("all the same",)
    ),
    Case("unreadable, nothing seen to start", answer(0, FailureKind.UNREADABLE), "", UNKNOWN),
    Case(
        "interrupted in the second", answer(2, FailureKind.INTERRUPTED, ended=Ended.INTERRUPTED), "1", UNKNOWN
    ),
    Case(
        "interrupted, all recorded",
        answer(3, FailureKind.INTERRUPTED, ended=Ended.INTERRUPTED),
        "123",
        UNKNOWN,
        ("All files are recorded in the history all the same",),
    ),
    Case("time up", answer(1, FailureKind.TIMEOUT, ended=Ended.TIMED_OUT), "", UNKNOWN, ("time was up",)),
    Case("silent", answer(1, FailureKind.TIMEOUT, ended=Ended.IDLE), "1", UNKNOWN, ("fell silent",)),
    Case(
        "a question in a file", answer(1, FailureKind.PROMPT, ended=Ended.PROMPTED), "", UNKNOWN, ("Sure?",)
    ),
    Case(
        "a question before any file",
        answer(0, FailureKind.PROMPT, ended=Ended.PROMPTED),
        "",
        Outcome.PREFLIGHT_FAILED,
        ("Nothing was sent",),
    ),
    Case(
        "seed refused after files",
        answer(3, SEED, seeds=("s.sql",), file="s.sql"),
        "123",
        Outcome.PARTLY_APPLIED,
    ),
    Case(
        "second seed refused, nothing pending",
        answer(0, SEED, seeds=("s.sql", "t.sql"), file="t.sql"),
        "",
        Outcome.PARTLY_APPLIED,
        ("Ran before it: s.sql", "t.sql was refused"),
        plan=make_plan([], []),
    ),
    Case(
        "seed refused, nothing pending",
        answer(0, SEED, seeds=("s.sql",), file="s.sql"),
        "",
        Outcome.PUSH_FAILED,
        plan=make_plan([], []),
    ),
    Case("seed refused, a file is lost", answer(3, SEED, seeds=("s.sql",), file="s.sql"), "12", UNKNOWN),
    Case(
        "interrupted in the seed",
        answer(3, FailureKind.INTERRUPTED, ended=Ended.INTERRUPTED, seeds=("s.sql",)),
        "123",
        UNKNOWN,
        ("Not known: whether s.sql ran",),
    ),
    Case(
        "roles refused",
        answer(0, ROLES, roles=("r.sql",), file="r.sql"),
        "",
        Outcome.PUSH_FAILED,
        ("r.sql was refused", "Not tried: 1, 2, 3"),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_history_decides(case: Case) -> None:
    after = None if case.after is None else set(case.after)
    found = reconcile(case.plan, case.said, after)
    message = found.failure.message if found.failure else ""
    assert found.outcome is case.outcome, message
    assert found.await_other is case.await_other
    assert set(found.applied) == (after or set())
    assert (found.failure is None) is (found.outcome is Outcome.OK)
    for words in case.words:
        assert words in message


def test_a_file_that_is_not_one_transaction_is_never_called_rolled_back() -> None:
    loose = {"2": "line 4: create index concurrently i on t (a)"}
    refused = reconcile(PLAN, answer(2, SQL), {"1"}, loose).failure
    assert refused is not None
    assert "rolled back" not in refused.message
    assert "line 4: create index concurrently" in refused.message
    assert "may be in the database, unrecorded" in refused.message
    assert "Look at what it left behind" in (refused.hint or "")
    other = reconcile(PLAN, answer(1, SQL), set(), loose).failure
    assert other is not None
    assert "rolled back" in other.message


def test_a_failure_names_its_file_code_and_state() -> None:
    failure = reconcile(PLAN, answer(2, SQL, sqlstate="42P01"), {"1"}).failure
    assert failure is not None
    assert (failure.file, failure.sqlstate, failure.code) == ("supabase/migrations/2_b.sql", "42P01", "sql")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (answer(3), None),
        (answer(2, SQL), None),
        (answer(0, FailureKind.INTERRUPTED, ended=Ended.INTERRUPTED), None),
        (answer(2, FailureKind.INTERRUPTED, ended=Ended.INTERRUPTED), "2"),
        (answer(2, FailureKind.TIMEOUT, ended=Ended.TIMED_OUT), "2"),
        (answer(2, FailureKind.UNREACHABLE), "2"),
        (answer(2, FailureKind.CLI_INTERNAL), "2"),
    ],
)
def test_what_the_server_may_still_be_at_work_on(said: PushAnswer, version: str | None) -> None:
    assert under_way(PLAN, said) == version


ANSWERS = st.builds(
    answer,
    st.integers(0, 3),
    st.none() | st.sampled_from(FailureKind),
    ended=st.sampled_from(Ended),
    sqlstate=st.sampled_from([None, "23505", "42P01", "57P01"]),
    seeds=st.sampled_from([(), ("s.sql",)]),
    roles=st.sampled_from([(), ("r.sql",)]),
)


@given(ANSWERS, st.none() | st.sets(st.sampled_from("1234")))
def test_nothing_is_called_applied_that_the_history_does_not_have(
    said: PushAnswer, after: set[str] | None
) -> None:
    found = reconcile(PLAN, said, after)
    assert set(found.applied) == {"1", "2", "3"} & (after or set())
    if found.outcome is Outcome.OK:
        assert after is not None
        assert set(PLAN.pending_versions) <= after
        assert said.failure is None
        assert said.ended is Ended.EXITED
    if found.outcome is Outcome.PUSH_FAILED:
        assert not found.applied or not said.sent_anything
