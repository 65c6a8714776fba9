"""The Data API as an object: where it is, the key it is asked with, and questions put side by side."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace

from supa_deploy.http import Get, Http, Reply
from supa_deploy.postgrest.answers import ProbeAnswer, read_answer
from supa_deploy.postgrest.probes import Probe, RootProbe
from supa_deploy.postgrest.root import RootClosed, RootReading, read_root
from supa_deploy.secret import Redactor, Secret

_SECONDS = 30.0


class DataApi:
    """PostgREST behind its gateway, asked with one key.

    `base_url` is where tables are (`https://<ref>.supabase.co/rest/v1`). Keys are sent as the gateway wants them
    (facts/postgrest.md, section 6): a new one (`sb_…`) as `apikey` alone, a legacy JWT as a bearer token too.
    """

    def __init__(self, base_url: str, key: Secret, http: Http) -> None:
        self.base_url = base_url.rstrip("/")
        self.http = http
        self.role = role_of(key)
        self._redact = Redactor((key,))
        self._headers: dict[str, str | Secret] = {"apikey": key}
        if not key.reveal().startswith("sb_"):
            self._headers["Authorization"] = Secret(f"Bearer {key.reveal()}")

    def request(self, probe: Probe) -> Get:
        """The GET that puts this question. The schema is always named: which one is the default, the API's
        settings decide."""
        headers = self._headers | {"Accept": probe.accept, "Accept-Profile": probe.schema}
        return Get(self.base_url + probe.path, headers, _SECONDS)

    def read(self, probe: Probe, reply: Reply) -> ProbeAnswer | RootReading:
        """What the reply to this question means; should a gateway echo the key, its words are cleaned of it."""
        reading = read_root(reply) if isinstance(probe, RootProbe) else read_answer(reply)
        if isinstance(reading, ProbeAnswer):
            return replace(reading, words=self._redact(reading.words))
        if isinstance(reading, RootClosed):
            return RootClosed(self._redact(reading.reason))
        return reading


def ask(questions: Sequence[tuple[DataApi, Probe]], http: Http) -> tuple[ProbeAnswer | RootReading, ...]:
    """Puts questions side by side; answers in the order asked."""
    replies = http.get_all([api.request(probe) for api, probe in questions])
    return tuple(api.read(probe, reply) for (api, probe), reply in zip(questions, replies, strict=True))


def rest_url(api_url: str) -> str:
    """Where tables are, from the project's base (`SUPABASE_URL`); an address that names it already is kept."""
    base = api_url.rstrip("/")
    return base if base.endswith("/rest/v1") else f"{base}/rest/v1"


def role_of(key: Secret) -> str:
    """The database role that a key stands for: by its kind, or by a JWT's own `role` (not verified: it only
    chooses the words of an advice)."""
    text = key.reveal()
    if text.startswith("sb_"):
        return "anon" if text.startswith("sb_publishable_") else "service_role"
    try:
        body = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return "service_role"
    role = claims.get("role") if isinstance(claims, dict) else None
    return role if isinstance(role, str) else "service_role"
