"""The one query that reads a database's catalog, through whatever runs a SELECT and gives text back."""

from collections.abc import Collection
from importlib import resources

from supa_deploy.shadow.sql import literal

_PARTS = ("database", "relations", "attached", "routines", "others", "grants")
# PostgreSQL prints names as the search path lets it and constants as the session's settings say: two readings
# compare only when both are made alike. They hold for this statement alone (true: local).
_SETTINGS = {
    "search_path": "pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
}


def catalog_query(schemas: Collection[str]) -> str:
    """One SELECT of one row with one text column `catalog`, for `read_catalog`: what the schemas named hold, and
    what no schema holds.

    It only reads, needs no privilege but to connect, and runs on PostgreSQL 15 to 17. What belongs to an extension,
    temporary objects and the migration history are not in it. Function bodies and trigger arguments are: the
    answer is not for a log.
    """
    names = ", ".join(literal(name) for name in sorted(set(schemas)))
    head = _script("head").replace(":schemas", f"array[{names}]::text[]")
    parts = " union all ".join(_script(part) for part in _PARTS)
    settings = " || ".join(f"set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())
    # CASE looks at its condition first, and a subquery that depends on nothing outside runs when it is asked for:
    # the settings are made before anything is printed.
    return (  # the only values from outside are names, and `literal` quotes them
        f"select case when {settings} is not null then ({head}{parts}) "  # noqa: S608  # see above
        "select json_build_object('version', current_setting('server_version_num')::int, "
        "'schemas', (select coalesce(json_agg(s order by s), '[]') from wanted), "
        "'entries', coalesce(json_agg(json_build_array(k, s, t, o, r)), '[]'))::text from ("
        "select k, s, t, o, json_agg(json_build_array(n, f) order by p, n) as r from facts "
        "group by k, s, t, o) as grouped) end as catalog"
    )


def _script(name: str) -> str:
    """A script of the package without its comments, on one line."""
    text = resources.files("supa_deploy.catalog").joinpath("sql", f"{name}.sql").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("--"))
