"""One drift out of two witnesses: the catalog gives the words, the engine the SQL and what the catalog did not see."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from supa_deploy.catalog.values import Key, Kind
from supa_deploy.drift.engine import EngineStatement, change_of, identity_of, read_statements
from supa_deploy.drift.known import Known
from supa_deploy.drift.noise import NEEDED
from supa_deploy.drift.sorting import PRIVILEGES, REPLACED, Sorter
from supa_deploy.migrations.acts import Act, Deed
from supa_deploy.model import Change, ChangeKind, Drift, Preview

_WHOLES = frozenset(
    {
        *("table", "foreign table", "view", "materialized view", "schema", "sequence", "index"),
        *("function", "procedure", "aggregate", "type", "domain"),
    }
)


class CatalogDifferences(Protocol):
    """What a comparison of two catalogs says (`supa_deploy.catalog`)."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs, in words."""

    @property
    def left_out(self) -> int:
        """How many differences are the platform's own."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A deed of the engine that is no drift, and why."""

    act: Act
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The engine's statements held against what the catalog tells. `changes` is both together, `sql` what explains
    them, in the engine's order, `noise` what is no drift."""

    changes: tuple[Change, ...]
    sql: tuple[str, ...]
    noise: tuple[LeftOut, ...]


def read_together(statements: Sequence[EngineStatement], differences: CatalogDifferences | None) -> Reading:
    """What the two witnesses say together. Without `differences` the engine speaks alone."""
    known = Known(differences.changes if differences is not None else ())
    sorter = Sorter(statements, confirmed=differences is not None)
    open_acts: list[tuple[Act, str]] = []
    noise: list[LeftOut] = []
    shown: list[tuple[bool, bool]] = []
    for statement in statements:
        kept = needed = False
        for act in statement.acts:
            if act.deed is not Deed.SESSION and known.covers(act):
                kept = True
            elif (reason := sorter.noise(act)) is not None:
                noise.append(LeftOut(act, reason))
                needed = needed or reason in NEEDED
            else:
                open_acts.append((act, statement.text))
                kept = True
        shown.append((kept, needed))
    own = _told(open_acts)
    changes = (*(differences.changes if differences is not None else ()), *own)
    explains = any(kept for kept, _ in shown)
    pairs = zip(statements, shown, strict=True)
    sql = tuple(s.text for s, (kept, needed) in pairs if kept or (explains and needed))
    told = Known(own)
    return Reading(changes, sql, tuple(left for left in noise if not _goes_with(left.act, told)))


def _goes_with(act: Act, told: Known) -> bool:
    """Privileges of a new object go with it: they are not left out."""
    return act.deed in PRIVILEGES and told.covers(act)


def drift_of(
    sql: str | None,
    engine: str | None,
    differences: CatalogDifferences | None,
    *,
    shadow: str | None,
    stand_ins: Collection[str] = (),
) -> Drift:
    """The drift between a shadow and a database. `sql` is what the engine printed (None: no engine), `differences`
    what the catalogs differ in (None: not read). With neither, nothing is known: that is not for this function."""
    reading = read_together(read_statements(sql or ""), differences)
    return Drift(
        sql=as_script(reading.sql) if reading.changes else "",
        changes=reading.changes,
        engine=engine if sql is not None else None,
        shadow=shadow,
        left_out=_count(reading.noise, differences),
        stand_ins=tuple(stand_ins),
    )


def preview_of(sql: str | None, differences: CatalogDifferences | None) -> Preview:
    """What a push will really do: the SQL from the database as it is to the shadow with the pending files, in
    words. `differences` are those of the same two catalogs, the database being the expected one."""
    reading = read_together(read_statements(sql or ""), differences)
    return Preview(as_script(reading.sql) if reading.changes else "", reading.changes)


def as_script(statements: Iterable[str]) -> str:
    """Statements as a script one can read."""
    return "\n\n".join(f"{statement}{_ending(statement)}" for statement in statements)


def _ending(statement: str) -> str:
    """A semicolon, out of reach of a comment that ends the statement."""
    return "\n;" if "--" in statement.rpartition("\n")[2] else ";"


def _told(found: list[tuple[Act, str]]) -> tuple[Change, ...]:
    """Deeds that nobody told as changes: one for each object, what hangs on a new or gone one not told again."""
    merged: dict[Key, Change] = {}
    for act, text in found:
        key, change = identity_of(act), change_of(act, text)
        merged[key] = _joined(merged[key], change) if key in merged else change
    wholes = {key for key, change in merged.items() if _is_whole(change)}
    tables = Known(merged[key] for key in wholes if key.kind not in {Kind.SEQUENCE, Kind.INDEX})
    above = Known(merged[key] for key in wholes)
    hidden = {
        identity_of(act)
        for act, _ in found
        if (act.table is not None and tables.is_part(act))
        or (identity_of(act) not in wholes and above.covers(act))
    }
    return tuple(change for key, change in merged.items() if key not in hidden)


def _is_whole(change: Change) -> bool:
    return change.object in _WHOLES and change.change is not ChangeKind.CHANGED


def _joined(one: Change, other: Change) -> Change:
    """Two deeds on one object as one change: what is dropped and made, or taken and given, is changed."""
    if one.change is ChangeKind.ADDED and other.change is ChangeKind.CHANGED:
        return one
    kind = one.change if one.change is other.change else ChangeKind.CHANGED
    details = list(dict.fromkeys(detail for detail in (one.detail, other.detail) if detail))
    if other.object in {"grant", "default privileges"} and (one.detail or "").startswith(
        ("ALL from", "ALL (")
    ):
        # The engine takes everything first, to give what there is: the second alone says how it is now.
        details = details[-1:]
    if other.object == "column" and any(detail.startswith("type ") for detail in details):
        # It takes the default away before it changes the type, whether there is one or not.
        details = [detail for detail in details if detail != "no default"]
    details = [detail for detail in details if not detail.endswith(REPLACED)]
    return replace(other, change=kind, detail="; ".join(details) or None, table=one.table or other.table)


def _count(noise: Iterable[LeftOut], differences: CatalogDifferences | None) -> int:
    """How many differences were left out. The catalog counts privileges too: those the engine shows again are the
    same ones, so the greater number stands. What another change needs differs in nothing of its own."""
    objects = {identity_of(left.act) for left in noise if left.reason not in NEEDED}
    grants = sum(key.kind is Kind.GRANT for key in objects)
    catalog = differences.left_out if differences is not None else 0
    return max(grants, catalog) + len(objects) - grants
