"""The two sets of default grants that Supabase projects have, and which grants are only one of them (pure).

Projects made before 2026-10-30 give the API roles everything on each new object in public, later ones what no
person asked for is left of it (Supabase's changelog; the CLI's own default privileges of new projects).
"""

from supa_deploy.catalog.pair import Entries, Pair
from supa_deploy.catalog.platform import API_ROLES
from supa_deploy.catalog.values import Key, Kind

_TABLE_KEPT = frozenset({"REFERENCES", "TRIGGER", "TRUNCATE"})
_TABLE_ALL = _TABLE_KEPT | {"SELECT", "INSERT", "UPDATE", "DELETE"}
# What each kind of object has by the legacy default, and by the reduced one.
_DEFAULTS = {
    "table": (_TABLE_ALL, _TABLE_KEPT),
    "sequence": (frozenset({"SELECT", "UPDATE", "USAGE"}), frozenset({"UPDATE"})),
    "function": (frozenset({"EXECUTE"}), frozenset[str]()),
}
_CLASS = {"view": "table", "tables": "table", "sequences": "sequence", "functions": "function"}


def is_platform_default(pair: Pair, expected: Entries, found: Entries) -> bool:
    """True for a grant that the found database gives to all three API roles by its legacy default, where the files
    were replayed with the reduced one.

    Where the database itself says that it grants so (its default privileges on any kind of object), each role stands
    for itself: a file may have taken the grants of another. Otherwise all three must have them: one role with more is
    no default.
    """
    key = pair.key
    if key.kind not in {Kind.GRANT, Kind.DEFAULT_PRIVILEGES} or key.name not in API_ROLES or not key.table:
        return False
    what = pair.entry.facts["on"]
    what = _CLASS.get(what, what)
    if what not in _DEFAULTS or not _is_default_step(key, what, expected, found):
        return False
    if any(_grants_all_by_default(key.schema, each, found) for each in _DEFAULTS):
        return True
    others = (Key(key.kind, key.schema, role, key.table) for role in API_ROLES)
    return all(_is_default_step(other, what, expected, found) for other in others)


def _is_default_step(key: Key, what: str, expected: Entries, found: Entries) -> bool:
    """Found: the whole legacy set; expected: at least the reduced one, and nothing beyond the legacy."""
    legacy, reduced = _DEFAULTS[what]
    there, wanted = _privileges(key, found), _privileges(key, expected)
    return there == legacy and reduced <= wanted <= legacy


def _grants_all_by_default(schema: str, what: str, found: Entries) -> bool:
    keys = (Key(Kind.DEFAULT_PRIVILEGES, schema, role, f"postgres {what}s") for role in API_ROLES)
    return all(_privileges(key, found) == _DEFAULTS[what][0] for key in keys)


def _privileges(key: Key, entries: Entries) -> frozenset[str]:
    entry = entries.get(key)
    words = entry.facts["privileges"].split(", ") if entry else []
    return frozenset(words) - {"MAINTAIN"}
