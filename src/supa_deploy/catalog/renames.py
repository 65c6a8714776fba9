"""Recognising what only has another name (pure).

Certain are: a table with the very same columns; a column in the same place with the same facts; anything else whose
definition is the same up to its name. Where two candidates fit, nothing is said of a rename.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

from supa_deploy.catalog.pair import RELATIONS, Entries, differing_facts
from supa_deploy.catalog.values import Entry, Key, Kind

_BY_DEFINITION = (Kind.TYPE, Kind.FUNCTION, Kind.VIEW, Kind.CONSTRAINT, Kind.INDEX, Kind.POLICY, Kind.TRIGGER)
_SAME_ALIAS = re.compile(r"([\w\"]+) AS \1(?![\w\"])")
_ALSO = (Kind.RULE, Kind.STATISTICS)


@dataclass(frozen=True, slots=True)
class Rename:
    """An object's name as expected, and the entry as it was found."""

    before: Key
    found: Entry


@dataclass(frozen=True, slots=True)
class Renamed:
    """The expected entries under the names that were found, and what was renamed."""

    entries: Entries
    renames: tuple[Rename, ...]

    def explains(self, expected: Entry, found: Entry, facts: Iterable[str]) -> bool:
        """True when the facts differ by nothing but the new names in them.

        The names are put in place on both sides: what a view calls its columns does not follow a rename, and is
        then printed as `new AS old`.
        """
        if not self.renames:
            return False
        return all(
            self._bare(expected.facts.get(fact, "")) == self._bare(found.facts.get(fact, ""))
            for fact in facts
        )

    def _bare(self, text: str) -> str:
        return _SAME_ALIAS.sub(r"\1", self.rewrite(text))

    def rewrite(self, text: str) -> str:
        """A definition with the new names in place of the old."""
        for rename in self.renames:
            text = _put(text, _bare_name(rename.before), _bare_name(rename.found.key))
        return text


def recognise_renames(expected: Entries, found: Entries) -> Renamed:
    """The renames between two readings; tables first, since what hangs on them follows them."""
    done = Renamed(expected, ())
    for find in (_tables, _columns, _by_definition):
        renames = tuple(find(done, found))
        if renames:
            done = Renamed(_rekeyed(done.entries, renames), (*done.renames, *renames))
    return done


def _tables(done: Renamed, found: Entries) -> Iterator[Rename]:
    expected_columns, found_columns = _columns_by_table(done.entries), _columns_by_table(found)

    def signature(columns: dict[tuple[str, str], list[Entry]]) -> Callable[[Entry], Hashable]:
        def of(entry: Entry) -> Hashable:
            own = columns.get((entry.key.schema, entry.key.name), ())
            cells = tuple((column.key.name, _compared(column, hide="default")) for column in own)
            return (entry.key.schema, entry.facts.get("kind"), cells) if cells else None

        return of

    yield from _matches(
        {Kind.TABLE}, done.entries, found, signature(expected_columns), signature(found_columns)
    )


def _columns(done: Renamed, found: Entries) -> Iterator[Rename]:
    def signature(entry: Entry) -> Hashable:
        key = entry.key
        table = Key(Kind.TABLE, key.schema, key.table or "")
        if table not in done.entries or table not in found:
            return None
        return (key.schema, key.table, entry.facts["position"], _compared(entry))

    yield from _matches({Kind.COLUMN}, done.entries, found, signature, signature)


def _by_definition(done: Renamed, found: Entries) -> Iterator[Rename]:
    kinds = {*_BY_DEFINITION, *_ALSO}

    def signature(entry: Entry) -> Hashable:
        name = _bare_name(entry.key)
        facts = tuple(
            (fact, _put(value, name, "\0") if fact == "definition" else value)
            for fact, value in _compared(entry)
        )
        arguments = entry.key.name.removeprefix(name)
        return (entry.key.kind, entry.key.schema, entry.key.table, arguments, facts)

    def rewritten(entry: Entry) -> Hashable:
        facts = {fact: done.rewrite(value) for fact, value in entry.facts.items()}
        return signature(replace(entry, facts=facts))

    yield from _matches(kinds, done.entries, found, rewritten if done.renames else signature, signature)


def _matches(
    kinds: Iterable[Kind],
    expected: Entries,
    found: Entries,
    before: Callable[[Entry], Hashable],
    after: Callable[[Entry], Hashable],
) -> Iterator[Rename]:
    """Pairs of a lost and an added entry with one signature that no other has."""
    kinds = frozenset(kinds)
    gone_ones = [e for k, e in expected.items() if k not in found and k.kind in kinds]
    new_ones = [e for k, e in found.items() if k not in expected and k.kind in kinds]
    if not gone_ones or not new_ones:
        return
    lost, added = _grouped(gone_ones, before), _grouped(new_ones, after)
    for signature, gone in lost.items():
        come = added.get(signature, ())
        if len(gone) == 1 and len(come) == 1:
            yield Rename(gone[0].key, come[0])


def _grouped(entries: Iterable[Entry], signature: Callable[[Entry], Hashable]) -> dict[Hashable, list[Entry]]:
    groups: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        mark = signature(entry)
        if mark is not None:
            groups[mark].append(entry)
    return groups


def _rekeyed(entries: Entries, renames: Iterable[Rename]) -> Entries:
    """The entries under their new names: the renamed ones, and what hangs on them."""
    keys = {rename.before: rename.found.key for rename in renames}
    relations = {(k.schema, k.name): new.name for k, new in keys.items() if k.kind in RELATIONS}
    granted = {(k.schema, _granted(k)): _granted(new) for k, new in keys.items()}
    moved = {}
    for key, entry in entries.items():
        new = keys.get(key)
        if new is None and key.table is not None:
            new = replace(key, table=_follow(key, relations, granted))
        moved[new or key] = replace(entry, key=new) if new and new != key else entry
    return moved


def _follow(key: Key, relations: dict[tuple[str, str], str], granted: dict[tuple[str, str], str]) -> str:
    table = key.table or ""
    if key.kind is not Kind.GRANT:
        return relations.get((key.schema, table), table)
    if (key.schema, table) in granted:
        return granted[key.schema, table]
    relation, _, column = table.rpartition(".")
    return f"{relations[key.schema, relation]}.{column}" if (key.schema, relation) in relations else table


def _granted(key: Key) -> str:
    """What a grant on it is filed under."""
    return f"{key.table}.{key.name}" if key.kind is Kind.COLUMN else key.name


def _columns_by_table(entries: Entries) -> dict[tuple[str, str], list[Entry]]:
    columns: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for key, entry in entries.items():
        if key.kind is Kind.COLUMN and key.table is not None:
            columns[key.schema, key.table].append(entry)
    return columns


def _compared(entry: Entry, hide: str | None = None) -> tuple[tuple[str, str], ...]:
    return tuple((fact, entry.facts[fact]) for fact in differing_facts(entry.facts, {}) if fact != hide)


def _bare_name(key: Key) -> str:
    return key.name.partition("(")[0] if key.kind is Kind.FUNCTION else key.name


def _put(text: str, name: str, other: str) -> str:
    """The text with another name wherever this one stands as a word, quoted or not."""
    if name not in text:
        return text
    return re.sub(rf'(?<![\w$"])(?:{re.escape(name)}|"{re.escape(name)}")(?![\w$"])', lambda _: other, text)
