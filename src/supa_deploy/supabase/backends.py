"""Is the server still working on what a killed CLI sent it? Asked of pg_stat_activity through `db query`.

A role without pg_read_all_stats sees others' connections by name but not their state, and the role behind
`--read-only` may be one. A connection of the CLI's own name counts as busy then: its client is gone, so while it is
there it is at work. Connections of the pooler serve others too; of those only a visible state counts.
"""

from collections.abc import Sequence

from supa_deploy.supabase.answers import Row

_SQL = (
    "select count(*) filter (where state = 'active' or (state is null and named))::int as active, "
    "count(*) filter (where state is null and not named)::int as hidden "
    "from (select state, '{name}' <> '' and application_name = '{name}' as named from pg_stat_activity "
    "where coalesce(backend_type, 'client backend') = 'client backend' "
    "and datname = current_database() and pid <> pg_backend_pid() "
    "and (application_name = '{name}' or application_name ilike 'supavisor%')) as backends"
)


def backends_query(application_name: str) -> str:
    """The SQL; `application_name` is what the CLI's connections are called (empty: they carry no name)."""
    return _SQL.format(name=application_name)


def read_backends(rows: Sequence[Row]) -> int | None:
    """How many are at work; None when some cannot be judged and none of the others is."""
    active, hidden = (rows[0].get("active"), rows[0].get("hidden")) if len(rows) == 1 else (None, None)
    if not isinstance(active, int):
        return None
    return active if active > 0 or hidden == 0 else None
