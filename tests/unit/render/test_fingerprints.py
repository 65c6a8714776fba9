"""Fingerprints: GitHub's own values, and ours that stay when lines move."""

import pytest

from supa_deploy.model import Finding, Severity
from supa_deploy.render.fingerprints import line_hashes, own_fingerprints

END = "c129715d7a2bc9a3:1"
GREETING = ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1"]
GREETING += ["b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", END]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", [END]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING),
        (" hello; \t\r\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETING),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{n}" for n in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                END,
            ],
        ),
    ],
)
def test_the_values_are_those_that_github_computes(text: str, hashes: list[str]) -> None:
    """Inputs and values are those that the tests of GitHub's upload action hold its computation to."""
    assert line_hashes(text, range(1, 100)) == dict(enumerate(hashes, start=1))
    assert line_hashes(text, [len(hashes)]) == {len(hashes): hashes[-1]}


def test_lines_that_are_not_there_have_no_hash() -> None:
    assert line_hashes("a\nb", [0, 3]) == {}
    assert line_hashes("a", []) == {}


def test_units_are_those_of_utf_16() -> None:
    wide = line_hashes("表\U0001f600\nb\nb", [2, 3])
    assert wide == line_hashes("a\nb\nb", [2, 3])


def test_any_text_has_hashes() -> None:
    assert set(line_hashes("表\ud800\U0001f600\nb", [1, 2])) == {1, 2}


def test_our_own_value_stays_when_lines_move_and_tells_twins_apart() -> None:
    def finding(
        line: int, rule: str = "r", file: str = "a.sql", excerpt: str | None = " select 1"
    ) -> Finding:
        return Finding(rule, Severity.ERROR, file, line, 1, "m", excerpt=excerpt)

    first, twin = own_fingerprints([finding(1), finding(2)])
    assert first.endswith(":1")
    assert twin == first[:-1] + "2"
    assert own_fingerprints([finding(9, excerpt="select 1")]) == [first]
    others = [
        finding(1, rule="s"),
        finding(1, file="b.sql"),
        finding(1, excerpt="x"),
        finding(1, excerpt=None),
    ]
    assert len({first, *own_fingerprints(others)}) == 5
