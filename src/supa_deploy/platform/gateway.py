"""A stand-in for a hosted project's API gateway: `/rest/v1/*` in front of real PostgREST.

It stands for what the gateway adds and what verification has to get past: API keys of both kinds, the root
that is closed to visitors, the bodies of its refusals (facts/postgrest.md, section 6; bodies as measured on
hosted projects on 2026-10-10). Everything else comes from PostgREST itself.
"""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from supa_deploy.platform.keys import Credentials
from supa_deploy.platform.rest import SocketConnection
from supa_deploy.platform.web import Answer, Request, json_answer

PREFIX = "/rest/v1"
_UPSTREAM_SECONDS = 60.0
_NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "server", "date"}
_BROWSERS = ("mozilla/", "applewebkit", "chrome/", "safari/")


@dataclass(slots=True)
class Gateway:
    """The gateway of one project; `upstream` is PostgREST's socket. `after_each` is called after every Data
    API request that was passed on."""

    credentials: Credentials
    upstream: Path
    after_each: Callable[[], None] = lambda: None
    _local: threading.local = field(default_factory=threading.local, repr=False)

    def answer(self, request: Request) -> Answer:
        """One answer; 404 for paths that nobody here serves."""
        if request.path == PREFIX or request.path.startswith(f"{PREFIX}/"):
            return self._rest(request)
        if request.path == "/auth/v1/health":
            return json_answer(
                200, json.dumps({"version": "v2.180.0", "name": "GoTrue", "description": "stand-in"})
            )
        if request.path == "/storage/v1/version":
            return Answer(200, b"1.28.0", (("Content-Type", "text/plain"),))
        return json_answer(404, json.dumps({"message": "no Route matched with those values"}))

    def pass_on(self, request: Request, path: str, role: str | None) -> Answer:
        """PostgREST's answer to the request at `path`; `role` sets whose token is sent (None: the request's own)."""
        headers = {
            n: v
            for n, v in request.headers.items()
            if n not in {*_NOT_PASSED_ON, "apikey", "accept-encoding"}
        }
        if role is not None:
            headers["authorization"] = f"Bearer {self.credentials.token_for(role)}"
        target = path + (f"?{request.query_string}" if request.query_string else "")
        for last_try in (False, True):
            try:
                answer = self._exchange(request.method, target, headers, request.body)
            except (OSError, http.client.HTTPException) as error:
                self._local.connection = None
                if last_try:
                    text = json.dumps(
                        {"message": "An invalid response was received from the upstream server"}
                    )
                    return (
                        json_answer(502, text)
                        if not isinstance(error, TimeoutError)
                        else json_answer(504, text)
                    )
            else:
                self.after_each()
                return answer
        raise AssertionError("the loop returns")

    def _rest(self, request: Request) -> Answer:
        key = request.headers.get("apikey") or request.query.get("apikey") or _bearer(request)
        if not key:
            return _refusal(
                "No API key found in request", "No `apikey` request header or url param was found."
            )
        role = self.credentials.role_of_key(key)
        if role is None:
            hint = "Double check your Supabase `anon` or `service_role` API key."
            return _refusal("Invalid API key", hint)
        is_new_kind = key.startswith("sb_")
        if is_new_kind and role == "service_role" and _looks_like_browser(request):
            return _refusal(
                "Forbidden use of secret API key in browser", "Secret API keys can only be used in a backend."
            )
        path = request.path.removeprefix(PREFIX) or "/"
        if path == "/" and role == "anon":
            if is_new_kind:
                return _refusal(
                    "Secret API key required", "Only secret API keys can be used for this endpoint."
                )
            return _refusal(
                "Invalid API key", "Only the `service_role` API key can be used for this endpoint."
            )
        own = _bearer(request)
        return self.pass_on(request, path, role if own in {"", key} else None)

    def _exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        connection: SocketConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = SocketConnection(self.upstream, _UPSTREAM_SECONDS)
            self._local.connection = connection
        connection.request(method, target, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        kept = tuple((n, v) for n, v in response.getheaders() if n.lower() not in _NOT_PASSED_ON)
        return Answer(response.status, content, kept)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _looks_like_browser(request: Request) -> bool:
    agent = request.headers.get("user-agent", "").lower()
    return any(mark in agent for mark in _BROWSERS)


def _refusal(message: str, hint: str) -> Answer:
    return json_answer(401, json.dumps({"message": message, "hint": hint}))
