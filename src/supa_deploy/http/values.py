"""What goes into an HTTP read and what comes out of it."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from supa_deploy.secret import Secret

_KEPT_HEADERS = frozenset(
    {"content-type", "content-profile", "content-range", "date", "proxy-status", "retry-after", "server"}
)


class FailureKind(StrEnum):
    """What came in the way of an answer."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    DNS = "dns"
    TLS = "tls"
    NETWORK = "network"
    PROTOCOL = "protocol"
    PROXY = "proxy"
    INVALID = "invalid"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """No answer: the kind, and one sentence without any secret in it."""

    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status, the few headers that mean something here (lower-case names), the body as it
    came and, where the body is JSON, its value (None otherwise)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = field(default=b"", repr=False)
    json: object | None = field(default=None, repr=False)

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], body: bytes) -> "Answer":
        """An answer with its JSON read, whatever its content type claims."""
        kept = {name.lower(): value for name, value in headers.items() if name.lower() in _KEPT_HEADERS}
        value: object | None = None
        if body:
            with contextlib.suppress(ValueError, RecursionError):
                value = json.loads(body)
        return cls(status, MappingProxyType(kept), body, value)

    @property
    def retry_after(self) -> float | None:
        """Seconds that `Retry-After` asks for (None when it is absent or a date)."""
        text = self.headers.get("retry-after", "").strip()
        return float(text) if text.isascii() and text.isdigit() else None


Reply = Answer | TransportFailure


@dataclass(frozen=True, slots=True)
class Get:
    """One read: URL, headers (a `Secret` is revealed only into the request itself), and the seconds it may
    take from its start to the last byte."""

    url: str
    headers: Mapping[str, str | Secret] = field(default_factory=lambda: MappingProxyType({}))
    seconds: float = 30.0
