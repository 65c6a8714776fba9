"""Functions: by the root, by a GET that can never run them, and what neither shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Verdict
from supa_deploy.postgrest.probes import GUARD
from supa_deploy.verify import Patience

if TYPE_CHECKING:
    from tests.unit.verify.conftest import Look, World

F = "create function f(a integer, b text default 'x') returns integer language sql as 'select 1';"
OVER = (
    "create function f(a integer) returns integer language sql as 'select 1';"
    "create function f(a integer, b integer) returns integer language sql as 'select 1';"
)


def test_a_listed_function_is_confirmed_without_another_request(world: World, look: Look) -> None:
    world.functions = {"f": {"a": True, "b": False}}
    assert look(world, F).verdict("f()") is Verdict.CONFIRMED
    assert len(world.requests) == 1


@pytest.mark.parametrize("shown", [{}, {"a": True}, {"a": True, "b": True}, {"a": True, "c": False}])
def test_a_listed_function_with_other_arguments_is_asked_for(
    world: World, look: Look, shown: dict[str, bool]
) -> None:
    world.functions = {"f": shown}
    assert look(world, F).verdict("f()") in {Verdict.NOT_CHECKABLE, Verdict.NOT_VISIBLE}
    assert world.asked(f'/rpc/f?a=1&b=1&select="{GUARD}"') == 1


def test_without_a_root_it_is_asked_for_and_never_run(world: World, look: Look) -> None:
    world.functions = {"f": {"a": True, "b": False}}
    world.root = (401, {"message": "Secret API key required"})
    assert look(world, F).verdict("f()") is Verdict.CONFIRMED
    assert all(GUARD in str(request.url) for request in world.requests if "/rpc/" in str(request.url))


def test_overloads_are_told_apart_by_their_arguments(world: World, look: Look) -> None:
    world.functions = {"f": {"a": True, "b": True}}
    seen = look(world, OVER)
    verdicts = [check.verdict for check in seen.verification.checks]
    assert verdicts == [Verdict.NOT_VISIBLE, Verdict.CONFIRMED]


def test_an_overload_that_another_one_answers_for_is_not_confirmed(world: World, look: Look) -> None:
    world.functions = {"f": {"a": True, "b": False}}
    seen = look(world, OVER.replace("b integer", "b integer default 1"))
    verdicts = [check.verdict for check in seen.verification.checks]
    assert verdicts == [Verdict.NOT_CHECKABLE, Verdict.CONFIRMED]


def test_a_function_that_the_cache_lacks_is_waited_for(world: World, look: Look) -> None:
    world.script("/rpc/f?", (404, world.error("PGRST202")), (400, world.error("42703")))
    seen = look(world, F, patience=Patience(cache=30, api=0))
    assert seen.verdict("f()") is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ((404, "PGRST202", ""), Verdict.NOT_VISIBLE),
        ((404, "42883", "function public.f() does not exist"), Verdict.MISSING),
        ((403, "42501", "permission denied for schema public"), Verdict.NOT_CHECKABLE),
        ((400, "42P17", ""), Verdict.NOT_CHECKABLE),
        (
            (300, "PGRST203", "between: public.f(a => integer, b => text), public.f(a => x)"),
            Verdict.CONFIRMED,
        ),
        ((300, "PGRST203", "between: public.f(a => uuid), public.f(a => text)"), Verdict.NOT_CHECKABLE),
    ],
)
def test_what_else_the_probe_can_say(
    world: World, look: Look, reply: tuple[int, str, str], verdict: Verdict
) -> None:
    status, code, message = reply
    world.script("/rpc/f?", (status, world.error(code, message)))
    assert look(world, F).verdict("f()") is verdict


@pytest.mark.parametrize(
    "text",
    [
        "create function f() returns trigger language plpgsql as 'begin return new; end';",
        "create function f(integer) returns integer language sql as 'select 1';",
        "create function f(\"select\" integer) returns integer language sql as 'select 1';",
        "create procedure f(a integer) language sql as 'select 1';",
    ],
)
def test_what_the_api_cannot_show_is_not_asked_for(world: World, look: Look, text: str) -> None:
    seen = look(world, text, patience=Patience(cache=30, api=0))
    assert seen.verdict("f()") is Verdict.NOT_CHECKABLE
    assert not world.asked("/rpc/")


def test_a_function_in_an_unexposed_schema_is_not_exposed(world: World, look: Look) -> None:
    text = "create schema s; create function s.f() returns integer language sql as 'select 1';"
    assert look(world, text).verdict("f()") is Verdict.NOT_EXPOSED
