"""The style sheet's colours: text on its ground has the contrast that WCAG asks for (AA), light, dark and printed."""

from __future__ import annotations

import re

import pytest

from supa_deploy.render.html.page import style

_BLOCKS = re.findall(r":root \{([^}]*)\}", style())
_LIGHT, _DARK, _FORCED, _PRINT = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in _BLOCKS
)
_SCHEMES = {"light": _LIGHT, "dark": {**_LIGHT, **_DARK}, "print": {**_LIGHT, **_PRINT}}
_TONES = ("good", "bad", "warn", "note")
_TEXT = [(ink, ground) for ink in ("text", "quiet", "accent") for ground in ("page", "sheet", "sunken")]
_TEXT += [(ink, f"{tone}-ground") for tone in _TONES for ink in (tone, "text")]
_TEXT += [("good", "sheet"), ("warn", "sheet")]  # columns that are new, words of the diagram
_TEXT += [("sheet", tone) for tone in (*_TONES[:3], "quiet")]  # a sign's letter on its disc
_LINES = [("strong-line", "page"), ("strong-line", "sheet"), ("accent", "page"), ("accent", "sheet")]


@pytest.mark.parametrize("scheme", list(_SCHEMES))
def test_every_text_can_be_read(scheme: str) -> None:
    colours = _SCHEMES[scheme]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in _TEXT}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", list(_SCHEMES))
def test_lines_that_mean_something_can_be_seen(scheme: str) -> None:
    colours = _SCHEMES[scheme]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in _LINES}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


def test_every_scheme_says_every_colour() -> None:
    assert _DARK.keys() == _LIGHT.keys()
    assert _PRINT.keys() == _LIGHT.keys()
    assert _FORCED == {}, "the system's own colours, by their names"


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
