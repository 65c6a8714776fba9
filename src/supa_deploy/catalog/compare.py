"""Two readings of a catalog held against one another, entry by entry (pure)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from supa_deploy.catalog.folding import fold
from supa_deploy.catalog.grants import is_platform_default
from supa_deploy.catalog.majors import across_majors, printed_alike
from supa_deploy.catalog.pair import Entries, Pair, differing
from supa_deploy.catalog.platform import PLATFORM_SCHEMAS, is_platform_role, reason_to_leave_out
from supa_deploy.catalog.renames import recognise_renames
from supa_deploy.catalog.values import Catalog, Key, Kind
from supa_deploy.catalog.words import changes_in, renamed
from supa_deploy.model import Change

_OWNED = frozenset({Kind.TABLE, Kind.VIEW, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE, Kind.SCHEMA})


@dataclass(frozen=True, slots=True)
class Differences:
    """What `found` has otherwise than `expected`, in words. `left_out` counts what differs and is no drift,
    `reasons` the same by reason."""

    changes: tuple[Change, ...] = ()
    left_out: int = 0
    reasons: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


def differences(expected: Catalog, found: Catalog) -> Differences:
    """What differs between what the files make and what the database holds, as a person would say it.

    Left out, and counted: what is the platform's own, the two sets of default grants that projects have, and what
    only another PostgreSQL major prints differently.
    """
    wanted, there = across_majors(expected, found)
    names = recognise_renames(wanted, there)
    on_supabase = Key(Kind.SCHEMA, "auth", "auth") in there
    pairs = [
        pair
        for pair in differing(names.entries, there)
        if not (pair.expected and pair.found and names.explains(pair.expected, pair.found, pair.facts))
    ]
    pairs = _with_owners(pairs, names.entries, there, on_supabase=on_supabase)
    told, reasons = [], Counter[str]()
    moved: list[Change] = []
    for rename in names.renames:
        why = reason_to_leave_out(rename.found, rename.found, on_supabase=on_supabase)
        if why is None:
            moved.extend(renamed(rename))
        else:
            reasons[why] += 1
    for pair in fold(pairs):
        why = reason_to_leave_out(pair.expected, pair.found, on_supabase=on_supabase)
        if why is None and is_platform_default(pair, names.entries, there):
            why = "the platform's default grants"
        if why is None and expected.major != found.major and pair.expected and pair.found:
            alike = printed_alike(pair.expected, pair.found, pair.facts)
            why = f"PostgreSQL {found.major} prints it differently from {expected.major}" if alike else None
        if why is None:
            told.append(pair)
        else:
            reasons[why] += 1
    spoken = [change for pair in sorted(told, key=lambda pair: pair.key.order) for change in changes_in(pair)]
    return Differences((*moved, *spoken), reasons.total(), MappingProxyType(dict(reasons)))


def _with_owners(pairs: list[Pair], expected: Entries, found: Entries, *, on_supabase: bool) -> list[Pair]:
    """The differences and, with them, the objects whose owner is another.

    A plain PostgreSQL may belong to a role of any name: there what most objects have counts as the same.
    """
    owners = {
        key: (entry.owner, found[key].owner)
        for key, entry in expected.items()
        if key.kind in _OWNED and key in found and key.schema not in {*PLATFORM_SCHEMAS, ""}
    }
    usual = Counter(owners.values()).most_common(1)[0][0] if owners and not on_supabase else None
    other = {
        key
        for key, (before, after) in owners.items()
        if before != after
        and (before, after) != usual
        and key.name != "public"
        and not is_platform_role(after)
    }
    marked = [replace(pair, owner=True) if pair.key in other else pair for pair in pairs]
    known = {pair.key for pair in pairs}
    return [*marked, *_owner_alone(other - known, expected, found)]


def _owner_alone(keys: set[Key], expected: Entries, found: Entries) -> Iterator[Pair]:
    for key in sorted(keys, key=lambda key: key.order):
        yield Pair(expected[key], found[key], owner=True)
