"""The stand-ins' one small HTTP server: threads, keep-alive, a log of requests, and faults on cue."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from supa_deploy.platform.faults import Action, Book

_LOGGED_REQUESTS = 5000


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. Header names are lower case; of a repeated query key the last value counts."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def query(self) -> Mapping[str, str]:
        """The query as a mapping."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out; Content-Length is added."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as the log keeps it: no header value but the User-Agent, so no secret. `status` 0: never
    answered (a fault)."""

    method: str
    path: str
    query: str
    status: int
    user_agent: str


class Site(Protocol):
    """Whatever answers requests."""

    def answer(self, request: Request) -> Answer:
        """The answer to one request; called from many threads."""


@dataclass(slots=True)
class Watch:
    """What the server counts and how it is made to misbehave."""

    book: Book = field(default_factory=Book)
    log: deque[Logged] = field(default_factory=lambda: deque(maxlen=_LOGGED_REQUESTS))
    closing: threading.Event = field(default_factory=threading.Event)


class Server(ThreadingHTTPServer):
    """Serves a site on an address (port 0: any free one). Threads never hold up the end of the process."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], site: Site, watch: Watch) -> None:
        self.site = site
        self.watch = watch
        super().__init__(address, _Handler)

    def serve(self) -> None:
        """Starts serving in the background."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment for head and body
    server: Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parts.query, headers, body)
        watch = self.server.watch
        fault = watch.book.take(request.method, request.path)
        if fault is None:
            answer = self.server.site.answer(request)
        elif fault.action is Action.ANSWER:
            watch.closing.wait(fault.wait)
            kind = ("Content-Type", fault.content_type)
            answer = Answer(fault.status, fault.body.encode(), (kind, *fault.headers))
        else:
            self._log(request, 0)
            if fault.action is Action.HANG:
                self._hang()
            self.close_connection = True
            self.connection.close()
            return
        self._log(request, answer.status)
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - the base class asks for these names

    def _hang(self) -> None:
        """Until the client gives up or the platform closes."""
        self.connection.settimeout(0.5)
        while not self.server.watch.closing.is_set():
            try:
                if self.connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def _send(self, answer: Answer) -> None:
        try:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _log(self, request: Request, status: int) -> None:
        agent = request.headers.get("user-agent", "")
        self.server.watch.log.append(
            Logged(request.method, request.path, request.query_string, status, agent)
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the log is kept, not printed."""


def json_answer(status: int, text: str) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, text.encode())
