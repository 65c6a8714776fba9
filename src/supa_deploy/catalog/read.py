"""Reading the answer to `catalog_query`: rows or text in, a Catalog out."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

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
        entries = {entry.key: entry for group in document["entries"] for entry in reader.entries(*group)}
        return Catalog(int(document["version"]), tuple(document["schemas"]), MappingProxyType(entries))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(f"{type(error).__name__} while reading it") from None


class _Reader:
    """Groups of the answer as entries. Thousands of columns share a handful of fact sets: each is kept once."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, str], ...], _Facts] = {}

    def entries(
        self, kind: str, schema: str, table: str | None, owner: str | None, rows: list[list[object]]
    ) -> Iterator[Entry]:
        """One group: what is called the same up to the name."""
        schema, table = sys.intern(schema), sys.intern(table) if table is not None else None
        owner = sys.intern(owner) if owner is not None else None
        for number, (name, facts) in enumerate(rows, start=1):
            if kind in {"acl", "default"}:
                yield from self._grants(kind, schema, table, owner, str(name), facts)
                continue
            if not isinstance(facts, dict):
                raise TypeError("facts are an object")
            if kind == Kind.COLUMN:
                facts.setdefault("position", str(number))
            yield Entry(Key(Kind(kind), schema, sys.intern(str(name)), table), self._facts(facts), owner)

    def _grants(
        self, kind: str, schema: str, on: str | None, owner: str | None, what: str, items: object
    ) -> Iterator[Entry]:
        if not isinstance(items, list):
            raise TypeError("an access list is an array")
        # Default privileges that took everything away still replace PostgreSQL's own.
        for role, privileges in privileges_by_role(items, owner).items():
            facts = self._facts({"on": what, "privileges": ", ".join(privileges)})
            if kind == "acl":
                yield Entry(Key(Kind.GRANT, schema, sys.intern(role), on), facts, owner)
            else:
                yield Entry(
                    Key(Kind.DEFAULT_PRIVILEGES, schema, sys.intern(role), f"{on} {what}"), facts, owner
                )

    def _facts(self, facts: dict[str, str]) -> _Facts:
        if not all(isinstance(value, str) for value in facts.values()):
            raise TypeError("a fact is a text")
        same = tuple(facts.items())
        return self._known.setdefault(same, MappingProxyType(facts))


def _unreadable(what: str) -> UnreadableCatalog:
    return UnreadableCatalog(
        f"The database's catalog could not be read: {what}. Nothing was changed: the query only reads.",
        hint="Please report this with the versions of the Supabase CLI and of PostgreSQL.",
        code="unreadable_catalog",
    )
