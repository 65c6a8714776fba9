"""The names PostgreSQL chooses: the expected ones come from PostgreSQL 17 itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.names import (
    MAX_BYTES,
    choose_name,
    clip,
    index_column_names,
    join_columns,
    make_object_name,
)

LONG = "a" * 63


@pytest.mark.parametrize(
    ("first", "second", "label", "expected"),
    [
        ("t", None, "pkey", "t_pkey"),
        ("t", "a_b", "key", "t_a_b_key"),
        (LONG, None, "pkey", "a" * 58 + "_pkey"),
        (LONG, "b" * 53, "fkey", "a" * 29 + "_" + "b" * 28 + "_fkey"),
        ("t", "ä" * 28, "seq", "t_" + "ä" * 28 + "_seq"),
        ("ä" * 31, None, "pkey", "ä" * 29 + "_pkey"),
    ],
)
def test_long_names_are_shortened_where_they_are_longest(
    first: str, second: str | None, label: str, expected: str
) -> None:
    assert make_object_name(first, second, label) == expected


@given(st.text(min_size=1, max_size=80), st.none() | st.text(min_size=1, max_size=80), st.just("key"))
def test_made_names_fit_and_keep_their_label(first: str, second: str | None, label: str) -> None:
    name = make_object_name(clip(first), clip(second) if second else None, label)
    assert len(name.encode()) <= MAX_BYTES
    assert name.endswith("_key")


def test_taken_names_get_a_number() -> None:
    taken = {"t_a_key", "t_a_key1"}
    assert choose_name("t", "a", "key", taken.__contains__) == "t_a_key2"


def test_repeated_index_columns_get_numbers() -> None:
    assert index_column_names(["expr", "expr", "a", "expr"]) == ["expr", "expr1", "a", "expr2"]


def test_joining_stops_when_the_name_is_full() -> None:
    assert join_columns(["a", "b"]) == "a_b"
    assert join_columns(["a" * 60, "b" * 10, "c"]) == "a" * 60 + "_" + "b" * 10


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("abc", "abc"),
        ("Abc", '"Abc"'),
        ("a b", '"a b"'),
        ('a"b', '"a""b"'),
        ("user", '"user"'),
        ("1a", '"1a"'),
        ("ü", '"ü"'),
    ],
)
def test_names_are_quoted_only_when_they_must_be(name: str, text: str) -> None:
    assert quote_identifier(name) == text
