"""Reading `projects api-keys`: secrets from the first moment, kept in nothing but Secret."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supa_deploy.secret import Secret
from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import unreadable
from supa_deploy.supabase.answers.machine import object_in, text_of, value_in
from supa_deploy.supabase.command import Completed

_WHOLE_SECRET = re.compile(r"sb_secret_[A-Za-z0-9_-]{20,}")
_WHOLE_PUBLISHABLE = re.compile(r"sb_publishable_[A-Za-z0-9_-]{20,}")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """A project's Data API keys, the best of each kind first. `secret` prefers an sb_secret key that is shown
    whole, then the legacy service_role one; `publishable` likewise, then anon. None where the project has none
    that can be used. `secrets` has every usable secret key, best first: legacy keys may be switched off."""

    secret: Secret | None
    publishable: Secret | None
    secrets: tuple[Secret, ...] = ()


def read_api_keys(completed: Completed) -> ApiKeys:
    """The keys. Raises what the failure means, UnreadableAnswer for a success without a list of keys."""
    if not completed.succeeded:
        raise failure_of(completed).as_error(holds="")  # keys are read after a push too
    stdout = completed.secret_stdout.reveal() if completed.secret_stdout else completed.stdout
    entries = (object_in(stdout) or {}).get("keys", value_in(stdout))
    if not isinstance(entries, list):
        raise unreadable(completed)
    return keys_from(entry for entry in entries if isinstance(entry, dict))


def keys_from(entries: Iterable[Mapping[str, object]]) -> ApiKeys:
    """Sorts the Management API's entries (`name`, `type`, `api_key`); masked keys (`sb_secret_abc···`) are no keys."""
    found: dict[str, list[Secret]] = {"secret": [], "service_role": [], "publishable": [], "anon": []}
    for entry in entries:
        key, name = text_of(entry, "api_key") or "", text_of(entry, "name")
        if _WHOLE_SECRET.fullmatch(key):
            found["secret"].append(Secret(key))
        elif _WHOLE_PUBLISHABLE.fullmatch(key):
            found["publishable"].append(Secret(key))
        elif name in {"service_role", "anon"} and _JWT.fullmatch(key):
            found[name].append(Secret(key))
    secrets = (*found["secret"], *found["service_role"])
    publishable = (*found["publishable"], *found["anon"])
    return ApiKeys(secrets[0] if secrets else None, publishable[0] if publishable else None, secrets)
