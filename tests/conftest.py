"""What tests count is printed at the end of a run: `record_property("count WHAT", NUMBER)`, added up over all tests."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

_COUNT = "count "


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the counts; a test's properties are whole when its teardown is over."""
    total: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, number in report.user_properties:
                    if name.startswith(_COUNT):
                        total[name.removeprefix(_COUNT)] += number
    if total:
        terminalreporter.section("counted")
        for name, number in sorted(total.items()):
            terminalreporter.line(f"{number:>7}  {name}")


@pytest.fixture(scope="session")
def hostile_names() -> Sequence[str]:
    """Names that no document may trip over: markup, quotes, line ends, control characters, emoji, right-to-left text,
    and what GitHub, Mermaid, XML or a terminal reads as its own."""
    return tuple(json.loads(Path(__file__).with_name("hostile_names.json").read_text(encoding="utf-8")))
