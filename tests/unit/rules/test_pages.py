"""Every rule has a page whose words are the rule's own, and whose examples are what it says: bad ones are found, good
ones are not."""

import re
from importlib import resources
from typing import NamedTuple

import pytest

from supa_deploy.model import Severity
from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule

from .conftest import CheckSql

_BLOCK = re.compile(r"^```sql([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_KNOWN_ELSEWHERE = {
    "older-than-released": "needs git: tests/unit/rules/test_released.py",
    "edited-after-release": "needs git: tests/unit/rules/test_released.py",
    "edited-after-apply": "needs a history: tests/unit/test_edited.py",
    "too-deep": "needs a statement of megabytes: tests/unit/migrations",
    "unreadable-file": "needs a file without rights: tests/unit/migrations/test_discover.py",
}
"""Rules whose examples cannot be files alone; their pages are held to the words all the same."""


class Example(NamedTuple):
    """A block of a page: `options` is what stands behind ```sql."""

    options: str
    sql: str


def _page(rule: str) -> str:
    return resources.files("supa_deploy.rules").joinpath("pages", f"{rule}.md").read_text("utf-8")


def _examples(rule: str, heading: str) -> list[Example]:
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", _page(rule), re.MULTILINE | re.DOTALL)
    return [Example(options.strip(), sql) for options, sql in _BLOCK.findall(section[1])] if section else []


_ALL = [pytest.param(rule, id=rule.id) for rule in RULES.values()]
_SHOWN = [pytest.param(rule, id=rule.id) for rule in RULES.values() if rule.id not in _KNOWN_ELSEWHERE]


@pytest.mark.parametrize("rule", _ALL)
def test_page_says_what_the_rule_says(rule: Rule) -> None:
    page = _page(rule.id)
    assert page.startswith(f"# {rule.id}\n")
    assert rule.why in page
    assert rule.fix in page


@pytest.mark.parametrize("rule", _ALL)
def test_page_has_a_bad_and_two_good_examples(rule: Rule) -> None:
    assert _examples(rule.id, "Bad")
    assert len(_examples(rule.id, "Good")) >= 2


@pytest.mark.parametrize("rule", _SHOWN)
def test_bad_examples_are_found(rule: Rule, check_sql: CheckSql) -> None:
    for example in _examples(rule.id, "Bad"):
        findings = check_sql(
            example.sql, squawk=rule.origin is not None, bytes_escaped="bytes" in example.options
        )
        assert rule.id in {finding.rule for finding in findings}, example.sql


@pytest.mark.parametrize("rule", _SHOWN)
def test_good_examples_are_not(rule: Rule, check_sql: CheckSql) -> None:
    for example in _examples(rule.id, "Good"):
        findings = check_sql(
            example.sql, squawk=rule.origin is not None, bytes_escaped="bytes" in example.options
        )
        assert rule.id not in {finding.rule for finding in findings}, example.sql
        assert [f for f in findings if f.severity is Severity.ERROR] == [], example.sql


def test_no_page_without_a_rule() -> None:
    pages = {
        entry.name.removesuffix(".md")
        for entry in resources.files("supa_deploy.rules").joinpath("pages").iterdir()
    }
    assert pages == set(RULES)
