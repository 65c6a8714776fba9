"""What the engine shows and is no drift: each kind with its reason. Counted, never told as a difference.

The reasons come from what people complain of (facts/peers.md 21, 22) and from the engine's own output: without
`--schema` it shows the roles of a project, and a table's privileges as a REVOKE ALL and a GRANT for each role.
"""

from collections.abc import Iterable
from enum import StrEnum

from supa_deploy.catalog.platform import API_ROLES, is_platform_role, reason_to_leave_out
from supa_deploy.catalog.values import Entry
from supa_deploy.drift.engine import key_of
from supa_deploy.migrations.acts import Act, Deed

_EVERYTHING = {
    "table": frozenset(
        {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
    ),
    "sequence": frozenset({"USAGE", "SELECT", "UPDATE"}),
    "function": frozenset({"EXECUTE"}),
}


class Noise(StrEnum):
    """Why a deed of the engine is no drift, where the catalog has no word for it."""

    SESSION = "a setting of the session"
    ROLE = "roles belong to the server, not to the files"
    PLATFORM_OWNER = "an owner that the platform sets"
    PLATFORM_DEFAULT = "the privileges that the platform gives every new object"
    EXTENSION_COMMENT = "an extension's own comment"
    UNCONFIRMED = "what the catalog does not show as different"
    REBUILT = "dropped and made again the same, because of something that it hangs on"
    REFRESH = "a materialized view that is filled again"
    GOES_WITH = "taken from a new object, as the files do it"


NEEDED: frozenset[str] = frozenset({Noise.SESSION, Noise.REBUILT, Noise.REFRESH, Noise.GOES_WITH})
"""What differs in nothing and stands in the SQL all the same: another change needs it."""


def noise_of(act: Act) -> str | None:
    """Why this deed is no drift by itself, whatever a comparison says; None when it may be."""
    if act.deed is Deed.SESSION:
        return Noise.SESSION
    if act.object in {"role", "membership"}:
        return Noise.ROLE
    if act.deed is Deed.COMMENT and act.object == "extension":
        return Noise.EXTENSION_COMMENT
    if act.deed is Deed.ROWS and act.object == "materialized view":
        return Noise.REFRESH
    if act.deed is Deed.OWNER and act.roles and all(map(is_platform_role, act.roles)):
        return Noise.PLATFORM_OWNER
    entry = Entry(key_of(act))
    taken_away = act.deed is Deed.DROP and act.object == "extension"
    return reason_to_leave_out(entry if taken_away else None, None if taken_away else entry, on_supabase=True)


def platform_defaults(acts: Iterable[Act]) -> frozenset[tuple[str, str]]:
    """The objects (schema, name) to which all three roles of the Data API are given everything: what projects made
    before 2026-10-30 do with each new object, and the files need not say."""
    given: dict[tuple[str, str], set[str]] = {}
    for act in acts:
        if act.deed is Deed.GRANT and _is_everything(act):
            given.setdefault((act.schema, act.name), set()).update(act.roles)
    return frozenset(name for name, roles in given.items() if roles.issuperset(API_ROLES))


def _is_everything(act: Act) -> bool:
    whole = _EVERYTHING.get("table" if "view" in act.object or "table" in act.object else act.object)
    return whole is not None and (not act.privileges or whole - {"MAINTAIN"} <= set(act.privileges))
