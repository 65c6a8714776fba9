"""Types as format_type prints them; the expected texts are PostgreSQL 17's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.schema import QName

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("int", "integer"),
        ("int2", "smallint"),
        ("bigint", "bigint"),
        ("pg_catalog.int8", "bigint"),
        ("varchar", "character varying"),
        ("varchar(255)", "character varying(255)"),
        ("char", "character(1)"),
        ("character(5)", "character(5)"),
        ("bpchar", "bpchar"),
        ('"char"', '"char"'),
        ("text", "text"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp(3)", "timestamp(3) without time zone"),
        ("time(2) with time zone", "time(2) with time zone"),
        ("interval", "interval"),
        ("interval(2)", "interval(2)"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("interval year", "interval year"),
        ("numeric", "numeric"),
        ("decimal(5, 2)", "numeric(5,2)"),
        ("numeric(5)", "numeric(5,0)"),
        ("float(10)", "real"),
        ("double precision", "double precision"),
        ("bit(3)", "bit(3)"),
        ("bit varying(4)", "bit varying(4)"),
        ("boolean", "boolean"),
        ("uuid[]", "uuid[]"),
        ("text[][3]", "text[]"),
        ("_int4", "integer[]"),
        ("int array", "integer[]"),
        ("numeric(5,2)[]", "numeric(5,2)[]"),
        ("vector(1536)", "vector(1536)"),
        ("extensions.citext", "citext"),
        ("geometry(Point, 4326)", "geometry(point,4326)"),
        ('"Odd Type"', '"Odd Type"'),
        ("app.thing", "app.thing"),
    ],
)
def test_written_types_as_the_catalog_prints_them(
    folded: Callable[..., Schema], written: str, printed: str
) -> None:
    schema = folded(f"create table t (a {written})")
    assert schema.tables[QName("public", "t")].columns["a"].type == printed


@pytest.mark.parametrize(
    ("written", "printed", "own"),
    [
        ("mood", "mood", QName("public", "mood")),
        ("public.mood[]", "mood[]", QName("public", "mood")),
        ("app.mood", "app.mood", QName("app", "mood")),
        ("email", "email", QName("public", "email")),
        ("t0", "t0", QName("public", "t0")),
    ],
)
def test_the_users_own_types_are_known_by_name(
    folded: Callable[..., Schema], written: str, printed: str, own: QName
) -> None:
    schema = folded(
        "create schema app; create type mood as enum ('a'); create type app.mood as enum ('b');"
        "create domain email as text; create table t0(x int);",
        f"create table t (a {written})",
    )
    column = schema.tables[QName("public", "t")].columns["a"]
    assert (column.type, column.own_type) == (printed, own)


@pytest.mark.parametrize(
    ("written", "base"), [("serial", "integer"), ("bigserial", "bigint"), ("smallserial", "smallint")]
)
def test_serials_are_integers_with_a_sequence(folded: Callable[..., Schema], written: str, base: str) -> None:
    column = folded(f"create table t (a {written})").tables[QName("public", "t")].columns["a"]
    assert (column.type, column.nullable) == (base, False)
    assert column.default == "nextval('public.t_a_seq'::regclass)"
