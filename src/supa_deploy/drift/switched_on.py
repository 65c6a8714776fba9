"""Extensions that no file makes: switched on in the Dashboard, and needed by files all the same."""

from supa_deploy.shadow import ShadowDatabase, ShadowUnavailable
from supa_deploy.shadow.sql import identifier
from supa_deploy.supabase import Supabase

_THERE = (
    "select e.extname::text as name, n.nspname::text as schema "
    "from pg_extension e join pg_namespace n on n.oid = e.extnamespace order by e.oid"
)
_TO_BE_HAD = "select name from pg_available_extensions where installed_version is null"


def switch_on(supabase: Supabase, database: ShadowDatabase) -> tuple[str, ...]:
    """Creates in a scratch database the extensions that the real one has and it has not; their names.

    Raises what a failure to read the real database means. What cannot be created here is left out.
    """
    if not supabase.can_query:
        return ()
    to_be_had = {str(name) for (name,) in database.query(_TO_BE_HAD)}
    wanted = {str(row["name"]): str(row["schema"]) for row in supabase.query(_THERE)}
    return tuple(
        name for name, schema in wanted.items() if name in to_be_had and _created(database, name, schema)
    )


def _created(database: ShadowDatabase, name: str, schema: str) -> bool:
    """An extension whose own file fixes its schema refuses to be told one: the search path tells the others."""
    place = identifier(schema)
    make = "" if schema.startswith("pg_") else f"create schema if not exists {place}; "
    try:
        database.query(
            f"{make}set search_path to {place}; create extension if not exists {identifier(name)} cascade"
        )
    except ShadowUnavailable:
        return False
    return True
