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
    kind = entry.key.kind
    if kind is Kind.EXTENSION and entry.key.name in _PREINSTALLED and (found is not None or not on_supabase):
        return "extensions that come with the platform"
    if kind is Kind.PUBLICATION:
        return _publication(entry)
    if kind in {Kind.GRANT, Kind.DEFAULT_PRIVILEGES} and (why := _privileges(entry)):
        return why
    if kind is Kind.SCHEMA and entry.key.name in {*PLATFORM_SCHEMAS, "public"}:
        return "the platform's schemas"
    if entry.key.name in _OFFERED and kind in {Kind.EVENT_TRIGGER, Kind.FUNCTION}:
        return "what the Dashboard offers for new projects"
    if kind in {Kind.POLICY, Kind.TRIGGER} and entry.key.schema in POLICED_SCHEMAS:
        return "the platform's triggers" if _is_platform_trigger(entry) else None
    if entry.key.schema in PLATFORM_SCHEMAS:
        # What the files made there stands in the expected catalog, and its owner is not the platform's.
        made = expected is not None and not is_platform_role(expected.owner)
        return None if made else "the platform's schemas"
    return _owner(expected, found)


def _owner(expected: Entry | None, found: Entry | None) -> str | None:
    decisive = expected or found
    if decisive is not None and decisive.key.kind is not Kind.EXTENSION and decisive.key.schema != "public":
        return "objects owned by the platform's roles" if is_platform_role(decisive.owner) else None
    # In public a schema's grants hang on PostgreSQL's own pg_database_owner.
    owner = decisive.owner if decisive is not None and decisive.key.kind is not Kind.EXTENSION else None
    owned = is_platform_role(owner) and not str(owner).startswith("pg_")
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
