"""The Management API's own reads, as a shortcut: one request says what a CLI call takes half a second to say.

Only a shortcut: an answer that is not exactly what was expected is None, and the caller asks the CLI. The reads
are young (beta) and were not seen against a hosted project (facts/supabase-cli.md, section 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from supa_deploy.http import Answer, Get, Http, TransportFailure
from supa_deploy.secret import Secret
from supa_deploy.supabase.answers import ApiKeys, History, keys_from

_SECONDS = 6.0  # a shortcut that takes longer is none: the CLI is asked
_HEALTHY = "ACTIVE_HEALTHY"
_PAUSED = "INACTIVE"


@dataclass(frozen=True, slots=True)
class Project:
    """What the platform says of a project. `status` is its own word (`ACTIVE_HEALTHY`, `COMING_UP`, `INACTIVE`…)."""

    ref: str
    name: str
    status: str

    @property
    def paused(self) -> bool:
        """True when nothing can reach its database until somebody restores it."""
        return self.status == _PAUSED

    @property
    def healthy(self) -> bool:
        """True when everything of it is up."""
        return self.status == _HEALTHY


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there was no project to see: the HTTP status (None: no answer at all), and one sentence."""

    status: int | None
    message: str

    @property
    def of_token(self) -> bool:
        """True when it was the token that was refused, or not allowed to see the project."""
        return self.status in {401, 403, 404}


@dataclass(frozen=True, slots=True)
class Survey:
    """Several reads side by side; None for each that did not answer as expected, and why for the project."""

    project: Project | Refusal | None
    history: History | None
    api_keys: ApiKeys | None


class Management:
    """One project's side of the Management API, with one access token."""

    def __init__(self, http: Http, api_url: str, project_ref: str, token: Secret) -> None:
        self._http = http
        self._base = f"{api_url}/v1/projects/{project_ref}"
        self._ref = project_ref
        self._headers: Mapping[str, str | Secret] = {"Authorization": Secret(f"Bearer {token.reveal()}")}

    def project(self) -> Project | Refusal:
        """The project, or why it cannot be seen."""
        return _project_or_why(self._get(""), self._ref)

    def history(self, *, final: bool = False) -> History | None:
        """The versions in the remote history (`final`: with the time kept for the last reading)."""
        return _history(self._get("/database/migrations", final=final))

    def api_keys(self) -> ApiKeys | None:
        """The project's Data API keys, secret ones shown whole."""
        return _api_keys(self._get("/api-keys?reveal=true"))

    def openapi(self, schema: str = "public") -> Mapping[str, object] | None:
        """The Data API's root for one schema, by the token alone."""
        reply = self._get(f"/database/openapi?schema={quote(schema, safe='')}")
        value = _value(reply)
        return value if isinstance(value, dict) and isinstance(value.get("paths"), dict) else None

    def survey(self) -> Survey:
        """Project, history and keys in one go."""
        project, history, keys = self._http.get_all(
            [self._request(path) for path in ("", "/database/migrations", "/api-keys?reveal=true")]
        )
        return Survey(_project_or_why(project, self._ref), _history(history), _api_keys(keys))

    def _request(self, path: str) -> Get:
        return Get(self._base + path, self._headers, _SECONDS)

    def _get(self, path: str, *, final: bool = False) -> Answer | TransportFailure:
        return self._http.get_all([self._request(path)], final=final)[0]


def _value(reply: Answer | TransportFailure) -> object | None:
    return reply.json if isinstance(reply, Answer) and reply.status == 200 else None


def _project_or_why(reply: Answer | TransportFailure, ref: str) -> Project | Refusal:
    project = _project(reply, ref)
    if project is not None:
        return project
    if isinstance(reply, TransportFailure):
        return Refusal(None, reply.message)
    if reply.status == 200:
        return Refusal(200, "the Management API's answer cannot be read")
    return Refusal(reply.status, f"the Management API answered {reply.status}")


def _project(reply: Answer | TransportFailure, ref: str) -> Project | None:
    value = _value(reply)
    if not isinstance(value, dict) or ref not in {value.get("ref"), value.get("id")}:
        return None
    name, status = value.get("name"), value.get("status")
    return Project(ref, name, status) if isinstance(name, str) and isinstance(status, str) else None


def _history(reply: Answer | TransportFailure) -> History | None:
    rows = _value(reply)
    if not isinstance(rows, list):
        return None
    versions = [row.get("version") if isinstance(row, dict) else None for row in rows]
    known = [version for version in versions if isinstance(version, str) and version.isdigit()]
    return History(tuple(sorted(known))) if len(known) == len(rows) else None


def _api_keys(reply: Answer | TransportFailure) -> ApiKeys | None:
    entries = _value(reply)
    if not isinstance(entries, list):
        return None
    keys = keys_from(entry for entry in entries if isinstance(entry, dict))
    return keys if keys.secret is not None else None
