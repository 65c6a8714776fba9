"""HTTP reads, and nothing but reads: the only home of httpx.

One client with at most eight connections, kept for the run. Only GET is offered, so nothing above can write
or execute anything. A redirect is not followed (PostgREST's 300 is an answer), and whatever goes wrong on the
way comes back as a value. Proxies and CA files of the environment are respected (`HTTPS_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`), except that loopback is never proxied.
"""

from supa_deploy.http.client import CONNECTIONS, USER_AGENT, Http
from supa_deploy.http.values import Answer, FailureKind, Get, Reply, TransportFailure

__all__ = ["CONNECTIONS", "USER_AGENT", "Answer", "FailureKind", "Get", "Http", "Reply", "TransportFailure"]
