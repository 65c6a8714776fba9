"""What comes and goes with something greater is told with it, not one by one (pure)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from supa_deploy.catalog.pair import Pair, parents_of
from supa_deploy.catalog.platform import POLICED_SCHEMAS
from supa_deploy.catalog.values import Entry, Key, Kind
from supa_deploy.model import ChangeKind


def fold(pairs: Sequence[Pair]) -> list[Pair]:
    """The differences without those that another one says already.

    A table takes its columns, constraints, indexes, policies, triggers, sequences and grants with it; a constraint
    its index; a view that is redefined its columns.
    """
    whole: set[tuple[ChangeKind, Key]] = {
        (pair.change, pair.key) for pair in pairs if pair.change is not ChangeKind.CHANGED
    }
    redefined = {
        pair.key for pair in pairs if pair.key.kind is Kind.VIEW and pair.change is ChangeKind.CHANGED
    }
    handed_over = {pair.key: pair for pair in pairs if pair.owner}
    children: defaultdict[tuple[ChangeKind, Key], list[Entry]] = defaultdict(list)
    left = []
    for pair in pairs:
        parent = _parent(pair, whole)
        if parent is not None:
            children[parent].append(pair.entry)
        elif not _goes_without_saying(pair, redefined) and not _follows_owner(pair, handed_over):
            left.append(pair)
    return [_with(pair, children.get((pair.change, pair.key), [])) for pair in left]


def _with(pair: Pair, children: list[Entry]) -> Pair:
    return replace(pair, children=tuple(children)) if children else pair


def _parent(pair: Pair, whole: set[tuple[ChangeKind, Key]]) -> tuple[ChangeKind, Key] | None:
    key = pair.key
    if key.kind in {Kind.POLICY, Kind.TRIGGER} and key.schema in POLICED_SCHEMAS:
        return None  # the platform's table is none of the project's business, what people put there is
    parents = _with_owner(pair, parents_of(key))
    return next(((pair.change, parent) for parent in parents if (pair.change, parent) in whole), None)


def _with_owner(pair: Pair, parents: tuple[Key, ...]) -> tuple[Key, ...]:
    """A sequence goes with the column that owns it; its grants do too."""
    owned = pair.entry.facts.get("owned_by") if pair.key.kind is Kind.SEQUENCE else None
    if not owned:
        return parents
    table, _, column = owned.rpartition(".")
    return (Key(Kind.TABLE, pair.key.schema, table), Key(Kind.COLUMN, pair.key.schema, column, table))


def _goes_without_saying(pair: Pair, redefined: set[Key]) -> bool:
    key = pair.key
    if key.kind is Kind.COLUMN:
        return Key(Kind.VIEW, key.schema, key.table or "") in redefined
    if key.kind is Kind.INDEX and "constraint" in pair.entry.facts:
        # Its constraint says the rest; whether it can be used is its own.
        return pair.change is not ChangeKind.CHANGED or not {"valid", "ready", "comment"} & set(pair.facts)
    return False


def _follows_owner(pair: Pair, handed_over: Mapping[Key, Pair]) -> bool:
    """A column's sequence has its table's owner, and an owner's grants on what is his own are not read."""
    if pair.key.kind is Kind.SEQUENCE and pair.owner and not pair.facts:
        return any(parent in handed_over for parent in _with_owner(pair, ()))
    if pair.key.kind is not Kind.GRANT:
        return False
    parents = (handed_over[parent] for parent in parents_of(pair.key) if parent in handed_over)
    return any(
        pair.key.name in {parent.entry.owner, parent.expected and parent.expected.owner} for parent in parents
    )
