"""The reader's query: its literals hold whatever a name holds (tests/e2e runs it on real PostgreSQL)."""

from collections.abc import Callable

import pytest

from supa_deploy.model import Feature
from supa_deploy.render.document.query import literal, query

MakeFeature = Callable[..., Feature]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        ("a\\b'", "E'a\\\\b'''"),
        ("a\nb", "E'a\\u000ab'"),
        ("x\u202ey", "E'x\\u202ey'"),
        ("\U000e0041", "E'\\U000e0041'"),
        ("é😀", "'é😀'"),
    ],
)
def test_literals(text: str, wanted: str) -> None:
    assert literal(text) == wanted


def test_what_the_files_do_not_tell_is_only_asked_for(feature: MakeFeature) -> None:
    made = query(
        feature(
            "create table t (id int); create type k as enum ('a'); create table c as select 1 as one;",
            "alter table t add column a k, add column b varchar(3);",
            last=1,
        )
    )
    assert made is not None
    assert "('public', 't', 'a', 'there')," in made.sql
    assert "('public', 't', 'b', 'character varying(3)')" in made.sql
    assert made.rows == 2
    whole = query(feature("create table t (id int); create table c as select * from somewhere;"))
    assert whole is not None
    assert "('public', 'c', 'there')" in whole.sql
    assert "('public', 't', '1 columns, 0 indexes, 0 policies, RLS off')" in whole.sql


def test_files_that_make_no_table_need_none(feature: MakeFeature) -> None:
    assert query(feature("create type k as enum ('a');")) is None
