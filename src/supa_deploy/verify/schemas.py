"""Which schemas the files have to do with: what a catalog has to be read for."""

from supa_deploy.schema import Schema

_NOBODYS = frozenset({"pg_catalog", "information_schema", "supabase_migrations", "pg_temp", ""})


def schemas_of(schema: Schema) -> tuple[str, ...]:
    """The schemas that the files touch, sorted, `public` always among them: those of everything they make, alter,
    drop, or may have touched where they cannot be read; `auth`, `storage` and `realtime` where they put triggers or
    policies on the platform's tables."""
    names = (
        *schema.tables,
        *schema.views,
        *schema.types,
        *schema.sequences,
        *(function.name for function in schema.functions.values()),
        *(dropped.name for dropped in schema.dropped),
        *(name for doubt in schema.doubts for name in doubt.may_touch),
    )
    return tuple(sorted({"public", *schema.schemas, *(name.schema for name in names)} - _NOBODYS))
