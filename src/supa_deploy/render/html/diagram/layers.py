"""Which column of the diagram each box stands in, and in which order: a layered layout after Sugiyama.

Boxes that others point to come first (at the left; `routes` mirrors it all in the end). Cycles are broken by turning
the edges that close them; a column that grows too tall hands its boxes on to the next. Our own, because the layout
libraries of PyPI are either Rust or C (graphlay, fast-sugiyama, pygraphviz) or copyleft and at rest (grandalf).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[int, int]
"""Left box and right box, by their numbers."""

_SWEEPS = 6
_BESIDE = 3  # columns of boxes that no edge puts anywhere


@dataclass(frozen=True, slots=True)
class Stop:
    """Where an edge from the port `(box, row)` passes a column between its ends."""

    box: int
    row: int
    layer: int


Node = int | Stop


def turned(count: int, arrows: Sequence[Edge]) -> tuple[Edge, ...]:
    """The arrows (child, parent) as edges (left, right) without a cycle; a box's arrow to itself is left out."""
    parents: dict[int, list[int]] = {node: [] for node in range(count)}
    for child, parent in arrows:
        if child != parent:
            parents[child].append(parent)
    order: dict[int, int] = {}
    for start in range(count):
        _finish(start, parents, set(), order)
    # A parent is finished before its child, unless the arrow closes a cycle.
    found = {(p, c) if order[p] < order[c] else (c, p): None for c, p in arrows if c != p}
    return tuple(found)


def _finish(start: int, parents: dict[int, list[int]], seen: set[int], order: dict[int, int]) -> None:
    if start in order:
        return
    stack = [(start, iter(parents[start]))]
    seen.add(start)
    while stack:
        node, rest = stack[-1]
        following = next((p for p in rest if p not in seen and p not in order), None)
        if following is None:
            order[node] = len(order)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(parents[following])))


def layered(heights: Sequence[int], edges: Sequence[Edge], tallest: int) -> list[int]:
    """The column of each box: right of all that stand left of it, in none that would be taller than `tallest`."""
    return _Columns(heights, edges, tallest).filled()


class _Columns:
    """Boxes as they are put into columns."""

    def __init__(self, heights: Sequence[int], edges: Sequence[Edge], tallest: int) -> None:
        self._heights, self._tallest = heights, tallest
        self._before: list[list[int]] = [[] for _ in heights]
        self._after: list[list[int]] = [[] for _ in heights]
        for left, right in edges:
            self._before[right].append(left)
            self._after[left].append(right)
        self._layer = [-1] * len(heights)
        self._used: list[int] = []

    def filled(self) -> list[int]:
        """Every box in its column: what has edges first, the rest where there is room."""
        waiting = [len(found) for found in self._before]
        ready = [node for node, after in enumerate(self._after) if after and not waiting[node]]
        for node in ready:  # grows as it goes
            self._put(node, max((self._layer[left] + 1 for left in self._before[node]), default=0))
            for right in self._after[node]:
                waiting[right] -= 1
                if not waiting[right]:
                    ready.append(right)
        self._pull()
        alone = [node for node, at in enumerate(self._layer) if at < 0]
        self._used += [0] * (min(_BESIDE, len(alone)) - len(self._used))
        for node in alone:
            self._put(node, min(range(len(self._used)), key=lambda at: (self._used[at], -at)))
        return self._layer

    def _put(self, node: int, least: int) -> None:
        at = least
        while (
            at < len(self._used) and self._used[at] and self._used[at] + self._heights[node] > self._tallest
        ):
            at += 1
        self._used += [0] * (at + 1 - len(self._used))
        self._used[at] += self._heights[node]
        self._layer[node] = at

    def _pull(self) -> None:
        """A box that points to nothing stands next to the first that points to it."""
        for node, rights in enumerate(self._after):
            if self._before[node] or not rights:
                continue
            wanted = min(self._layer[right] for right in rights) - 1
            if wanted > self._layer[node] and self._used[wanted] + self._heights[node] <= self._tallest:
                self._used[self._layer[node]] -= self._heights[node]
                self._used[wanted] += self._heights[node]
                self._layer[node] = wanted


def ordered(columns: list[list[Node]], links: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    """The nodes of each column in an order with few crossings; `links` join nodes of adjacent columns."""
    lefts: dict[Node, list[Node]] = {}
    rights: dict[Node, list[Node]] = {}
    for left, right in links:
        rights.setdefault(left, []).append(right)
        lefts.setdefault(right, []).append(left)
    best, fewest = columns, crossings(columns, rights)
    current = columns
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        current = _swept(current, lefts if forward else rights, forward=forward)
        found = crossings(current, rights)
        if found < fewest:
            best, fewest = current, found
    return best


def crossings(columns: list[list[Node]], rights: dict[Node, list[Node]]) -> int:
    """How often links cross, counted column by column."""
    total = 0
    for left, right in pairwise(columns):
        place = {node: at for at, node in enumerate(right)}
        ends: list[int] = []
        for node in left:
            here = sorted(place[found] for found in rights.get(node, ()))
            total += sum(1 for end in here for earlier in ends if earlier > end)
            ends += here
    return total


def _swept(columns: list[list[Node]], sides: dict[Node, list[Node]], *, forward: bool) -> list[list[Node]]:
    made = [list(column) for column in columns]
    steps = range(1, len(made)) if forward else range(len(made) - 2, -1, -1)
    for at in steps:
        place = {node: i for i, node in enumerate(made[at - 1 if forward else at + 1])}
        own = {node: i for i, node in enumerate(made[at])}

        def middle(node: Node, place: dict[Node, int] = place, own: dict[Node, int] = own) -> float:
            found = [place[side] for side in sides.get(node, ())]
            return sum(found) / len(found) if found else own[node]

        made[at].sort(key=middle)
    return made
