"""Which of the engine's deeds are no drift, seen together: objects made anew, privileges that nobody confirms."""

from collections.abc import Sequence

from supa_deploy.catalog.platform import API_ROLES
from supa_deploy.catalog.values import Kind
from supa_deploy.drift.engine import EngineStatement, identity_of
from supa_deploy.drift.noise import Noise, noise_of, platform_defaults
from supa_deploy.migrations.acts import Act, Deed

PRIVILEGES = frozenset({Deed.GRANT, Deed.REVOKE})
REPLACED = "__pgdelta_replaced"
"""What the engine appends to an enum's name while it makes the enum anew (3.1.0 and 2.122.1, recorded)."""
_REBUILDABLE = frozenset(
    {
        Kind.INDEX,
        Kind.CONSTRAINT,
        Kind.POLICY,
        Kind.TRIGGER,
        Kind.RULE,
        Kind.VIEW,
        Kind.FUNCTION,
        Kind.STATISTICS,
    }
)

_GRANTED = frozenset({Kind.TABLE, Kind.VIEW, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE})


class Sorter:
    """Why a deed is no drift, given all the others. `confirmed`: a catalog was there to confirm differences."""

    def __init__(self, statements: Sequence[EngineStatement], *, confirmed: bool) -> None:
        acts = [act for statement in statements for act in statement.acts]
        self._confirmed = confirmed
        self._defaults = platform_defaults(acts)
        dropped = {identity_of(act) for act in acts if act.deed is Deed.DROP}
        self._rebuilt = dropped & {identity_of(act) for act in acts if act.deed in {Deed.CREATE, Deed.ALTER}}
        again = {(key.schema, key.name) for key in self._rebuilt if key.kind in _GRANTED}
        identities = {(a.schema, f"{a.table}_{a.name}_seq") for a in acts if "identity" in (a.detail or "")}
        self._made_again = again | identities
        self._rebuilt_relations = {(key.schema, key.name) for key in self._rebuilt if key.kind is Kind.VIEW}
        self._routines = {(act.schema, act.name) for act in acts if act.detail == "created or replaced"}
        self._granted = {(act.schema, act.name) for act in acts if act.deed is Deed.GRANT}
        replaced = {act.name.removesuffix(REPLACED) for act in acts if act.name.endswith(REPLACED)}
        self._moved = {
            identity_of(act) for act in acts if _type_of(act) in replaced and act.object == "column"
        }

    def noise(self, act: Act) -> str | None:
        """Why this deed is no drift; None when it is."""
        if act.deed in PRIVILEGES and (act.schema, act.name) in self._made_again:
            return Noise.GOES_WITH
        if (reason := noise_of(act)) is not None:
            return reason
        if act.deed in PRIVILEGES or act.object == "default privileges":
            return self._privilege(act)
        if act.deed is Deed.OWNER and (self._confirmed or act.roles == ("postgres",)):
            return Noise.PLATFORM_OWNER
        if act.name.endswith(REPLACED) or identity_of(act) in self._moved:
            return Noise.REBUILT
        return Noise.REBUILT if self._confirmed and self._is_rebuilt(act) else None

    def _privilege(self, act: Act) -> str | None:
        about = (act.schema, act.name)
        # A routine is always "created or replaced": what is taken from it is taken because it is new.
        new = act.deed is Deed.REVOKE and about in self._routines - self._granted
        if new:
            return Noise.GOES_WITH
        if self._confirmed:
            return Noise.UNCONFIRMED
        is_default = about in self._defaults and set(API_ROLES).issuperset(act.roles)
        return Noise.PLATFORM_DEFAULT if is_default else None

    def _is_rebuilt(self, act: Act) -> bool:
        key = identity_of(act)
        if key.kind in _REBUILDABLE and key in self._rebuilt:
            return True
        return (act.schema, act.table or act.name) in self._rebuilt_relations


def _type_of(act: Act) -> str:
    """The bare name of the type that a column is given; empty for other deeds."""
    words = act.detail or ""
    if act.deed is not Deed.ALTER or not words.startswith("type "):
        return ""
    return words.removeprefix("type ").rpartition(".")[2].removesuffix("[]").strip('"')
