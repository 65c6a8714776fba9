"""PostgreSQL URLs: checked here, so that no malformed one reaches a CLI that would print its password
(facts/supabase-cli.md, 6c)."""

import re
from dataclasses import replace
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from supa_deploy.errors import UsageError
from supa_deploy.secret import Secret
from supa_deploy.settings.values import DatabaseUrl

SHADOW_OFF = "off"
"""What SUPA_DEPLOY_SHADOW_URL holds where no scratch server is wanted."""

_SCHEMES = {"postgres", "postgresql"}
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parse_database_url(text: str, *, name: str, fallback_password: Secret | None = None) -> DatabaseUrl:
    """Takes a `postgresql://user:password@host:port/database?options` URL apart.

    `name` is the setting it came from, for the message; `fallback_password` (PGPASSWORD) counts when the URL
    carries none. Raises UsageError, never quoting the URL, when it is not one.
    """
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
    except ValueError:
        raise _malformed(name, "its host or port cannot be read") from None
    if parts.scheme not in _SCHEMES:
        raise _malformed(name, "it must begin with postgresql://")
    if not parts.hostname:
        raise _malformed(name, "it names no host")
    if _BAD_ESCAPE.search(text):
        raise _malformed(name, "a % in it is not followed by two hex digits (write %25 for a percent sign)")
    options, in_options = _take_password(parts.query)
    written = unquote(parts.password) if parts.password else in_options
    inline = Secret(written) if written else None
    if any(_option(part) == "sslpassword" for part in options.split("&")):
        raise _malformed(name, "sslpassword cannot be handed on without being seen in the process list")
    user = unquote(parts.username) if parts.username else "postgres"
    database = unquote(parts.path.lstrip("/")) or "postgres"
    return DatabaseUrl(
        url=_without_password(parts._replace(query=options), user, port, database),
        password=inline or fallback_password,
        host=parts.hostname,
        port=port,
        user=user,
        database=database,
    )


def parse_shadow_url(text: str, target: DatabaseUrl | None) -> DatabaseUrl:
    """The scratch server of SUPA_DEPLOY_SHADOW_URL. PGPASSWORD does not count for it: that is the target's, and no
    other server may get to see it. Raises UsageError when it is not a URL, or names the target's own server."""
    found = parse_database_url(text, name="SUPA_DEPLOY_SHADOW_URL")
    if target is not None and (found.host, found.port) == (target.host, target.port):
        raise UsageError(
            "SUPA_DEPLOY_SHADOW_URL names the very server that is to be deployed to. Nothing was touched.",
            hint="Name a throwaway PostgreSQL there, or unset it and let one be started on this machine.",
            code="shadow_is_target",
        )
    return found


def at_database(url: DatabaseUrl, database: str) -> DatabaseUrl:
    """The same server and role, another database."""
    path = "/" + quote(database, safe="")
    return replace(url, url=urlunsplit(urlsplit(url.url)._replace(path=path)), database=database)


def carries_password(text: str) -> bool:
    """True when the URL has a password in it (a malformed one is assumed to have)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return True
    return bool(parts.password) or any(
        _option(part) in {"password", "sslpassword"} for part in parts.query.split("&")
    )


def _take_password(query: str) -> tuple[str, str | None]:
    """The options without `password=…`, which libpq accepts there too, and that password: what is left stands in a
    child's argv. The other options stay as they are written."""
    parts = query.split("&") if query else []
    found = [part.partition("=")[2] for part in parts if _option(part) == "password"]
    rest = "&".join(part for part in parts if _option(part) != "password")
    return rest, unquote(found[-1]) if found else None


def _option(text: str) -> str:
    return unquote(text.partition("=")[0]).strip().lower()


def _without_password(parts: SplitResult, user: str, port: int, database: str) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    netloc = f"{quote(user, safe='')}@{host}:{port}"
    return urlunsplit(("postgresql", netloc, "/" + quote(database, safe=""), parts.query, ""))


def _malformed(name: str, reason: str) -> UsageError:
    return UsageError(
        f"{name} is not a PostgreSQL URL: {reason}. Nothing was touched.",
        hint="Write it as postgresql://user@host:5432/database, with special characters percent-encoded.",
        code="malformed_db_url",
    )
