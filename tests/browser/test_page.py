"""The HTML report in a real browser."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from supa_deploy.model import Report

Seen = dict[str, Any]


def both(seen: Seen) -> tuple[list[Any], list[Any], list[Any], int]:
    return seen["console"], seen["errors"], seen["axe"], seen["dialogs"]


def test_nothing_is_asked_of_the_network(seen_example: Seen, seen_hostile: Seen) -> None:
    for seen in (seen_example, seen_hostile):
        assert len(set(seen["requests"])) == 1
        assert seen["requests"][0].startswith("file://")
        assert seen["resources"] == 0


def test_no_violation_of_accessibility_and_no_error(seen_example: Seen, seen_hostile: Seen) -> None:
    """axe-core on everything unfolded: dark on a narrow screen, light on a wide one."""
    assert both(seen_example) == ([], [], [], 0)
    assert both(seen_hostile) == ([], [], [], 0)


def test_no_page_is_wider_than_the_screen(seen_example: Seen, seen_hostile: Seen) -> None:
    assert seen_example["overflow"] == {"380": 0, "1280": 0}
    assert seen_hostile["overflow"] == {"380": 0, "1280": 0}


def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(seen_example: Seen) -> None:
    stops = seen_example["stops"]
    assert stops[0]["kind"] == "skip"
    assert {stop["tag"] for stop in stops} == {"a", "summary", "div", "pre"}
    assert [stop for stop in stops if not (stop["outlined"] and stop["onScreen"])] == []
    scrolling = [stop for stop in stops if "scroll" in stop["kind"]]
    assert scrolling
    assert all(stop["named"] for stop in scrolling)


def test_the_keys_do_what_they_do_everywhere(seen_example: Seen) -> None:
    assert seen_example["skipped"] == "main"
    assert seen_example["opened"] == [False, True]
    assert seen_example["scrolled"] > 0


def test_paper_has_what_was_folded_and_cuts_nothing(seen_example: Seen, seen_hostile: Seen) -> None:
    for seen in (seen_example, seen_hostile):
        paper = seen["paper"]
        assert paper["onScreen"]
        assert max(paper["onScreen"]) < 5, "no more than the borders"
        assert min(paper["printed"]) > 20
        assert paper["cut"] == []
        assert (paper["text"], paper["ground"], paper["contents"]) == (
            "rgb(0, 0, 0)",
            "rgb(255, 255, 255)",
            0,
        )
        assert paper["bytes"] > 10_000


def test_headings_leave_no_level_out(seen_example: Seen, seen_hostile: Seen) -> None:
    for seen in (seen_example, seen_hostile):
        levels = [level for level, _ in seen["texts"]["headings"]]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(below - above <= 1 for above, below in pairwise(levels))


def test_hostile_names_are_shown_as_they_are(seen_hostile: Seen, hostile: Report) -> None:
    texts = seen_hostile["texts"]
    assert texts["strange"] == 0
    assert texts["isolated"]
    assert all(link.startswith(("#", "https://")) for link in texts["links"])
    headings = " ".join(text for _, text in texts["headings"])
    assert hostile.feature is not None
    for table in hostile.feature.tables:
        name = table.name.name
        assert name in headings, "a card's heading"
        assert name in texts["code"], "a column of its table"
        assert f"{name} (new)" in texts["boxes"], "a box of the diagram"
        assert any(name in text for text in texts["cells"] if text != name), "a comment or default"


def test_names_that_run_from_right_to_left_keep_to_themselves(seen_hostile: Seen, seen_example: Seen) -> None:
    turned = seen_hostile["texts"]["turned"]
    assert len(turned) > 5
    assert turned == [text for text in seen_hostile["texts"]["code"] if re.match(r"\W*ש", text)]
    assert seen_example["texts"]["turned"] == []


@pytest.mark.parametrize("width", [380, 1280])
def test_pictures_at_two_widths_in_light_and_dark(seen_example: Seen, width: int) -> None:
    pictures = {
        scheme: [
            Path(file).read_bytes() for file in seen_example["pictures"] if f"-{width}-{scheme}-" in file
        ]
        for scheme in ("light", "dark")
    }
    assert all(picture.startswith(b"\x89PNG") for found in pictures.values() for picture in found)
    assert len(pictures["light"]) == len(pictures["dark"]) >= 3
    assert pictures["light"][0] != pictures["dark"][0]
