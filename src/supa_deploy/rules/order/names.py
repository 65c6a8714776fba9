"""Which functions, types, relations and schemas PostgreSQL and its extensions bring along.

`names.txt` is what a scratch server has of them (scripts/record_names.py): per line the owner (`pg_catalog` or an
extension), the kind, the names. It is read when the first name of that sort is asked for.
"""

from collections.abc import Collection
from functools import cache
from importlib import resources

PREINSTALLED = frozenset({"plpgsql", "pgcrypto", "uuid-ossp", "pg_stat_statements", "supabase_vault"})
"""Extensions that a Supabase database has before the first migration."""

_POSTGRESQL = "pg_catalog"


@cache
def _known() -> dict[tuple[str, str], frozenset[str]]:
    """Names by owner and kind."""
    text = resources.files("supa_deploy.rules.order").joinpath("names.txt").read_text("utf-8")
    found: dict[tuple[str, str], frozenset[str]] = {}
    for line in text.splitlines():
        owner, kind, *names = line.split(" ")
        found[owner, kind] = frozenset(names)
    return found


@cache
def _owners() -> frozenset[str]:
    return frozenset(owner for owner, _ in _known())


def in_postgresql(kind: str, name: str) -> bool:
    """True when pg_catalog holds it; `kind` is `functions` or `types`."""
    return name in _known().get((_POSTGRESQL, kind), ())


def brought_by(extension: str, kind: str) -> frozenset[str]:
    """What the extension brings into the schema it is put in; `schemas`: the schemas that it makes."""
    return _known().get((extension, kind), frozenset())


def any_brings(extensions: Collection[str], kind: str, name: str) -> bool:
    """True when one of the extensions, or one that is there from the start, brings it along, or might: one whose
    names are not known."""
    return any(
        extension not in _owners() or name in brought_by(extension, kind)
        for extension in (*PREINSTALLED, *extensions)
    )
