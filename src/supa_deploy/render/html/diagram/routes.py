"""The whole layout of a diagram: where each box stands, and which way each key runs between them, in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

from supa_deploy.render.html.diagram.entities import Key
from supa_deploy.render.html.diagram.layers import Node, Stop, layered, turned
from supa_deploy.render.html.diagram.places import GAP, MARGIN, Run, Size, columns_of, middle, run_of, tops_of
from supa_deploy.render.html.diagram.tracks import Net, tracks

_SIDE = 28  # between a box and the first track: room for a crow's foot or a loop
_TRACK = 12
_ASIDE = 4
_TALLEST = 1240
_MOST_COLUMNS = 5  # more only where keys point on from table to table

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Route:
    """How one key runs: points from the child to the parent."""

    key: Key
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing: its size, each box's left upper corner, each key's way."""

    width: int
    height: int
    corners: tuple[Point, ...]
    routes: tuple[Route, ...]


def laid_out(sizes: Sequence[Size], keys: Sequence[Key]) -> Layout:
    """Boxes in columns, keys between them. What points to others comes first, at the left: a feature's new tables are
    seen before the older ones on a screen that shows a part of the diagram."""
    heights = [size.height + GAP for size in sizes]
    edges = turned(len(sizes), [(key.child, key.parent) for key in keys])
    layer = layered(heights, edges, max([_TALLEST, sum(heights) // _MOST_COLUMNS]))
    runs = [run_of(key, layer) for key in keys if key.child != key.parent]
    tops = tops_of(columns_of(layer, runs), sizes, runs)
    frame = _Frame(sizes, layer, tops, runs)
    loops = [Route(key, frame.loop(key)) for key in keys if key.child == key.parent]
    ways = [(run, frame.way(run)) for run in runs]
    routes = (*loops, *(Route(run.key, way[::-1] if run.forward else way) for run, way in ways))
    turns = [point for route in routes for point in route.points]
    ends = [(x + size.width, y + size.height) for (x, y), size in zip(frame.corners, sizes, strict=True)]
    width = max((x for x, _ in (*ends, *turns)), default=0) + MARGIN
    height = max((y for _, y in (*ends, *turns)), default=0) + MARGIN
    return _mirrored(Layout(width, height, tuple(frame.corners), routes), sizes)


def _mirrored(layout: Layout, sizes: Sequence[Size]) -> Layout:
    width = layout.width
    corners = ((width - x - size.width, y) for (x, y), size in zip(layout.corners, sizes, strict=True))
    routes = (Route(r.key, tuple((width - x, y) for x, y in r.points)) for r in layout.routes)
    return Layout(width, layout.height, tuple(corners), tuple(routes))


class _Frame:
    """Where columns, tracks and boxes are."""

    def __init__(
        self, sizes: Sequence[Size], layer: Sequence[int], tops: dict[Node, int], runs: Sequence[Run]
    ) -> None:
        self._sizes, self._tops = sizes, tops
        count = max(layer, default=-1) + 1
        self._lanes = [tracks(nets) for nets in self._nets(count, runs)]
        widths = [0] * count
        for size, at in zip(sizes, layer, strict=True):
            widths[at] = max(widths[at], size.width)
        lefts: list[int] = []
        self._tracks: list[int] = []
        x = MARGIN
        for width, lanes in zip(widths, self._lanes, strict=True):
            lefts.append(x)
            self._tracks.append(x + width + _SIDE)
            x += width + 2 * _SIDE + _TRACK * max(lanes.values(), default=0)
        self.corners = [(lefts[at], tops[node]) for node, at in enumerate(layer)]

    def way(self, run: Run) -> tuple[Point, ...]:
        """From the left box's right side to the right box's left side."""
        key = run.key
        left, right = (key.parent, key.child) if run.forward else (key.child, key.parent)
        y = self._port(left, run.left_row, -_ASIDE)
        points = [(self.corners[left][0] + self._sizes[left].width, y)]
        for step, (_, node) in enumerate(run.links):
            at = run.first + step
            following = self._port(node, run.right_row, _ASIDE)
            if following != y:
                x = self._tracks[at] + _TRACK * self._lanes[at][run.port]
                points += [(x, y), (x, following)]
            y = following
        return (*points, (self.corners[right][0], y))

    def loop(self, key: Key) -> tuple[Point, ...]:
        """From a box to itself, around its right side."""
        right = self.corners[key.child][0] + self._sizes[key.child].width
        start = self._port(key.child, key.child_row, _ASIDE)
        end = self._port(key.parent, key.parent_row, -_ASIDE)
        out = right + _SIDE - 6
        return (right, start), (out, start), (out, end), (right, end)

    def _port(self, node: Node, row: int, aside: int) -> int:
        return self._tops[node] + middle(node, row) + (0 if isinstance(node, Stop) else aside)

    def _nets(self, count: int, runs: Sequence[Run]) -> list[dict[tuple[Node, int], Net]]:
        """Per gap between columns: what runs through it, by the port that it comes from."""
        nets: list[dict[tuple[Node, int], Net]] = [{} for _ in range(count)]
        for run in runs:
            for step, (a, b) in enumerate(run.links):
                gap = nets[run.first + step]
                start = self._port(a, run.left_row, -_ASIDE)
                known = gap.get(run.port, Net(start, ()))
                gap[run.port] = Net(start, (*known.ends, self._port(b, run.right_row, _ASIDE)))
        return nets
