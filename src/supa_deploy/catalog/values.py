"""What a database's catalog says, as values: every object by kind and name, with its facts as PostgreSQL prints them.

A fact is a text, so that two databases can be compared without understanding it: `type` is what format_type prints,
`definition` what pg_get_indexdef or its like prints, flags are `true` and `false`. A fact that does not apply is
not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """The kinds of object that the catalog query reads."""

    SCHEMA = "schema"
    EXTENSION = "extension"
    TABLE = "table"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    INDEX = "index"
    POLICY = "policy"
    TRIGGER = "trigger"
    RULE = "rule"
    VIEW = "view"
    SEQUENCE = "sequence"
    FUNCTION = "function"
    TYPE = "type"
    GRANT = "grant"
    PUBLICATION = "publication"
    STATISTICS = "statistics"
    EVENT_TRIGGER = "event trigger"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What an object is called. `table` is the relation it hangs on (columns, constraints, indexes, policies,
    triggers, rules, grants, publication members). A function's name carries its argument types
    (`touch(uuid, text)`); a grant's name is the role, a publication member's the publication."""

    kind: Kind
    schema: str
    name: str
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One object and its facts. `owner` is the role that owns it (for what hangs on a relation: the relation's)."""

    key: Key
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """A reading of one database: `server_version` as in `170010`; `entries` by key; `schemas` that were read."""

    server_version: int
    schemas: tuple[str, ...]
    entries: Mapping[Key, Entry]
