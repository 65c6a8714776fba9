"""Types, lengths, nullability, defaults, enums and primary keys: a difference is claimed only where it is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Verdict
from supa_deploy.postgrest import ShownColumn
from supa_deploy.schema import Column, Origin, QName, Schema, UserType
from supa_deploy.verify import Patience
from supa_deploy.verify.shape import difference

if TYPE_CHECKING:
    from tests.unit.verify.conftest import Look, World

HERE = Origin("1", "m.sql", 1)
TYPES = Schema(
    types={
        QName("public", "mood"): UserType(QName("public", "mood"), "enum", HERE, ("sad", "ok")),
        QName("public", "email"): UserType(QName("public", "email"), "domain", HERE, base="text"),
        QName("inner", "Odd"): UserType(QName("inner", "Odd"), "composite", HERE),
    }
)


@pytest.mark.parametrize(
    ("promised", "shown", "length"),
    [
        ("uuid", "uuid", None),
        ("text", "text", None),
        ("character varying(255)", "character varying", 255),
        ("character varying", "character varying", None),
        ("character(5)", "character", 5),
        ("bit varying(7)", "bit varying", 7),
        ("numeric(5,2)", "numeric", None),
        ("timestamp(3) with time zone", "timestamp with time zone", None),
        ("interval day to second(3)", "interval", None),
        ("character varying(10)[]", "character varying[]", None),
        ("integer[]", "integer[]", None),
        # 14.8 and later
        ("integer", "int32", None),
        ("smallint", "int32", None),
        ("bigint", "int64", None),
        ("integer", "integer", None),
        ("smallint", "smallint", None),
        # the user's own: a domain shows what lies below it
        ("mood", "public.mood", None),
        ("mood[]", "public.mood[]", None),
        ("email", "text", None),
        ('inner."Odd"', 'inner."Odd"', None),
        # unknown here: no claim
        ("vector(3)", "extensions.vector", None),
        ("citext", "text", None),
        ("geometry(Point,4326)", "public.geometry", None),
        ("double precision", "double", None),
    ],
)
def test_types_that_agree_or_may_agree(promised: str, shown: str, length: int | None) -> None:
    column = Column("c", promised, HERE)
    assert difference(column, ShownColumn("c", shown, length), TYPES) is None


@pytest.mark.parametrize(
    ("promised", "shown", "length"),
    [
        ("uuid", "text", None),
        ("integer", "bigint", None),
        ("bigint", "int32", None),
        ("integer", "int64", None),
        ("smallint", "integer", None),
        ("text", "text[]", None),
        ("text[]", "text", None),
        ("character varying(255)", "character varying", 20),
        ("character varying(255)", "character varying", None),
        ("character varying", "character varying", 20),
        ("character varying(255)", "text", None),
        ("timestamp without time zone", "timestamp with time zone", None),
        ("json", "jsonb", None),
        ("text", "public.mood", None),
        ("mood", "text", None),
        ("mood", "public.temper", None),
        ("mood", "public.mood[]", None),
    ],
)
def test_types_that_certainly_differ(promised: str, shown: str, length: int | None) -> None:
    column = Column("c", promised, HERE)
    found = difference(column, ShownColumn("c", shown, length), TYPES)
    assert found is not None
    assert promised in found


@pytest.mark.parametrize(
    ("promised", "nullable", "required", "differs"),
    [
        ("text", False, True, False),
        ("text", True, False, False),
        ("text", False, False, True),
        ("text", True, True, True),
        ("mood", True, True, True),
        ("email", True, True, False),  # a domain may be NOT NULL itself
        ("vector", True, True, False),
    ],
)
def test_nullability(promised: str, nullable: bool, required: bool, differs: bool) -> None:
    column = Column("c", promised, HERE, nullable=nullable)
    shown = ShownColumn(
        "c", f"public.{promised}" if promised in {"mood", "vector"} else "text", required=required
    )
    assert (difference(column, shown, TYPES) is not None) is differs


@pytest.mark.parametrize(
    ("type_name", "promised", "shown", "differs"),
    [
        ("text", "'active'", "active", False),
        ("text", "'active'::text", "active", False),
        ("text", "'active'", "archived", True),
        ("character varying(20)", "'active'::character varying(20)", "archived", True),
        ("text", "'active'", None, False),  # many defaults are not shown
        ("text", None, "active", False),
        ("text", "'it''s'", "it''s", False),
        ("text", "'it''s'", "other", False),
        ("text", "upper('x')", "upper('x'::text)", False),
        ("text", "'x'", "upper('x'::text)", False),
        ("integer", "0", "0", False),
        ("integer", "0", "7", True),
        ("integer", "007", "7", False),
        ("integer", "-1", None, False),
        ("bigint", "'42'", "42", False),
        ("boolean", "false", "false", False),
        ("boolean", "false", "true", True),
        ("timestamp with time zone", "now()", "CURRENT_TIMESTAMP", False),
        ("timestamp with time zone", "now()", "now()", False),
        ("date", "'2025-01-01'", "2026-01-01", False),
        ("text[]", "'a'", "b", False),
    ],
)
def test_defaults_are_one_sided_evidence(
    type_name: str, promised: str | None, shown: str | None, differs: bool
) -> None:
    column = Column("c", type_name, HERE, default=promised)
    looks = ShownColumn(
        "c", type_name.split("(", maxsplit=1)[0], 20 if "(20)" in type_name else None, default=shown
    )
    assert (difference(column, looks, TYPES) is not None) is differs


def test_a_mismatch_is_looked_at_again_before_it_is_told(world: World, look: Look) -> None:
    world.add("t", id="bigint")
    seen = look(world, "create table t (id integer);", patience=Patience(cache=0.3, api=0))
    assert seen.verdict("t.id") is Verdict.MISMATCH
    assert "the file says integer, the API shows bigint" in seen.detail("t.id")
    assert world.asked("/") > world.asked("/t?") + 1


def test_beside_a_stale_cache_a_difference_is_not_visible_rather_than_a_mismatch(
    world: World, look: Look
) -> None:
    world.add("t", id="bigint")
    world.script("/t?", (200, []))
    seen = look(world, "create table t (id integer, fresh text);")
    assert seen.verdict("t.id") in {Verdict.NOT_VISIBLE, Verdict.MISMATCH}
    assert seen.verdict("t.fresh") is Verdict.CONFIRMED
    assert "stale" in seen.detail("t.fresh")


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [
        ({"a": "integer pk", "b": "integer pk"}, Verdict.CONFIRMED),
        ({"a": "integer pk", "b": "integer"}, Verdict.MISMATCH),
        ({"a": "integer", "b": "integer"}, Verdict.MISSING),
    ],
)
def test_primary_keys_are_read_from_the_root(
    world: World, look: Look, shown: dict[str, str], verdict: Verdict
) -> None:
    world.add("t", "a b", **shown)
    seen = look(world, "create table t (a integer, b integer, primary key (a, b));")
    assert seen.verdict("t/constraint/t_pkey") is verdict


@pytest.mark.parametrize(
    ("labels", "verdict"),
    [
        (["sad", "ok"], Verdict.CONFIRMED),
        (["sad", "ok", "happy"], Verdict.CONFIRMED),  # another schema's enum of that name mixes in
        (["sad"], Verdict.MISMATCH),
        (["ok", "sad"], Verdict.MISMATCH),
    ],
)
def test_enum_labels_are_read_from_a_column(
    world: World, look: Look, labels: list[str], verdict: Verdict
) -> None:
    world.add("t", m="public.mood")
    world.tables["t"]["m"]["enum"] = labels
    seen = look(world, "create type mood as enum ('sad', 'ok'); create table t (m mood);")
    assert seen.verdict("mood") is verdict


def test_types_that_no_column_shows_are_not_checkable(world: World, look: Look) -> None:
    world.add("t", e="text")
    seen = look(
        world, "create type mood as enum ('a'); create domain email as text; create table t (e email);"
    )
    assert (seen.verdict("mood"), seen.verdict("email")) == (Verdict.NOT_CHECKABLE, Verdict.NOT_CHECKABLE)
