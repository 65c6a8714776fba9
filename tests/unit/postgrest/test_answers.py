"""What answers mean: the exact bodies of facts/postgrest.md, of every generation and of what stands in front."""

import json

import pytest

from supa_deploy.http import Answer, FailureKind, TransportFailure
from supa_deploy.postgrest.answers import ProbeAnswer, Said, read_answer
from supa_deploy.postgrest.root import RootClosed, read_root


def answer(status: int, body: object, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer.of(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def error(code: str, message: str, *, details: object = None, hint: str | None = None) -> dict[str, object]:
    return {"code": code, "details": details, "hint": hint, "message": message}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, [], Said.PRESENT),
        (206, [], Said.PRESENT),
        # 12.0.2
        (404, error("42P01", 'relation "public.nope" does not exist'), Said.NO_TABLE),
        (400, error("42703", "column ai_threads.nope does not exist"), Said.NO_COLUMN),
        (400, error("42809", "window function rank requires an OVER clause"), Said.FUNCTION_NAME),
        (400, error("42803", 'column "t.id" must appear in the GROUP BY clause'), Said.FUNCTION_NAME),
        (401, error("42501", "permission denied for table no_grants"), Said.DENIED),
        (403, error("42501", "permission denied for schema api2"), Said.DENIED),
        (406, error("PGRST106", "The schema must be one of the following: public, api2"), Said.NOT_EXPOSED),
        (400, error("PGRST200", "Could not find a relationship between 'a' and 'b'"), Said.NO_RELATIONSHIP),
        (400, error("PGRST118", "A related order on 'f1' is not possible"), Said.NOT_TO_ONE),
        (
            300,
            error("PGRST201", "Could not embed because more than one relationship was found"),
            Said.SEVERAL,
        ),
        (404, error("PGRST202", "Could not find the function public.f(a)"), Said.NO_FUNCTION),
        (300, error("PGRST203", "Could not choose the best candidate function between: a, b"), Said.SEVERAL),
        (404, error("42883", "function public.noargs() does not exist"), Said.FUNCTION_GONE),
        (400, error("42P17", 'infinite recursion detected in policy for relation "rls_bad"'), Said.BROKEN),
        (400, error("PGRST100", '"failed to parse select parameter (r%s)"'), Said.BROKEN),
        (500, error("55000", 'materialized view "mv" has not been populated'), Said.BROKEN),
        (500, error("57014", "canceling statement due to statement timeout"), Said.UNAVAILABLE),
        (503, error("PGRST000", "Database connection error. Retrying the connection."), Said.UNAVAILABLE),
        (
            503,
            error("PGRST002", "Could not query the database for the schema cache. Retrying."),
            Said.UNAVAILABLE,
        ),
        (504, error("PGRST003", "Timed out acquiring connection from connection pool."), Said.UNAVAILABLE),
        (401, error("PGRST301", "JWSError JWSInvalidSignature"), Said.REFUSED),
        (400, error("22023", 'role "x" does not exist'), Said.REFUSED),
        (404, {}, Said.UNAVAILABLE),
        # 13 and later
        (
            404,
            error("PGRST205", "Could not find the table 'public.nope' in the schema cache"),
            Said.NOT_CACHED,
        ),
        (404, {"code": "PGRST205", "message": "Could not find the table"}, Said.NOT_CACHED),
        (406, error("PGRST106", "Invalid schema: private", hint="Only the following…"), Said.NOT_EXPOSED),
        (500, error("42P17", "infinite recursion detected"), Said.BROKEN),
        (401, error("PGRST303", "JWT expired"), Said.REFUSED),
        (404, error("PGRST125", "Invalid path specified in request URL"), Said.UNAVAILABLE),
        # gateways and garbage
        (
            401,
            {"message": "Invalid API key", "hint": "Only the `service_role` API key can be used"},
            Said.REFUSED,
        ),
        (401, {"message": "No API key found in request"}, Said.REFUSED),
        (401, b"", Said.REFUSED),
        (403, b"<html>denied</html>", Said.REFUSED),
        (402, {"message": "project restricted"}, Said.UNAVAILABLE),
        (429, {"message": "rate limit"}, Said.UNAVAILABLE),
        (500, {"code": 500, "msg": "oops"}, Said.UNAVAILABLE),
        (521, b"<html>Web server is down</html>", Said.UNAVAILABLE),
        (540, b"", Said.UNAVAILABLE),
        (544, b"Gateway Timeout", Said.UNAVAILABLE),
        (400, b"Bad Request", Said.UNAVAILABLE),
        (200, b"", Said.UNAVAILABLE),
        (200, b"<html>welcome</html>", Said.UNAVAILABLE),
        (200, {"code": "42P01"}, Said.UNAVAILABLE),
        (200, [{"id": 1}], Said.UNAVAILABLE),
        (204, b"", Said.UNAVAILABLE),
        (302, b"", Said.UNAVAILABLE),
    ],
)
def test_an_answer_is_read_by_its_code(status: int, body: object, said: Said) -> None:
    assert read_answer(answer(status, body)).said is said


@pytest.mark.parametrize(
    ("message", "name", "proves"),
    [
        ("permission denied for table t", "t", True),
        ("permission denied for table Weird Name", "Weird Name", True),
        ("permission denied for view v_threads", "v_threads", True),
        ("permission denied for materialized view mv", "mv", True),
        ("permission denied for foreign table ft", "ft", True),
        ("permission denied for table other", "t", False),
        ("permission denied for schema t", "t", False),
        ("permission denied for function t", "t", False),
        ("keine Berechtigung für Tabelle t", "t", False),
        ("", "t", False),
    ],
)
def test_a_42501_proves_a_relation_only_when_it_names_it(message: str, name: str, proves: bool) -> None:
    assert read_answer(answer(403, error("42501", message))).denies(name) is proves


def test_a_300_lists_the_relationships_it_found() -> None:
    details = [{"relationship": "two_fk_a_fkey using two_fk(a) and optimizations(id)"}, "odd", {"x": 1}]
    read = read_answer(answer(300, error("PGRST201", "several", details=details)))
    assert read.listed[0] == "two_fk_a_fkey using two_fk(a) and optimizations(id)"


def test_retry_after_is_handed_on() -> None:
    assert read_answer(answer(503, error("PGRST002", "no"), Retry_After="7")).retry_after == 7


def test_no_answer_is_unavailable_and_a_key_that_cannot_be_sent_is_refused() -> None:
    assert read_answer(TransportFailure(FailureKind.TIMEOUT, "late")) == ProbeAnswer(Said.UNAVAILABLE, "late")
    assert read_answer(TransportFailure(FailureKind.INVALID, "odd key")).said is Said.REFUSED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {}),  # 12.0.2, switched off
        (404, error("PGRST126", "Root endpoint metadata is disabled")),
        (401, {"message": "Secret API key required", "hint": "Only secret API keys can be used"}),
        (401, {"message": "Invalid API key", "hint": "Only the `service_role` API key can be used"}),
        (403, {"message": "Access to schema is forbidden"}),
        (415, error("PGRST107", "None of these media types are available")),
    ],
)
def test_a_root_that_does_not_answer_this_key_is_closed_not_unavailable(status: int, body: object) -> None:
    assert isinstance(read_root(answer(status, body)), RootClosed)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (503, error("PGRST002", "no"), Said.UNAVAILABLE),
        (521, b"<html>", Said.UNAVAILABLE),
        (200, b"<html>", Said.UNAVAILABLE),
        (200, [], Said.UNAVAILABLE),
        (200, {"info": {}}, Said.UNAVAILABLE),
        (406, error("PGRST106", "Invalid schema: private"), Said.NOT_EXPOSED),
        (401, error("PGRST301", "JWSError JWSInvalidSignature"), Said.REFUSED),
    ],
)
def test_a_root_says_when_it_cannot_be_asked(status: int, body: object, said: Said) -> None:
    read = read_root(answer(status, body))
    assert isinstance(read, ProbeAnswer)
    assert read.said is said
