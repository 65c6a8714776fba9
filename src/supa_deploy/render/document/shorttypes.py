"""The short names that PostgreSQL has for its own long types: a diagram has little room."""

import re

_SHORT_TYPES = {
    "character varying": "varchar",
    "character": "char",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "double precision": "float8",
}
_SHORT_TYPE = re.compile(rf"({'|'.join(sorted(_SHORT_TYPES, key=len, reverse=True))})(\(\d+\))?((?:\[\])*)")
_TIME_TYPE = re.compile(r"(timestamp|time)(\(\d+\)) with(out)? time zone((?:\[\])*)")


def short_type(kind: str | None) -> str:
    """`varchar(255)` for `character varying(255)`; any other type as it is, `unknown` for none."""
    if kind is None:
        return "unknown"
    found = _SHORT_TYPE.fullmatch(kind)
    if found:
        return f"{_SHORT_TYPES[found[1]]}{found[2] or ''}{found[3]}"
    timed = _TIME_TYPE.fullmatch(kind)
    return f"{timed[1]}{'' if timed[3] else 'tz'}{timed[2]}{timed[4]}" if timed else kind
