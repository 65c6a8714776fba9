"""What Supabase and PostgreSQL bring along: schemas that no migration file makes."""

_SUPABASE = frozenset(
    {
        "auth",
        "storage",
        "realtime",
        "vault",
        "extensions",
        "graphql",
        "graphql_public",
        "net",
        "cron",
        "pgmq",
        "pgsodium",
        "pgsodium_masks",
        "supabase_functions",
        "supabase_migrations",
        "pgbouncer",
        "pgtle",
        "_realtime",
        "_analytics",
        "_supavisor",
        "supabase_admin",
        "tiger",
        "topology",
    }
)
_POSTGRES = frozenset({"pg_catalog", "information_schema", "pg_toast", "pg_temp"})


def is_platform_schema(schema: str) -> bool:
    """True for a schema that is there before the first migration, `public` left out."""
    return schema in _SUPABASE or schema in _POSTGRES
