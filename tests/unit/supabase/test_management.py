"""The Management API as a shortcut: what was expected is taken, anything else is left to the CLI."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.secret import Secret
from supa_deploy.supabase.answers import History
from supa_deploy.supabase.management import Management, Project, Refusal, Survey

REF = "abcdefghijklmnopqrst"
TOKEN = Secret("sbp_" + "1" * 40)
PROJECT = {"id": REF, "name": "demo", "status": "ACTIVE_HEALTHY"}
KEYS = [{"name": "default", "type": "secret", "api_key": "sb_secret_" + "a" * 24}]
Open = Callable[..., Management]


@pytest.fixture
def asked() -> list[httpx.Request]:
    """What the API was asked."""
    return []


@pytest.fixture
def api(asked: list[httpx.Request]) -> Iterator[Open]:
    """`api({path: answer})`: the API answers 200 with a value, or as the given response; 404 elsewhere."""
    opened: list[Http] = []

    def start(answers: dict[str, object]) -> Management:
        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            found = answers.get(request.url.path.removeprefix(f"/v1/projects/{REF}"))
            if isinstance(found, httpx.Response):
                return found
            return (
                httpx.Response(404, json={"message": "Not Found"})
                if found is None
                else httpx.Response(200, json=found)
            )

        opened.append(Http(Deadline.after(30), Interrupt(), transport=httpx.MockTransport(answer)))
        return Management(opened[-1], "https://api.example.org", REF, TOKEN)

    yield start
    for http in opened:
        http.close()


def test_everything_in_one_go(api: Open, asked: list[httpx.Request]) -> None:
    survey = api(
        {
            "": PROJECT,
            "/database/migrations": [
                {"version": "20250102", "name": "b"},
                {"version": "20250101", "name": None},
            ],
            "/api-keys": KEYS,
        }
    ).survey()
    assert survey.project == Project(REF, "demo", "ACTIVE_HEALTHY")
    assert survey.history == History(("20250101", "20250102"))
    assert survey.api_keys is not None
    assert survey.api_keys.secret == Secret("sb_secret_" + "a" * 24)
    assert {str(request.url) for request in asked} == {
        f"https://api.example.org/v1/projects/{REF}",
        f"https://api.example.org/v1/projects/{REF}/database/migrations",
        f"https://api.example.org/v1/projects/{REF}/api-keys?reveal=true",
    }
    assert {request.headers["authorization"] for request in asked} == {f"Bearer {TOKEN.reveal()}"}


def test_an_empty_history_is_a_history(api: Open) -> None:
    assert api({"/database/migrations": []}).history() == History(())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        "nothing",
        [{"name": "no version"}],
        [{"version": 20250101}],
        [{"version": "20250101"}, {"version": "x"}],
        httpx.Response(201, json=[]),
        httpx.Response(500, json=[]),
        httpx.Response(200, text="[{"),
    ],
)
def test_a_history_not_exactly_as_expected_is_left_to_the_cli(api: Open, answer: object) -> None:
    assert api({"/database/migrations": answer}).history() is None


@pytest.mark.parametrize("answer", [None, [], [{"api_key": None, "name": "service_role"}], {"keys": []}, [1]])
def test_keys_without_one_that_can_be_used_are_left_to_the_cli(api: Open, answer: object) -> None:
    assert api({"/api-keys": answer}).api_keys() is None


@pytest.mark.parametrize(
    ("status", "paused", "healthy"),
    [("ACTIVE_HEALTHY", False, True), ("INACTIVE", True, False), ("COMING_UP", False, False)],
)
def test_a_projects_status(api: Open, status: str, paused: bool, healthy: bool) -> None:
    project = api({"": {**PROJECT, "status": status}}).project()
    assert isinstance(project, Project)
    assert (project.paused, project.healthy) == (paused, healthy)


@pytest.mark.parametrize(
    ("status", "of_token"), [(401, True), (403, True), (404, True), (429, False), (503, False)]
)
def test_a_refusal_says_whose_it_is(api: Open, status: int, of_token: bool) -> None:
    refusal = api({"": httpx.Response(status, json={"message": "no"})}).project()
    assert refusal == Refusal(status, f"the Management API answered {status}")
    assert refusal.of_token is of_token


def test_another_project_is_not_ours(api: Open) -> None:
    assert isinstance(api({"": {**PROJECT, "id": "z" * 20}}).project(), Refusal)


def test_no_answer_is_a_refusal_without_a_status() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    with Http(Deadline.after(30), Interrupt(), transport=httpx.MockTransport(unreachable)) as http:
        management = Management(http, "https://api.example.org", REF, TOKEN)
        refusal = management.project()
        assert isinstance(refusal, Refusal)
        assert (refusal.status, refusal.of_token) == (None, False)
        assert management.survey() == Survey(refusal, None, None)


def test_the_data_apis_root_by_token(api: Open, asked: list[httpx.Request]) -> None:
    root = {"swagger": "2.0", "paths": {"/": {}}}
    assert api({"/database/openapi": root}).openapi("my schema") == root
    assert asked[0].url.query == b"schema=my%20schema"
    assert api({"/database/openapi": {"message": "later"}}).openapi() is None
