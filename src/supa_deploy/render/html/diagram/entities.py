"""What an entity diagram shows: the tables of a feature with the columns that matter, and the keys between them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.model import Feature
from supa_deploy.render.document.shorttypes import short_type
from supa_deploy.schema import Column, ConstraintKind, ForeignKey, QName, Table

MOST_TABLES = 40
_MOST_ROWS = 24
HEADER = -1
"""The row of a key whose column is not shown: the box itself."""


class State(StrEnum):
    """What the files do with a table."""

    NEW = "new"
    ALTERED = "altered"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class Row:
    """A column: `key` is `PK`, `FK`, `PK FK`, `UQ` or nothing; `fresh`: the files add it to an older table."""

    name: str
    type: str = ""
    key: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A table's box. `more` columns are not shown; None: the files do not tell how many there are."""

    name: QName
    state: State
    rows: tuple[Row, ...]
    more: int | None = 0

    @property
    def label(self) -> str:
        """The name as people write it."""
        return shown(self.name)

    def row(self, column: str) -> int:
        """Where a column stands; HEADER when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if row.name == column), HEADER)


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key: entities and rows by their place, and whether one row at most points to a target's row."""

    child: int
    child_row: int
    parent: int
    parent_row: int
    single: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn. `left_out` are the tables for which there is no room."""

    entities: tuple[Entity, ...]
    keys: tuple[Key, ...]
    left_out: tuple[QName, ...]


def picture(feature: Feature) -> Picture:
    """What the diagram of a feature shows: new tables come before altered ones, these before the rest."""
    states = _states(feature)
    ordered = sorted(feature.touched, key=lambda table: _importance(states[table.name]))
    drawn, rest = ordered[:MOST_TABLES], ordered[MOST_TABLES:]
    aimed = _aimed(feature.touched, states)
    fresh: dict[QName, set[str]] = {}
    for altered in (found for found in feature.altered if states[found.table.name] is State.ALTERED):
        fresh.setdefault(altered.table.name, set()).update(column.name for column in altered.columns)
    entities = tuple(
        _entity(table, states[table.name], aimed.get(table.name, set()), fresh.get(table.name, set()))
        for table in drawn
    )
    return Picture(entities, _keys(drawn, entities), tuple(table.name for table in rest))


def keys_told(feature: Feature) -> tuple[tuple[Table, ForeignKey], ...]:
    """The keys of the new and altered tables, with their tables."""
    states = _states(feature)
    told = (table for table in feature.touched if states[table.name] is not State.EXISTING)
    return tuple((table, key) for table in told for key in table.foreign_keys.values())


def shown(name: QName) -> str:
    """A name without `public`."""
    return name.name if name.schema in {"public", ""} else str(name)


def _states(feature: Feature) -> Mapping[QName, State]:
    new = {table.name for table in feature.tables}
    altered = {found.table.name for found in feature.altered}
    return {
        table.name: State.NEW
        if table.name in new
        else State.ALTERED
        if table.name in altered
        else State.EXISTING
        for table in feature.touched
    }


def _importance(state: State) -> int:
    return list(State).index(state)


def _aimed(tables: Collection[Table], states: Mapping[QName, State]) -> dict[QName, set[str]]:
    """The columns that keys point to, by table."""
    by_name = {table.name: table for table in tables}
    found: dict[QName, set[str]] = {}
    for table in tables:
        if states[table.name] is State.EXISTING:
            continue
        for key in table.foreign_keys.values():
            found.setdefault(key.target, set()).update(_targets(key, by_name.get(key.target)))
    return found


def _targets(key: ForeignKey, target: Table | None) -> tuple[str, ...]:
    return key.target_columns or (target.primary_key if target else ())


def _entity(table: Table, state: State, aimed: set[str], fresh: set[str]) -> Entity:
    keyed = set(table.primary_key) | aimed | fresh
    if state is not State.EXISTING:
        keyed |= {column for key in table.foreign_keys.values() for column in key.columns}
    columns = list(table.columns.values())
    wanted = keyed if state is not State.NEW else {column.name for column in columns}
    if len(wanted) > _MOST_ROWS:
        plain = [column.name for column in columns if column.name not in keyed]
        room = max(_MOST_ROWS - len(keyed), 0)
        wanted = {name for name in wanted if name in keyed} | set(plain[:room])
    rows = [_row(table, column, column.name in fresh) for column in columns if column.name in wanted]
    unknown = [Row(name) for name in sorted(aimed - table.columns.keys())]
    shown_rows = (rows + unknown)[: 2 * _MOST_ROWS]
    more = len(columns) - len(rows) if table.columns_known and not table.assumed else None
    return Entity(table.name, state, tuple(shown_rows), more)


def _row(table: Table, column: Column, fresh: bool) -> Row:
    keys = []
    if column.name in table.primary_key:
        keys.append("PK")
    if any(column.name in key.columns for key in table.foreign_keys.values()):
        keys.append("FK")
    if not keys and _unique(table, (column.name,)):
        keys.append("UQ")
    return Row(column.name, short_type(column.type) if column.type else "", " ".join(keys), fresh)


def _unique(table: Table, columns: tuple[str, ...]) -> bool:
    kinds = {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}
    held = [set(found.columns) for found in table.constraints.values() if found.kind in kinds]
    held += [set(index.keys) for index in table.indexes.values() if index.unique and index.where is None]
    return any(found and found <= set(columns) for found in held)


def _keys(tables: list[Table], entities: tuple[Entity, ...]) -> tuple[Key, ...]:
    places = {table.name: at for at, table in enumerate(tables)}
    found: dict[Key, None] = {}
    for child, table in enumerate(tables):
        if entities[child].state is State.EXISTING:
            continue
        for key in table.foreign_keys.values():
            parent = places.get(key.target)
            if parent is None:
                continue
            own = entities[child].row(key.columns[0]) if key.columns else HEADER
            targets = _targets(key, tables[parent])
            aim = entities[parent].row(targets[0]) if targets else HEADER
            found[Key(child, own, parent, aim, _unique(table, key.columns))] = None
    return tuple(found)
