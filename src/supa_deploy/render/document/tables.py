"""One new table: its columns, and what hangs on it."""

import re
from collections.abc import Iterable, Sequence

from supa_deploy.render.checks import Mark
from supa_deploy.render.document import policies as policing
from supa_deploy.render.document.blocks import Block, Code, Inline, Item, Line, Section, Strong
from supa_deploy.render.document.pieces import (
    MOST_BELOW,
    bullets,
    codes,
    cut,
    grid,
    listed,
    paragraph,
    shown,
    sign,
    spaced,
)
from supa_deploy.schema import (
    Column,
    Constraint,
    ConstraintKind,
    ForeignKey,
    Index,
    RelationKind,
    Table,
    Trigger,
)

HEAD = ("Column", "Type", "Key", "Null", "Default", "Notes")
_LITERAL = r"'(?:[^']|'')*'(?:::[a-z_ ]+(?:\([0-9]+\))?)?"
_IN = r"\(?\s*\"?[A-Za-z_][\w$]*\"?\s*(?:::[a-z ]+)?\s+in\s*\(\s*(?P<values>{0}(?:\s*,\s*{0})*)\s*\)\s*\)?"
_ALLOWED = re.compile(_IN.format(_LITERAL), re.IGNORECASE)
_CASCADES = {
    "CASCADE": "a row goes with the row that it points to",
    "SET NULL": "emptied when the row that it points to goes",
    "SET DEFAULT": "set to its default when the row that it points to goes",
    "RESTRICT": "the row that it points to cannot go first",
    "NO ACTION": "the row that it points to cannot go first",
}


def table(value: Table, number: int, purpose: str) -> Section:
    """The section of one new table; `purpose` is the file's where the table has no comment."""
    said = value.comment or purpose
    blocks: list[Block] = [paragraph(Strong("Purpose:"), f" {cut(said)}")] if said else []
    if value.uncertain:
        blocks.append(paragraph(sign(Mark.WARN), f" {cut(value.uncertain)}"))
    blocks.extend(columns(value, list(value.columns.values())))
    if not value.columns_known:
        blocks.append(paragraph(sign(Mark.WARN), " The files do not tell all of its columns."))
    blocks.extend(bullets(list(_hanging(value))))
    title: Line = (f"{number}. ", Code(shown(value.name)), *_kind(value))
    return Section(f"new-table-{number}", title, tuple(blocks))


def columns(value: Table, some: Sequence[Column]) -> tuple[Block, ...]:
    """The grid of a table's columns, or of those given."""
    rows = [_row(value, column) for column in some]
    return grid(f"Columns of {shown(value.name)}", HEAD, rows)


def indexes(found: Sequence[Index]) -> Line:
    """`5 (user_id, status; unique: slug)`: how many, and on what."""
    if not found:
        return ("none",)
    told: list[Line] = [(Code(cut(_keys(index))), *_of_index(index)) for index in found[:MOST_BELOW]]
    if len(found) > MOST_BELOW:
        told.append((f"… and {len(found) - MOST_BELOW:,} more",))
    return (f"{len(found):,} (", *spaced(told), ")")


def foreign_key(key: ForeignKey) -> Line:
    """`user_id → auth.users (id), ON DELETE CASCADE: a row goes with …`."""
    columns_there = f" ({', '.join(key.target_columns)})" if key.target_columns else ""
    target = f"{shown(key.target)}{columns_there}"
    pieces: list[Inline] = [Code(", ".join(key.columns)), " → ", Code(target), f", ON DELETE {key.on_delete}"]
    pieces.append(f": {_CASCADES[key.on_delete]}" if key.on_delete in _CASCADES else "")
    if key.on_update != "NO ACTION":
        pieces.append(f"; ON UPDATE {key.on_update}")
    if not key.valid:
        pieces.append("; NOT VALID: rows that were there before were not looked at")
    return tuple(piece for piece in pieces if piece)


def constraint(value: Constraint) -> Line:
    """`check operation_check: operation in (…)`, `unique (a, b)`."""
    pieces: list[Inline] = [f"{value.kind.value} ", Code(value.name)]
    if value.expression:
        pieces += [": ", Code(cut(value.expression))]
    elif value.columns:
        pieces.append(f" ({', '.join(value.columns)})")
    if not value.valid:
        pieces.append("; NOT VALID: rows that were there before were not looked at")
    return tuple(pieces)


def trigger(value: Trigger) -> Line:
    """`BEFORE UPDATE: set_updated_at() (profiles_set_updated_at)`."""
    off = "" if value.enabled else ", switched off"
    return (f"{value.fires}: ", Code(f"{shown(value.function)}()"), " (", Code(value.name), f"{off})")


def told_apart(value: Table) -> list[Constraint]:
    """The constraints that the columns' own rows do not tell whole."""
    return [found for found in value.constraints.values() if not _is_in_row(found)]


def _hanging(value: Table) -> Iterable[Item]:
    """Indexes, policies, constraints, keys, triggers, grants: a line each, what they say beneath."""
    yield Item((Strong("Indexes:"), " ", *indexes(list(value.indexes.values()))))
    rls = "row-level security on" if value.rls else "row-level security off"
    policies = list(value.policies.values())
    yield Item((Strong("RLS policies:"), f" {policing.in_words(value, policies)}; {rls}"))
    checks = told_apart(value)
    if checks:
        yield listed("Constraints", [constraint(found) for found in checks])
    keys = list(value.foreign_keys.values())
    if keys:
        yield listed("Foreign keys", [foreign_key(key) for key in keys])
    triggers = list(value.triggers.values())
    if triggers:
        yield listed("Triggers", [trigger(found) for found in triggers])
    if value.parents:
        yield Item((Strong("Inherits from or is part of:"), " ", *codes([shown(p) for p in value.parents])))
    if value.publications:
        yield Item((Strong("In publications:"), " ", *codes(list(value.publications))))


def _row(value: Table, column: Column) -> tuple[Line, ...]:
    return (
        (Code(column.name),),
        (Code(column.type),) if column.type else ("not known from the files",),
        _key(value, column),
        ("yes" if column.nullable else "no",),
        _default(column),
        _notes(value, column),
    )


def _key(value: Table, column: Column) -> Line:
    parts: list[Line] = [("PK",)] if column.name in value.primary_key else []
    parts.extend(
        ("FK → ", Code(_target(key, column.name)))
        for key in value.foreign_keys.values()
        if column.name in key.columns
    )
    unique = (ConstraintKind.UNIQUE, (column.name,))
    if any((found.kind, found.columns) == unique for found in value.constraints.values()):
        parts.append(("UNIQUE",))
    return spaced(parts)


def _target(key: ForeignKey, column: str) -> str:
    own = key.columns.index(column)
    if len(key.target_columns) <= own:
        return shown(key.target)
    return f"{shown(key.target)}.{key.target_columns[own]}"


def _default(column: Column) -> Line:
    if column.generated:
        return ("generated: ", Code(cut(column.generated)))
    if column.identity:
        return (f"identity, {column.identity.replace('_', ' ')}",)
    return (Code(cut(column.default)),) if column.default is not None else ()


def _notes(value: Table, column: Column) -> Line:
    parts: list[Line] = []
    for found in value.constraints.values():
        if found.kind is ConstraintKind.CHECK and found.columns == (column.name,) and found.expression:
            allowed = _ALLOWED.fullmatch(found.expression.strip())
            said = allowed["values"] if allowed else found.expression
            parts.append(("one of " if allowed else "check: ", Code(cut(said))))
    if column.comment:
        parts.append((cut(column.comment),))
    return spaced(parts, "; ")


def _is_in_row(found: Constraint) -> bool:
    """True for what the rows of the columns tell already."""
    if not found.valid or found.kind is ConstraintKind.EXCLUSION:
        return False
    if found.kind is ConstraintKind.PRIMARY_KEY:
        return True
    return len(found.columns) == 1 and (found.kind is ConstraintKind.UNIQUE or bool(found.expression))


def _keys(index: Index) -> str:
    return ", ".join(index.keys)


def _of_index(index: Index) -> Line:
    words = ["unique"] if index.unique else []
    words += [index.method] if index.method != "btree" else []
    words += [f"where {cut(index.where, 80)}"] if index.where else []
    return (f" {', '.join(words)}",) if words else ()


def _kind(value: Table) -> Line:
    return () if value.kind is RelationKind.TABLE else (f" ({value.kind.value})",)
