"""Privileges of the API's roles: what was promised, what is held, and what is only the platform's default."""

from collections.abc import Iterator, Mapping

from supa_deploy.catalog.values import Catalog, Key, Kind
from supa_deploy.verify.claims import Claim

API_ROLES = ("anon", "authenticated", "service_role")
_EVERYBODY = "PUBLIC"
_ALL_OF_TABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"})
_NEW_IN_17 = "MAINTAIN"
_OF_COLUMNS = frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"})

Held = Mapping[str, frozenset[str]]


def promised_grants_lost(claim: Claim, at: Key, found: Catalog) -> Iterator[str]:
    """Privileges that the files grant and the database does not show on what stands `at` this key, in words. More
    than the files grant is no broken promise: the platform has defaults of its own."""
    if not claim.has_grants:
        return
    held = _held(found, at)
    for role in API_ROLES:
        wanted = _wanted(claim, claim.grants.get(role, frozenset()))
        lost = wanted - held[role] - held[_EVERYBODY]
        if lost:
            yield f"{role} lacks {', '.join(sorted(lost))}, which the files grant"
    if claim.private and "EXECUTE" in held[_EVERYBODY]:
        yield "everybody (PUBLIC) may execute it, which the files revoke"


def grants_changed(claim: Claim, at: Key, expected: Catalog, found: Catalog) -> Iterator[str]:
    """Where the API's roles hold other privileges than on the shadow, in words, but for the platform's default."""
    if not claim.has_grants:
        return
    should, holds = _held(expected, at), _held(found, at)
    if _is_platform_default(claim.key.kind, should, holds):
        return
    for role in (*API_ROLES, _EVERYBODY):
        if should[role] != holds[role]:
            yield f"privileges of {role}: {_words(should[role])} → {_words(holds[role])}"


def _is_platform_default(kind: Kind, should: Held, holds: Held) -> bool:
    """True where all three roles hold everything, as projects from before 2026-10-30 give it, and the shadow gives
    less; a single role with more is somebody's doing."""
    everything = frozenset({"EXECUTE"}) if kind is Kind.FUNCTION else _ALL_OF_TABLE
    return (
        kind is not Kind.COLUMN
        and all(holds[role] >= everything and should[role] <= holds[role] for role in API_ROLES)
        and should[_EVERYBODY] == holds[_EVERYBODY]
    )


def _held(catalog: Catalog, key: Key) -> Held:
    on = f"{key.table}.{key.name}" if key.table is not None else key.name

    def of(role: str) -> frozenset[str]:
        entry = catalog.entries.get(Key(Kind.GRANT, key.schema, role, on))
        words = entry.facts.get("privileges", "") if entry else ""
        return frozenset(word for word in words.split(", ") if word) - {_NEW_IN_17}

    return {role: of(role) for role in (*API_ROLES, _EVERYBODY)}


def _wanted(claim: Claim, words: frozenset[str]) -> frozenset[str]:
    if "all" not in words:
        return frozenset(word.upper() for word in words) - {_NEW_IN_17}
    if claim.key.kind is Kind.FUNCTION:
        return frozenset({"EXECUTE"})
    return _OF_COLUMNS if claim.key.kind is Kind.COLUMN else _ALL_OF_TABLE


def _words(privileges: frozenset[str]) -> str:
    return ", ".join(sorted(privileges)) or "none"
