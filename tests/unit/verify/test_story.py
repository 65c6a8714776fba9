"""The whole: waiting, unavailable APIs, doubts, dropped objects, the visitors' look, signals and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.clock import Deadline
from supa_deploy.model import Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.verify import Patience, Verification

if TYPE_CHECKING:
    from tests.unit.verify.conftest import Look, World

    from supa_deploy.clock import Interrupt

T = "create table t (id integer);"
SECURED = T + (
    "alter table t enable row level security;"
    "create policy readers on t for select to anon using (true);"
    "create policy writers on t for insert to anon with check (true);"
    "create policy members on t for select to authenticated using (true);"
)


@pytest.fixture
def has_t(world: World) -> World:
    """A world with the table that the files promise."""
    world.add("t", id="integer")
    return world


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, {"code": "PGRST002", "message": "no cache"}),
        (521, b"<html>Web server is down</html>"),
        (540, b""),
        (500, b"garbage"),
        (429, {"message": "slow down"}),
        (404, b"<html>no such project</html>"),
        (200, b"\x00\x01"),
        (401, {"code": "PGRST301", "message": "JWSError JWSInvalidSignature"}),
        (401, {"message": "Invalid API key"}),
        (401, b""),
        (403, b"<html>"),
    ],
)
def test_an_api_that_cannot_be_asked_leaves_everything_unverified(
    world: World, look: Look, status: int, body: object
) -> None:
    world.script("/", (status, body))
    seen = look(world, T)
    assert {check.verdict for check in seen.verification.checks} == {Verdict.NOT_CHECKABLE}
    assert {check.witness for check in seen.verification.checks} == {Witness.NONE}
    assert seen.verification.outcome() is Outcome.UNVERIFIED
    assert str(status) in (seen.verification.reason or "")
    failure = seen.verification.failure()
    assert failure is not None
    assert failure.code == "unverified"


def test_a_refused_key_is_not_tried_again(world: World, look: Look) -> None:
    world.script("/", (401, {"code": "PGRST301", "message": "JWSError"}))
    look(world, T, patience=Patience(cache=30, api=30))
    assert len(world.requests) == 2


def test_an_api_that_is_503_at_first_is_waited_for_and_the_cache_gets_its_time_after_that(
    has_t: World, look: Look
) -> None:
    unready = (503, has_t.error("PGRST002"))
    has_t.script("/t?", unready, unready, unready, (404, has_t.error("PGRST205")), (200, []))
    seen = look(has_t, T, patience=Patience(cache=0.5, api=30))
    assert seen.verification.outcome() is Outcome.OK


def test_what_is_wrong_outweighs_what_could_not_be_asked(has_t: World, look: Look) -> None:
    has_t.script("/u?", (500, b""))
    seen = look(has_t, T + "create table u (id integer); create table v (id integer);")
    assert not seen.verification.available
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED
    assert seen.verdict("u") is Verdict.NOT_CHECKABLE


def test_a_table_that_stays_silent_leaves_the_verification_unverified(has_t: World, look: Look) -> None:
    has_t.script("/u?", (500, has_t.error("57014", "canceling statement due to statement timeout")))
    seen = look(has_t, T + "create table u (id integer);")
    assert seen.verdict("t") is Verdict.CONFIRMED
    assert seen.verification.outcome() is Outcome.UNVERIFIED


def test_a_signal_ends_the_waiting(world: World, look: Look, interrupt: Interrupt) -> None:
    world.script("/", (503, b""))
    world.on_request = lambda: interrupt.request(2)
    seen = look(world, T, patience=Patience(cache=3000, api=3000))
    assert seen.verification.reason == "interrupted"
    assert seen.verification.outcome() is Outcome.UNVERIFIED


def test_a_root_that_is_late_is_waited_for_so_that_types_are_compared(world: World, look: Look) -> None:
    world.add("t", id="bigint")
    document = world._document()
    world.root = (503, b"")

    def recover() -> None:
        if len(world.requests) > 2:
            world.root = (200, document)

    world.on_request = recover
    seen = look(world, T, patience=Patience(cache=1, api=0))
    assert seen.verdict("t.id") is Verdict.MISMATCH


def test_a_spent_deadline_leaves_everything_unverified(
    has_t: World, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deadline, "left", property(lambda _: 0.0))
    seen = look(has_t, T, patience=Patience(cache=30, api=30))
    assert seen.verification.outcome() is Outcome.UNVERIFIED
    assert not has_t.requests


def test_nothing_promised_is_nothing_to_ask(world: World, look: Look) -> None:
    seen = look(world, "select 1;")
    assert seen.verification == Verification()
    assert not world.requests


def test_what_the_api_cannot_show_is_counted_with_its_reason(has_t: World, look: Look) -> None:
    seen = look(
        has_t,
        SECURED,
        "create index i on t (id); alter table t add constraint u unique (id), add constraint c check (id > 0);",
    )
    unseen = [check for check in seen.verification.checks if check.verdict is Verdict.NOT_CHECKABLE]
    assert {check.object.value for check in unseen} == {"index", "policy", "rls", "constraint"}
    assert all(check.detail and check.witness is Witness.NONE for check in unseen)
    assert seen.verification.unseen == len(unseen) == 7
    assert seen.verification.outcome() is Outcome.OK


def test_without_a_key_the_verification_is_unverified_and_says_why(world: World, look: Look) -> None:
    seen = look(world, T, has_key=False)
    assert seen.verification == Verification(available=False, reason="there is no Data API key")


def test_without_a_key_roots_from_elsewhere_are_witness_enough(has_t: World, look: Look) -> None:
    seen = look(has_t, T + "create table u (id integer);", has_key=False, roots=lambda _: has_t._document())
    assert (seen.verdict("t"), seen.verdict("t.id")) == (Verdict.CONFIRMED, Verdict.CONFIRMED)
    assert (seen.verdict("u"), seen.verdict("u.id")) == (Verdict.NOT_VISIBLE, Verdict.NOT_VISIBLE)
    assert not has_t.requests


def test_without_a_key_and_without_roots_nothing_is_missing(world: World, look: Look) -> None:
    seen = look(world, T, has_key=False, roots=lambda _: None)
    assert seen.verification.outcome() is Outcome.UNVERIFIED


@pytest.mark.parametrize(
    "doubtful", ["do $$ begin drop table t; end $$;", "do $$ begin execute 'drop table ' || 't'; end $$;"]
)
def test_what_a_do_block_may_have_touched_is_never_called_missing(
    world: World, look: Look, doubtful: str
) -> None:
    seen = look(world, T, doubtful)
    assert seen.verdict("t") is Verdict.NOT_CHECKABLE
    assert ".sql:1)" in seen.detail("t")
    assert seen.verification.outcome() is Outcome.OK


def test_a_do_block_that_came_before_is_no_excuse(world: World, look: Look) -> None:
    seen = look(world, "do $$ begin execute 'drop table ' || 'u'; end $$;", T)
    assert seen.verdict("t") is Verdict.MISSING


# What the files took away


def dropped(seen_name: str) -> str:
    return {
        "t": "create table t (id integer); drop table t;",
        "t.old": "create table t (id integer, old integer); alter table t drop column old;",
        "v": "create view v as select 1 as n; drop view v;",
        "f()": "create function f() returns integer language sql as 'select 1'; drop function f();",
        "t.count": "create table t (id integer, count integer); alter table t drop column count;",
    }[seen_name]


@pytest.mark.parametrize("name", ["t", "t.old", "v", "f()", "t.count"])
def test_what_was_dropped_and_is_gone_is_confirmed(any_world: World, look: Look, name: str) -> None:
    if "." in name:
        any_world.add("t", id="integer")
    if name == "t.count":
        any_world.script('"count"', (200, []))
    seen = look(any_world, dropped(name))
    assert seen.verdict(name) is Verdict.CONFIRMED
    assert seen.detail(name).startswith("dropped, and")
    assert seen.by_name[name].dropped


@pytest.mark.parametrize("name", ["t", "t.old", "v", "f()", "t.count"])
def test_what_was_dropped_and_is_still_there_is_a_mismatch(any_world: World, look: Look, name: str) -> None:
    any_world.add("t", id="integer", old="integer", count="integer")
    any_world.add("v", n="integer")
    any_world.functions = {"f": {}}
    seen = look(any_world, dropped(name))
    assert seen.verdict(name) is Verdict.MISMATCH
    assert "still there" in seen.detail(name)


def test_a_dropped_key_may_linger_in_the_cache_and_its_absence_proves_nothing(
    world: World, look: Look
) -> None:
    world.add("a", "id", id="integer pk")
    world.add("b", a_id="integer")
    world.keys = {("b", "k"): "a", ("b", "b_k"): "a"}
    text = (
        "create table a (id integer primary key); create table b (a_id integer constraint k references a);"
        "alter table b drop constraint k;"
    )
    world.script('"k"()', (200, []), (200, []), (400, world.error("PGRST200")))
    seen = look(world, text, patience=Patience(cache=30, api=0))
    assert seen.verdict("b/foreign_key/k") is Verdict.NOT_CHECKABLE
    assert world.asked('"k"()') == 3


def test_what_was_dropped_and_made_again_is_judged_as_what_it_is_now(has_t: World, look: Look) -> None:
    seen = look(has_t, T + "drop table t;" + T)
    assert seen.detail("t") == ""
    assert len(seen.verification.checks) == 2


# The visitors' look


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "42P17", 'infinite recursion detected in policy for relation "t"'),
        (500, "42P17", 'infinite recursion detected in policy for relation "t"'),
        (401, "42501", "permission denied for table other"),
        (401, "42501", "permission denied for function is_admin"),
        (404, "42883", "function is_admin() does not exist"),
        (400, "42703", "column other.x does not exist"),
    ],
)
def test_a_policy_that_breaks_for_visitors_is_a_mismatch(
    has_t: World, look: Look, status: int, code: str, message: str
) -> None:
    has_t.script("/t?select=*", (status, has_t.error(code, message)), role="sb_publishable_")
    seen = look(has_t, SECURED, visitor=True)
    assert seen.verdict("t/policy/readers") is Verdict.MISMATCH
    assert seen["t/policy/readers"].witness is Witness.POSTGREST
    assert code in seen.detail("t/policy/readers")
    assert {seen.verdict(f"t/policy/{name}") for name in ("writers", "members")} == {Verdict.NOT_CHECKABLE}
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, []),
        (401, {"code": "42501", "message": "permission denied for table t"}),
        (401, {"code": "42501", "message": "permission denied for schema public"}),
        (401, {"message": "Invalid API key"}),
        (503, {"code": "PGRST002"}),
        (500, b"<html>"),
    ],
)
def test_what_visitors_may_not_or_cannot_see_says_nothing(
    has_t: World, look: Look, status: int, body: object
) -> None:
    has_t.script("/t?select=*", (status, body), role="sb_publishable_")
    seen = look(has_t, SECURED, visitor=True)
    assert seen.verdict("t/policy/readers") is Verdict.NOT_CHECKABLE
    assert seen.verification.outcome() is Outcome.OK


def test_traffic_is_what_this_verification_cost(has_t: World, look: Look) -> None:
    seen = look(has_t, T)
    assert seen.verification.traffic.requests == len(has_t.requests) == 2
    assert seen.verification.traffic.bytes > 100
