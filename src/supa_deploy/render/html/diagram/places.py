"""How high the diagram's boxes stand, in pixels.

Heights and tops are multiples of a row, so that edges leave a box (a little above a row's middle), reach one (a little
below it) and pass between boxes (half a row away) on lines of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from supa_deploy.render.html.diagram.entities import HEADER, Key
from supa_deploy.render.html.diagram.layers import Node, Stop, ordered

ROW = 20
HEAD = 30
MARGIN = 20
GAP = 2 * ROW
_FOOT = 10
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Size:
    """A box: its width, and how many rows it has (the line about further columns is one)."""

    width: int
    rows: int

    @property
    def height(self) -> int:
        """With the head and a little room below."""
        return HEAD + self.rows * ROW + _FOOT


@dataclass(frozen=True, slots=True)
class Run:
    """A key as it runs from left to right: its ports (box and row), and the nodes it touches, one a column.

    `forward`: the parent stands at the left, as it does unless keys run in a circle.
    """

    key: Key
    forward: bool
    left_row: int
    right_row: int
    first: int
    nodes: tuple[Node, ...]

    @property
    def port(self) -> tuple[Node, int]:
        """Where it leaves its left box: all that leave there run as one as far as they can."""
        return self.nodes[0], self.left_row

    @property
    def links(self) -> tuple[tuple[Node, Node], ...]:
        """Its way from column to column."""
        return tuple(pairwise(self.nodes))


def run_of(key: Key, layer: Sequence[int]) -> Run:
    """The run of a key between two boxes."""
    forward = layer[key.parent] < layer[key.child]
    parent, child = (key.parent, key.parent_row), (key.child, key.child_row)
    (left, left_row), (right, right_row) = (parent, child) if forward else (child, parent)
    stops = (Stop(left, left_row, at) for at in range(layer[left] + 1, layer[right]))
    return Run(key, forward, left_row, right_row, layer[left], (left, *stops, right))


def columns_of(layer: Sequence[int], runs: Sequence[Run]) -> list[list[Node]]:
    """The boxes and stops of each column, from the top."""
    columns: list[list[Node]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node, at in enumerate(layer):
        columns[at].append(node)
    for stop in dict.fromkeys(node for run in runs for node in run.nodes if isinstance(node, Stop)):
        columns[stop.layer].append(stop)
    return ordered(columns, list(dict.fromkeys(link for run in runs for link in run.links)))


def tops_of(columns: list[list[Node]], sizes: Sequence[Size], runs: Sequence[Run]) -> dict[Node, int]:
    """Each node's upper edge: as near to the height of its neighbours' ports as the order allows."""
    left: dict[Node, list[tuple[Node, int]]] = {}
    right: dict[Node, list[tuple[Node, int]]] = {}
    for run in runs:
        for a, b in run.links:
            shift = middle(a, run.left_row) - middle(b, run.right_row)
            left.setdefault(b, []).append((a, shift))
            right.setdefault(a, []).append((b, -shift))
    tops: dict[Node, float] = {}
    for column in columns:
        below = 0
        for node in column:
            tops[node] = below
            below += _height(node, sizes)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else columns[::-1]:
            wanted = [_wanted(node, tops, left if forward else right) for node in column]
            tops.update(zip(column, apart(wanted, [_height(node, sizes) for node in column]), strict=True))
    return _snapped(columns, sizes, tops)


def _wanted(node: Node, tops: dict[Node, float], sides: dict[Node, list[tuple[Node, int]]]) -> float:
    found = sides.get(node)
    return sum(tops[side] + shift for side, shift in found) / len(found) if found else tops[node]


def apart(wanted: Sequence[float], heights: Sequence[int]) -> list[float]:
    """The nearest tops to the wanted ones that keep order and heights (isotonic regression by pooling)."""
    offsets = [sum(heights[:at]) for at in range(len(heights))]
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, size = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, pooled = pools.pop()
            mean, size = (before * pooled + mean * size) / (pooled + size), pooled + size
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def middle(node: Node, row: int) -> int:
    """A port's height below its node's top."""
    if isinstance(node, Stop):
        return ROW // 2
    return HEAD // 2 if row == HEADER else HEAD + row * ROW + ROW // 2


def _snapped(columns: list[list[Node]], sizes: Sequence[Size], tops: dict[Node, float]) -> dict[Node, int]:
    found: dict[Node, int] = {}
    least = min(tops.values(), default=0)
    for column in columns:
        free = 0
        for node in column:
            at = max(round((tops[node] - least) / ROW) * ROW, free)
            found[node] = at + MARGIN
            free = at + _height(node, sizes)
    return found


def _height(node: Node, sizes: Sequence[Size]) -> int:
    return ROW if isinstance(node, Stop) else sizes[node].height + GAP
