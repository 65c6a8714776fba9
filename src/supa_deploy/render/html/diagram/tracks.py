"""Which track an edge takes in the gap between two columns: as few crossings as may be, and no two on one line."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)

_ON_ONE_LINE = 20  # two edges on one line are worse than many crossings
_APART = 6


@dataclass(frozen=True, slots=True)
class Net:
    """What comes from one port at the left (its height) and goes to ports at the right."""

    start: int
    ends: tuple[int, ...]

    @property
    def low(self) -> int:
        """The upper end of its vertical line."""
        return min(self.start, *self.ends)

    @property
    def high(self) -> int:
        """The lower end of it."""
        return max(self.start, *self.ends)


def tracks(nets: Mapping[Name, Net]) -> dict[Name, int]:
    """The track of each net, counted from the left."""
    order = sorted(nets, key=lambda name: (nets[name].start, nets[name].low))
    for _ in order:
        swapped = False
        for at in range(len(order) - 1):
            left, right = nets[order[at]], nets[order[at + 1]]
            if _cost(right, left) < _cost(left, right):
                order[at], order[at + 1] = order[at + 1], order[at]
                swapped = True
        if not swapped:
            break
    found: dict[Name, int] = {}
    for at, name in enumerate(order):
        net = nets[name]
        near = (
            found[o] + 1
            for o in order[:at]
            if nets[o].low < net.high + _APART and net.low < nets[o].high + _APART
        )
        found[name] = max(near, default=0)
    return found


def _cost(left: Net, right: Net) -> int:
    """What it costs to have one left of the other."""
    crossed = sum(1 for end in left.ends if right.low < end < right.high)
    crossed += left.low < right.start < left.high
    return crossed + _ON_ONE_LINE * sum(1 for end in left.ends if end == right.start)
