"""What an access token opens: the projects of its account, as the Management API lists them (`GET /v1/projects`:
`id`, which is the ref and stands as `ref` too, `name`, `region`, `status`, `organization_id`…)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from supa_deploy.http import Answer, Http, TransportFailure
from supa_deploy.secret import Secret
from supa_deploy.supabase.management import Project, Refusal

_SECONDS = 20.0
_REF = re.compile(r"[a-z]{20}")
_TOKEN = re.compile(r"sbp_(oauth_)?[a-f0-9]{40}")


def is_access_token(text: str) -> bool:
    """True for what has the form of a personal access token."""
    return _TOKEN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A project as the list shows it. `region` is the platform's own word (`eu-central-1`), empty where it says
    none."""

    project: Project
    region: str


@dataclass(frozen=True, slots=True)
class Account:
    """The projects of an account, by name."""

    projects: tuple[Listed, ...]

    def project(self, ref: str) -> Project | None:
        """The project with this ref; None when it is not among them."""
        return next((listed.project for listed in self.projects if listed.project.ref == ref), None)


def read_account(http: Http, api_url: str, token: Secret) -> Account | Refusal:
    """Lists the projects that the token may see, or says why it cannot."""
    reply = http.get(
        f"{api_url}/v1/projects",
        {"Authorization": Secret(f"Bearer {token.reveal()}")},
        seconds=_SECONDS,
    )
    if isinstance(reply, TransportFailure):
        return Refusal(None, reply.message)
    if reply.status != 200:
        return Refusal(reply.status, f"the Management API answered {reply.status}")
    return _account(reply)


def _account(reply: Answer) -> Account | Refusal:
    entries = reply.json
    if not isinstance(entries, list):
        return Refusal(200, "the Management API's answer cannot be read")
    found = [listed for entry in entries if isinstance(entry, dict) and (listed := _listed(entry))]
    return Account(tuple(sorted(found, key=lambda listed: (listed.project.name.lower(), listed.project.ref))))


def _listed(entry: Mapping[str, object]) -> Listed | None:
    names = (entry.get("ref"), entry.get("id"))
    ref = next((name for name in names if isinstance(name, str) and _REF.fullmatch(name)), None)
    name, status, region = entry.get("name"), entry.get("status"), entry.get("region")
    if ref is None or not isinstance(name, str) or not isinstance(status, str):
        return None
    return Listed(Project(ref, name, status), region if isinstance(region, str) else "")
