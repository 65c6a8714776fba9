"""HTTP reads: answers as they are, failures as values, no secret shown, no time beyond the deadline."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http import USER_AGENT, Answer, FailureKind, Get, Http, TransportFailure
from supa_deploy.secret import Secret

KEY = "sb_secret_r%2F7é'\"$@/:# \\x"


def mocked(
    handler: Callable[[httpx.Request], httpx.Response],
    seconds: float = 60.0,
    interrupt: Interrupt | None = None,
) -> Http:
    return Http(Deadline.after(seconds), interrupt or Interrupt(), transport=httpx.MockTransport(handler))


def test_an_answer_carries_status_body_json_and_the_headers_that_mean_something() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        headers = {"Retry-After": "3", "Set-Cookie": "a=b", "Proxy-Status": "PostgREST; error=42P01"}
        return httpx.Response(503, headers=headers, json={"code": "PGRST002"})

    with mocked(handler) as http:
        answer = http.get("http://x/")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.json, answer.retry_after) == (503, {"code": "PGRST002"}, 3.0)
    assert "set-cookie" not in answer.headers
    assert answer.headers["proxy-status"].endswith("42P01")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\x00", b"{", b"[" * 100_000])
def test_a_body_that_is_no_json_is_no_error(body: bytes) -> None:
    with mocked(lambda _: httpx.Response(200, content=body)) as http:
        answer = http.get("http://x/")
    assert isinstance(answer, Answer)
    assert answer.json is None
    assert answer.body == body


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308])
def test_redirects_are_answers(status: int) -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(status, headers={"Location": "http://elsewhere/"}, json={"code": "PGRST201"})

    with mocked(handler) as http:
        answer = http.get("http://x/")
    assert isinstance(answer, Answer)
    assert answer.status == status
    assert seen == ["http://x/"]


def test_only_get_is_sent_with_a_plain_user_agent_and_the_secret_in_its_header() -> None:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=[])

    with mocked(handler) as http:
        http.get("http://x/", {"apikey": Secret(KEY), "Accept-Profile": "ünï"})
    [request] = requests
    assert request.method == "GET"
    assert request.headers["user-agent"] == USER_AGENT
    assert (b"apikey", KEY.encode()) in [(name.lower(), value) for name, value in request.headers.raw]
    assert [name for name in dir(Http) if not name.startswith("_")] == [
        "close",
        "get",
        "get_all",
        "traffic",
    ]


def _refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request) from ConnectionRefusedError(111, "refused")


def _unknown(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no such host", request=request) from socket.gaierror(-2, "unknown")


def _tls(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("bad certificate", request=request) from ssl.SSLCertVerificationError("bad")


def _late(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("late", request=request)


def _garbage(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError(f"illegal {KEY}", request=request)


def _reset(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset", request=request)


def _not_gzip(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"plain"))


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (_refused, FailureKind.REFUSED),
        (_unknown, FailureKind.DNS),
        (_tls, FailureKind.TLS),
        (_late, FailureKind.TIMEOUT),
        (_garbage, FailureKind.PROTOCOL),
        (_reset, FailureKind.NETWORK),
        (_not_gzip, FailureKind.PROTOCOL),
    ],
)
def test_what_goes_wrong_is_a_value_without_the_secret(
    handler: Callable[[httpx.Request], httpx.Response], kind: FailureKind
) -> None:
    with mocked(handler) as http:
        failure = http.get("http://x/", {"apikey": Secret(KEY)})
    assert isinstance(failure, TransportFailure)
    assert failure.kind is kind
    assert KEY not in repr(failure)
    assert failure.message


@pytest.mark.parametrize("value", ["key\n", "\rkey", " key", "k\x00ey", "k\ud800ey"])
def test_a_key_that_no_header_can_carry_is_a_value_without_it(value: str, silent_server: int) -> None:
    with Http(Deadline.after(5), Interrupt()) as http:
        failure = http.get(f"http://127.0.0.1:{silent_server}/", {"apikey": Secret(value)})
    assert failure == TransportFailure(
        FailureKind.INVALID, "a key or a header holds a character that HTTP cannot carry"
    )


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://x/", "http://", "http://[", "http://a b/", "http://x:99999/"]
)
def test_a_bad_address_is_a_value(url: str) -> None:
    with Http(Deadline.after(5), Interrupt()) as http:
        assert isinstance(http.get(url), TransportFailure)


def test_gzip_is_counted_as_it_came_over_the_wire() -> None:
    packed = gzip.compress(b"[" + b" " * 100_000 + b"]")

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))

    with mocked(handler) as http:
        replies = http.get_all([Get("http://x/1"), Get("http://x/2")])
        assert [isinstance(reply, Answer) and reply.json for reply in replies] == [[], []]
        assert http.traffic.requests == 2
        assert http.traffic.bytes == 2 * len(packed)


def test_answers_come_in_the_order_asked_and_eight_at_a_time_at_most() -> None:
    lock, at_work, most = threading.Lock(), 0, 0
    full = threading.Event()

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
            if at_work == 8:
                full.set()
        full.wait(10)
        with lock:
            at_work -= 1
        return httpx.Response(200, json=int(request.url.path[1:]))

    with mocked(handler) as http:
        replies = http.get_all([Get(f"http://x/{number}") for number in range(40)])
    assert [reply.json for reply in replies if isinstance(reply, Answer)] == list(range(40))
    assert most == 8


def test_an_error_nobody_foresaw_reaches_whoever_asked() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError("a bug")

    with mocked(handler) as http, pytest.raises(ZeroDivisionError, match="a bug"):
        http.get("http://x/")


def test_a_spent_deadline_sends_nothing_but_the_final_reading() -> None:
    with mocked(lambda _: httpx.Response(200, json=1)) as http:
        http._deadline = Deadline(ends_at=time.monotonic() + 30, reserve=60)
        failure = http.get("http://x/")
        assert isinstance(failure, TransportFailure)
        assert failure.kind is FailureKind.TIMEOUT
        assert http.traffic.requests == 0
        assert isinstance(http.get("http://x/", final=True), Answer)


def test_a_signal_ends_ordinary_reads_and_a_second_one_the_final_too() -> None:
    interrupt = Interrupt()
    with mocked(lambda _: httpx.Response(200, json=1), interrupt=interrupt) as http:
        interrupt.request(2)
        failure = http.get("http://x/")
        assert isinstance(failure, TransportFailure)
        assert failure.kind is FailureKind.INTERRUPTED
        assert isinstance(http.get("http://x/", final=True), Answer)
        interrupt.request(2)
        assert isinstance(http.get("http://x/", final=True), TransportFailure)


def test_after_its_end_nothing_is_sent() -> None:
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    http = mocked(handler)
    http.close()
    answer = http.get("http://x/")
    assert isinstance(answer, TransportFailure)
    assert (answer.kind, sent) == (FailureKind.INTERRUPTED, [])


def test_ending_beside_somebody_who_begins_to_ask() -> None:
    """A run may end (a wrong flag, say) while its first requests are about to be sent."""
    for _ in range(300):
        http, answers = mocked(lambda _: httpx.Response(200)), []
        asking = threading.Thread(target=lambda: answers.append(http.get_all([Get("http://x/")] * 8)))  # noqa: B023  # joined below
        asking.start()
        http.close()
        asking.join(30)
        assert len(answers) == 1


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that accepts and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_a_silent_server_costs_no_more_than_the_request_may(silent_server: int) -> None:
    with Http(Deadline.after(60), Interrupt()) as http:
        failure = http.get(f"http://127.0.0.1:{silent_server}/", seconds=0.05)
    assert isinstance(failure, TransportFailure)
    assert failure.kind is FailureKind.TIMEOUT


def test_a_signal_ends_the_wait_for_a_silent_server(silent_server: int) -> None:
    interrupt = Interrupt()
    threading.Timer(0.05, interrupt.request, (15,)).start()
    with Http(Deadline.after(3600), interrupt) as http:
        failure = http.get(f"http://127.0.0.1:{silent_server}/", seconds=3000)
        workers = list(http._workers)
    assert isinstance(failure, TransportFailure)
    assert failure.kind is FailureKind.INTERRUPTED
    for worker in workers:
        worker.join(10)
    assert not any(worker.is_alive() for worker in workers)


def test_loopback_is_never_proxied_and_other_hosts_are(
    monkeypatch: pytest.MonkeyPatch, silent_server: int
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{silent_server}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with closing(socket.socket()) as nobody, Http(Deadline.after(60), Interrupt()) as http:
        nobody.bind(("127.0.0.1", 0))
        direct = http.get(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        proxied = http.get("http://db.invalid/", seconds=0.05)
    assert isinstance(direct, TransportFailure)
    assert direct.kind is FailureKind.REFUSED
    assert isinstance(proxied, TransportFailure)
    assert proxied.kind is FailureKind.TIMEOUT  # the silent proxy was asked, not the resolver


@pytest.mark.parametrize("proxy", ["nonsense://x", "socks5://127.0.0.1:1"])
def test_a_proxy_setting_that_cannot_be_used_is_a_value(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with Http(Deadline.after(60), Interrupt()) as http:
        failure = http.get("http://db.invalid/")
    assert isinstance(failure, TransportFailure)
    assert failure.kind is FailureKind.PROXY


@pytest.mark.parametrize("text", ["", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "²"])
def test_retry_after_that_is_no_number_of_seconds_is_none(text: str) -> None:
    assert Answer.of(503, {"Retry-After": text}, b"").retry_after is None
