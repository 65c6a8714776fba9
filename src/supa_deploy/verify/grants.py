"""Privileges of the API's roles: what was promised, what is held, and what is only the platform's default."""

from collections.abc import Iterator

from supa_deploy.catalog.grants import is_platform_default
from supa_deploy.catalog.majors import across_majors
from supa_deploy.catalog.pair import Entries, Pair
from supa_deploy.catalog.platform import API_ROLES
from supa_deploy.catalog.values import Catalog, Key, Kind
from supa_deploy.verify.claims import Claim

_EVERYBODY = "PUBLIC"
_ALL_OF_TABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"})
_NEW_IN_17 = "MAINTAIN"
_OF_COLUMNS = frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"})


def promised_grants_lost(claim: Claim, at: Key, found: Catalog) -> Iterator[str]:
    """Privileges that the files grant and the database does not show on what stands `at` this key, in words. More
    than the files grant is no broken promise: the platform has defaults of its own."""
    if not claim.has_grants:
        return
    everybody = _held(found.entries, at, _EVERYBODY)
    for role in API_ROLES:
        lost = _wanted(claim, role) - _held(found.entries, at, role) - everybody
        if lost:
            yield f"{role} lacks {', '.join(sorted(lost))}, which the files grant"
    if claim.private and "EXECUTE" in everybody:
        yield "everybody (PUBLIC) may execute it, which the files revoke"


class ShadowGrants:
    """Privileges of a database held against those of its shadow."""

    def __init__(self, shadow: Catalog, found: Catalog) -> None:
        self._should, self._holds = across_majors(shadow, found)

    def changed(self, claim: Claim, at: Key) -> Iterator[str]:
        """Where the API's roles hold other privileges than on the shadow on what stands `at` this key, in words,
        but for the platform's default."""
        if not claim.has_grants:
            return
        for role in (*API_ROLES, _EVERYBODY):
            key = _key(at, role)
            should, holds = _held(self._should, at, role), _held(self._holds, at, role)
            pair = Pair(self._should.get(key), self._holds.get(key))
            if should == holds or is_platform_default(pair, self._should, self._holds):
                continue
            yield f"privileges of {role}: {_words(should)} → {_words(holds)}"


def _key(at: Key, role: str) -> Key:
    on = f"{at.table}.{at.name}" if at.table is not None else at.name
    return Key(Kind.GRANT, at.schema, role, on)


def _held(entries: Entries, at: Key, role: str) -> frozenset[str]:
    entry = entries.get(_key(at, role))
    return frozenset(entry.facts["privileges"].split(", ")) if entry else frozenset()


def _wanted(claim: Claim, role: str) -> frozenset[str]:
    words = claim.grants.get(role, frozenset())
    if "all" not in words:
        return frozenset(word.upper() for word in words) - {_NEW_IN_17}
    if claim.key.kind is Kind.FUNCTION:
        return frozenset({"EXECUTE"})
    return _OF_COLUMNS if claim.key.kind is Kind.COLUMN else _ALL_OF_TABLE


def _words(privileges: frozenset[str]) -> str:
    return ", ".join(sorted(privileges)) or "none"
