"""Differences as a person says them: every pair as one or more changes (pure).

Function bodies, trigger arguments and options of foreign servers may hold secrets: that they differ is said, what
they say is not.
"""

from collections import Counter
from collections.abc import Iterator

from supa_deploy.catalog.pair import Pair
from supa_deploy.catalog.phrases import describe, fact_phrases
from supa_deploy.catalog.renames import Rename
from supa_deploy.catalog.values import Entry, Key, Kind
from supa_deploy.model import Change, ChangeKind

_PLURALS = {"policy": "policies", "index": "indexes", "statistics": "statistics"}
_COUNTED = (Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.POLICY, Kind.TRIGGER, Kind.RULE)
_SWITCHES = {"rls": "row-level security", "force_rls": "forced row-level security"}


def changes_in(pair: Pair) -> Iterator[Change]:
    """One difference in words; row-level security is told apart from the rest of its table."""
    facts = pair.facts
    if pair.change is ChangeKind.CHANGED and pair.key.kind is Kind.TABLE:
        for fact, name in _SWITCHES.items():
            if fact in facts:
                on = pair.values(fact)[1] is not None
                yield _change(pair.key, ChangeKind.CHANGED, name, "switched on" if on else "switched off")
        facts = tuple(fact for fact in facts if fact not in _SWITCHES)
        if not facts and not pair.owner:
            return
    if pair.change is ChangeKind.CHANGED:
        details = [*fact_phrases(pair, facts), *_owner(pair)]
        yield _change(pair.key, pair.change, object_of(pair.entry), "; ".join(details))
    else:
        yield _change(pair.key, pair.change, object_of(pair.entry), _whole(pair))


def renamed(rename: Rename) -> Iterator[Change]:
    """A rename as a change; that of an index behind a constraint goes without saying."""
    if rename.found.key.kind is Kind.INDEX and "constraint" in rename.found.facts:
        return
    before, after = rename.before.name, rename.found.key.name
    yield _change(rename.before, ChangeKind.CHANGED, object_of(rename.found), f"renamed: {before} → {after}")


def sentence(change: Change) -> str:
    """A change as one line: `column public.notes.title changed: type text → integer`."""
    where = f"{change.schema}." if change.schema and change.object not in _WITHOUT_SCHEMA else ""
    if change.object in {"grant", "default privileges"}:
        what = f"{change.object} {_granted(change)} to {change.name}"
    elif change.object == "publication member":
        what = f"{where}{change.table or '*'} in publication {change.name}"
    elif change.object in _SWITCHES.values():
        return f"{change.object} on {where}{change.name} {change.detail}"
    else:
        owner = f"{change.table}." if change.table and change.object == "column" else ""
        on = f" on {where}{change.table}" if change.table and not owner else ""
        what = f"{change.object} {'' if on else where}{owner}{change.name}{on}"
    return f"{what} {change.change}" + (f": {change.detail}" if change.detail else "")


_WITHOUT_SCHEMA = frozenset({"schema", "extension", "event trigger", "publication"})


def object_of(entry: Entry) -> str:
    """An object's kind in words: `table`, `materialized view`, `enum`, `procedure`…"""
    kind = entry.key.kind
    if kind is Kind.PUBLICATION and entry.key.schema:
        return "publication member"
    return entry.facts.get("kind", kind.value)


def _granted(change: Change) -> str:
    if change.object == "grant":
        return f"on {change.schema}.{change.table}" if change.table else f"on schema {change.schema}"
    return f"of {change.table} in {change.schema or 'every schema'}"


def _change(key: Key, change: ChangeKind, name: str, detail: str | None) -> Change:
    own = key.name
    if key.kind is Kind.OTHER:  # PostgreSQL's own words for it, which name the kind and the schema
        own = own.removeprefix(f"{name} ").removeprefix(f"{key.schema}.")
    return Change(change, name, key.schema or None, own, key.table, detail or None)


def _whole(pair: Pair) -> str:
    """What is said of something added or lost."""
    if pair.key.kind in {Kind.TABLE, Kind.VIEW}:
        return ", ".join(_with_it(pair))
    return describe(pair.entry)


def _with_it(pair: Pair) -> Iterator[str]:
    # An index behind a constraint is counted with its constraint.
    kinds = Counter(child.key.kind for child in pair.children if "constraint" not in child.facts)
    for kind in _COUNTED:
        number = kinds[kind]
        if number:
            yield f"{number} {kind if number == 1 else _PLURALS.get(kind, f'{kind}s')}"
    if pair.change is ChangeKind.ADDED and pair.key.kind is Kind.TABLE and "rls" not in pair.entry.facts:
        yield "row-level security off"


def _owner(pair: Pair) -> Iterator[str]:
    if pair.owner and pair.expected and pair.found:
        yield f"owner {pair.expected.owner} → {pair.found.owner}"
