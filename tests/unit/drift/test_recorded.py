"""Every kind of drift, as the real engines print it: read to the right object and words, alone and with the catalog."""

from collections.abc import Callable

import pytest

from supa_deploy.catalog import Differences
from supa_deploy.drift.engine import read_statements
from supa_deploy.drift.merge import drift_of, preview_of, read_together
from supa_deploy.migrations.acts import Deed
from supa_deploy.model import Change, ChangeKind, Witness

VERSIONS = ("3.1.0", "2.122.1")
Said = Callable[[str, str, str], str]
Differing = Callable[[str, str], Differences]

# Drift → what the engine alone tells of it: kind of change, object, schema, table, name; its detail's beginning.
ALONE: dict[str, tuple[tuple[str, str, str | None, str | None, str, str | None], ...]] = {
    "nothing": (),
    "table-added": (("added", "table", "public", None, "extra", None),),
    "table-dropped": (("lost", "table", "public", None, "serials", None),),
    "table-dropped-cascade": (
        ("lost", "materialized view", "public", None, "sums", None),
        ("lost", "view", "public", None, "names", None),
        ("lost", "table", "public", None, "items", None),
    ),
    "table-renamed": (
        ("lost", "table", "public", None, "serials", None),
        ("added", "table", "public", None, "series", None),
    ),
    "table-unlogged": (("changed", "table", "public", None, "serials", "unlogged"),),
    "table-fillfactor": (("changed", "table", "public", None, "items", "options"),),
    "table-replica-identity": (("changed", "table", "public", None, "items", "replica identity"),),
    "column-added": (("added", "column", "public", "items", "colour", "type text"),),
    "column-generated": (("added", "column", "public", "items", "twice", "type integer"),),
    "column-dropped": (("lost", "column", "public", "items", "tags", None),),
    "column-renamed": (
        ("lost", "column", "public", "items", "amount", None),
        ("added", "column", "public", "items", "sum", "type numeric(10,2)"),
    ),
    "column-type": (("changed", "column", "public", "items", "note", "type character varying(50)"),),
    "column-type-other": (("changed", "column", "public", "items", "parent_id", "type bigint"),),
    "column-default": (("changed", "column", "public", "items", "name", "default"),),
    "column-default-dropped": (("changed", "column", "public", "items", "made", "no default"),),
    "column-not-null": (("changed", "column", "public", "items", "made", "not null"),),
    "column-nullable": (("changed", "column", "public", "items", "name", "null allowed"),),
    "column-identity": (("changed", "column", "public", "parents", "id", "identity"),),
    "column-comment": (("changed", "column", "public", "items", "price", "comment"),),
    "check-added": (("added", "constraint", "public", "items", "cheap", "ALTER TABLE"),),
    "check-not-valid": (("added", "constraint", "public", "items", "cheap", "not validated"),),
    "check-dropped": (("lost", "constraint", "public", "items", "items_price_check", None),),
    "check-changed": (("changed", "constraint", "public", "items", "items_price_check", "ALTER TABLE"),),
    "unique-added": (("added", "constraint", "public", "items", "one_name", "ALTER TABLE"),),
    "key-dropped": (("lost", "constraint", "public", "items", "items_parent_id_fkey", None),),
    "primary-dropped": (("lost", "constraint", "public", "items", "items_pkey", None),),
    "exclusion-added": (("added", "constraint", "public", "items", "apart", "ALTER TABLE"),),
    "index-added": (("added", "index", "public", "items", "items_price", "CREATE INDEX"),),
    "index-dropped": (("lost", "index", "public", None, "items_name", None),),
    "index-changed": (("changed", "index", "public", "items", "items_name", "CREATE INDEX"),),
    "index-invalid": (("changed", "index", "public", "items", "items_name", "CREATE INDEX"),),
    "rls-off": (("changed", "row-level security", "public", None, "items", "off"),),
    "rls-forced": (("changed", "row-level security", "public", None, "items", "forced"),),
    "policy-added": (("added", "policy", "public", "items", "all rows", "CREATE POLICY"),),
    "policy-dropped": (("lost", "policy", "public", "items", "own rows", None),),
    "policy-loosened": (("changed", "policy", "public", "items", "own rows", "CREATE POLICY"),),
    "policy-roles": (("changed", "policy", "public", "items", "own rows", "ALTER POLICY"),),
    "policy-comment": (("changed", "policy", "public", "items", "own rows", "comment"),),
    "policy-storage-added": (("added", "policy", "storage", "objects", "more", "CREATE POLICY"),),
    "policy-storage-dropped": (("lost", "policy", "storage", "objects", "read all", None),),
    "trigger-added": (("added", "trigger", "public", "items", "again", "CREATE TRIGGER"),),
    "trigger-dropped": (("lost", "trigger", "public", "items", "touch", None),),
    "trigger-changed": (("changed", "trigger", "public", "items", "touch", "CREATE TRIGGER"),),
    "trigger-disabled": (("changed", "trigger", "public", "items", "touch", "disabled"),),
    "trigger-auth-added": (("added", "trigger", "auth", "users", "twice", "CREATE TRIGGER"),),
    "trigger-auth-dropped": (("lost", "trigger", "auth", "users", "made", None),),
    "function-added": (("changed", "function", "public", None, "hello(text)", "created or replaced"),),
    "function-dropped": (("lost", "function", "public", None, "total(integer, integer)", None),),
    "function-body": (
        ("changed", "function", "public", None, "total(integer, integer)", "created or replaced"),
    ),
    "procedure-body": (("changed", "procedure", "public", None, "work()", "created or replaced"),),
    "aggregate-added": (("added", "aggregate", "public", None, "agg(integer)", "CREATE AGGREGATE"),),
    "enum-value-added": (("changed", "type", "public", None, "mood", "value angry added"),),
    "enum-value-renamed": (("changed", "type", "public", None, "mood", "CREATE TYPE"),),
    "enum-added": (("added", "type", "public", None, "size", "CREATE TYPE"),),
    "composite-changed": (("added", "attribute", "public", "pair", "c", "type date"),),
    "composite-dropped": (("lost", "type", "public", None, "pair", None),),
    "range-added": (("added", "type", "public", None, "span", "CREATE TYPE"),),
    "domain-changed": (("changed", "domain", "public", None, "positive", "ALTER DOMAIN"),),
    "domain-dropped": (("lost", "domain", "public", None, "positive", None),),
    "view-added": (("added", "view", "public", None, "cheap", None),),
    "view-dropped": (("lost", "view", "public", None, "names", None),),
    "view-redefined": (("changed", "view", "public", None, "names", None),),
    "view-invoker": (("changed", "view", "public", None, "names", "options"),),
    "matview-added": (("added", "materialized view", "public", None, "counts", None),),
    "sequence-added": (("added", "sequence", "public", None, "more_numbers", "CREATE SEQUENCE"),),
    "sequence-changed": (("changed", "sequence", "public", None, "numbers", "ALTER SEQUENCE"),),
    "partition-added": (("added", "table", "public", None, "logs_2026", None),),
    "partition-detached": (("changed", "table", "public", None, "logs_2025", None),),
    "rule-added": (("added", "rule", "public", "parents", "calm", "CREATE RULE"),),
    "rule-dropped": (("lost", "rule", "public", "parents", "quiet", None),),
    "schema-dropped": (("lost", "schema", None, None, "other", None),),
    "grant-added": (("changed", "grant", "public", "items", "anon", "MAINTAIN, REFERENCES, SELECT"),),
    "grant-removed": (("changed", "grant", "public", "items", "authenticated", "MAINTAIN, REFERENCES, TRIGGER"),),
    "grant-column": (("changed", "grant", "public", "items", "anon", "SELECT (name), UPDATE (name) to anon"),),
    "grant-function": (
        ("changed", "grant", "public", "total(integer, integer)", "anon", "EXECUTE to anon"),
    ),
    "grant-function-revoked": (
        ("lost", "grant", "public", "total(integer, integer)", "PUBLIC", "ALL from PUBLIC"),
    ),
    "grant-schema": (("changed", "grant", "other", None, "anon", "USAGE to anon"),),
    "default-privileges": (
        ("changed", "default privileges", "public", "postgres tables", "anon", "MAINTAIN, REFERENCES, SELECT"),
    ),
    "publication-table": (
        ("added", "publication member", "public", "items", "supabase_realtime", "ALTER PUBLICATION"),
    ),
    "publication-removed": (("lost", "publication member", "public", "parents", "mine", None),),
    "comment-removed": (("changed", "table", "public", None, "items", "no comment"),),
    "comment-function": (("changed", "function", "public", None, "total(integer, integer)", "comment"),),
    "collation-added": (("added", "collation", "public", None, "plain", "CREATE COLLATION"),),
    "quoted-names": (("added", "table", "public", None, "Odd Table", None),),
}  # fmt: skip

# What neither engine shows when it is told the schemas: the catalog sees it, or nothing does.
UNSEEN = {
    "column-storage": True,
    "statistics-added": True,
    "statistics-dropped": True,
    "schema-added": True,
    "extension-added": True,
    "extension-dropped": True,
    "event-trigger-added": False,
    "role-added": False,
    "role-setting": False,
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("drift", ALONE)
def test_the_engine_alone_names_the_object(drift: str, version: str, engine_said: Said) -> None:
    found = drift_of(engine_said(version, drift, "there"), "pg-delta", None, shadow="own").changes
    assert [(c.change.value, c.object, c.schema, c.table, c.name) for c in found] == [
        expected[:5] for expected in ALONE[drift]
    ]
    for change, expected in zip(found, ALONE[drift], strict=True):
        assert change.witness is Witness.DIFF
        assert (change.detail or "").startswith(expected[5] or "")
        assert (change.detail is None) == (expected[5] is None)


def _all_drifts() -> list[str]:
    from json import loads
    from pathlib import Path

    file = Path(__file__).parents[2] / "transcripts" / "3.1.0" / "engine" / "drift.json"
    return list(loads(file.read_text("utf-8")))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("side", ["there", "back"])
@pytest.mark.parametrize("drift", _all_drifts())
def test_the_catalog_gives_the_words_and_every_statement_is_accounted_for(
    drift: str, side: str, version: str, engine_said: Said, differing: Differing
) -> None:
    statements = read_statements(engine_said(version, drift, side))
    differences = differing(drift, side)
    reading = read_together(statements, differences)
    # What the catalog told covers everything that the engine shows: nothing is told twice, nothing is left open.
    assert reading.changes == differences.changes
    assert all(act.deed is not Deed.OTHER for statement in statements for act in statement.acts)
    assert all(left.reason for left in reading.noise)


@pytest.mark.parametrize(
    "drift", [name for name in _all_drifts() if name not in {"nothing", "owner-changed"}]
)
def test_both_ways_of_a_drift_are_told(drift: str, differing: Differing, engine_said: Said) -> None:
    for side in ("there", "back"):
        found = drift_of(engine_said("3.1.0", drift, side), "pg-delta", differing(drift, side), shadow="own")
        seen = UNSEEN.get(drift, drift != "server-added")
        assert found.empty is not seen
        if drift in UNSEEN:
            assert found.sql == ""


def test_an_untouched_database_has_no_drift(engine_said: Said, differing: Differing) -> None:
    found = drift_of(
        engine_said("3.1.0", "nothing", "there"), "pg-delta", differing("nothing", "there"), shadow="s"
    )
    assert (found.empty, found.sql, found.left_out) == (True, "", 0)


def test_without_an_engine_the_catalog_speaks_alone(differing: Differing) -> None:
    found = drift_of(
        None, "pg-delta", differing("policy-loosened", "there"), shadow="own", stand_ins=("vector",)
    )
    assert [(c.name, c.witness) for c in found.changes] == [("own rows", Witness.CATALOG)]
    assert (found.sql, found.engine, found.stand_ins) == ("", None, ("vector",))


def test_a_preview_reads_like_a_drift(engine_said: Said, differing: Differing) -> None:
    found = preview_of(engine_said("3.1.0", "table-added", "there"), differing("table-added", "there"))
    assert [(c.change, c.object, c.name) for c in found.changes] == [(ChangeKind.ADDED, "table", "extra")]
    assert found.sql.startswith('CREATE TABLE "public"."extra" (')


def test_what_only_the_engine_saw_is_told_beside_the_catalogs_words() -> None:
    told = Change(ChangeKind.CHANGED, "column", "public", "a", "t", "type text → integer")
    sql = (
        'ALTER TABLE "public"."t" ALTER COLUMN "a" TYPE integer; ALTER TABLE "public"."t" ADD COLUMN "b" int;'
    )
    found = drift_of(sql, "pg-delta", Differences((told,)), shadow="own").changes
    assert [(c.name, c.change, c.witness) for c in found] == [
        ("a", ChangeKind.CHANGED, Witness.CATALOG),
        ("b", ChangeKind.ADDED, Witness.DIFF),
    ]
