"""The Management API misbehaves: nothing is sent, the run ends in time, and a failing shortcut is only that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Project, Runner

    from supa_deploy.platform.throwaway import Faults

DEPLOY = ("deploy", "--yes", "--output", "json")
ALL = "/v1/"
PROJECT = r"/v1/projects/[a-z]{20}$"
HISTORY = r"/v1/projects/[a-z]{20}/database/migrations"
ROOTS = r"/v1/projects/[a-z]{20}/database/openapi"
KEYS = r"/v1/projects/[a-z]{20}/api-keys"

REFUSALS = {
    401: '{"message":"Unauthorized"}',
    403: '{"message":"Your account does not have the necessary privileges to access this endpoint."}',
    404: '{"message":"Project not found"}',
}
SAID = {"500": "answered 500", "429": "answered 429", "garbage": "cannot be read", "empty": "cannot be read"}


@pytest.mark.parametrize(("status", "body"), [*REFUSALS.items(), (401, ""), (403, "{}")], ids=repr)
def test_a_refusal_is_told_as_one_of_the_token(
    supa_deploy: Runner, project: Project, status: int, body: str
) -> None:
    project.write_notes()
    supa_deploy.platform.faults.answer(ALL, status, body)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.outcome) == (4, "auth_failed"), ran.stdout + ran.stderr
    assert f"answered {status}" in ran.report["error"]["message"]
    assert "SUPABASE_ACCESS_TOKEN" in ran.report["error"]["hint"]
    assert "Nothing was touched" in ran.report["error"]["message"]
    assert supa_deploy.recorded() == []


FAULTS: dict[str, Callable[[Faults], None]] = {
    "500": lambda faults: faults.answer(ALL, 500, '{"message":"Internal server error"}'),
    "429": lambda faults: faults.answer(ALL, 429, '{"message":"ThrottlerException: Too Many Requests"}'),
    "garbage": lambda faults: faults.answer(ALL, 200, "<html>oops</html>", content_type="text/html"),
    "empty": lambda faults: faults.answer(ALL, 200, ""),
    "closes": lambda faults: faults.close(ALL),
    "silent": lambda faults: faults.hang(ALL),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_api_that_is_down_is_unreachable(supa_deploy: Runner, project: Project, fault: str) -> None:
    project.write_notes()
    FAULTS[fault](supa_deploy.platform.faults)
    started = time.monotonic()
    ran = supa_deploy(*DEPLOY, "--timeout", "24")
    assert time.monotonic() - started < 30, "longer than --timeout allows, start and all"
    assert (ran.exit_code, ran.outcome) == (5, "unreachable"), ran.stdout + ran.stderr
    assert SAID.get(fault, "") in ran.report["error"]["message"]
    assert "Nothing was touched" in ran.report["error"]["message"]
    assert supa_deploy.recorded() == []


def test_broken_shortcuts_are_asked_of_the_cli_instead(supa_deploy: Runner, project: Project) -> None:
    version = project.write_notes()
    faults = supa_deploy.platform.faults
    faults.answer(HISTORY, 500, '{"message":"beta"}')
    faults.answer(PROJECT, 200, '{"unexpected": true}', times=1)
    faults.answer(KEYS, 200, "[]", times=1)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert ran.verdicts()["table public.notes"] == "confirmed"


def test_shortcuts_that_are_never_answered_cost_their_time_and_no_more(
    supa_deploy: Runner, project: Project
) -> None:
    version = project.write_notes()
    supa_deploy.platform.faults.hang(HISTORY)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr


def test_without_keys_the_token_alone_confirms_what_it_can(supa_deploy: Runner, project: Project) -> None:
    """A token without the right to read secret keys may still read what the Data API shows of itself."""
    version = project.write_notes()
    supa_deploy.platform.faults.answer(KEYS, 403, REFUSALS[403])
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    verdicts = ran.verdicts()
    assert verdicts["table public.notes"] == verdicts["column public.notes.body"] == "confirmed"
    assert any("403" in notice and "Management API" in notice for notice in ran.report["notices"])

    supa_deploy.platform.sql("alter table public.notes drop column stars")
    gone = supa_deploy("verify", "--output", "json")
    assert (gone.exit_code, gone.verdicts()["column public.notes.stars"]) == (9, "missing"), gone.stdout


KEY_FAULTS: dict[str, Callable[[Faults], None]] = {
    "403": lambda faults: faults.answer(KEYS, 403, REFUSALS[403]),
    "garbage": lambda faults: faults.answer(KEYS, 200, "<html>"),
    "silent": lambda faults: faults.hang(KEYS),
}


@pytest.mark.parametrize("fault", KEY_FAULTS)
def test_without_keys_and_roots_nothing_is_confirmed_and_nothing_is_called_wrong(
    supa_deploy: Runner, project: Project, fault: str
) -> None:
    version = project.write_notes()
    KEY_FAULTS[fault](supa_deploy.platform.faults)
    supa_deploy.platform.faults.answer(ROOTS, 403, REFUSALS[403])
    ran = supa_deploy(*DEPLOY, "--timeout", "24")
    assert ran.report["applied"] == [version], ran.stdout + ran.stderr
    assert supa_deploy.recorded() == [version]
    assert (ran.exit_code, ran.outcome) == (17, "unverified"), ran.stdout + ran.stderr
    assert "supa-deploy verify" in ran.report["error"]["hint"]
    assert "Nothing was touched" not in ran.report["error"]["message"]


def test_the_api_goes_down_after_the_push(supa_deploy: Runner, project: Project) -> None:
    """The keys are known by then and the history is the CLI's to read: nothing is missing."""
    version = project.write_notes()
    supa_deploy.platform.faults.answer(HISTORY, 503, "", after=1)
    supa_deploy.platform.faults.answer(PROJECT, 503, "", after=1)
    ran = supa_deploy(*DEPLOY)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
