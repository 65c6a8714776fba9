"""Catalogs by hand: a line an object."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from supa_deploy.catalog import Catalog, Entry, Key, Kind, differences, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

SUPABASE = Entry(Key(Kind.SCHEMA, "auth", "auth"), owner="supabase_admin")


def make(kind: Kind, name: str, table: str | None = None, /, **facts: str) -> Entry:
    """An object of `postgres` in public; `schema` and `owner` may be given among the facts."""
    schema, owner = facts.pop("schema", "public"), facts.pop("owner", "postgres")
    return Entry(Key(kind, schema, name, table), MappingProxyType(facts), owner)


def catalog_of(*entries: Entry, version: int = 170010) -> Catalog:
    """A reading of a Supabase project with these objects."""
    every = (SUPABASE, *entries)
    return Catalog(version, ("public",), MappingProxyType({entry.key: entry for entry in every}))


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """`entry(Kind.INDEX, "notes_author", "notes", definition="…")`."""
    return make


@pytest.fixture
def catalog() -> Callable[..., Catalog]:
    """`catalog(entry(…), version=150000)`."""
    return catalog_of


@pytest.fixture
def said() -> Callable[[Catalog, Catalog], list[str]]:
    """What differs, as sentences."""
    return lambda expected, found: [sentence(change) for change in differences(expected, found).changes]
