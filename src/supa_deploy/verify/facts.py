"""Compares a promise's facts with those that the catalog shows, and says in words what differs."""

from collections.abc import Iterator

from supa_deploy.catalog.values import Catalog, Entry, Key, Kind
from supa_deploy.verify.claims import Claim, Some
from supa_deploy.verify.printed import OFF, readable

_LONGEST = 160  # characters of a value in a sentence
_POSITION = "position"
_HIDDEN = frozenset({"body"})
"""Facts whose text is not for an output: function bodies hold whatever their authors put there."""
_RELATIVE = frozenset({"definition"})
"""What PostgreSQL majors print differently for views and rules (ruleutils.c qualifies columns from 16 on)."""
_BY_QUERY = frozenset({Kind.VIEW, Kind.RULE})
_FLAGS = frozenset({"true", "false"})
_PLAIN = {
    (
        "valid",
        None,
    ): "the index is INVALID, as a CREATE INDEX CONCURRENTLY that failed leaves it: drop and create it again",
    ("ready", None): "the index is not ready: it is still being built, or its building failed",
    ("validated", None): "it is NOT VALID: rows from before it may break it",
    ("fires", "yes"): "it is disabled",
    ("fires", "no"): "it is enabled, and the files disable it",
    ("rls", "true"): "row-level security is off",
    ("rls", None): "row-level security is on, and the files do not enable it",
}


def facts_unlike(claim: Claim, entry: Entry) -> Iterator[str]:
    """Where the catalog contradicts what static reading knows exactly, in words."""
    facts = readable(entry)
    for name, promised in claim.facts.items():
        found = facts.get(name)
        if promised is Some.VALUE:
            if found is None:
                yield f"{_label(name)}: the files give it one, the database has none"
        elif promised != found:
            yield _words(name, promised, found)


def facts_changed(
    claim: Claim, held: Entry, entry: Entry, catalogs: tuple[Catalog, Catalog]
) -> Iterator[str]:
    """Where the catalog differs from the shadow's, `held` → `entry`, in words."""
    if claim.facts.keys() == {"rls"}:
        if entry.facts.get("rls") != "true":
            yield _PLAIN["rls", "true"]
        return
    passed_over = claim.elsewhere | {_POSITION} | _incomparable(entry, catalogs)
    for name in sorted(held.facts.keys() | entry.facts.keys()):
        before, after = held.facts.get(name), entry.facts.get(name)
        if before != after and name not in passed_over:
            yield _words(*_meaning(name, before, after))


def _incomparable(entry: Entry, catalogs: tuple[Catalog, Catalog]) -> frozenset[str]:
    expected, found = catalogs
    by_major = expected.server_version // 10000 != found.server_version // 10000
    passed_over = _RELATIVE if by_major and entry.key.kind in _BY_QUERY else frozenset()
    if Key(Kind.EVENT_TRIGGER, "", "ensure_rls") in found.entries and entry.facts.get("rls") == "true":
        return passed_over | {"rls"}  # the Dashboard's offer: RLS on for every new table
    return passed_over


def _meaning(name: str, before: str | None, after: str | None) -> tuple[str, str | None, str | None]:
    """A trigger's switch as what it comes to, where that differs: it fires, or not."""
    if name == "enabled" and (before in OFF) != (after in OFF):
        return "fires", "no" if before in OFF else "yes", after
    return name, before, after


def _words(name: str, before: str | None, after: str | None) -> str:
    if name in _HIDDEN:
        return f"its {name} differs"
    if (name, before) in _PLAIN:
        return _PLAIN[name, before]
    if {before, after} <= {None, *_FLAGS}:
        yes = "false" if "false" in {before, after} else "true"
        return f"{_label(name)}: {_yes(before, yes)} → {_yes(after, yes)}"
    return f"{_label(name)}: {_value(before)} → {_value(after)}"


def _yes(value: str | None, noteworthy: str) -> str:
    return "yes" if (value == noteworthy) == (noteworthy == "true") else "no"


def _value(text: str | None) -> str:
    if text is None:
        return "none"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _label(name: str) -> str:
    return "NOT NULL" if name == "not_null" else name.replace("_", " ")
