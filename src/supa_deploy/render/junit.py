"""A report as JUnit XML: what CI tools read to show each promised object green, red or grey.

The shape is the one that Jenkins' xUnit plugin describes (its junit schema), which GitLab, Azure and the rest read
as well. No machine's name stands in it.
"""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from supa_deploy.model import Report
from supa_deploy.render.cases import Case, Result, Suite, suites
from supa_deploy.render.text import safe

_NO_XML = re.compile(
    "[\ufffe\uffff]"
)  # XML 1.0 holds neither; every other such character is spelled out already
_SECONDS = len("2026-11-22T12:00:00")


def junit(report: Report) -> str:
    """The whole document. A suite for each migration, then findings, claims, drift, diagnostics and the run."""
    made = suites(report)
    where = f" ({report.environment})" if report.environment else ""
    name = _held(safe(f"supa-deploy {report.command}{where}"))
    root = ET.Element("testsuites", {"name": name, **_counts(_cases(made))})
    root.set("time", f"{report.seconds:.3f}")
    for suite in made:
        _suite(root, suite, report)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, suite: Suite, report: Report) -> None:
    element = ET.SubElement(root, "testsuite", {"name": _held(suite.name), **_counts(suite.cases)})
    element.set("skipped", str(_number(suite.cases, Result.SKIPPED)))
    element.set("time", f"{suite.seconds:.3f}")
    element.set("timestamp", report.started_at[:_SECONDS])
    for case in suite.cases:
        _case(element, case)


def _case(suite: ET.Element, case: Case) -> None:
    element = ET.SubElement(suite, "testcase", {"classname": _held(case.owner), "name": _held(case.name)})
    if case.seconds is not None:
        element.set("time", f"{case.seconds:.3f}")
    detail = _held("\n".join(case.detail))
    if case.result is Result.SKIPPED:
        ET.SubElement(element, "skipped").text = _held(case.message)
    elif case.result is not Result.PASSED:
        wrong = ET.SubElement(element, case.result.value, {"type": case.kind, "message": _held(case.message)})
        wrong.text = detail or _held(case.message)
    elif detail:
        ET.SubElement(element, "system-out").text = detail


def _cases(made: Iterable[Suite]) -> tuple[Case, ...]:
    return tuple(case for suite in made for case in suite.cases)


def _counts(cases: tuple[Case, ...]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(_number(cases, Result.FAILED)),
        "errors": str(_number(cases, Result.BROKEN)),
    }


def _number(cases: Iterable[Case], result: Result) -> int:
    return sum(case.result is result for case in cases)


def _held(text: str) -> str:
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
