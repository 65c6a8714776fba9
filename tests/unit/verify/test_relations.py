"""Tables, views and columns: what is proof, what is not, and what is said when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.verify import Patience

if TYPE_CHECKING:
    from tests.unit.verify.conftest import Look, World

T = "create table t (id uuid primary key, name text not null, note varchar(20));"


def has_t(world: World) -> None:
    world.add("t", "id name", id="uuid pk", name="text", note="character varying (20)")


def test_a_table_and_its_columns_are_confirmed_by_one_root_and_one_probe(
    any_world: World, look: Look
) -> None:
    has_t(any_world)
    seen = look(any_world, T)
    assert {seen.verdict(name) for name in ("t", "t.id", "t.name", "t.note")} == {Verdict.CONFIRMED}
    assert {check.witness for check in seen.verification.checks} == {Witness.POSTGREST}
    assert seen.verification.outcome() is Outcome.OK
    assert len(any_world.requests) == seen.verification.traffic.requests == 2


def test_a_missing_column_is_told_apart_from_its_neighbours(any_world: World, look: Look) -> None:
    any_world.add("t", "id", id="uuid pk", note="character varying (20)")
    seen = look(any_world, T)
    assert seen.verdict("t.name") is Verdict.MISSING
    assert {seen.verdict(name) for name in ("t", "t.id", "t.note")} == {Verdict.CONFIRMED}
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED


def test_a_table_that_postgresql_does_not_know_is_missing(world: World, look: Look) -> None:
    seen = look(world, T)
    assert {seen.verdict(name) for name in ("t", "t.id")} == {Verdict.MISSING}
    failure = seen.verification.failure()
    assert failure is not None
    assert "table t: missing" in failure.message


def test_a_table_that_only_the_cache_lacks_is_not_visible_after_waiting(look: Look, world: World) -> None:
    world.live = False
    has_t(world)
    world.cached = set()
    seen = look(world, T, patience=Patience(cache=0.3, api=0))
    assert {seen.verdict(name) for name in ("t", "t.id")} == {Verdict.NOT_VISIBLE}
    assert "NOTIFY pgrst, 'reload schema'" in seen.detail("t")
    assert world.asked("/t?") > 1
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED


def test_a_cache_that_is_stale_for_a_while_is_waited_for(look: Look, world: World) -> None:
    world.live = False
    has_t(world)
    world.script("/t?", (404, world.error("PGRST205")), (200, []))
    seen = look(world, T, patience=Patience(cache=30, api=0))
    assert seen.verification.outcome() is Outcome.OK
    assert world.asked("/t?") == 2


def test_no_grant_proves_the_table_and_every_column(any_world: World, look: Look) -> None:
    has_t(any_world)
    any_world.denied = {"t"}
    seen = look(any_world, T)
    assert seen.verdict("t") is Verdict.NOT_GRANTED
    assert "GRANT SELECT ON public.t TO service_role;" in seen.detail("t")
    assert {seen.verdict(name) for name in ("t.id", "t.name")} == {Verdict.CONFIRMED}
    assert seen.verification.outcome() is Outcome.OK
    assert seen.verification.outcome(require_api=True) is Outcome.VERIFICATION_FAILED


def test_a_table_without_any_grant_is_not_listed_and_that_is_no_stale_cache(world: World, look: Look) -> None:
    has_t(world)
    world.denied, world.unlisted = {"t"}, {"t"}
    seen = look(world, T, patience=Patience(cache=30, api=30))
    assert (seen.verdict("t"), seen.verdict("t.id")) == (Verdict.NOT_GRANTED, Verdict.CONFIRMED)
    assert len(world.requests) == 2


def test_a_missing_column_of_a_table_without_grants_is_missing(world: World, look: Look) -> None:
    world.add("t", "id name", id="uuid pk", name="text")
    world.denied = {"t"}
    seen = look(world, T)
    assert seen.verdict("t.note") is Verdict.MISSING
    assert seen.verdict("t.id") is Verdict.CONFIRMED


@pytest.mark.parametrize("what", ["table other", "schema public", "function check_request"])
@pytest.mark.parametrize("listed", [True, False])
def test_a_42501_about_something_else_proves_nothing(
    world: World, look: Look, what: str, listed: bool
) -> None:
    has_t(world)
    world.unlisted = set() if listed else {"t"}
    world.script("/t?", (403, world.error("42501", f"permission denied for {what}")))
    seen = look(world, T)
    assert seen.verdict("t") is (Verdict.NOT_GRANTED if listed else Verdict.NOT_CHECKABLE)
    assert seen.verdict("t.id") is (Verdict.CONFIRMED if listed else Verdict.NOT_CHECKABLE)


def test_an_unexposed_schema_is_not_exposed(any_world: World, look: Look) -> None:
    seen = look(any_world, "create schema inner_s; create table inner_s.t (id int primary key);")
    assert {seen.verdict(name) for name in ("t", "t.id", "t/constraint/t_pkey")} == {Verdict.NOT_EXPOSED}
    assert "GRANT USAGE ON SCHEMA inner_s TO" in seen.detail("t")
    assert seen.verification.outcome() is Outcome.OK
    assert seen.verification.outcome(require_api=True) is Outcome.VERIFICATION_FAILED


@pytest.mark.parametrize("closed", [(401, {"message": "Secret API key required"}), (404, {})])
def test_without_a_root_tables_are_asked_one_by_one(
    world: World, look: Look, closed: tuple[int, object]
) -> None:
    has_t(world)
    world.root = closed
    seen = look(world, T)
    assert {seen.verdict(name) for name in ("t", "t.id", "t.name")} == {Verdict.CONFIRMED}
    assert seen.verdict("t/constraint/t_pkey") is Verdict.NOT_CHECKABLE
    assert world.asked("zz_supa_deploy_no_such_table") == 1


def test_an_api_that_says_yes_to_everything_is_not_believed(world: World, look: Look) -> None:
    world.script("/", (200, []))
    world.root = None
    seen = look(world, T)
    assert seen.verdict("t") is Verdict.NOT_CHECKABLE
    assert seen.verification.outcome() is Outcome.UNVERIFIED


@pytest.mark.parametrize("name", ["count", "rank", "mode", "lead"])
def test_a_name_that_tells_is_confirmed_beside_another_column(world: World, look: Look, name: str) -> None:
    world.add("t", id="uuid pk", **{name: "integer"})
    world.root = (404, {})
    texts = ("create table t (id uuid primary key);", f'alter table t add column "{name}" integer;')
    assert look(world, *texts, versions=("20250101000002",)).verdict(f"t.{name}") is Verdict.CONFIRMED
    assert world.asked(f'select="{name}","id"') == 1


@pytest.mark.parametrize("code", ["42809", "42803"])
def test_a_name_that_a_function_answered_for_is_missing(world: World, look: Look, code: str) -> None:
    world.add("t", "id", id="uuid pk")
    world.script('"count"', (400, world.error(code)))
    seen = look(world, "create table t (id uuid primary key, count integer);")
    assert (seen.verdict("t.count"), seen.verdict("t.id")) == (Verdict.MISSING, Verdict.CONFIRMED)


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [(True, Verdict.CONFIRMED), (False, Verdict.NOT_VISIBLE), (None, Verdict.NOT_CHECKABLE)],
)
def test_a_name_that_lies_is_settled_by_the_root(
    world: World, look: Look, shown: bool | None, verdict: Verdict
) -> None:
    world.add("t", id="uuid pk", **({"concat": "text"} if shown else {}))
    world.root = (404, {}) if shown is None else None
    world.script('"concat"', (200, []))
    assert look(world, "create table t (id uuid primary key, concat text);").verdict("t.concat") is verdict


def test_a_computed_field_is_no_column(world: World, look: Look) -> None:
    world.add("t", id="uuid pk")
    world.functions = {"full_name": {}}
    world.script('"full_name"', (200, []))
    seen = look(
        world,
        "create table t (id uuid primary key, full_name text);"
        "create function full_name(t) returns text language sql as 'select 1::text';",
    )
    assert seen.verdict("t.full_name") is Verdict.NOT_VISIBLE


def test_a_wide_table_is_asked_in_parts_and_only_the_broken_part_again(world: World, look: Look) -> None:
    names = [f"a_rather_long_column_name_number_{number:03}" for number in range(200)]
    world.add("t", **dict.fromkeys(names[:-1], "text"))
    seen = look(world, f"create table t ({', '.join(f'{name} text' for name in names)});")
    assert seen.verdict(f"t.{names[-1]}") is Verdict.MISSING
    assert sum(check.verdict is Verdict.CONFIRMED for check in seen.verification.checks) == 200
    assert len(world.requests) < 80


def test_a_relation_that_cannot_be_read_is_settled_by_the_root(world: World, look: Look) -> None:
    world.add("mv", id="uuid")
    world.script("/mv?", (500, world.error("55000", "has not been populated")))
    text = "create materialized view mv as select 'a'::uuid as id with no data;"
    assert look(world, text).verdict("mv") is Verdict.CONFIRMED
    world.unlisted = {"mv"}
    assert look(world, text).verdict("mv") is Verdict.NOT_CHECKABLE


def test_a_view_without_one_of_its_columns_is_a_mismatch(world: World, look: Look) -> None:
    world.add("v", id="uuid")
    seen = look(world, "create view v as select 'a'::uuid as id, 1 as n;")
    assert seen.verdict("v") is Verdict.MISMATCH
    assert "no column n" in seen.detail("v")


def test_a_partition_that_the_cache_leaves_out_is_not_checkable(any_world: World, look: Look) -> None:
    any_world.add("p", id="integer")
    any_world.add("p_1", id="integer")
    any_world.unlisted = {"p_1"}
    any_world.cached = {"p"}
    seen = look(
        any_world,
        "create table p (id int) partition by range (id); create table p_1 partition of p for values from (1) to (2);",
        patience=Patience(cache=30, api=0),
    )
    assert seen.verdict("p") is Verdict.CONFIRMED
    assert seen.verdict("p_1") is (Verdict.CONFIRMED if any_world.live else Verdict.NOT_CHECKABLE)


def test_only_what_the_versions_made_is_asked_for(world: World, look: Look) -> None:
    has_t(world)
    world.tables["t"]["extra"] = {"format": "integer"}
    seen = look(world, T, "alter table t add column extra integer;", versions=("20250101000002",))
    assert set(seen.by_name) == {"t.extra"}
    assert seen["t.extra"].migration == "20250101000002"


def test_checks_come_in_the_order_of_the_files(world: World, look: Look) -> None:
    has_t(world)
    seen = look(
        world,
        T,
        "create index i on t (name);\ncreate view v as select id from t;",
        "alter table t add x int;",
    )
    order = [(check.migration, check.object.value) for check in seen.verification.checks]
    assert [migration for migration, _ in order] == sorted(migration for migration, _ in order)
    assert [kind for migration, kind in order if migration.endswith("2")] == ["index", "view"]


def test_a_table_that_the_files_only_refer_to_is_no_promise_of_theirs(world: World, look: Look) -> None:
    seen = look(world, "create policy p on storage.objects for select using (true);")
    assert {check.object.value for check in seen.verification.checks} == {"policy"}
    assert not world.requests
