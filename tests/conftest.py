"""What tests count is printed at the end of a run: `record_property("count WHAT", NUMBER)`, added up over all tests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

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
