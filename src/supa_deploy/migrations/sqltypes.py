"""Type names as PostgreSQL's format_type prints them, from the parser's TypeName nodes.

Source: src/backend/utils/adt/format_type.c and the typmod output functions of PostgreSQL 17.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName

_PRINTED = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "varbit": "bit varying",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "char": '"char"',
}
_PLAIN_NAMES = """
text uuid json jsonb jsonpath bytea date inet cidr macaddr macaddr8 money xml point line lseg box path polygon
circle tsvector tsquery oid name numeric bit interval regclass regproc regprocedure regoper regoperator regtype
regrole regnamespace regconfig regdictionary regcollation int2vector oidvector tid xid xid8 cid pg_lsn
pg_snapshot txid_snapshot int4range int8range numrange tsrange tstzrange daterange int4multirange
int8multirange nummultirange tsmultirange tstzmultirange datemultirange record void trigger event_trigger
refcursor cstring any anyelement anyarray anynonarray anyenum anyrange anymultirange anycompatible
anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange language_handler
fdw_handler index_am_handler table_am_handler tsm_handler internal unknown aclitem gtsvector
"""
_PLAIN = frozenset(_PLAIN_NAMES.split())
_SERIALS = {
    "serial": "int4",
    "serial4": "int4",
    "bigserial": "int8",
    "serial8": "int8",
    "smallserial": "int2",
    "serial2": "int2",
}
_ZONED = frozenset({"time", "timetz", "timestamp", "timestamptz"})
_FULL_INTERVAL = 0x7FFF
_INTERVAL_BITS = (("year", 2), ("month", 1), ("day", 3), ("hour", 10), ("minute", 11), ("second", 12))
_VISIBLE = ("public", "extensions")

Resolver = Callable[[str | None, str], QName | None]
"""Given a schema (None: not written) and a name: the user's own type of that name, None when the files make none."""


class TypeText(NamedTuple):
    """A type in words: as format_type prints it, and the user's own type behind it (the element's for an array)."""

    text: str
    own: QName | None = None


def serial_base(node: Node) -> str | None:
    """The integer type behind `serial` and its kin (as written: no array, no schema), None for other types."""
    names = node.strings("names")
    if len(names) != 1 or node.has("arrayBounds"):
        return None
    base = _SERIALS.get(names[0])
    return _PRINTED[base] if base else None


def format_type(node: Node, resolve: Resolver, *, modifiers: bool = True) -> TypeText:
    """What format_type prints for a TypeName in a session with Supabase's default search_path.

    Without `modifiers`, lengths and precisions are left out: functions do not keep them.

    A user's type in a schema outside `public` and `extensions` is qualified. One that the files do not make is
    printed as they write it.
    """
    names = node.strings("names")
    schema, name = (names[-2], names[-1]) if len(names) > 1 else (None, names[-1] if names else "unknown")
    array = node.has("arrayBounds")
    mods = typmods(node) if modifiers and node.has("typmods") else ()
    builtin = _printed(name, mods, array, modifiers) if schema in {None, "pg_catalog"} else None
    if builtin is not None:
        return builtin
    own = resolve(schema, name)
    written = printed_name(own.schema if own else schema, own.name if own else name)
    return TypeText(written + _in_brackets(mods) + ("[]" if array else ""), own)


@lru_cache(maxsize=1024)
def _printed(name: str, mods: tuple[int | str, ...], array: bool, modifiers: bool) -> TypeText | None:
    """One of pg_catalog's types in words; None for a name that it does not have."""
    if not modifiers and name == "bpchar":
        return TypeText(f"character{'[]' if array else ''}")
    if name.startswith("_") and is_builtin(name[1:]):
        name, array = name[1:], True
    return TypeText(_builtin(name, mods) + ("[]" if array else "")) if is_builtin(name) else None


def printed_name(schema: str | None, name: str) -> str:
    """A type's name as format_type prints it: qualified only when its schema is not in the search_path."""
    written = quote_identifier(name)
    return f"{quote_identifier(schema)}.{written}" if schema and schema not in _VISIBLE else written


def is_builtin(name: str) -> bool:
    """True for the names of pg_catalog's types."""
    return name in _PLAIN or name in _PRINTED


def typmods(node: Node) -> tuple[int | str, ...]:
    """The numbers (or words) in a type's brackets."""
    values: list[int | str] = []
    for item in node.nodes("typmods"):
        integer = item.child("ival")
        string = item.child("sval")
        if item.kind == "ColumnRef":
            values.extend(item.strings("fields"))
        elif string is not None:
            values.append(string.text("sval"))
        elif item.child("fval") is None:
            values.append(integer.number("ival") if integer else 0)
    return tuple(values)


def _builtin(name: str, mods: tuple[int | str, ...]) -> str:
    if name == "interval":
        return _interval(mods)
    printed = _PRINTED.get(name, name)
    if not mods:
        return "bpchar" if name == "bpchar" else printed
    if name in _ZONED:
        kind, rest = printed.split(" ", 1)
        return f"{kind}({mods[0]}) {rest}"
    if name == "numeric" and len(mods) == 1:
        return f"numeric({mods[0]},0)"
    return printed + _in_brackets(mods)


def _in_brackets(mods: tuple[int | str, ...]) -> str:
    return f"({','.join(str(mod) for mod in mods)})" if mods else ""


def _interval(mods: tuple[int | str, ...]) -> str:
    if not mods or not isinstance(mods[0], int):
        return "interval"
    precision = f"({mods[1]})" if len(mods) > 1 else ""
    if mods[0] == _FULL_INTERVAL:
        return f"interval{precision}"
    fields = [word for word, bit in _INTERVAL_BITS if mods[0] & (1 << bit)]
    span = fields[0] if len(fields) == 1 else f"{fields[0]} to {fields[-1]}"
    return f"interval {span}{precision}"
