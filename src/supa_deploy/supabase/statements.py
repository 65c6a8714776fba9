"""What the history recorded of each migration: its statements as they were sent. Asked through `db query`.

One prepared statement that cannot fail for want of the table: the inner query is a text that is run only where
`to_regclass` finds one, and the row as JSON knows no missing column (histories of very old CLIs have versions alone).
Its XML is a wrapper of one cell; the JSON in it has no control characters that XML could not hold.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from supa_deploy.supabase.answers import Row

_TABLE = "supabase_migrations.schema_migrations"
_INNER = f"select json_object_agg(m.version, to_json(m) -> ''statements'') as cell from {_TABLE} as m"  # noqa: S608  # no value in it
_SQL = (
    f"select case when to_regclass('{_TABLE}') is not null "
    f"then query_to_xml('{_INNER}', false, false, '')::text end as statements"
)
_OPEN, _CLOSE = "<cell>", "</cell>"
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&#x0d;", "\r"), ("&amp;", "&"))  # all that PostgreSQL writes


def statements_query() -> str:
    """The SQL: one row, one text."""
    return _SQL


def read_statements(rows: Sequence[Row]) -> Mapping[str, tuple[str, ...]]:
    """Version to statements. Versions without a record of them (baselined by hand) are left out; nothing for a
    database without a history."""
    text = rows[0].get("statements") if len(rows) == 1 else None
    if not isinstance(text, str) or _OPEN not in text:
        return MappingProxyType({})
    cell = text[text.index(_OPEN) + len(_OPEN) : text.rindex(_CLOSE)]
    for entity, character in _ENTITIES:
        cell = cell.replace(entity, character)
    found = json.loads(cell)
    return MappingProxyType(
        {
            version: tuple(str(statement) for statement in statements if statement is not None)
            for version, statements in found.items()
            if isinstance(statements, list)
        }
    )
