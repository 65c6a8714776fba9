"""Making two readings from different PostgreSQL majors comparable (pure)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from supa_deploy.catalog.pair import Entries
from supa_deploy.catalog.values import Catalog, Entry, Key, Kind

# Since then there is the privilege MAINTAIN, and partitions have the identity columns of their table.
_CHANGED_IN = 17
# Up to 15 every column in a view's text carries its table's name; since 16 only where it has to.
_QUALIFIER = re.compile(r'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)\.(?=["a-z_*])', re.IGNORECASE)
_LOOSE = re.compile(r"[\s()]+|::[a-z_]+(?: [a-z_]+)*(?:\[\])?", re.IGNORECASE)
_PRINTED = {Kind.VIEW: "definition", Kind.RULE: "definition", Kind.FUNCTION: "body"}


def across_majors(expected: Catalog, found: Catalog) -> tuple[Entries, Entries]:
    """The entries of both, without what only differs by the server's version: the privilege MAINTAIN and
    the identity of a partition's columns where one side does not know them."""
    if min(expected.major, found.major) >= _CHANGED_IN or expected.major == found.major:
        return expected.entries, found.entries
    return _as_before(expected.entries), _as_before(found.entries)


def printed_alike(expected: Entry, found: Entry, facts: tuple[str, ...]) -> bool:
    """True when all that differs is how two majors print one and the same query."""
    printed = _PRINTED.get(expected.key.kind)
    if printed is None or facts != (printed,):
        return False
    return _bare(expected.facts[printed]) == _bare(found.facts[printed])


def _bare(query: str) -> str:
    return _LOOSE.sub(" ", _QUALIFIER.sub("", query)).strip()


def _as_before(entries: Entries) -> Mapping[Key, Entry]:
    kept = {}
    for key, entry in entries.items():
        if key.kind in {Kind.GRANT, Kind.DEFAULT_PRIVILEGES} and "MAINTAIN" in entry.facts["privileges"]:
            privileges = [
                word for word in entry.facts["privileges"].split(", ") if not word.startswith("MAINTAIN")
            ]
            if privileges:
                facts = {**entry.facts, "privileges": ", ".join(privileges)}
                kept[key] = replace(entry, facts=MappingProxyType(facts))
        elif key.kind is Kind.COLUMN and "identity" in entry.facts and _is_partition(key, entries):
            others = {name: fact for name, fact in entry.facts.items() if name != "identity"}
            kept[key] = replace(entry, facts=MappingProxyType(others))
        else:
            kept[key] = entry
    return kept


def _is_partition(column: Key, entries: Entries) -> bool:
    table = entries.get(Key(Kind.TABLE, column.schema, column.table or ""))
    return table is not None and "partition_bound" in table.facts
