"""Compares a promise with what the catalog shows of it, and says in the catalog's words what differs."""

from collections.abc import Iterator

from supa_deploy.catalog.majors import printed_alike
from supa_deploy.catalog.pair import Pair, differing_facts
from supa_deploy.catalog.phrases import fact_phrases
from supa_deploy.catalog.values import Catalog, Entry, Key, Kind
from supa_deploy.verify.claims import Claim, Some
from supa_deploy.verify.printed import readable

_SWITCHES = {
    ("rls", None): "row-level security is off",
    ("rls", "true"): "row-level security is on, and the files do not enable it",
    ("force_rls", None): "row-level security is not forced",
    ("force_rls", "true"): "row-level security is forced, and the files do not force it",
    ("fires", "no"): "disabled (or left to replicas)",
    ("fires", "yes"): "enabled, and the files disable it",
}
"""What is said of a switch by what was found."""
_ADVICE = {"valid": " (as a failed CREATE INDEX CONCURRENTLY leaves it: drop it and create it anew)"}


def facts_unlike(claim: Claim, entry: Entry) -> Iterator[str]:
    """Where the catalog contradicts what static reading knows exactly, in words."""
    facts = readable(entry)
    found = Entry(entry.key, facts)
    for name, promised in claim.facts.items():
        if promised is Some.VALUE:
            if name not in facts:
                yield f"the files give it a {_NAMES.get(name, name)}, the database has none"
        elif promised != facts.get(name):
            yield from _words(Entry(entry.key, {} if promised is None else {name: promised}), found, (name,))


def facts_changed(claim: Claim, held: Entry, entry: Entry, shadow: Catalog, found: Catalog) -> Iterator[str]:
    """Where the database's entry differs from the shadow's (`held`), in words."""
    if claim.is_rls:
        yield from [] if "rls" in entry.facts else [_SWITCHES["rls", None]]
        return
    passed_over = claim.elsewhere | _switched_on_by_platform(entry, found)
    differ = tuple(name for name in differing_facts(held.facts, entry.facts) if name not in passed_over)
    if shadow.major == found.major or not printed_alike(held, entry, differ):
        yield from _words(held, entry, differ)


def _switched_on_by_platform(entry: Entry, found: Catalog) -> frozenset[str]:
    """RLS on every new table is the Dashboard's offer at a project's creation: an event trigger."""
    offered = Key(Kind.EVENT_TRIGGER, "", "ensure_rls") in found.entries
    return frozenset({"rls"}) if offered and "rls" in entry.facts else frozenset()


def _words(held: Entry, entry: Entry, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        switch = _SWITCHES.get((name, entry.facts.get(name)))
        phrases = [switch] if switch else fact_phrases(Pair(held, entry), (name,))
        for phrase in phrases:
            yield phrase + (_ADVICE.get(name, "") if name in entry.facts else "")


_NAMES = {"using": "USING condition", "check": "WITH CHECK condition", "generated": "generation expression"}
