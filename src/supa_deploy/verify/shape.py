"""Compares a promised column with the one that PostgREST's root shows, and claims a difference only where it is
certain: what the root leaves out or words in its own way is no evidence (facts/postgrest.md 1.3 and 1.4)."""

import re

from supa_deploy.postgrest import ShownColumn
from supa_deploy.schema import Column, QName, Schema

_BUILT_IN = frozenset(
    {
        "bigint", "bit", "bit varying", "boolean", "box", "bytea", '"char"', "character", "character varying", "cidr",
        "circle", "date", "daterange", "datemultirange", "double precision", "inet", "int4multirange", "int4range",
        "int8multirange", "int8range", "integer", "interval", "json", "jsonb", "jsonpath", "line", "lseg", "macaddr",
        "macaddr8", "money", "name", "numeric", "nummultirange", "numrange", "oid", "path", "pg_lsn", "point",
        "polygon", "real", "regclass", "regproc", "regtype", "smallint", "text", "time with time zone",
        "time without time zone", "timestamp with time zone", "timestamp without time zone", "tsmultirange", "tsquery",
        "tsrange", "tstzmultirange", "tstzrange", "tsvector", "uuid", "xml",
    }
)  # fmt: skip
# From 14.8 PostgREST words integers in OpenAPI's own formats, smallint and integer alike.
_DIALECTS = {"int32": frozenset({"smallint", "integer"}), "int64": frozenset({"bigint"})}
_WITH_LENGTH = frozenset({"character varying", "character", "bit", "bit varying"})
_TEXTS = frozenset({"text", "character varying"})
_INTEGERS = frozenset({"smallint", "integer", "bigint"})

_TYPMOD = re.compile(r"\(([^)]*)\)")
_LITERAL = re.compile(r"'(?P<text>[A-Za-z0-9_ .-]*)'(?:::[a-z ]+(?:\(\d+\))?)?\Z|(?P<bare>\d+|true|false)\Z")
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9_ .-]*\Z")


def difference(column: Column, shown: ShownColumn, schema: Schema) -> str | None:
    """In words how the shown column differs from the promised one; None when it does not, or may not."""
    if column.type is None or shown.format is None:
        return None
    found = _type_difference(column.type, shown, schema)
    if found:
        return f"type: the file says {column.type}, the API shows {found}"
    if column.nullable and shown.required and _may_be_null(column, schema):
        return "the file lets it be null, the API shows NOT NULL"
    if not column.nullable and not shown.required:
        return "the file says NOT NULL, the API shows it nullable"
    if _default_differs(column, shown):
        return f"default: the file says {column.default}, the API shows {shown.default}"
    return None


def is_exact(column: Column) -> bool:
    """True when static reading knows the type as PostgreSQL prints it: a built-in one, or one that the files make."""
    return column.type is not None and (column.own_type is not None or _bare(column.type) in _BUILT_IN)


def same_type(shown: str, name: QName) -> bool:
    """True when a shown format is a user's type of this name (or an array of it)."""
    schema, _, bare = _bare(shown).rpartition(".")
    return _unquoted(bare) == name.name and _unquoted(schema) in {"", name.schema}


def _type_difference(promised: str, shown: ShownColumn, schema: Schema) -> str | None:
    is_array = promised.endswith("]")
    base, shown_format = _bare(promised), shown.format or ""
    if base in _BUILT_IN:
        differs = is_array != shown_format.endswith("]") or not _same_built_in(base, _bare(shown_format))
        if differs and _is_known(_bare(shown_format)):
            return shown_format
        return None if is_array or differs else _length_difference(promised, base, shown)
    kind = _kind_of(base, schema)
    if kind is None or kind == "domain":
        return None  # an extension's type, or a domain: shown as whatever lies below it
    own = _unquoted(base.rpartition(".")[2])
    same = is_array == shown_format.endswith("]") and _unquoted(_bare(shown_format).rpartition(".")[2]) == own
    return None if same else shown_format


def _same_built_in(promised: str, shown: str) -> bool:
    return promised == shown or promised in _DIALECTS.get(shown, ())


def _is_known(shown: str) -> bool:
    return shown in _BUILT_IN or shown in _DIALECTS or "." in shown


def _length_difference(promised: str, base: str, shown: ShownColumn) -> str | None:
    typmod = _TYPMOD.search(promised)
    if base not in _WITH_LENGTH or (typmod is None and base in {"character", "bit"}):
        return None
    length = int(typmod[1]) if typmod and typmod[1].isdigit() else None
    if length == shown.max_length:
        return None
    return (
        f"{shown.format}({shown.max_length})"
        if shown.max_length is not None
        else f"{shown.format} of any length"
    )


def _bare(type_name: str) -> str:
    """`numeric(5,2)[]` as `numeric`, `interval day to second(3)` as `interval`."""
    bare = _TYPMOD.sub("", type_name.split("[", maxsplit=1)[0])
    bare = " ".join(bare.split())
    return "interval" if bare.startswith("interval ") else bare


def _unquoted(name: str) -> str:
    return (
        name[1:-1].replace('""', '"')
        if name.startswith('"') and name.endswith('"') and len(name) > 1
        else name
    )


def _kind_of(base: str, schema: Schema) -> str | None:
    kinds = {user_type.kind for name, user_type in schema.types.items() if same_type(base, name)}
    return kinds.pop() if len(kinds) == 1 else None


def _may_be_null(column: Column, schema: Schema) -> bool:
    """True when nothing but a NOT NULL of its own could make the column required."""
    base = _bare(column.type or "")
    return (base in _BUILT_IN or _kind_of(base, schema) == "enum") and column.identity is None


def _default_differs(column: Column, shown: ShownColumn) -> bool:
    """True only for two plain literals of a type whose literals PostgREST shows as they are."""
    literal = _LITERAL.match(column.default or "")
    if literal is None or shown.default is None or column.type is None or column.type.endswith("]"):
        return False
    base, promised = _bare(column.type), literal["text"] if literal["text"] is not None else literal["bare"]
    if base in _TEXTS:
        return (
            literal["text"] is not None
            and bool(_PLAIN_TEXT.match(shown.default))
            and promised != shown.default
        )
    if base in _INTEGERS:
        return promised.isdigit() and shown.default.isdigit() and int(promised) != int(shown.default)
    return base == "boolean" and {promised, shown.default} == {"true", "false"}
