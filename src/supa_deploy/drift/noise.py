"""What the engine shows and is no drift: each kind with its reason. Counted, never told as a difference.

The reasons come from what people complain of (facts/peers.md 21, 22) and from the engine's own output: without
`--schema` it shows the roles of a project, and a table's privileges as a REVOKE ALL and a GRANT for each role.
"""

from collections.abc import Iterable
from enum import StrEnum

from supa_deploy.migrations.acts import Act, Deed

PLATFORM_SCHEMAS = frozenset(
    {
        *("auth", "storage", "realtime", "vault", "graphql", "graphql_public", "extensions", "net", "cron"),
        *("pgsodium", "pgsodium_masks", "supabase_functions", "supabase_migrations", "pgbouncer", "pgmq"),
        *(
            "_realtime",
            "_analytics",
            "pgtle",
            "tiger",
            "tiger_data",
            "topology",
            "information_schema",
            "repack",
        ),
    }
)
"""Schemas whose objects the platform makes. A user's are the policies and triggers there."""
PLATFORM_ROLES = frozenset(
    {
        *("postgres", "supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "dashboard_user"),
        *(
            "supabase_realtime_admin",
            "supabase_replication_admin",
            "supabase_read_only_user",
            "authenticator",
        ),
        *("supabase_functions_admin", "supabase_etl_admin", "pgbouncer", "pgsodium_keymaker", "pgtle_admin"),
        *("pgsodium_keyholder", "pgsodium_keyiduser", "cli_login_postgres", "supabase_superuser"),
    }
)
"""Roles that the platform makes for itself. Those of the Data API (anon, authenticated, service_role) are not here."""
API_ROLES = frozenset({"anon", "authenticated", "service_role"})
_USERS_THERE = frozenset({"policy", "trigger"})
_EVERYTHING = {
    "table": frozenset(
        {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
    ),
    "sequence": frozenset({"USAGE", "SELECT", "UPDATE"}),
    "function": frozenset({"EXECUTE"}),
}


class Noise(StrEnum):
    """Why a deed of the engine is no drift."""

    SESSION = "a setting of the session"
    ROLE = "roles belong to the server, not to the files"
    PLATFORM_SCHEMA = "an object of the platform's own schema"
    PLATFORM_OWNER = "an owner that the platform sets"
    PLATFORM_GRANT = "a privilege of the platform's own role"
    PLATFORM_DEFAULT = "the privileges that the platform gives every new object"
    EXTENSION_COMMENT = "an extension's own comment"
    UNCONFIRMED_GRANT = "privileges that the catalog does not show as different"
    REBUILT = "dropped and made again the same, because of something that it hangs on"
    REFRESH = "a materialized view that is filled again"


def noise_of(act: Act) -> Noise | None:
    """Why this deed is no drift by itself, whatever the catalog says; None when it may be."""
    if act.deed is Deed.SESSION:
        return Noise.SESSION
    if act.object in {"role", "membership"}:
        return Noise.ROLE
    if act.deed is Deed.COMMENT and act.object == "extension":
        return Noise.EXTENSION_COMMENT
    if act.deed is Deed.ROWS and act.object == "materialized view":
        return Noise.REFRESH
    if _of_the_platform(act):
        return Noise.PLATFORM_SCHEMA
    return _by_roles(act)


def _of_the_platform(act: Act) -> bool:
    schema = act.name if act.object == "schema" else act.schema
    return schema in PLATFORM_SCHEMAS and act.object not in _USERS_THERE


def _by_roles(act: Act) -> Noise | None:
    if not act.roles or not PLATFORM_ROLES.issuperset(act.roles):
        default = act.object == "default privileges" and act.name in PLATFORM_ROLES - {"postgres"}
        return Noise.PLATFORM_GRANT if default else None
    return Noise.PLATFORM_OWNER if act.deed is Deed.OWNER else Noise.PLATFORM_GRANT


def platform_defaults(acts: Iterable[Act]) -> frozenset[tuple[str, str]]:
    """The objects (schema, name) to which all three roles of the Data API are given everything: what projects made
    before 2026-10-30 do with each new object, and the files need not say."""
    given: dict[tuple[str, str], set[str]] = {}
    for act in acts:
        if act.deed is Deed.GRANT and _is_everything(act):
            given.setdefault((act.schema, act.name), set()).update(act.roles)
    return frozenset(name for name, roles in given.items() if roles >= API_ROLES)


def _is_everything(act: Act) -> bool:
    whole = _EVERYTHING.get("table" if "view" in act.object or "table" in act.object else act.object)
    return whole is not None and (not act.privileges or whole - {"MAINTAIN"} <= set(act.privileges))
