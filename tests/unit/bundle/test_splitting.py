"""Pieces of a file: they cover it, and a file that PostgreSQL reads is cut where PostgreSQL cuts it. What the CLI does
with stranger texts is held against the CLI itself (tests/e2e/test_bundle_rows.py)."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.bundle.splitting import split
from supa_deploy.migrations import discover, parse_all

ROOT = Path(__file__).parents[3]


@given(
    st.lists(st.sampled_from([*"a;'\"$\\()-/*\n\r eE", "begin atomic", "end", "$x$", "/*", "*/"])).map(
        "".join
    )
)
def test_the_pieces_are_the_text(text: str) -> None:
    pieces = split(text)
    assert all(piece.text in text[piece.start : piece.end] for piece in pieces)
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    covered = "".join(text[piece.start : piece.end] for piece in pieces)
    assert len(text) - len(covered) <= sum(character in "; \n\r" for character in text)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" ;; \n;", []),
        ("select 1; -- a;b\nselect 2;;", ["select 1", "-- a;b\nselect 2"]),
        ("select $a$;$b$;$a$; x", ["select $a$;$b$;$a$", "x"]),
        ("f() begin atomic; select 1; end; g", ["f() begin atomic; select 1; end", "g"]),
        ("(a;(b);c);d", ["(a;(b)", "c)", "d"]),
        ("\\;a;b", ["\\;a", "b"]),
        ("E'\\';';'a\\';b", ["E'\\';'", "'a\\'", "b"]),
        ("/* /* ; */ ; */ a;b", ["/* /* ; */ ; */ a", "b"]),
        ("a /* ;b", ["a /* ;b"]),
    ],
)
def test_statements(text: str, statements: list[str]) -> None:
    assert [piece.text for piece in split(text)] == statements


def test_the_example_is_cut_where_postgresql_cuts_it() -> None:
    found = parse_all(discover(ROOT).migrations).scripts
    assert sum(len(script.statements) for script in found) > 100
    for script in found:
        texts = [script.statement_text(statement) for statement in script.statements]
        pieces = [piece.text for piece in split(script.text)]
        assert len(pieces) >= len(texts)
        assert all(piece.endswith(text) for piece, text in zip(pieces, texts, strict=False))
