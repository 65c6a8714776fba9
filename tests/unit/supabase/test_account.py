"""The list of an account's projects: what is read of it, and why there is none."""

from __future__ import annotations

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.secret import Secret
from supa_deploy.supabase.account import Account, Listed, is_access_token, read_account
from supa_deploy.supabase.management import Project, Refusal

REF = "abcdefghijklmnopqrst"
TOKEN = Secret("sbp_" + "1" * 40)


def ask(answer: httpx.Response | Exception) -> tuple[Account | Refusal, list[httpx.Request]]:
    """What is made of an answer, and what was asked."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with Http(Deadline.after(30), Interrupt(), transport=httpx.MockTransport(handle)) as http:
        return read_account(http, "https://api.example.org", TOKEN), asked


def test_projects_by_name() -> None:
    """Entries as the Management API's contract has them; `ref` is young, `id` was there before."""
    common = {"organization_id": "o", "created_at": "2026-01-01T00:00:00Z", "database": {"host": "db"}}
    entries = [
        {**common, "id": REF, "name": "beta", "region": "us-east-1", "status": "INACTIVE"},
        {**common, "id": "7e2c4d8f", "ref": "z" * 20, "name": "Alpha", "status": "ACTIVE_HEALTHY"},
        {"id": "nothing of a ref", "name": "x", "status": "y"},
        "no object",
    ]
    found, asked = ask(httpx.Response(200, json=entries))
    assert found == Account(
        (
            Listed(Project("z" * 20, "Alpha", "ACTIVE_HEALTHY"), ""),
            Listed(Project(REF, "beta", "INACTIVE"), "us-east-1"),
        )
    )
    assert found.project(REF) == Project(REF, "beta", "INACTIVE")
    assert found.project("q" * 20) is None
    assert [str(request.url) for request in asked] == ["https://api.example.org/v1/projects"]
    assert asked[0].headers["authorization"] == f"Bearer {TOKEN.reveal()}"


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refusal_carries_its_status(status: int) -> None:
    found, _ = ask(httpx.Response(status, json={"message": "no"}))
    assert isinstance(found, Refusal)
    assert (found.status, found.of_token) == (status, status in {401, 403})


def test_no_answer_and_no_list() -> None:
    found, _ = ask(httpx.ConnectError("refused"))
    assert isinstance(found, Refusal)
    assert found.status is None
    found, _ = ask(httpx.Response(200, json={"message": "hello"}))
    assert found == Refusal(200, "the Management API's answer cannot be read")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("sbp_" + "0a" * 20, True),
        ("sbp_oauth_" + "0a" * 20, True),
        ("sbp_" + "0A" * 20, False),
        ("sbp_" + "0a" * 20 + " ", False),
        ("sb_secret_" + "a" * 30, False),
        ("", False),
    ],
)
def test_the_form_of_a_token(text: str, is_one: bool) -> None:
    assert is_access_token(text) is is_one
