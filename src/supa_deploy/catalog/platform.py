"""What in a Supabase database is the platform's own: it differs from project to project, and no file makes it.

Facts: the public repository supabase/postgres (migrations/db), Supabase's documentation on roles and on extensions,
facts/peers.md (the noise that users of `db diff` complain of).
"""

from supa_deploy.catalog.values import Entry, Kind

API_ROLES = ("anon", "authenticated", "service_role")
PLATFORM_SCHEMAS = frozenset(
    {
        *("auth", "storage", "realtime", "vault", "graphql", "graphql_public", "extensions", "pgsodium"),
        *(
            "pgsodium_masks",
            "pgbouncer",
            "net",
            "cron",
            "supabase_functions",
            "supabase_migrations",
            "_realtime",
        ),
        *("_analytics", "_supavisor", "_supabase", "pgmq", "pgmq_public", "repack", "tiger", "tiger_data"),
        *("topology", "etl"),
    }
)
POLICED_SCHEMAS = frozenset({"auth", "storage", "realtime"})
"""Where people put policies and triggers of their own on the platform's tables."""

_ROLES = frozenset(
    {
        *("supabase_admin", "supabase_auth_admin", "supabase_storage_admin", "supabase_realtime_admin"),
        *(
            "supabase_functions_admin",
            "supabase_replication_admin",
            "supabase_etl_admin",
            "supabase_read_only_user",
        ),
        *("supabase_privileged_role", "pgbouncer", "dashboard_user", "authenticator", "pgsodium_keyholder"),
        *("pgsodium_keyiduser", "pgsodium_keymaker", "pgtle_admin", "supabase_superuser"),
    }
)
_PREINSTALLED = frozenset(
    {
        *("plpgsql", "pg_stat_statements", "pgcrypto", "uuid-ossp", "supabase_vault", "pg_graphql", "pg_net"),
        *("pgjwt", "pgsodium", "pg_cron", "pg_tle", "supabase-dbdev", "hypopg", "index_advisor"),
    }
)
_PUBLICATIONS = frozenset({"supabase_realtime", "supabase_realtime_messages_publication"})
# The Dashboard's offer at a project's creation: RLS on for every new table.
_OFFERED = frozenset({"ensure_rls", "rls_auto_enable()"})


def is_platform_role(role: str | None) -> bool:
    """True for the roles that Supabase itself works as, and PostgreSQL's own."""
    return role is not None and (role in _ROLES or role.startswith(("cli_login_", "pg_")))


def reason_to_leave_out(expected: Entry | None, found: Entry | None, *, on_supabase: bool) -> str | None:
    """Why a difference of these two (one may be absent) says nothing of the project's own work; None when it does.

    `on_supabase`: the database found has the platform's schemas at all.
    """
    entry = found or expected
    if entry is None:
        raise ValueError("a difference has a side")
    why: str | None = None
    match entry.key.kind:
        case Kind.EXTENSION:
            # Which of them the files asked for is not known; one that is gone from a project was taken away.
            if entry.key.name in _PREINSTALLED and (found is not None or not on_supabase):
                why = "extensions that come with the platform"
        case Kind.PUBLICATION:
            why = _publication(entry)
        case Kind.SCHEMA if entry.key.name in {*PLATFORM_SCHEMAS, "public"}:
            why = "the platform's schemas"
        case Kind.POLICY | Kind.TRIGGER if entry.key.schema in POLICED_SCHEMAS:
            why = "the platform's triggers" if _is_platform_trigger(entry) else None
        case Kind.EVENT_TRIGGER | Kind.FUNCTION if entry.key.name in _OFFERED:
            why = "what the Dashboard offers for new projects"
        case Kind.GRANT | Kind.DEFAULT_PRIVILEGES:
            why = _privileges(entry) or _place_and_owner(expected, found)
        case _:
            why = _place_and_owner(expected, found)
    return why


def _place_and_owner(expected: Entry | None, found: Entry | None) -> str | None:
    """What the files made stands in the expected catalog, and its owner is none of the platform's."""
    entry = expected or found
    if entry is None:
        return None
    owner = entry.owner
    # PostgreSQL's own pg_database_owner has the schema public: who may use it is the project's business.
    owned = is_platform_role(owner) and not (entry.key.kind is Kind.GRANT and owner == "pg_database_owner")
    if entry.key.schema in PLATFORM_SCHEMAS and (owned or expected is None):
        return "the platform's schemas"
    return "objects owned by the platform's roles" if owned else None


def _publication(entry: Entry) -> str | None:
    if entry.key.name == "supabase_realtime_messages_publication":
        return "the platform's publications"
    itself = not entry.key.schema and entry.key.table is None
    if entry.key.name in _PUBLICATIONS and (itself or entry.key.schema in PLATFORM_SCHEMAS):
        return "the platform's publications"
    return None


def _privileges(entry: Entry) -> str | None:
    # `postgres` is whom the project belongs to; a role's own privileges on its objects are not read at all.
    if is_platform_role(entry.key.name) or entry.key.name == "postgres" or is_platform_role(entry.key.table):
        return "grants to the platform's roles"
    if entry.key.kind is Kind.DEFAULT_PRIVILEGES:
        role = (entry.key.table or "").rpartition(" ")[0]
        return "default privileges of the platform's roles" if is_platform_role(role) else None
    if entry.key.schema == "public" and entry.key.table is None and entry.key.name == "PUBLIC":
        return "who may use the schema public by default"
    return None


def _is_platform_trigger(entry: Entry) -> bool:
    function = entry.facts.get("function", "")
    return entry.key.kind is Kind.TRIGGER and function.startswith(f"{entry.key.schema}.")
