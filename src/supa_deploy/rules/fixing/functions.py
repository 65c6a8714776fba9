"""A fixed search_path for SECURITY DEFINER functions.

`set search_path = ''` is the safe one, and right only where the body writes each name with its schema. Where it does
not, or where it cannot be read, an empty path would break the function when it is called: it gets the path that the
file has, with `pg_temp` last, so that nobody's temporary objects come first.
"""

from collections.abc import Iterator
from itertools import pairwise

from supa_deploy.migrations.fold.state import DEFAULT_PATH
from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.lexer import Token
from supa_deploy.rules.fixing.bodies import finds_all
from supa_deploy.rules.fixing.place import Edit, Place

_NEVER = frozenset({"$user", "pg_catalog", "pg_temp", "", '""'})


def fix_search_path(place: Place) -> list[Edit]:
    """SET search_path, right after SECURITY DEFINER."""
    if place.statement.kind != "CreateFunctionStmt":
        return []
    tokens = place.tokens
    said = next(_definer(tokens), None)
    if said is None:
        return []
    first, last = said
    path = "''" if finds_all(place.script, place.statement) else ", ".join((*_path(place), "pg_temp"))
    setting = f"{place.cased('set')} search_path = {path}"
    start = place.data.rfind(b"\n", 0, first.start) + 1
    blank = place.data[start : first.start].decode(errors="replace")
    if not blank.strip() and start > place.statement.start:
        return [Edit(last.end, f"{place.end_of_line}{blank}{setting}")]
    return [Edit(last.end, f" {setting}")]


def _definer(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    """SECURITY DEFINER, outside brackets."""
    depth = 0
    for one, two in pairwise(tokens):
        depth += {"(": 1, ")": -1}.get(one.text, 0)
        if depth == 0 and one.text == "SECURITY" and two.text == "DEFINER":
            yield one, two


def _path(place: Place) -> list[str]:
    """The search_path that the file has there."""
    path: tuple[str, ...] = DEFAULT_PATH
    for statement in place.script.statements[: place.statement.index]:
        if statement.kind == "VariableSetStmt" and statement.tree.text("name") == "search_path":
            values = [argument.child("sval") for argument in statement.tree.nodes("args")]
            path = tuple(value.text("sval") for value in values if value is not None) or DEFAULT_PATH
    return [quote_identifier(schema) for schema in path if schema not in _NEVER]
