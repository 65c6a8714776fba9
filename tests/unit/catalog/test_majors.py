"""Readings of two PostgreSQL majors: what only the version makes different is no difference."""

from types import MappingProxyType

from supa_deploy.catalog import Catalog, Entry, Key, Kind, differences, sentence

PART = Key(Kind.TABLE, "public", "days_1")
WHOLE = Key(Kind.TABLE, "public", "days")


def catalog(version: int, *, identity: bool, table: Key) -> Catalog:
    bound = {"partition_bound": "DEFAULT"} if table is PART else {}
    facts = {"type": "bigint", **({"identity": "always"} if identity else {})}
    column = Key(Kind.COLUMN, "public", "id", table.name)
    entries = [
        Entry(table, MappingProxyType(bound), "postgres"),
        Entry(column, MappingProxyType(facts), "postgres"),
    ]
    return Catalog(version, ("public",), {entry.key: entry for entry in entries})


def said(before: int, after: int, table: Key) -> list[str]:
    found = differences(
        catalog(before, identity=False, table=table), catalog(after, identity=True, table=table)
    )
    return [sentence(change) for change in found.changes]


def test_partitions_have_the_identity_of_their_table_since_17() -> None:
    assert said(150004, 170010, PART) == []
    assert said(170010, 170010, PART) == ["column public.days_1.id changed: identity always added"]
    assert said(150004, 170010, WHOLE) == ["column public.days.id changed: identity always added"]
