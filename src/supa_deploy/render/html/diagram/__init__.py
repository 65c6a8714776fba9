"""The tables of a feature and the keys between them: a picture, and the same in words."""

from xml.etree.ElementTree import Element

from supa_deploy.model import Feature
from supa_deploy.render.html.diagram.drawing import drawing
from supa_deploy.render.html.diagram.entities import Picture, State, keys_told, picture, shown
from supa_deploy.render.html.elements import Child, element
from supa_deploy.render.text import count, listing
from supa_deploy.schema import ForeignKey, QName, Table

__all__ = ["figure"]

_MOST_NAMED = 12
_MOST_KEYS = 500


def figure(feature: Feature, number: int) -> Element:
    """The diagram of a feature; `number` tells it from others of the page."""
    if not feature.touched:
        return element("p", None, "These files touch no table.")
    made = picture(feature)
    keys = keys_told(feature)
    label = "Tables and the foreign keys between them"
    scroll = {"class": "scroll", "role": "group", "tabindex": "0", "aria-label": "Diagram"}
    drawn = element("div", scroll, drawing(made, number, label, _told(made, len(keys))))
    legend = element("figcaption", None, *_legend(made))
    return element("div", {"class": "diagram"}, element("figure", None, drawn, legend), _in_words(keys))


def _told(made: Picture, keys: int) -> str:
    states = [entity.state for entity in made.entities]
    parts = [count(states.count(State.NEW), "new table")] if State.NEW in states else []
    parts += [count(states.count(State.ALTERED), "altered table")] if State.ALTERED in states else []
    if State.EXISTING in states:
        parts.append(f"{count(states.count(State.EXISTING), 'older table')} that keys point to")
    return (
        f"{listing(parts)}; {count(keys, 'foreign key')}. The list below the diagram says the same in words."
    )


def _legend(made: Picture) -> list[Child]:
    states = {entity.state for entity in made.entities}
    parts: list[Child] = []
    if made.keys:
        parts.append("An arrow leads from a key's column to the column that it points to. ")
    if any(not key.single for key in made.keys):
        parts.append("A crow’s foot: many rows may point to one; a bar: one at most. ")
    if any(row.fresh for entity in made.entities for row in entity.rows):
        parts.append("+ marks a column that these files add to an older table. ")
    if State.EXISTING in states:
        parts.append("Of older tables, only the columns that matter here are shown. ")
    return [*parts, *_left_out(made.left_out)]


def _left_out(names: tuple[QName, ...]) -> list[Child]:
    if not names:
        return []
    found: list[Child] = [
        element("strong", None, f"{count(len(names), 'table')} had no room in the diagram: ")
    ]
    for at, name in enumerate(names[:_MOST_NAMED]):
        found += [", " if at else None, _name(name)]
    rest = len(names) - _MOST_NAMED
    return [*found, f" and {rest} more." if rest > 0 else "."]


def _in_words(keys: tuple[tuple[Table, ForeignKey], ...]) -> Child:
    if not keys:
        return None
    items = [element("li", None, *_key(table, key)) for table, key in keys[:_MOST_KEYS]]
    if len(keys) > _MOST_KEYS:
        items.append(element("li", None, f"and {len(keys) - _MOST_KEYS} more"))
    title = element("summary", None, f"The diagram in words: {count(len(keys), 'foreign key')}")
    return element("details", None, title, element("div", {"class": "folded"}, element("ul", None, *items)))


def _key(table: Table, key: ForeignKey) -> list[Child]:
    found: list[Child] = [
        _column(table.name, key.columns),
        " points to ",
        _column(key.target, key.target_columns),
    ]
    if key.on_delete != "NO ACTION":
        found.append(f", on delete {key.on_delete.lower()}")
    if key.on_update != "NO ACTION":
        found.append(f", on update {key.on_update.lower()}")
    return found


def _column(table: QName, columns: tuple[str, ...]) -> Element:
    if not columns:
        return _name(table)
    inner = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
    return element("code", {"dir": "auto"}, f"{shown(table)}.{inner}")


def _name(name: QName) -> Element:
    return element("code", {"dir": "auto"}, shown(name))
