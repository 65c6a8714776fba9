"""Foreign keys by embedding: by name, by column, by the root's note, and what none of them can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Verdict
from supa_deploy.verify import Patience

if TYPE_CHECKING:
    from tests.unit.verify.conftest import Look, World

A = "create table a (id integer primary key);"
B = (
    A
    + "create table b (id integer primary key, a_id integer references a, a2 integer constraint odd references a);"
)


@pytest.fixture
def tables(world: World) -> World:
    """Tables a and b, and no keys between them."""
    world.add("a", "id", id="integer pk")
    world.add("b", "id", id="integer pk", a_id="integer", a2="integer")
    return world


def test_all_keys_of_a_table_are_confirmed_by_one_request_that_proves_their_direction(
    tables: World, look: Look
) -> None:
    tables.keys = {("b", "b_a_id_fkey"): "a", ("b", "odd"): "a"}
    seen = look(tables, B)
    assert seen.verdict("b/foreign_key/b_a_id_fkey") is Verdict.CONFIRMED
    assert seen.verdict("b/foreign_key/odd") is Verdict.CONFIRMED
    assert (
        tables.asked('/b?select=f0:"a"!"b_a_id_fkey"(),f1:"a"!"odd"()&order=f0("id"),f1("id")&limit=0') == 1
    )
    assert tables.asked("()") == 1


def test_the_missing_one_of_two_keys_is_told_apart(tables: World, look: Look) -> None:
    tables.keys = {("b", "b_a_id_fkey"): "a"}
    seen = look(tables, B)
    assert seen.verdict("b/foreign_key/b_a_id_fkey") is Verdict.CONFIRMED
    assert seen.verdict("b/foreign_key/odd") is Verdict.NOT_VISIBLE


def test_a_key_under_another_name_is_found_by_its_column(tables: World, look: Look) -> None:
    tables.keys = {("b", "a_id"): "a", ("b", "odd"): "a"}
    seen = look(tables, B)
    assert seen.verdict("b/foreign_key/b_a_id_fkey") is Verdict.CONFIRMED
    assert "another name" in seen.detail("b/foreign_key/b_a_id_fkey")


def test_a_key_that_only_the_root_notes_is_confirmed(tables: World, look: Look) -> None:
    note = "Note:\nThis is a Foreign Key to `a.id`.<fk table='a' column='id'/>"
    tables.tables["b"]["a_id"]["description"] = note
    seen = look(tables, B)
    assert seen.verdict("b/foreign_key/b_a_id_fkey") is Verdict.CONFIRMED
    assert seen.verdict("b/foreign_key/odd") is Verdict.NOT_VISIBLE


def test_a_key_of_a_stale_cache_is_waited_for(tables: World, look: Look) -> None:
    tables.keys = {("b", "b_a_id_fkey"): "a", ("b", "odd"): "a"}
    stale = (400, tables.error("PGRST200"))
    tables.script("()", stale, stale, stale, stale, stale, (200, []))
    seen = look(tables, B, patience=Patience(cache=30, api=0))
    assert seen.verdict("b/foreign_key/odd") is Verdict.CONFIRMED


def test_a_300_that_lists_the_constraint_confirms_it(tables: World, look: Look) -> None:
    details = [
        {"relationship": "b_a_id_fkey using b(a_id) and a(id)"},
        {"relationship": "x using c(odd) and a(id)"},
    ]
    tables.script("()", (300, tables.error("PGRST201", details=details)))
    seen = look(tables, B)
    assert seen.verdict("b/foreign_key/b_a_id_fkey") is Verdict.CONFIRMED
    assert seen.verdict("b/foreign_key/odd") is Verdict.NOT_VISIBLE


@pytest.mark.parametrize("denied", ["a", "b"])
def test_a_42501_on_either_table_comes_after_the_key_was_found(
    tables: World, look: Look, denied: str
) -> None:
    tables.script("()", (403, tables.error("42501", f"permission denied for table {denied}")))
    assert look(tables, B).verdict("b/foreign_key/odd") is Verdict.CONFIRMED


def test_a_42501_on_another_table_proves_nothing(tables: World, look: Look) -> None:
    tables.script("()", (403, tables.error("42501", "permission denied for table other")))
    assert look(tables, B).verdict("b/foreign_key/odd") is Verdict.NOT_CHECKABLE


def test_a_key_of_that_name_that_points_the_other_way_is_a_mismatch(tables: World, look: Look) -> None:
    tables.script("()", (400, tables.error("PGRST118")))
    assert look(tables, B).verdict("b/foreign_key/odd") is Verdict.MISMATCH


def test_a_key_into_its_own_table_is_asked_for_by_its_column(world: World, look: Look) -> None:
    world.add("c", "id", id="integer pk", up="integer")
    world.keys = {("c", "up"): "c"}
    seen = look(world, "create table c (id integer primary key, up integer references c (id));")
    assert seen.verdict("c/foreign_key/c_up_fkey") is Verdict.CONFIRMED
    assert world.asked('f0:"up"()&order=f0("id")') == 1


def test_a_key_into_another_schema_is_not_checkable_with_the_reason(world: World, look: Look) -> None:
    world.add("t", "user_id", user_id="uuid")
    seen = look(
        world,
        "create table t (user_id uuid not null references auth.users (id));",
        patience=Patience(cache=30, api=0),
    )
    key = "t/foreign_key/t_user_id_fkey"
    assert seen.verdict(key) is Verdict.NOT_CHECKABLE
    assert "auth.users" in seen.detail(key)


def test_keys_of_a_missing_table_are_missing_with_it(world: World, look: Look) -> None:
    world.add("a", "id", id="integer pk")
    seen = look(world, B, patience=Patience(cache=30, api=0))
    assert seen.verdict("b/foreign_key/odd") is Verdict.MISSING
    assert seen.verdict("b/constraint/b_pkey") is Verdict.MISSING


def test_keys_between_quoted_names_are_found(world: World, look: Look) -> None:
    world.add("Odd T", **{"the id": "integer pk"})
    world.required["Odd T"] = ["the id"]
    world.add("u", **{"x,y": "integer"})
    world.keys = {("u", "fk (1)"): "Odd T"}
    seen = look(
        world,
        'create table "Odd T" ("the id" integer primary key);'
        'create table u ("x,y" integer constraint "fk (1)" references "Odd T");',
    )
    assert seen.verdict("u/foreign_key/fk (1)") is Verdict.CONFIRMED
    assert world.asked('f0:"Odd T"!"fk (1)"()&order=f0("the id")') == 1
