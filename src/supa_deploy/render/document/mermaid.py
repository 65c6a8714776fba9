"""A feature's tables as a Mermaid `erDiagram`.

Written for every Mermaid from 10.9 on, since GitHub's own is behind the newest: an entity is `t1["its name"]`, a word
(a column's type or name) holds ASCII letters, digits and `_-[]()` only, and a column whose name or type had to be
changed tells the real one in its comment. In quotes everything that any Mermaid reads is an entity code (`#quot;`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from supa_deploy.model import Feature
from supa_deploy.render.document.shorttypes import short_type
from supa_deploy.render.text import count, listing, safe
from supa_deploy.schema import Column, ConstraintKind, ForeignKey, QName, Table

MOST_CHARACTERS = 50_000  # GitHub draws no diagram with more (Mermaid's maxTextSize)
_TABLES = 60
_COLUMNS = 30
_KEYS = 400  # Mermaid's maxEdges is 500
_LONGEST = 80
_PRECISION = re.compile(r"\(\d+,-?\d+\)")
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_\-\[\]()]")
_KEY_WORD = re.compile(r"(?:pk|fk|uk)(?![A-Za-z0-9_])", re.IGNORECASE)
# ASCII but for what is harmless; an underscore that is no word's middle begins Markdown's slanted text; a direction is
# found anywhere in a line.
_READ_IN_QUOTES = re.compile(
    r"[!-'*:;<>?@\\^`{|}~]|(?<![^\W_])_|_(?![^\W_])|(?<=direction) (?=\s*(?:tb|bt|rl|lr))", re.IGNORECASE
)
_OWN_CODES = (
    ("ﬂ°", "ﬂ °"),
    ("¶ß", "¶ ß"),
)  # what Mermaid makes of entity codes, and reads back in the finished picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram's text (empty: there is nothing to draw), and in words what it leaves out."""

    text: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class _Entity:
    table: Table
    columns: tuple[Column, ...]
    hidden: int
    new: frozenset[str]


@dataclass(frozen=True, slots=True)
class _States:
    """Which tables are created, which are created or altered, and the columns added to the altered ones."""

    created: frozenset[QName]
    told: frozenset[QName]
    added: Mapping[QName, set[str]]


def er_diagram(feature: Feature) -> Drawing:
    """The new and altered tables with their columns, the tables that their keys point to with the columns pointed
    at, and the keys between them; the largest part of it that GitHub still draws."""
    tables = _ordered(feature)
    shown = min(len(tables), _TABLES)
    while shown:
        drawing = _drawn(feature, tables[:shown], len(tables) - shown)
        if len(drawing.text) <= MOST_CHARACTERS:
            return drawing
        shown = shown * 3 // 4
    return Drawing("")


def _ordered(feature: Feature) -> list[Table]:
    """New and altered tables before the ones that are only pointed to."""
    mine = feature.names()
    return sorted(feature.touched, key=lambda table: table.name not in mine)


def _drawn(feature: Feature, tables: list[Table], left_out: int) -> Drawing:
    states = _states(feature)
    entities = [_entity(table, states, tables) for table in tables]
    numbers = {table.name: f"t{number}" for number, table in enumerate(tables, start=1)}
    told = (table for table in tables if table.name in states.told)
    keys = [(table, key) for table in told for key in table.foreign_keys.values() if key.target in numbers]
    rows = ["erDiagram"]
    for entity in entities:
        rows.extend(_entity_rows(entity, numbers[entity.table.name]))
    rows.extend(_key_row(table, key, numbers) for table, key in keys[:_KEYS])
    hidden = sum(entity.hidden for entity in entities)
    missing = (
        count(left_out, "table") if left_out else "",
        count(hidden, "column") if hidden else "",
        count(len(keys) - _KEYS, "foreign key") if len(keys) > _KEYS else "",
    )
    words = [said for said in missing if said]
    text = "\n".join(rows) + "\n"
    return Drawing(text, f"Not in the diagram, to keep it readable: {listing(words)}." if words else "")


def _states(feature: Feature) -> _States:
    added: dict[QName, set[str]] = {}
    for change in feature.altered:
        added.setdefault(change.table.name, set()).update(column.name for column in change.columns)
    return _States(frozenset(table.name for table in feature.tables), feature.names(), added)


def _entity(table: Table, states: _States, tables: Iterable[Table]) -> _Entity:
    """A new table whole, of an altered one the keys and what is new, of any other what is pointed to."""
    keys = {*table.primary_key}
    for other in tables:
        if other.name in states.told:
            for key in other.foreign_keys.values():
                if key.target == table.name:
                    keys.update(key.target_columns or table.primary_key)
    if table.name in states.told:
        keys.update(name for key in table.foreign_keys.values() for name in key.columns)
    columns = list(table.columns.values())
    new: set[str] = set()
    if table.name not in states.created:
        new = states.added.get(table.name, new)
        columns = [column for column in columns if column.name in keys or column.name in new]
    first = sorted(columns, key=lambda column: column.name not in keys)[:_COLUMNS]
    kept = {column.name for column in first}
    chosen = tuple(column for column in columns if column.name in kept)
    return _Entity(table, chosen, len(columns) - len(chosen), frozenset(new))


def _entity_rows(entity: _Entity, number: str) -> Iterable[str]:
    name = entity.table.name
    shown = name.name if name.schema == "public" else str(name)
    if not entity.columns:
        yield f'    {number}["{quoted(shown)}"]'
        return
    yield f'    {number}["{quoted(shown)}"] {{'
    for column in entity.columns:
        yield f"        {_column(entity, column)}"
    yield "    }"


def _column(entity: _Entity, column: Column) -> str:
    kind, name = short_type(column.type), column.name
    shown_kind, shown_name = word(_PRECISION.sub("", kind)), word(name)
    said = [
        "new" if column.name in entity.new else "",
        name if shown_name != name else "",
        kind if shown_kind != kind.replace(" ", "_") else "",
    ]
    notes = ", ".join(note for note in said if note)
    signs = ", ".join(_signs(entity.table, column.name))
    comment = f'"{quoted(notes)}"' if notes else ""
    return " ".join(part for part in (shown_kind, shown_name, signs, comment) if part)


def _signs(table: Table, column: str) -> Iterable[str]:
    if column in table.primary_key:
        yield "PK"
    if any(column in key.columns for key in table.foreign_keys.values()):
        yield "FK"
    if column not in table.primary_key and frozenset((column,)) in _unique_sets(table):
        yield "UK"


def _key_row(table: Table, key: ForeignKey, numbers: Mapping[QName, str]) -> str:
    """The table pointed to on the left. A key that is part of the primary key is a solid line."""
    nullable = any(_is_nullable(table.columns.get(name)) for name in key.columns)
    single = any(unique <= set(key.columns) for unique in _unique_sets(table))
    line = "--" if set(key.columns) <= set(table.primary_key) else ".."
    left, right = "|o" if nullable else "||", "o|" if single else "o{"
    label = quoted(", ".join(key.columns))
    return f'    {numbers[key.target]} {left}{line}{right} {numbers[table.name]} : "{label}"'


def _is_nullable(column: Column | None) -> bool:
    return column is None or column.nullable


def _unique_sets(table: Table) -> set[frozenset[str]]:
    kinds = {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}
    found = {frozenset(c.columns) for c in table.constraints.values() if c.kind in kinds and c.columns}
    whole = (index for index in table.indexes.values() if index.unique and not index.where and index.keys)
    return found | {frozenset(index.keys) for index in whole if set(index.keys) <= set(table.columns)}


def word(text: str) -> str:
    """A type or a name as one word; whoever loses characters by it is told in the comment."""
    shown = _NOT_A_WORD.sub("_", _cut(text))
    if not re.match(r"[A-Za-z_]", shown) or _KEY_WORD.match(shown):
        shown = f"_{shown}"
    return shown


def quoted(text: str) -> str:
    """Untrusted text between Mermaid's double quotes."""
    shown = _cut(safe(text))
    for found, parted in _OWN_CODES:
        shown = shown.replace(found, parted)
    if not shown.strip():
        shown = f'"{shown}"'
    return _READ_IN_QUOTES.sub(lambda found: f"#{ord(found[0])};", shown)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
