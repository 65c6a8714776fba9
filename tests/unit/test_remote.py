"""The remote side: a shortcut where it answers as expected, the CLI wherever it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import AuthFailed, PreflightFailed, SupaDeployError, Unreachable
from supa_deploy.http import Http
from supa_deploy.remote import Remote
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings
from supa_deploy.supabase import ApiKeys, History, LinkAnswer, Linked, Supabase

REF = "abcdefghijklmnopqrst"
BASE = f"/v1/projects/{REF}"
PROJECT = {"id": REF, "ref": REF, "name": "shop", "status": "ACTIVE_HEALTHY"}
KEY = "sb_secret_" + "k" * 24
LISTED = [{"name": "default", "type": "secret", "api_key": KEY}]
GOOD: Mapping[str, httpx.Response] = {
    "": httpx.Response(200, json=PROJECT),
    "/database/migrations": httpx.Response(200, json=[{"version": "2"}, {"version": "1"}]),
    "/api-keys": httpx.Response(200, json=LISTED),
}


class Cli:
    """A CLI that answers from what it was given and notes what it was asked."""

    def __init__(self, *, token: bool = True, skipped: str | None = "no need", **answers: Any) -> None:
        self.target = Linked(REF)
        self.login = SimpleNamespace(token=Secret("sbp_" + "1" * 40) if token else None)
        self.profile = SimpleNamespace(
            api_url="https://api.test",
            dashboard_url="https://dash.test",
            data_api=lambda ref: f"https://{ref}",
        )
        self.asked: list[str] = []
        self.remembered: list[ApiKeys] = []
        self._skipped = skipped
        self._answers = answers

    def link_skipped(self) -> str | None:
        return self._skipped

    def begin_link(self) -> SimpleNamespace:
        return self._answer("link", LinkAnswer())

    def begin_api_keys(self) -> SimpleNamespace:
        return self._answer("keys", ApiKeys(Secret(KEY), None))

    def history(self, *, final: bool = False) -> History:  # noqa: ARG002  # as the real one is called
        return cast("History", self._answer("history", History(("9",))).result())

    def remember(self, keys: ApiKeys) -> None:
        self.remembered.append(keys)

    def _answer(self, name: str, usual: object) -> SimpleNamespace:
        self.asked.append(name)
        answer = self._answers.get(name, usual)

        def result() -> object:
            if isinstance(answer, SupaDeployError):
                raise answer
            return answer

        return SimpleNamespace(result=result)


Open = Callable[..., Remote]


@pytest.fixture
def open_remote() -> Iterator[Open]:
    """`open_remote(cli, answers)`: begun, with a Management API that answers so."""
    with ExitStack() as stack:

        def start(
            cli: Cli, answers: Mapping[str, httpx.Response] | None = None, seen: list[str] | None = None
        ) -> Remote:
            replies = {**GOOD, **(answers or {})}

            def serve(request: httpx.Request) -> httpx.Response:
                path = request.url.path.removeprefix(BASE)
                if seen is not None:
                    seen.append(path)
                return replies[path]

            http = Http(Deadline.after(30), Interrupt(), transport=httpx.MockTransport(serve))
            settings = Settings(workdir=Path("/nowhere"), project_ref=REF)
            remote = Remote(cast("Supabase", cli), stack.enter_context(http), settings, want_keys=True)
            remote.begin()
            return remote

        yield start


def test_one_round_of_the_shortcut_says_it_all(open_remote: Open) -> None:
    cli = Cli()
    remote = open_remote(cli)
    assert remote.link() == LinkAnswer(skipped="no need")
    assert remote.history() == ("1", "2")
    assert remote.keys().secret == Secret(KEY)
    assert [keys.secret for keys in cli.remembered] == [Secret(KEY)]
    assert cli.asked == []


def test_a_paused_project_is_refused_with_the_place_to_restore_it(open_remote: Open) -> None:
    remote = open_remote(Cli(), {"": httpx.Response(200, json={**PROJECT, "status": "INACTIVE"})})
    with pytest.raises(PreflightFailed) as refused:
        remote.link()
    assert refused.value.code == "project_paused"
    assert f"https://dash.test/project/{REF}" in (refused.value.hint or "")


def test_another_status_is_only_a_warning(open_remote: Open) -> None:
    remote = open_remote(Cli(), {"": httpx.Response(200, json={**PROJECT, "status": "RESTORING"})})
    (warning,) = remote.link().warnings
    assert "RESTORING" in warning


def test_where_the_shortcut_says_nothing_the_cli_is_the_judge_needed_or_not(open_remote: Open) -> None:
    cli = Cli()
    remote = open_remote(cli, dict.fromkeys(GOOD, httpx.Response(200, text="<html>")))
    assert remote.link() == LinkAnswer()
    assert remote.history() == ("9",)
    assert remote.keys().secret == Secret(KEY)
    assert cli.asked == ["link", "history", "keys"]


def test_without_a_token_that_can_be_read_the_cli_is_asked_for_everything(open_remote: Open) -> None:
    cli = Cli(token=False, link=AuthFailed("no login. Nothing was touched."))
    seen: list[str] = []
    remote = open_remote(cli, seen=seen)
    with pytest.raises(AuthFailed):
        remote.link()
    assert seen == []


@pytest.mark.parametrize(("status", "kind"), [(401, AuthFailed), (403, AuthFailed), (500, Unreachable)])
def test_the_status_decides_where_the_clis_words_do_not(
    open_remote: Open, status: int, kind: type[SupaDeployError]
) -> None:
    said = Unreachable("Unexpected error retrieving remote project status:. Nothing was touched.", code="X")
    remote = open_remote(Cli(link=said), {"": httpx.Response(status)})
    with pytest.raises(kind) as refused:
        remote.link()
    assert refused.value.message.startswith(f"The Management API answered {status}. ")
    assert refused.value.message.endswith("Nothing was touched.")
    assert refused.value.code == "X"


def test_what_is_no_matter_of_the_api_is_passed_on_as_it_is(open_remote: Open) -> None:
    said = PreflightFailed("supabase could not be started. Nothing was touched.")
    remote = open_remote(Cli(link=said), {"": httpx.Response(401)})
    with pytest.raises(PreflightFailed) as refused:
        remote.link()
    assert refused.value is said


def test_a_shortcut_that_failed_once_is_not_waited_for_again(open_remote: Open) -> None:
    cli = Cli()
    seen: list[str] = []
    remote = open_remote(cli, {"/database/migrations": httpx.Response(500)}, seen)
    assert remote.history() == remote.history(final=True) == ("9",)
    assert seen.count("/database/migrations") == 1


def test_the_last_reading_is_a_new_one_and_the_plain_one_is_the_clis(open_remote: Open) -> None:
    cli = Cli()
    seen: list[str] = []
    remote = open_remote(cli, seen=seen)
    assert remote.history() == remote.history(final=True) == ("1", "2")
    assert seen.count("/database/migrations") == 2
    assert remote.history(final=True, plain=True) == ("9",)


def test_why_there_is_no_key_is_part_of_the_answer(open_remote: Open) -> None:
    refused = {"/api-keys": httpx.Response(403)}
    remote = open_remote(Cli(keys=AuthFailed("unexpected get api keys status 403.")), refused)
    assert (remote.keys().secret, remote.keys().why_none) == (None, "unexpected get api keys status 403")
    none = open_remote(Cli(keys=ApiKeys(None, None)), refused)
    assert none.keys().why_none == "the project has no secret key that can be read"
