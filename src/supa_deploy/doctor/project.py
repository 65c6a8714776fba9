"""The project itself: the token, its status, the password, the keys, the Data API, the clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from supa_deploy.errors import AuthFailed, SupaDeployError
from supa_deploy.http import Answer, Http
from supa_deploy.model import Diagnostic
from supa_deploy.postgrest import DataApi, ProbeAnswer, RootProbe, ask, rest_url
from supa_deploy.secret import Secret
from supa_deploy.settings import Settings
from supa_deploy.supabase import (
    ApiKeys,
    ByUrl,
    History,
    Linked,
    Management,
    Pending,
    Project,
    Supabase,
)

_SKEW_SECONDS = 30.0  # PostgREST tolerates as much in a token's times


@dataclass(frozen=True, slots=True)
class Platform:
    """What the Management API said: in words, and the keys where it gave them."""

    diagnostics: tuple[Diagnostic, ...]
    keys: ApiKeys | None = None


def can_read_history(settings: Settings, supabase: Supabase) -> bool:
    """True when trying the password makes sense."""
    if isinstance(supabase.target, ByUrl):
        return True
    return settings.db_password is not None or supabase.login.token is not None


def look(supabase: Supabase, http: Http) -> Platform:
    """The token and the project's status."""
    token, target = supabase.login.token, supabase.target
    if token is None or not isinstance(target, Linked):
        return Platform(
            (
                Diagnostic(
                    "token",
                    ok=False,
                    detail="SUPABASE_ACCESS_TOKEN is not set, and no login was found that can be read here",
                    next="Make one at https://supabase.com/dashboard/account/tokens, or run `supabase login`.",
                ),
            )
        )
    management = Management(http, supabase.profile.api_url, target.project_ref, token)
    found = management.project()
    if isinstance(found, Project):
        return Platform(tuple(_status(found, supabase)), management.api_keys())
    if found.of_token:
        advice = "Check that the token is valid and that its account may manage this project."
        return Platform((Diagnostic("token", ok=False, detail=f"refused: {found.message}", next=advice),))
    unreachable = Diagnostic("Management API", ok=False, detail=found.message, next="Try again in a minute.")
    return Platform((Diagnostic("token", ok=None, detail="could not be tried"), unreachable))


def _status(found: Project, supabase: Supabase) -> Iterator[Diagnostic]:
    yield Diagnostic("token", ok=True, detail=f"accepted ({supabase.login.source})")
    yield Diagnostic(
        "project",
        ok=not found.paused,
        detail=f"{found.name} is {found.status}",
        next=f"Restore it at {supabase.profile.dashboard_url}/project/{found.ref}.",
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying the password came to, and whether the database itself was reached."""

    diagnostic: Diagnostic
    arrived: bool


def password(settings: Settings, supabase: Supabase, history: Pending[History] | None) -> Tried:
    """Tries the database password by reading the history, the first thing that really checks it."""
    if history is None:
        return Tried(
            Diagnostic("password", ok=None, detail="could not be tried without a password or a token"), False
        )
    try:
        versions = history.result().versions
    except AuthFailed as error:
        refused = Diagnostic("password", ok=False, detail=error.message, next=error.hint)
        return Tried(refused, arrived=error.sqlstate is not None)
    except SupaDeployError as error:
        return Tried(Diagnostic("database", ok=False, detail=error.message, next=error.hint), arrived=False)
    count = f"{len(versions)} version{'s' if len(versions) != 1 else ''} in the history"
    with_role = isinstance(supabase.target, Linked) and settings.db_password is None
    how = "a temporary login role was accepted" if with_role else "accepted"
    return Tried(Diagnostic("password", ok=True, detail=f"{how}; {count}"), arrived=True)


def data_api(
    settings: Settings, supabase: Supabase, http: Http, platform: Platform | None
) -> tuple[Diagnostic, tuple[Diagnostic, ...]]:
    """The key's kind; the Data API with it; this machine's clock against the server's."""
    key = settings.secret_key or (platform.keys.secret if platform and platform.keys else None)
    if platform and platform.keys:
        supabase.remember(platform.keys)
    base = settings.api_url or (
        supabase.profile.data_api(supabase.target.project_ref)
        if isinstance(supabase.target, Linked)
        else None
    )
    if base is None:
        nowhere = Diagnostic(
            "Data API", ok=None, detail="SUPABASE_URL is not set: nothing can be confirmed through it"
        )
        return _key(key), (nowhere,)
    of_api = _api(base, key, http)
    return _key(key), (of_api, _clock(http, base))


def _key(key: Secret | None) -> Diagnostic:
    if key is None:
        return Diagnostic(
            "API key",
            ok=False,
            detail="there is no secret key, neither set nor fetched",
            next="Set SUPABASE_SECRET_KEY (Dashboard: Settings, API Keys).",
        )
    text = key.reveal()
    if text.startswith("sb_publishable_"):
        return Diagnostic(
            "API key",
            ok=False,
            detail="SUPABASE_SECRET_KEY holds a publishable key",
            next="Set it to a key that starts with sb_secret_.",
        )
    kind = (
        "a secret key (sb_secret_…)" if text.startswith("sb_secret_") else "a legacy service_role key (JWT)"
    )
    return Diagnostic("API key", ok=True, detail=kind)


def _api(base: str, key: Secret | None, http: Http) -> Diagnostic:
    if key is None:
        return Diagnostic("Data API", ok=None, detail="could not be asked without a key")
    api = DataApi(rest_url(base), key, http)
    reading = ask([(api, RootProbe("public"))], http)[0]
    if isinstance(reading, ProbeAnswer):
        return Diagnostic(
            "Data API",
            ok=False,
            detail=f"{reading.said.value.replace('_', ' ')}: {reading.words}",
            next="Check SUPABASE_URL and the key; `supa-deploy verify` would end as unverified.",
        )
    return Diagnostic("Data API", ok=True, detail=f"answers at {rest_url(base)}")


def _clock(http: Http, base: str) -> Diagnostic:
    reply = http.get(rest_url(base) + "/", seconds=10.0)
    date = reply.headers.get("date") if isinstance(reply, Answer) else None
    if date is None:
        return Diagnostic("clock", ok=None, detail="no server told its time")
    try:
        skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return Diagnostic("clock", ok=None, detail="the server's time cannot be read")
    return Diagnostic(
        "clock",
        ok=abs(skew) <= _SKEW_SECONDS,
        detail=f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server"
        if abs(skew) > 1
        else "in step",
        next="Set this machine's clock: tokens are refused when it is off by more than 30 s.",
    )
