"""Any text survives the script's quoting: PostgreSQL's own parser reads the same text back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.bundle.quoting import comment, plain, quote
from supa_deploy.migrations.grammar import tree
from supa_deploy.migrations.tree import statements
from supa_deploy.shadow.sql import enclose

_CHARACTERS = st.one_of(
    st.sampled_from("$'\\\"sql_1 \n\r\t;-/*\u2028\u202e\ufeff\x01é漢"),
    st.characters(codec="utf-8", exclude_characters="\0"),
)
_PARTS = st.sampled_from(
    ["$sql$", "$sql", "sql$", "$sql_1$", "$$", "$", "\\", "'", "\r\n", "x" * 130, "$supa_deploy$"]
)
TEXTS = st.lists(st.one_of(_PARTS, _CHARACTERS)).map("".join)


def _read(literal: str) -> list[str]:
    """The texts that PostgreSQL reads in `select <literal>`."""
    return [
        node.text("sval")
        for statement, _, _ in statements(tree(f"select {literal}, 'end'"))
        for target in statement.nodes("targetList")
        for value in [target.child("val")]
        if value is not None
        for node in [value.child("sval") or value]
    ]


@given(TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert _read(quote(text)) == [text, "end"]


@given(TEXTS)
def test_a_text_comes_back_out_of_two_quotes(text: str) -> None:
    inner = quote(text)
    (found, _) = _read(enclose(f"\n{inner}\n", "supa_deploy"))
    assert _read(found.strip("\n")) == [text, "end"]


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", "'plain'"),
        ("it's", "$sql$it's$sql$"),
        ("a\nb", "$sql$a\nb$sql$"),
        ("'$sql$", "$sql_1$'$sql$$sql_1$"),
        ("'ends in $sql", "$sql_1$'ends in $sql$sql_1$"),
        ("a\r\nb'\\", "e'a\\r\nb''\\\\'"),
        ("\u202egnp", "e'\\u202egnp'"),
    ],
)
def test_the_plainest_form_is_taken(text: str, literal: str) -> None:
    assert quote(text) == literal


@given(TEXTS)
def test_a_comment_stays_a_comment(text: str) -> None:
    assert list(statements(tree(comment(text)))) == []
    assert list(statements(tree(f"-- {plain(text)}\n"))) == []
    assert "\u202e" not in comment(text)
