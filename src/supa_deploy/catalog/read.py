"""Reading the answer to `catalog_query`: rows or text in, a Catalog out."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from supa_deploy.catalog.acl import privileges_by_role
from supa_deploy.catalog.values import Catalog, Entry, Key, Kind
from supa_deploy.errors import SupaDeployError
from supa_deploy.outcome import Outcome

_Facts = Mapping[str, str]


class UnreadableCatalog(SupaDeployError):
    """What came back for the catalog query is no catalog. Nothing was changed: it only reads."""

    outcome = Outcome.PREFLIGHT_FAILED


def read_catalog(rows: Sequence[Mapping[str, object]]) -> Catalog:
    """The catalog in the rows that `catalog_query` gave: one row with one text. Raises UnreadableCatalog."""
    text = rows[0].get("catalog") if len(rows) == 1 else None
    if not isinstance(text, str):
        raise _unreadable(f"{len(rows)} rows instead of one text" if len(rows) != 1 else "no text in its row")
    return read_catalog_text(text)


def read_catalog_text(text: str) -> Catalog:
    """The catalog in the text of the column `catalog`. Raises UnreadableCatalog."""
    try:
        document = json.loads(text)
        reader = _Reader()
        entries = {
            entry.key: entry for *head, rows in document["entries"] for entry in reader.entries(head, rows)
        }
        return Catalog(int(document["version"]), tuple(document["schemas"]), MappingProxyType(entries))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__} while reading it") from None


class _Group(NamedTuple):
    """What entries of the answer share: `kind` is one of Kind, or `acl` and `default` for privileges."""

    kind: str
    schema: str
    table: str | None
    owner: str | None


class _Reader:
    """Groups of the answer as entries. Thousands of columns share a handful of fact sets: each is kept once."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, str], ...], _Facts] = {}

    def entries(self, head: list[str | None], rows: list[list[object]]) -> Iterator[Entry]:
        """One group: what is called the same up to the name."""
        kind, schema, table, owner = (sys.intern(name) if name is not None else None for name in head)
        group = _Group(_text(kind), _text(schema), table, owner)
        for number, (name, facts) in enumerate(rows, start=1):
            if group.kind in {"acl", "default"}:
                yield from self._grants(group, _text(name), facts)
                continue
            if not isinstance(facts, dict):
                raise TypeError("facts are an object")
            if group.kind == Kind.COLUMN:
                facts.setdefault("position", str(number))
            key = Key(Kind(group.kind), group.schema, sys.intern(_text(name)), group.table)
            yield Entry(key, self._facts(facts), group.owner)

    def _grants(self, group: _Group, what: str, items: object) -> Iterator[Entry]:
        if not isinstance(items, list):
            raise TypeError("an access list is an array")
        for role, privileges in privileges_by_role(items, group.owner).items():
            facts = self._facts({"on": what, "privileges": ", ".join(privileges)})
            if group.kind == "acl":
                key = Key(Kind.GRANT, group.schema, sys.intern(role), group.table)
            else:
                key = Key(Kind.DEFAULT_PRIVILEGES, group.schema, sys.intern(role), f"{group.table} {what}")
            yield Entry(key, facts, group.owner)

    def _facts(self, facts: dict[str, str]) -> _Facts:
        same = tuple(facts.items())
        known = self._known.get(same)
        if known is None:
            if not all(isinstance(value, str) for value in facts.values()):
                raise TypeError("a fact is a text")
            known = self._known[same] = MappingProxyType(facts)
        return known


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is a text")
    return value


def _unreadable(what: str) -> UnreadableCatalog:
    return UnreadableCatalog(
        f"The database's catalog could not be read: {what}. Nothing was changed: the query only reads.",
        hint="Please report this with the versions of the Supabase CLI and of PostgreSQL.",
        code="unreadable_catalog",
    )
