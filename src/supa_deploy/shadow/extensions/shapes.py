"""Functions of which only the shape is known, one line each, written out as SQL.

A line reads `fnV[+] name(arguments) : result`, where V is i (immutable), s (stable) or v (volatile) and + means
strict. The body gives back something that constraints and NOT NULL columns accept: true, zero, an empty text.
"""

import re

_LINE = re.compile(r"fn(?P<how>[isv])(?P<strict>\+?) (?P<signature>.+\)) : (?P<result>\S.*)")
_VOLATILITY = {"i": "immutable", "s": "stable", "v": "volatile"}
_ZERO = {
    "bool": "true",
    "boolean": "true",
    "text": "''::text",
    "varchar": "''::varchar",
    "bytea": "''::bytea",
    "jsonb": "'{}'::jsonb",
    "json": "'{}'::json",
    "uuid": "gen_random_uuid()",
    "geometry": "'POINT EMPTY'::geometry",
    "geography": "'POINT EMPTY'::geography",
    **dict.fromkeys(("int", "integer", "bigint", "smallint", "float8", "float4", "real", "numeric"), "0"),
}
_NEEDS_PLPGSQL = re.compile(
    r"\bany\w*|\btrigger\b|\btable\s*\(|\bsetof\b|\brecord\b|\bout\b|\bvoid\b", re.IGNORECASE
)


def write_out(script: str) -> str:
    """The script with each shape line replaced by the statement that creates the function."""
    return (
        "\n".join(_statement(line) if line.startswith("fn") else line for line in script.splitlines()) + "\n"
    )


def _statement(line: str) -> str:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(f"not the shape of a function: {line}")
    signature, result = found["signature"], found["result"]
    head = f"create function {signature} returns {result} {_VOLATILITY[found['how']]}"
    if found["strict"]:
        head += " strict"
    if _NEEDS_PLPGSQL.search(f"{signature[signature.index('(') :]} {result}"):
        return f"{head} language plpgsql as 'begin {_plpgsql_return(signature, result)}; end';"
    kind = result.lower()
    zero = _ZERO.get(kind, "null")
    return f"{head} parallel safe language sql return {zero if '::' in zero else f'{zero}::{kind}'};"


def _plpgsql_return(signature: str, result: str) -> str:
    if result.lower() == "trigger":
        return "return new"
    bare = re.search(r"\b(table\s*\(|setof\b|void\b)", result, re.IGNORECASE) or re.search(
        r"\bout\b", signature, re.IGNORECASE
    )
    return "return" if bare else "return null"
