"""Names on their way into URLs and SQL: quoting, percent-encoding, and the names that lie."""

import re
from urllib.parse import quote

from supa_deploy.schema import QName

_PLAIN_SQL_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")

# `table.name` falls back to calling name(table): these answer as if they were columns (facts/postgrest.md 2.4).
# Next to a real column the aggregates and window functions give themselves away (42803, 42809); the rest do not.
TELLTALE_NAMES = frozenset(
    {
        "array_agg", "count", "cume_dist", "dense_rank", "first_value", "json_agg", "jsonb_agg", "lag",
        "last_value", "lead", "mode", "percent_rank", "rank",
    }
)  # fmt: skip
LYING_NAMES = frozenset(
    {
        "any_out", "anyarray_out", "anycompatible_out", "anyelement_out", "anynonarray_out", "cmax", "cmin",
        "concat", "ctid", "hash_record", "json_build_array", "json_build_object", "jsonb_build_array",
        "jsonb_build_object", "num_nonnulls", "num_nulls", "pg_collation_for", "pg_column_compression",
        "pg_column_size", "pg_typeof", "quote_literal", "quote_nullable", "record_out", "record_send",
        "row_to_json", "tableoid", "to_json", "to_jsonb", "xmax", "xmin",
    }
)  # fmt: skip


def quoted(name: str) -> str:
    """A column, table or constraint name inside `select=` or `order=`: always double-quoted, since unquoted
    names can give a false 200."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encoded(text: str) -> str:
    """Percent-encodes everything that is not a letter or a digit."""
    return quote(text, safe="")


def sql_name(name: str) -> str:
    """A name as SQL wants it: quoted where it is not plain."""
    escaped = name.replace('"', '""')
    return name if _PLAIN_SQL_NAME.match(name) else f'"{escaped}"'


def sql_qname(name: QName) -> str:
    """A schema-qualified name as SQL wants it."""
    return f"{sql_name(name.schema)}.{sql_name(name.name)}"
