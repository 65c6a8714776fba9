"""One difference between two catalogs, before it is put into words (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from supa_deploy.catalog.values import NOT_COMPARED, Entry, Key, Kind
from supa_deploy.model import ChangeKind

Entries = Mapping[Key, Entry]
RELATIONS = frozenset({Kind.TABLE, Kind.VIEW})


@dataclass(frozen=True, slots=True)
class Pair:
    """An object as expected and as found; at least one is there. `facts` are the names of the facts that differ,
    `owner` that its owner does. `children` went or came with it."""

    expected: Entry | None
    found: Entry | None
    facts: tuple[str, ...] = ()
    owner: bool = False
    children: tuple[Entry, ...] = ()

    @property
    def entry(self) -> Entry:
        """The object: as found, or as expected where it was not found."""
        entry = self.found or self.expected
        if entry is None:
            raise ValueError("a difference has a side")
        return entry

    @property
    def key(self) -> Key:
        """What the object is called."""
        return self.entry.key

    @property
    def change(self) -> ChangeKind:
        """Added, changed or lost."""
        if self.expected is None:
            return ChangeKind.ADDED
        return ChangeKind.CHANGED if self.found else ChangeKind.LOST

    def values(self, fact: str) -> tuple[str | None, str | None]:
        """A fact as expected and as found."""
        before = self.expected.facts.get(fact) if self.expected else None
        return before, self.found.facts.get(fact) if self.found else None


def differing(expected: Entries, found: Entries) -> Iterator[Pair]:
    """Every entry that is not the same on both sides, whatever it means; owners are not compared."""
    for key, entry in expected.items():
        other = found.get(key)
        if other is None:
            yield Pair(entry, None)
        elif entry.facts is not other.facts and entry.facts != other.facts:
            facts = differing_facts(entry.facts, other.facts)
            if facts:
                yield Pair(entry, other, facts)
    for key, entry in found.items():
        if key not in expected:
            yield Pair(None, entry)


def differing_facts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the compared facts that differ, in the order in which they are read."""
    names = dict.fromkeys((*before, *after))
    return tuple(name for name in names if name not in NOT_COMPARED and before.get(name) != after.get(name))


def parents_of(key: Key) -> tuple[Key, ...]:
    """What an object goes and comes with: its relation; for a grant, whatever it is on."""
    if key.kind is Kind.GRANT:
        if key.table is None:
            return (Key(Kind.SCHEMA, key.schema, key.schema),)
        relation, _, column = key.table.rpartition(".")
        kinds = (Kind.TABLE, Kind.VIEW, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE)
        own = tuple(Key(kind, key.schema, key.table) for kind in kinds)
        of_column = (Key(Kind.COLUMN, key.schema, column, relation), *_relations(key.schema, relation))
        return (*own, *of_column) if relation else own
    relations = _relations(key.schema, key.table) if key.table is not None else ()
    return (
        (*relations, Key(Kind.PUBLICATION, "", key.name))
        if key.kind is Kind.PUBLICATION and key.schema
        else relations
    )


def _relations(schema: str, name: str) -> tuple[Key, ...]:
    return tuple(Key(kind, schema, name) for kind in (Kind.TABLE, Kind.VIEW))
