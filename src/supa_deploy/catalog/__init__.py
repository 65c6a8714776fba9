"""The catalog of a database: one query, its rows as values, and what two readings differ in."""

from supa_deploy.catalog.compare import Differences, differences
from supa_deploy.catalog.query import catalog_query
from supa_deploy.catalog.read import UnreadableCatalog, read_catalog, read_catalog_text
from supa_deploy.catalog.values import Catalog, Entry, Key, Kind
from supa_deploy.catalog.words import sentence

__all__ = [
    "Catalog",
    "Differences",
    "Entry",
    "Key",
    "Kind",
    "UnreadableCatalog",
    "catalog_query",
    "differences",
    "read_catalog",
    "read_catalog_text",
    "sentence",
]
