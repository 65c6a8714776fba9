"""The section on data integrity: what the files let PostgreSQL hold rows to."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from supa_deploy.model import Feature, ObjectKind, Report
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Code, Inline, Item, Line, Section, Small
from supa_deploy.render.document.pieces import MOST_BELOW, bullets, codes, cut, shown, sign
from supa_deploy.render.document.proof import proof
from supa_deploy.render.document.security import foreign_keys_of
from supa_deploy.render.text import count
from supa_deploy.schema import Column, Constraint, ConstraintKind, RelationKind, Table

_One = TypeVar("_One")


def integrity(report: Report) -> Section | None:
    """Keys, NOT NULL, checks and generated columns that the files of the report make; None without any."""
    feature = report.feature
    if feature is None:
        return None
    items = [
        *_primary_keys(feature),
        *_constraints(report, feature),
        *_foreign_keys(report, feature),
        *_columns(feature),
    ]
    return Section("integrity", ("Data integrity",), bullets(items)) if items else None


def constraints_of(feature: Feature, kind: ConstraintKind) -> list[tuple[Table, Constraint]]:
    """Every constraint of a kind that the files of the feature make, once, with its table."""
    found = {(t.name, c.name): (t, c) for t in feature.tables for c in t.constraints.values()}
    for altered in feature.altered:
        for constraint in altered.constraints:
            found.setdefault((altered.table.name, constraint.name), (altered.table, constraint))
    return [(table, constraint) for table, constraint in found.values() if constraint.kind is kind]


def columns_of(feature: Feature) -> list[tuple[Table, Column]]:
    """Every column that the files of the feature make, once, with its table."""
    found = {(t.name, c.name): (t, c) for t in feature.tables for c in t.columns.values()}
    for altered in feature.altered:
        for column in altered.columns:
            found.setdefault((altered.table.name, column.name), (altered.table, column))
    return list(found.values())


def _primary_keys(feature: Feature) -> Iterable[Item]:
    tables = [t for t in feature.tables if t.kind in {RelationKind.TABLE, RelationKind.PARTITIONED}]
    own = [table for table in tables if not table.parents]
    lacking = [table for table in own if not table.primary_key]
    if lacking:
        names = codes([shown(table.name) for table in lacking])
        yield Item((sign(Mark.WARN), f" {count(len(lacking), 'new table')} without a primary key: ", *names))
    elif own:
        which = f"All {len(own):,} new tables have" if len(own) > 1 else "The new table has"
        yield Item((sign(Mark.YES, "as the files say"), f" {which} a primary key."))


def _constraints(report: Report, feature: Feature) -> Iterable[Item]:
    for kind, noun in (
        (ConstraintKind.CHECK, "check constraint"),
        (ConstraintKind.UNIQUE, "unique constraint"),
        (ConstraintKind.EXCLUSION, "exclusion constraint"),
    ):
        found = constraints_of(feature, kind)
        if found:
            keys = [(t.name.schema, t.name.name, c.name) for t, c in found]
            said = proof(report, ObjectKind.CONSTRAINT, keys)
            number = count(len(found), noun)
            head: Line = (sign(said.mark, said.says), f" {number}: {said.says}. In the files:")
            yield Item(head, _below(found, _constraint))


def _constraint(found: tuple[Table, Constraint]) -> Line:
    table, constraint = found
    pieces: list[Inline] = [Code(shown(table.name)), ": "]
    pieces.append(Code(cut(constraint.expression or f"({', '.join(constraint.columns)})")))
    if not constraint.valid:
        pieces.append(" NOT VALID")
    return tuple(pieces)


def _foreign_keys(report: Report, feature: Feature) -> Iterable[Item]:
    found = foreign_keys_of(feature)
    if not found:
        return
    said = proof(report, ObjectKind.FOREIGN_KEY, [(t.name.schema, t.name.name, k.name) for t, k in found])
    yield Item((sign(said.mark, said.says), f" {count(len(found), 'foreign key')}: {said.says}."))
    unproven = [(t, k) for t, k in found if not k.valid]
    if unproven:
        words = f" {count(len(unproven), 'foreign key')} NOT VALID: rows that were there before were not looked at."
        yield Item(
            (sign(Mark.WARN), words),
            _below(unproven, lambda one: (Code(shown(one[0].name)), ": ", Code(", ".join(one[1].columns)))),
        )


def _columns(feature: Feature) -> Iterable[Item]:
    found = columns_of(feature)
    if not found:
        return
    filled = sum(not column.nullable for _, column in found)
    known = sign(Mark.YES, "as the files say")
    yield Item((known, f" {filled:,} of {count(len(found), 'new column')} NOT NULL."))
    generated = [(table, column) for table, column in found if column.generated]
    if generated:
        noun = count(len(generated), "generated column")
        yield Item((known, f" {noun}:"), _below(generated, _generated))


def _generated(found: tuple[Table, Column]) -> Line:
    table, column = found
    return Code(f"{shown(table.name)}.{column.name}"), " = ", Code(cut(column.generated or ""))


def _below(found: Sequence[_One], told: Callable[[_One], Line]) -> tuple[Line, ...]:
    """As many as are read; the others are counted."""
    lines = [told(one) for one in found[:MOST_BELOW]]
    if len(found) > MOST_BELOW:
        lines.append((Small(f"… and {len(found) - MOST_BELOW:,} more"),))
    return tuple(lines)
