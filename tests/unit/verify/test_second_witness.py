"""The catalog's part in the whole: when it is asked, and what becomes of a run with one witness only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.catalog import Catalog, Entry, Key, Kind
from supa_deploy.model import Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.verify import CatalogReading, Verification

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.verify.conftest import Look, World

TEXT = "create table t (id integer); create index i on t (id);"
ENTRIES = {
    Key(Kind.TABLE, "public", "t"): {},
    Key(Kind.COLUMN, "public", "id", "t"): {"type": "integer"},
    Key(Kind.INDEX, "public", "i", "t"): {"definition": "CREATE INDEX i ON public.t USING btree (id)"},
}


def reading(*without: str, reason: str | None = None) -> Callable[[], CatalogReading]:
    """Hands over a catalog that lacks the objects of these names; none at all with a reason."""
    entries = {key: Entry(key, facts) for key, facts in ENTRIES.items() if key.name not in without}
    return lambda: CatalogReading(None if reason else Catalog(170010, ("public",), entries), reason=reason)


@pytest.fixture
def has_t(world: World) -> World:
    """A world with the table that the files promise."""
    world.add("t", id="integer")
    return world


def test_the_catalog_is_heard_once_and_after_the_api(has_t: World, look: Look) -> None:
    asked: list[int] = []

    def late() -> CatalogReading:
        asked.append(len(has_t.requests))
        return reading()()

    seen = look(has_t, TEXT, catalog=late)
    assert asked == [len(has_t.requests)] == [2]
    assert (seen.verification.unseen, seen.verification.outcome()) == (0, Outcome.OK)
    assert (seen["t"].witness, seen["t/index/i"].witness) == (Witness.POSTGREST, Witness.CATALOG)


def test_it_is_not_read_when_nothing_is_promised(world: World, look: Look) -> None:
    asked: list[int] = []

    def late() -> CatalogReading:
        asked.append(1)
        return reading()()

    assert look(world, "select 1;", catalog=late).verification == Verification()
    assert not asked


def test_what_only_the_catalog_sees_fails_the_verification(has_t: World, look: Look) -> None:
    seen = look(has_t, TEXT, catalog=reading("i"))
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED
    failure = seen.verification.failure()
    assert failure is not None
    assert "index t.i: missing" in failure.message


def test_two_witnesses_that_disagree_are_both_told(has_t: World, look: Look) -> None:
    seen = look(has_t, TEXT, catalog=reading("t"))
    assert (seen.verdict("t"), seen["t"].witness) == (Verdict.MISSING, Witness.CATALOG)
    assert "the Data API shows it, the catalog does not" in seen.detail("t")


def test_a_table_that_only_the_catalog_has_is_not_visible(world: World, look: Look) -> None:
    seen = look(world, TEXT, catalog=reading())
    assert seen.verdict("t") is Verdict.NOT_VISIBLE
    assert "the catalog has it, the Data API does not show it" in seen.detail("t")
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED


def test_a_catalog_that_cannot_be_read_leaves_its_reason(has_t: World, look: Look) -> None:
    seen = look(has_t, TEXT, catalog=reading(reason="Supabase CLI 2.40 has no `db query`"))
    assert seen.verdict("t/index/i") is Verdict.NOT_CHECKABLE
    assert seen.detail("t/index/i") == (
        "the Data API does not show indexes; the catalog could not be read: Supabase CLI 2.40 has no `db query`"
    )
    assert seen.verification.without_catalog == "Supabase CLI 2.40 has no `db query`"
    assert seen.verification.outcome() is Outcome.OK


@pytest.mark.parametrize("has_key", [True, False])
def test_without_the_api_the_catalog_confirms_and_the_run_stays_unverified(
    world: World, look: Look, has_key: bool
) -> None:
    world.script("/", (503, b""))
    seen = look(world, TEXT, catalog=reading(), has_key=has_key)
    assert {(check.verdict, check.witness) for check in seen.verification.checks} == {
        (Verdict.CONFIRMED, Witness.CATALOG)
    }
    assert "the Data API gave no answer" in seen.detail("t")
    assert seen.verification.outcome() is Outcome.UNVERIFIED
    failure = seen.verification.failure()
    assert failure is not None
    assert "the catalog confirms 3 of 3" in failure.message


def test_without_the_api_what_the_api_never_shows_is_all_right(world: World, look: Look) -> None:
    world.script("/", (503, b""))
    index = ("select 1;", "create index i on t (id);")
    seen = look(world, *index, catalog=reading(), versions=("20250101000002",))
    assert [check.verdict for check in seen.verification.checks] == [Verdict.CONFIRMED]
    assert seen.verification.outcome() is Outcome.OK


def test_without_the_api_what_the_catalog_misses_is_a_failure(world: World, look: Look) -> None:
    world.script("/", (503, b""))
    seen = look(world, TEXT, catalog=reading("t", "id"))
    assert seen.verification.outcome() is Outcome.VERIFICATION_FAILED
    assert seen.verdict("t") is Verdict.MISSING


def test_without_either_nothing_is_known(world: World, look: Look) -> None:
    seen = look(world, TEXT, has_key=False, catalog=reading(reason="timed out"))
    assert seen.verification == Verification(
        available=False, reason="there is no Data API key", without_catalog="timed out"
    )


def test_a_do_block_is_an_excuse_for_the_catalog_too(has_t: World, look: Look) -> None:
    seen = look(has_t, TEXT, "do $$ begin execute 'drop index ' || 'i'; end $$;", catalog=reading("i"))
    assert seen.verdict("t/index/i") is Verdict.NOT_CHECKABLE
    assert "so what the catalog says is no proof" in seen.detail("t/index/i")
