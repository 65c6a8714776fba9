"""The run's one HTTP client, and the threads that its requests run in."""

import contextlib
import queue
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from types import TracebackType
from typing import TYPE_CHECKING, Self

from supa_deploy import __version__
from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.http.failures import failure_of
from supa_deploy.http.values import Answer, FailureKind, Get, Reply, TransportFailure
from supa_deploy.model import Traffic
from supa_deploy.secret import Redactor, Secret

if TYPE_CHECKING:
    import httpx

CONNECTIONS = 8  # more gains nothing, and PostgREST's own pool holds ten (facts/postgrest.md 2.11)
USER_AGENT = f"supa-deploy/{__version__}"  # secret keys are refused to whatever looks like a browser

_CONNECT_SECONDS = 10.0
_LOOK_AROUND_SECONDS = 0.1
_LONGEST_BODY = 256 * 1024 * 1024  # the root of 3,000 tables is 24 MB
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class Http:
    """The run's HTTP client. `get` and `get_all` come back when the answers are there, when the deadline has
    no time left or when a signal came, whichever is first; threads that are still waiting are left behind as
    daemons, so that a silent server or resolver holds nobody up.

    `transport` is the seam for tests (an `httpx.MockTransport`).
    """

    def __init__(
        self, deadline: Deadline, interrupt: Interrupt, *, transport: "httpx.BaseTransport | None" = None
    ) -> None:
        self._deadline = deadline
        self._interrupt = interrupt
        self._transport = transport
        self._clients: dict[str, httpx.Client] = {}
        self._jobs: queue.SimpleQueue[tuple[Get, bool, Future[Reply]] | None] = queue.SimpleQueue()
        self._workers: list[threading.Thread] = []
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False
        self._traffic = Traffic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def traffic(self) -> Traffic:
        """Requests sent and bytes received so far."""
        return self._traffic

    def get(
        self,
        url: str,
        headers: Mapping[str, str | Secret] | None = None,
        *,
        seconds: float = 30.0,
        final: bool = False,
    ) -> Reply:
        """One GET. `final` marks the reading that closes a run: it may use the deadline's reserve, and only a
        second signal ends it."""
        return self.get_all((Get(url, headers or {}, seconds),), final=final)[0]

    def get_all(self, requests: Sequence[Get], *, final: bool = False) -> tuple[Reply, ...]:
        """Several GETs side by side (eight at most at a time), answers in the order asked."""
        futures: list[Future[Reply]] = [Future() for _ in requests]
        self._start_workers(len(requests))
        for request, future in zip(requests, futures, strict=True):
            self._jobs.put((request, final, future))
        pending = set(futures)
        given_up: TransportFailure | None = None
        while pending and given_up is None:
            _, pending = wait(pending, timeout=_LOOK_AROUND_SECONDS)
            given_up = self._out_of_time(final) if pending else None
        for future in pending:
            future.cancel()
        return tuple(_settled(future, given_up) for future in futures)

    def close(self) -> None:
        """Ends connections and threads; a thread in the middle of a read is woken by its socket's end. Whoever waits
        for answers in another thread, or is about to ask, is told that the run has ended."""
        with self._lock:
            self._closed = True
            workers, self._workers = tuple(self._workers), []
        for _ in workers:
            self._jobs.put(None)
        for each in tuple(self._sockets):
            with contextlib.suppress(OSError):
                # socket's own method: SSLSocket.shutdown would pull the TLS state from under the reader
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        for worker in workers:
            worker.join(_LOOK_AROUND_SECONDS)
        if not any(worker.is_alive() for worker in workers):
            for client in self._clients.values():
                client.close()
        self._clients.clear()

    def _out_of_time(self, final: bool) -> TransportFailure | None:
        if self._closed:
            return TransportFailure(FailureKind.INTERRUPTED, "the run ended before the answer came")
        if self._interrupt.at_once or (self._interrupt.requested and not final):
            return TransportFailure(FailureKind.INTERRUPTED, "interrupted before the answer came")
        if self._left(final) <= 0:
            return TransportFailure(FailureKind.TIMEOUT, "no answer before the run's time was up")
        return None

    def _left(self, final: bool) -> float:
        return self._deadline.left_with_reserve if final else self._deadline.left

    def _start_workers(self, wanted: int) -> None:
        with self._lock:
            while not self._closed and len(self._workers) < min(wanted, CONNECTIONS):
                worker = threading.Thread(target=self._work, name="supa-deploy-http", daemon=True)
                worker.start()  # before it is known: `close` in another thread waits for those that run
                self._workers.append(worker)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            request, final, future = job
            if not future.set_running_or_notify_cancel():
                continue
            with _Handed(future):
                future.set_result(self._out_of_time(final) or self._send(request, self._left(final)))

    def _send(self, request: Get, left: float) -> Reply:
        import httpx

        secrets = [value for value in request.headers.values() if isinstance(value, Secret)]
        seconds = min(request.seconds, left)
        try:
            url = httpx.URL(request.url)
            client = self._client(url.scheme)
            sent = client.build_request(
                "GET",
                url,
                headers=[(name.encode(), _plain(value)) for name, value in request.headers.items()],
                timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
                extensions={"trace": self._remember_socket},
            )
            return self._receive(client, sent, time.monotonic() + seconds)
        except httpx.InvalidURL:
            return TransportFailure(FailureKind.INVALID, "the address is not a URL")
        except (httpx.LocalProtocolError, UnicodeError):
            # the library's own words quote the header, secret included
            return TransportFailure(
                FailureKind.INVALID, "a key or a header holds a character that HTTP cannot carry"
            )
        except _ProxySettingError as error:
            return TransportFailure(FailureKind.PROXY, str(error))
        except httpx.HTTPError as error:
            return failure_of(error, Redactor(secrets))

    def _receive(self, client: "httpx.Client", request: "httpx.Request", ends_at: float) -> Reply:
        body = bytearray()
        response = None
        try:
            response = client.send(request, stream=True)
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > _LONGEST_BODY:
                    return TransportFailure(FailureKind.PROTOCOL, "the answer does not end")
                if time.monotonic() > ends_at:
                    return TransportFailure(FailureKind.TIMEOUT, "the answer was not complete in time")
            return Answer.of(response.status_code, response.headers, bytes(body))
        finally:
            received = 0
            if response is not None:
                received = response.num_bytes_downloaded
                response.close()
            with self._lock:
                self._traffic = Traffic(self._traffic.requests + 1, self._traffic.bytes + received)

    def _client(self, scheme: str) -> "httpx.Client":
        import httpx

        with self._lock:
            if scheme not in self._clients:
                # Plain HTTP has no use for the 40 ms of reading the CA store: a context that trusts nobody.
                verify: bool | ssl.SSLContext = (
                    True if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                )
                try:
                    self._clients[scheme] = httpx.Client(
                        verify=verify,
                        follow_redirects=False,
                        limits=httpx.Limits(
                            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS
                        ),
                        headers={"User-Agent": USER_AGENT},
                        transport=self._transport,
                        mounts=dict.fromkeys(_LOOPBACK) if self._transport is None else None,
                    )
                except (ImportError, ValueError) as error:
                    raise _ProxySettingError from error
            return self._clients[scheme]

    def _remember_socket(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            stream = info["return_value"]
            found = getattr(stream, "get_extra_info", lambda _: None)("socket")
            if isinstance(found, socket.socket):
                self._sockets.add(found)


class _Handed:
    """Hands an error raised inside to whoever waits for the future, as an executor does: there it is raised again."""

    def __init__(self, future: Future[Reply]) -> None:
        self._future = future

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return error is not None


class _ProxySettingError(Exception):
    def __str__(self) -> str:
        return "a proxy variable of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used"


def _settled(future: Future[Reply], given_up: TransportFailure | None) -> Reply:
    if given_up is not None and (future.cancelled() or not future.done()):
        return given_up
    return future.result()


def _plain(value: str | Secret) -> bytes:
    return (value.reveal() if isinstance(value, Secret) else value).encode(errors="surrogateescape")
