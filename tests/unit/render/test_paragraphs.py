"""The caret beneath a source line."""

import pytest

from supa_deploy.render.paragraphs import Pointed, point


@pytest.mark.parametrize(
    ("excerpt", "column", "shown"),
    [
        ("select 1", 1, Pointed("select 1", 0)),
        ("select 1", 8, Pointed("select 1", 7)),
        ("select 1\n", 99, Pointed("select 1", 8)),
        ("", 1, Pointed("", 0)),
        ("\tx", 2, Pointed("    x", 4)),
        ("ab\tx", 4, Pointed("ab  x", 4)),
        ("表x", 2, Pointed("表x", 2)),
        ("a\x1b[0mb", 3, Pointed("a\\x1b[0mb", 5)),
        ("  \tx", 1, Pointed("    x", 4)),
        ("   ", 1, Pointed("   ", 0)),
        ("e\u0301x", 3, Pointed("e\u0301x", 1)),
    ],
)
def test_the_caret_stands_beneath_the_character(excerpt: str, column: int, shown: Pointed) -> None:
    assert point(excerpt, column) == shown


@pytest.mark.parametrize("column", [1, 61, 62, 150, 299, 300, 301])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    excerpt = "".join(chr(0x100 + n) for n in range(300))
    pointed = point(excerpt, column)
    assert len(pointed.line) <= 142
    if column <= 300:
        assert pointed.line[pointed.indent] == excerpt[column - 1]
    else:
        assert pointed.indent == len(pointed.line)


def test_a_long_line_of_wide_characters_is_cut_between_characters() -> None:
    from rich.cells import cell_len

    pointed = point("表" * 200 + "x" + "表" * 200, 201)
    before = pointed.line[: pointed.line.index("x")]
    assert cell_len(before) == pointed.indent


@pytest.mark.parametrize("column", [1, 500_000, 1_000_000, 1_000_001])
def test_a_line_of_megabytes_is_looked_at_around_the_caret_alone(column: int) -> None:
    pointed = point("a" * (column - 1) + "X" + "b" * (1_000_000 - column), column, 40)
    assert len(pointed.line) <= 42
    assert pointed.line[pointed.indent] == "X"
    assert pointed.line.startswith("…") is (column > 1)
    assert pointed.line.endswith("…") is (column < 1_000_000)
