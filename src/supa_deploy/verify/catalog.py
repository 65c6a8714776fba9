"""The second witness: what the database's own catalog says of each promise.

With the catalog of a shadow, on which the same files were replayed, every fact is compared as PostgreSQL prints it;
without one, what static reading knows exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from supa_deploy.catalog.values import Catalog, Entry, Key, Kind
from supa_deploy.model import ObjectKind, Verdict
from supa_deploy.schema import Dropped, DroppedKind, Schema
from supa_deploy.verify.claims import Claim, claim_of
from supa_deploy.verify.facts import facts_changed, facts_unlike
from supa_deploy.verify.grants import ShadowGrants, promised_grants_lost
from supa_deploy.verify.printed import plain_type
from supa_deploy.verify.promise import Promise

MISSING = "the catalog does not have it"
_STILL_THERE = "dropped by the files, and still there"
_GONE = "dropped, and gone"
_NOT_HELD = "the files do not leave it so: on the shadow database, after replaying them, it is not there"
_IS_BACK = "the files make it again: on the shadow database, after replaying them, it is there"
_FROM_PARENT = "what a partition or child table has from its parent is confirmed with the parent"
_KINDS = {
    DroppedKind.COLUMN: Kind.COLUMN,
    DroppedKind.FOREIGN_KEY: Kind.CONSTRAINT,
    DroppedKind.CONSTRAINT: Kind.CONSTRAINT,
    DroppedKind.POLICY: Kind.POLICY,
    DroppedKind.TRIGGER: Kind.TRIGGER,
    DroppedKind.PUBLICATION: Kind.PUBLICATION,
}
_NAMED = {
    DroppedKind.TABLE: (Kind.TABLE, Kind.VIEW),
    DroppedKind.VIEW: (Kind.VIEW, Kind.TABLE),
    DroppedKind.TYPE: (Kind.TYPE,),
}
_INHERITED = frozenset({Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER})


@dataclass(frozen=True, slots=True)
class CatalogReading:
    """The database's catalog (`found`; None: it could not be read, `reason` says why) and the one of the shadow
    on which the same files were replayed (`expected`; None: there is no shadow)."""

    found: Catalog | None = None
    expected: Catalog | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What the catalog says of one promise. `verdict` is CONFIRMED, MISSING, MISMATCH, or NOT_CHECKABLE where it
    says nothing (`detail`: why). `void`: the files, replayed, do not keep the promise themselves. `proven`: they do,
    so that no doubt of static reading is left."""

    verdict: Verdict
    detail: str | None = None
    void: bool = False
    proven: bool = False


class CatalogWitness:
    """Testifies on promises out of one reading. `schema` is all that the files promise."""

    def __init__(self, reading: CatalogReading, schema: Schema) -> None:
        self._schema = schema
        self._reason = f"the catalog could not be read: {reading.reason}" if reading.reason else None
        self._found = _Book(reading.found) if reading.found else None
        self._expected = _Book(reading.expected) if reading.expected else None
        self._grants = (
            ShadowGrants(reading.expected, reading.found) if reading.expected and reading.found else None
        )

    def testify(self, promise: Promise) -> Account:
        """What the catalog says of the promise."""
        if isinstance(promise.subject, Dropped):
            return self._of_absence(promise.subject)
        claim = claim_of(promise, self._schema)
        standing = self._standing(promise, claim)
        if standing is not None and not standing.proven:
            return standing
        return replace(self._seen(claim, standing is not None), proven=standing is not None)

    def _standing(self, promise: Promise, claim: Claim) -> Account | None:
        """Does the shadow keep the promise? None where there is no shadow to ask."""
        if self._expected is None or not self._expected.covers(claim.key):
            return None
        held = self._expected.find(claim.key)
        if held is None and self._expected.is_from_parent(claim.key):
            return Account(Verdict.NOT_CHECKABLE, _FROM_PARENT)
        if held is None or (promise.object is ObjectKind.RLS and held.facts.get("rls") != "true"):
            return Account(Verdict.NOT_CHECKABLE, _NOT_HELD, void=True)
        return Account(Verdict.CONFIRMED, proven=True)

    def _seen(self, claim: Claim, proven: bool) -> Account:
        """What the database's catalog says of it."""
        if self._found is None:
            return Account(Verdict.NOT_CHECKABLE, self._reason)
        if not self._found.covers(claim.key):
            return Account(Verdict.NOT_CHECKABLE, _not_read(claim.key.schema))
        entry = self._found.find(claim.key)
        if entry is None and self._found.is_from_parent(claim.key):
            return Account(Verdict.NOT_CHECKABLE, _FROM_PARENT)
        if entry is None:
            return Account(Verdict.MISSING, MISSING)
        held = self._expected.find(claim.key) if self._expected and proven else None
        unlike = self._changed(claim, held, entry) if held else self._unlike(claim, entry, self._found)
        words = "; ".join(unlike)
        return Account(Verdict.MISMATCH, words) if words else Account(Verdict.CONFIRMED)

    def _unlike(self, claim: Claim, entry: Entry, found: "_Book") -> Iterator[str]:
        """What the database has otherwise than static reading says."""
        for name in claim.columns:
            if found.column(claim.key, name) is None:
                yield f"it has no column {name}"
        yield from facts_unlike(claim, entry)
        yield from promised_grants_lost(claim, entry.key, found.catalog)

    def _changed(self, claim: Claim, held: Entry, entry: Entry) -> Iterator[str]:
        """What the database has otherwise than the shadow."""
        if self._expected and self._found and self._grants:
            yield from facts_changed(claim, held, entry, self._expected.catalog, self._found.catalog)
            yield from self._grants.changed(claim, entry.key)

    def _of_absence(self, dropped: Dropped) -> Account:
        proven = self._expected is not None
        if self._expected and self._expected.holds(dropped):
            return Account(Verdict.NOT_CHECKABLE, _IS_BACK, void=True)
        if self._found is None:
            return Account(Verdict.NOT_CHECKABLE, self._reason, proven=proven)
        if self._found.holds(dropped):
            return Account(Verdict.MISMATCH, _STILL_THERE, proven=proven)
        if not self._found.covers(Key(Kind.TABLE, dropped.name.schema, dropped.name.name)):
            return Account(
                Verdict.NOT_CHECKABLE, f"the catalog was not read for schema {dropped.name.schema}"
            )
        return Account(Verdict.CONFIRMED, _GONE, proven=proven)


def _not_read(schema: str) -> str:
    return f"the catalog was not read for schema {schema}"


class _Book:
    """A catalog with its functions by the names that files give their arguments' types, and its indexes by name."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._functions: dict[tuple[str, str], Entry] = {}
        self._indexes: set[tuple[str, str]] = set()
        for key, entry in catalog.entries.items():
            if key.kind is Kind.FUNCTION:
                self._functions[key.schema, plain_type(key.name)] = entry
            elif key.kind is Kind.INDEX:
                self._indexes.add((key.schema, key.name))

    @property
    def _entries(self) -> Mapping[Key, Entry]:
        return self.catalog.entries

    def find(self, key: Key) -> Entry | None:
        """The entry of that key."""
        if key.kind is Kind.FUNCTION:
            return self._functions.get((key.schema, plain_type(key.name)))
        return self._entries.get(key)

    def column(self, relation: Key, name: str) -> Entry | None:
        """A relation's column."""
        return self._entries.get(Key(Kind.COLUMN, relation.schema, name, relation.name))

    def covers(self, key: Key) -> bool:
        """False when the schema is there and was not read."""
        schema = key.schema
        return (
            key.kind in {Kind.EXTENSION, Kind.PUBLICATION}
            or schema in self.catalog.schemas
            or Key(Kind.SCHEMA, schema, schema) not in self._entries
        )

    def is_from_parent(self, key: Key) -> bool:
        """True for what a child table may have through its parent: the catalog reading leaves that out."""
        table = self._entries.get(Key(Kind.TABLE, key.schema, key.table or ""))
        return key.kind in _INHERITED and table is not None and "parents" in table.facts

    def holds(self, dropped: Dropped) -> bool:
        """True when the dropped object is there."""
        schema, name = dropped.name
        if dropped.kind is DroppedKind.FUNCTION:
            return any(at == schema and own.startswith(f"{name}(") for at, own in self._functions)
        if dropped.kind is DroppedKind.INDEX:
            return (schema, name) in self._indexes
        if dropped.kind is DroppedKind.EXTENSION:
            return Key(Kind.EXTENSION, "", name) in self._entries
        if dropped.kind in _NAMED:
            return any(Key(kind, schema, name) in self._entries for kind in _NAMED[dropped.kind])
        return Key(_KINDS[dropped.kind], schema, dropped.member or "", name) in self._entries
