"""Where the diagram's boxes stand: never on one another, and no key runs through one."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supa_deploy.render.html.diagram.entities import HEADER, Key
from supa_deploy.render.html.diagram.layers import layered, turned
from supa_deploy.render.html.diagram.places import Size, apart
from supa_deploy.render.html.diagram.routes import Layout, laid_out
from supa_deploy.render.html.diagram.tracks import Net, tracks

Box = tuple[int, int, int, int]


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[Size], list[Key]]:
    """Up to 40 boxes and any keys between them: in circles, to themselves, from and to heads."""
    count = draw(st.integers(1, 40))
    sizes = [Size(draw(st.integers(150, 420)), draw(st.integers(0, 26))) for _ in range(count)]
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    keys: dict[Key, None] = {}
    for child, parent in draw(st.lists(ends, max_size=3 * count)):
        own = draw(st.integers(HEADER, sizes[child].rows - 1))
        aim = draw(st.integers(HEADER, sizes[parent].rows - 1))
        keys[Key(child, own, parent, aim, single=draw(st.booleans()))] = None
    return sizes, list(keys)


def boxes(layout: Layout, sizes: list[Size]) -> list[Box]:
    return [(x, y, x + s.width, y + s.height) for (x, y), s in zip(layout.corners, sizes, strict=True)]


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_no_box_stands_on_another_and_no_key_runs_through_one(drawn: tuple[list[Size], list[Key]]) -> None:
    sizes, keys = drawn
    layout = laid_out(sizes, keys)
    found = boxes(layout, sizes)
    for (left, top, right, bottom), (left_, top_, right_, bottom_) in combinations(found, 2):
        assert right < left_ or right_ < left or bottom < top_ or bottom_ < top
    assert all(
        x > 0 and y > 0 and right < layout.width and bottom < layout.height for x, y, right, bottom in found
    )
    assert sorted(map(hash, (route.key for route in layout.routes))) == sorted(map(hash, keys))
    for route in layout.routes:
        for (x, y), (x_, y_) in pairwise(route.points):
            assert x == x_ or y == y_, "lines are straight"
            for left, top, right, bottom in found:
                through = max(left, min(x, x_)) < min(right, max(x, x_)) and top < y == y_ < bottom
                through |= max(top, min(y, y_)) < min(bottom, max(y, y_)) and left < x == x_ < right
                assert not through


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_every_key_ends_at_its_rows(drawn: tuple[list[Size], list[Key]]) -> None:
    sizes, keys = drawn
    layout = laid_out(sizes, keys)
    found = boxes(layout, sizes)
    for route in layout.routes:
        for box, row, (x, y) in (
            (route.key.child, route.key.child_row, route.points[0]),
            (route.key.parent, route.key.parent_row, route.points[-1]),
        ):
            left, top, right, _ = found[box]
            start = top if row == HEADER else top + 30 + 20 * row
            assert x in {left, right}
            assert start < y < start + 30
            assert start < y < start + 20 or row == HEADER


def test_keys_in_a_circle_are_turned_until_there_is_none() -> None:
    assert turned(3, [(0, 1), (1, 2), (2, 0), (1, 1)]) == ((1, 0), (2, 1), (2, 0))


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(0, 1), (1, 2)], [0, 1, 2]),
        ([(0, 1), (0, 2), (1, 2)], [0, 1, 2]),
        ([(0, 2), (1, 2), (2, 3), (4, 3)], [0, 0, 1, 2, 1]),  # 4 stands next to 3, which points to it
        ([], [2, 1, 0, 2, 1]),  # where no key says anything, side by side
    ],
)
def test_columns(edges: list[tuple[int, int]], expected: list[int]) -> None:
    assert layered([100] * len(expected), edges, 1000) == expected


def test_a_column_that_grows_too_tall_hands_its_boxes_on() -> None:
    layer = layered([100] * 9, [(0, n) for n in range(1, 9)], 300)
    assert layer == [0, 1, 1, 1, 2, 2, 2, 3, 3]


def test_boxes_move_apart_no_further_than_they_must() -> None:
    assert apart([0, 10, 500], [100, 100, 100]) == [-45, 55, 500]


def test_tracks_avoid_crossings() -> None:
    upper, lower = Net(0, (100,)), Net(50, (120,))
    assert tracks({"upper": upper, "lower": lower}) == {"lower": 0, "upper": 1}
    assert tracks({"a": Net(0, (10,)), "b": Net(100, (140,))}) == {"a": 0, "b": 0}, (
        "far apart, they share one"
    )
    shared = tracks({"ends here": Net(0, (40,)), "starts here": Net(40, (90,))})
    assert shared["starts here"] < shared["ends here"], "or they would run on one line"
