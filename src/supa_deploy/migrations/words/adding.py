"""ADD COLUMN and ADD CONSTRAINT: what they keep others waiting for.

A column whose default is the same for every row costs a moment (PostgreSQL 11 and later keep it in the catalog); one
whose default differs from row to row rewrites the table.
"""

from collections.abc import Iterable

from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.book import locks

REWRITTEN = "out reads and writes while the table is rewritten"
CHECKED = "out reads and writes while every row is checked"
INDEXED = "out reads and writes while its index is built"
BOTH_CHECKED = "out writes to both tables while every row is checked"

_SERIALS = frozenset({"serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"})
_VOLATILE_NAMES = """
gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7 random random_normal
gen_random_bytes gen_salt clock_timestamp timeofday nextval currval lastval setval
"""
_STEADY_NAMES = """
now transaction_timestamp statement_timestamp timezone date_trunc date_part to_char to_date to_timestamp
make_date make_time make_timestamp make_timestamptz make_interval current_setting current_schema version uid
jwt role email json_build_object jsonb_build_object json_build_array jsonb_build_array to_json to_jsonb
array_to_json array_fill string_to_array array_append to_tsvector setweight lower upper initcap trim btrim
concat concat_ws format replace substring left right md5 sha256 encode decode length char_length abs round
floor ceil uuid_nil int4range int8range numrange daterange tsrange tstzrange
"""
_VOLATILE = frozenset(_VOLATILE_NAMES.split())
_STEADY = frozenset(_STEADY_NAMES.split())
"""Functions that people use in defaults and that PostgreSQL or Supabase calls stable or immutable."""


def column_mark(definition: Node) -> str:
    """The mark of ADD COLUMN on a table that has rows; empty where it takes a moment."""
    by_kind = {found.text("contype"): found for found in definition.nodes("constraints")}
    default = by_kind.get("CONSTR_DEFAULT")
    value = default.child("raw_expr") if default is not None else None
    generated = by_kind.get("CONSTR_GENERATED")
    if _is_serial(definition) or "CONSTR_IDENTITY" in by_kind:
        return locks(REWRITTEN)
    if generated is not None or (value is not None and _volatile(value)):
        return locks(REWRITTEN)
    if "CONSTR_PRIMARY" in by_kind or "CONSTR_UNIQUE" in by_kind:
        return locks(INDEXED)
    unknown = _unknown(value) if value is not None else ""
    if unknown:
        return locks(f"{REWRITTEN}, unless function {unknown} is declared stable")
    refers = "CONSTR_FOREIGN" in by_kind and value is not None and not _is_null(value)
    return locks(CHECKED) if refers or "CONSTR_CHECK" in by_kind else ""


def constraint_mark(constraint: Node) -> str:
    """The mark of ADD CONSTRAINT on a table that has rows; empty for NOT VALID, and for USING INDEX of a unique one."""
    kind = constraint.text("contype")
    if constraint.flag("skip_validation"):
        return ""
    if kind == "CONSTR_FOREIGN":
        return locks(BOTH_CHECKED)
    if kind in {"CONSTR_CHECK", "CONSTR_NOTNULL"}:
        return locks(CHECKED)
    if not constraint.has("indexname"):
        return locks(INDEXED) if kind in {"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"} else ""
    return locks(f"{CHECKED}, unless its columns are NOT NULL already") if kind == "CONSTR_PRIMARY" else ""


def is_cast_alone(expression: Node, column: str) -> bool:
    """True for the column itself under any number of casts: USING of a change that may need no rewriting."""
    inner: Node | None = expression
    while inner is not None and inner.kind == "TypeCast":
        inner = inner.child("arg")
    return inner is not None and inner.kind == "ColumnRef" and inner.strings("fields")[-1:] == (column,)


def _is_serial(definition: Node) -> bool:
    named = definition.child("typeName")
    parts = named.strings("names") if named is not None else ()
    return bool(parts) and parts[-1] in _SERIALS


def _is_null(value: Node) -> bool:
    return value.kind == "A_Const" and value.flag("isnull")


def _called(value: Node) -> Iterable[str]:
    for node in value.walk():
        if node.kind == "FuncCall":
            yield node.strings("funcname")[-1]


def _volatile(value: Node) -> bool:
    return any(name in _VOLATILE for name in _called(value))


def _unknown(value: Node) -> str:
    """The first function whose volatility cannot be known from here; letters alone, as a mark must be."""
    unknown = (name for name in _called(value) if name not in _STEADY)
    return next(("".join(c for c in name if c not in "()") for name in unknown), "")
