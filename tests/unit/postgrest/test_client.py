"""Keys as the gateway wants them, and nothing of them anywhere else."""

import base64
import json

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import Http
from supa_deploy.postgrest import DataApi, ProbeAnswer, RootClosed, ask, rest_url
from supa_deploy.postgrest.client import role_of
from supa_deploy.postgrest.probes import RelationProbe, RootProbe
from supa_deploy.schema import QName
from supa_deploy.secret import Secret

PROBE = RelationProbe(QName("api2", "t"), ("a b",))


def jwt(claims: object) -> str:
    parts = (b'{"alg":"HS256"}', json.dumps(claims).encode(), b"signature")
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def sent(key: str) -> httpx.Request:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=[])

    with Http(Deadline.after(60), Interrupt(), transport=httpx.MockTransport(handler)) as http:
        ask([(DataApi("https://ref.supabase.co/rest/v1/", Secret(key), http), PROBE)], http)
    [request] = requests
    return request


@pytest.mark.parametrize("key", ["sb_secret_abc", "sb_publishable_abc"])
def test_a_new_key_is_sent_as_apikey_alone(key: str) -> None:
    request = sent(key)
    assert request.headers["apikey"] == key
    assert "authorization" not in request.headers


def test_a_legacy_key_is_sent_as_a_bearer_token_too() -> None:
    key = jwt({"role": "service_role"})
    request = sent(key)
    assert (request.headers["apikey"], request.headers["authorization"]) == (key, f"Bearer {key}")


def test_the_schema_is_always_named_and_the_key_never_in_the_url() -> None:
    request = sent("sb_secret_abc")
    assert request.method == "GET"
    assert request.headers["accept-profile"] == "api2"
    assert str(request.url) == "https://ref.supabase.co/rest/v1/t?select=%22a%20b%22&limit=0"


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("sb_secret_x", "service_role"),
        ("sb_publishable_x", "anon"),
        (jwt({"role": "anon"}), "anon"),
        (jwt({"role": "reporter"}), "reporter"),
        (jwt({"sub": "x"}), "service_role"),
        (jwt(["role"]), "service_role"),
        ("nonsense", "service_role"),
        ("a.%%%.c", "service_role"),
        ("a.é.c", "service_role"),
        ("", "service_role"),
    ],
)
def test_the_role_of_a_key_is_read_from_the_key(key: str, role: str) -> None:
    assert role_of(Secret(key)) == role


def test_words_of_a_gateway_that_echoes_the_key_are_cleaned_of_it() -> None:
    key = "sb_secret_echoed"

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"message": f"Invalid API key {request.headers['apikey']}"})

    with Http(Deadline.after(60), Interrupt(), transport=httpx.MockTransport(handler)) as http:
        api = DataApi("http://x", Secret(key), http)
        table, root = ask([(api, PROBE), (api, RootProbe("public"))], http)
    assert isinstance(table, ProbeAnswer)
    assert isinstance(root, RootClosed)
    assert key not in repr((table, root, api))
    assert "Invalid API key [secret]" in table.words


@pytest.mark.parametrize(
    ("given", "rest"),
    [
        ("https://ref.supabase.co", "https://ref.supabase.co/rest/v1"),
        ("https://ref.supabase.co/", "https://ref.supabase.co/rest/v1"),
        ("http://127.0.0.1:54321/rest/v1/", "http://127.0.0.1:54321/rest/v1"),
    ],
)
def test_tables_are_below_rest_v1(given: str, rest: str) -> None:
    assert rest_url(given) == rest
