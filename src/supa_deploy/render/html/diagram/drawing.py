"""The diagram's boxes and edges as SVG. Looks come from classes in the style sheet; what a colour says, a word or a
line says too."""

import unicodedata
from collections.abc import Iterable
from math import ceil, dist
from xml.etree.ElementTree import Element

from supa_deploy.render.html.diagram.entities import Entity, Picture, Row
from supa_deploy.render.html.diagram.places import HEAD, ROW, Size
from supa_deploy.render.html.diagram.routes import Layout, Route, laid_out
from supa_deploy.render.html.elements import element
from supa_deploy.render.text import safe

_LETTER = 7.25  # of a fixed-width font at 12 px, the widest of the usual ones
_LETTER_BOLD = 7.9  # a table's name, at 13 px
_PAD = 10
_BETWEEN = 16
_KEY_LETTER = 6.2  # at 10 px
_LONGEST = 36
_LEAST = 150
_BEND = 6
_FOOT = 11


def drawing(picture: Picture, number: int, title: str, told: str) -> Element:
    """The whole picture; `title` and `told` are what a screen reader says of it."""
    forms = [_Form(entity) for entity in picture.entities]
    layout = laid_out([form.size for form in forms], picture.keys)
    names = f"diagram_{number}_title", f"diagram_{number}_told"
    return element(
        "svg",
        {
            "class": "entities",
            "role": "img",
            "aria-labelledby": " ".join(names),
            "width": str(layout.width),
            "height": str(layout.height),
            "viewBox": f"0 0 {layout.width} {layout.height}",
        },
        element("title", {"id": names[0]}, title),
        element("desc", {"id": names[1]}, told),
        *_edges(layout),
        *(form.drawn(corner) for form, corner in zip(forms, layout.corners, strict=True)),
    )


class _Form:
    """A table's box: the widths of its three columns of text, and so its size."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        rows = entity.rows
        self._keys = max((ceil(len(row.key) * _KEY_LETTER) for row in rows), default=0)
        self._keys += 8 if self._keys else 0
        names = max((_wide(_name(row)) for row in rows), default=0)
        types = max((_wide(_cut(row.type)) for row in rows), default=0)
        self._more = _more(entity)
        inner = max(self._keys + names + (types + _BETWEEN if types else 0), _wide(self._more))
        head = _wide(_cut(entity.label), _LETTER_BOLD) + _BETWEEN + _wide(entity.state, _KEY_LETTER) + 12
        self.size = Size(max(inner, head, _LEAST) + 2 * _PAD, len(rows) + bool(self._more))

    def drawn(self, corner: tuple[int, int]) -> Element:
        """The box at its place."""
        x, y = corner
        width, height = self.size.width, self.size.height
        state = self.entity.state
        pill = _wide(state, _KEY_LETTER) + 12
        lines: list[Element] = []
        for at, row in enumerate(self.entity.rows):
            lines += self._row(row, x, y + HEAD + at * ROW + ROW // 2 + 4)
        if self._more:
            lines.append(
                _text("more", x + _PAD, y + HEAD + len(self.entity.rows) * ROW + ROW // 2 + 4, self._more)
            )
        return element(
            "g",
            {"class": f"entity {state}"},
            element("title", None, f"{self.entity.label} ({state})"),
            _box("box", x=x, y=y, width=width, height=height, rx=6),
            element("path", {"class": "rule", "d": f"M{x} {y + HEAD}H{x + width}"}),
            _text("name", x + _PAD, y + 20, _cut(self.entity.label)),
            _box("pill", x=x + width - _PAD - pill, y=y + 7, width=pill, height=16, rx=8),
            _text("state", x + width - _PAD - pill // 2, y + 19, state),
            *lines,
        )

    def _row(self, row: Row, x: int, y: int) -> list[Element]:
        kind = "column fresh" if row.fresh else "column"
        found = [_text("key", x + _PAD, y, row.key)] if row.key else []
        found.append(_text(kind, x + _PAD + self._keys, y, _name(row)))
        if row.type:
            found.append(_text("type", x + self.size.width - _PAD, y, _cut(row.type)))
        return found


def _box(kind: str, **sides: int) -> Element:
    return element("rect", {"class": kind, **{name: str(value) for name, value in sides.items()}})


def _text(kind: str, x: int, y: int, text: str) -> Element:
    return element("text", {"class": kind, "x": str(x), "y": str(y)}, text)


def _name(row: Row) -> str:
    return ("+ " if row.fresh else "") + _cut(row.name)


def _more(entity: Entity) -> str:
    if entity.more is None:
        return "… others: not in the files"
    return f"… {entity.more} more" if entity.more else ""


def _cut(text: str) -> str:
    spelled = safe(text)
    return spelled if len(spelled) <= _LONGEST else spelled[: _LONGEST - 1] + "…"


def _wide(text: str, letter: float = _LETTER) -> int:
    """About how many pixels a text takes; letters of eastern scripts, and emoji, take two places."""
    places = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return ceil(places * letter)


def _edges(layout: Layout) -> Iterable[Element]:
    for route in layout.routes:
        yield element("path", {"class": "edge", "d": _path(route.points)})
    for route in layout.routes:
        yield element("path", {"class": "edge", "d": _ends(route)})


def _path(points: tuple[tuple[int, int], ...]) -> str:
    """Straight lines with round corners."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(_BEND, dist(corner, before) / 2, dist(corner, after) / 2)
        start, end = _towards(corner, before, bend), _towards(corner, after, bend)
        parts.append(f"L{start}Q{corner[0]} {corner[1]} {end}")
    parts.append(f"L{points[-1][0]} {points[-1][1]}")
    return "".join(parts)


def _ends(route: Route) -> str:
    """A crow's foot (or a bar, where one row at most points there) at the child, an arrow at the parent."""
    (x, y), (near, _) = route.points[0], route.points[1]
    out = 1 if near > x else -1
    tip = x + out * _FOOT
    child = f"M{tip} {y - 5}V{y + 5}" if route.key.single else f"M{x} {y - 5}L{tip} {y}L{x} {y + 5}"
    (x, y), (near, _) = route.points[-1], route.points[-2]
    out = 1 if near > x else -1
    return f"{child}M{x + out * 8} {y - 4}L{x} {y}L{x + out * 8} {y + 4}"


def _towards(corner: tuple[int, int], point: tuple[int, int], far: float) -> str:
    whole = dist(corner, point) or 1.0
    x, y = (a + (b - a) * far / whole for a, b in zip(corner, point, strict=True))
    return f"{x:g} {y:g}"
