"""Safe text and the words around numbers."""

import pytest

from supa_deploy.render.text import count, listing, moment, safe, safe_lines, seconds


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("ai_threads", "ai_threads"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r\tand a tab", "two\\nlines\\r\\tand a tab"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m", "\\x9b31m"),
        ("caf\u00e9 表 👩\u200d💻", "caf\u00e9 表 👩\u200d💻"),
        ("lone \ud800", "lone \\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("none \ufdd0\uffff\U0001fffe", "none \\ufdd0\\uffff\\U0001fffe"),
        ("##[error]no", "## [error]no"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_safe(raw: str, shown: str) -> None:
    assert safe(raw) == shown


def test_lines_are_split_and_each_made_safe() -> None:
    assert safe_lines("\n\ta\r\nb\x07 \n\nc\n\n") == ["    a", "b\\x07", "", "c"]
    assert safe_lines("") == []


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (1, "table", "1 table"),
        (0, "table", "0 tables"),
        (17, "index", "17 indexes"),
        (9, "policy", "9 policies"),
        (12, "key", "12 keys"),
    ],
)
def test_count(number: int, noun: str, said: str) -> None:
    assert count(number, noun) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.04, "0.0 s"), (2.41, "2.4 s"), (59.9, "59.9 s"), (125.2, "2 min 05 s")]
)
def test_seconds(value: float, said: str) -> None:
    assert seconds(value) == said


def test_listing() -> None:
    assert [listing(list(x)) for x in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]


def test_a_moment_is_told_to_the_second() -> None:
    assert moment("2026-11-23T01:25:16.367Z") == "2026-11-23 01:25:16 UTC"
    assert moment("2026-11-23T01:25:16Z") == "2026-11-23 01:25:16 UTC"
    assert moment("2026-11-23T01:25:16+02:00") == "2026-11-23T01:25:16+02:00"
