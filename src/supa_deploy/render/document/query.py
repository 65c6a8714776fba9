"""SQL that a reader can run to see for themselves what the files of a report made: one row an object, promised
against found. It only reads the catalog, so it needs no right but to connect."""

import unicodedata
from dataclasses import dataclass

from supa_deploy.model import Feature
from supa_deploy.schema import Column, RelationKind, Table

MOST = 200
"""Tables, and likewise columns, in one query."""
_TRICKY = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_OWN_ROWS = frozenset({RelationKind.TABLE, RelationKind.PARTITIONED})
_THERE = "there"
_FOUND = """\
         case when t.oid is null then 'does not exist'
              when w.promised = 'there' then 'there'
              else (select count(*) from pg_catalog.pg_attribute a
                     where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped) || ' columns, '
                || (select count(*) from pg_catalog.pg_index i
                     where i.indrelid = t.oid and not exists (
                       select from pg_catalog.pg_constraint c
                        where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))) || ' indexes, '
                || (select count(*) from pg_catalog.pg_policy p where p.polrelid = t.oid) || ' policies, RLS '
                || case when t.relrowsecurity then 'on' else 'off' end
         end as found"""
_JOINS = """\
    left join pg_catalog.pg_namespace n on n.nspname = w.schema_name
    left join pg_catalog.pg_class t
      on t.relnamespace = n.oid and t.relname = w.table_name and t.relkind in ('r', 'p', 'f')"""


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL, how many rows it returns, and how many objects did not fit in."""

    sql: str
    rows: int
    left_out: int = 0


def query(feature: Feature) -> Query | None:
    """The query for the new tables and for columns of older ones; None where the files make neither."""
    tables = list(feature.tables)
    new = {table.name for table in tables}
    columns = [
        (altered.table, column)
        for altered in feature.altered
        if altered.table.name not in new
        for column in altered.columns
    ]
    parts = [part for part in (_of_tables(tables[:MOST]), _of_columns(columns[:MOST])) if part]
    if not parts:
        return None
    every = "\n  union all\n".join(parts)
    sql = f"select object, promised, found, found = promised as ok\nfrom (\n{every}\n) as checked\norder by object;"
    rows = min(len(tables), MOST) + min(len(columns), MOST)
    return Query(sql, rows, len(tables) + len(columns) - rows)


def literal(text: str) -> str:
    """A text as a SQL literal; what no screen should act on is written as an escape."""
    plain = all(c != "\\" and unicodedata.category(c) not in _TRICKY for c in text)
    quoted = text.replace("'", "''")
    return f"'{quoted}'" if plain else f"E'{''.join(_escaped(c) for c in quoted)}'"


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) not in _TRICKY:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _of_tables(tables: list[Table]) -> str:
    if not tables:
        return ""
    return _values(
        [(table.name.schema, table.name.name, _promised(table)) for table in tables],
        ("schema_name", "table_name", "promised"),
        f"  select w.schema_name || '.' || w.table_name as object, w.promised,\n{_FOUND}",
        _JOINS,
    )


def _of_columns(columns: list[tuple[Table, Column]]) -> str:
    if not columns:
        return ""
    return _values(
        [(t.name.schema, t.name.name, c.name, _type(c)) for t, c in columns],
        ("schema_name", "table_name", "column_name", "promised"),
        "  select w.schema_name || '.' || w.table_name || '.' || w.column_name as object, w.promised,\n"
        "         case when a.attname is null then 'does not exist'\n"
        "              when w.promised = 'there' then 'there'\n"
        "              else pg_catalog.format_type(a.atttypid, a.atttypmod)\n"
        "         end as found",
        f"{_JOINS}\n    left join pg_catalog.pg_attribute a\n      "
        "on a.attrelid = t.oid and a.attname = w.column_name and not a.attisdropped",
    )


def _values(rows: list[tuple[str, ...]], names: tuple[str, ...], select: str, joins: str) -> str:
    written = ",\n".join(f"      ({', '.join(literal(value) for value in row)})" for row in rows)
    return f"{select}\n    from (values\n{written}\n    ) as w ({', '.join(names)})\n{joins}"


def _promised(table: Table) -> str:
    """What the files say of a table, as the query words what it finds; `there` where they do not tell all of it."""
    if not table.columns_known or table.parents or table.uncertain or table.kind not in _OWN_ROWS:
        return _THERE
    numbers = f"{len(table.columns)} columns, {len(table.indexes)} indexes, {len(table.policies)} policies"
    return f"{numbers}, RLS {'on' if table.rls else 'off'}"


def _type(column: Column) -> str:
    """A column's type; `there` where the files do not tell it, or PostgreSQL prints it by its search path."""
    return column.type if column.type is not None and column.own_type is None else _THERE
