"""What httpx's errors mean, as values."""

import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from supa_deploy.http.values import FailureKind, TransportFailure
from supa_deploy.secret import Redactor

if TYPE_CHECKING:
    import httpx


def failure_of(error: "httpx.HTTPError", redact: Redactor) -> TransportFailure:
    """The kind of a library error and its words, secrets taken out."""
    import httpx

    words = redact(str(error)) or type(error).__name__
    kind = FailureKind.NETWORK
    causes = tuple(_causes(error))
    if isinstance(error, httpx.TimeoutException):
        kind, words = FailureKind.TIMEOUT, "no answer in time"
    elif isinstance(error, httpx.ProxyError):
        kind = FailureKind.PROXY
    elif isinstance(error, httpx.UnsupportedProtocol):
        kind, words = FailureKind.INVALID, "the address does not start with http:// or https://"
    elif isinstance(error, httpx.ProtocolError | httpx.DecodingError):
        kind = FailureKind.PROTOCOL
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        kind = FailureKind.TLS
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        kind = FailureKind.DNS
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        kind = FailureKind.REFUSED
    return TransportFailure(kind, words)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
