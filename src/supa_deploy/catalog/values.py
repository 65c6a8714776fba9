"""What a database's catalog says, as values: every object by kind and name, with its facts as PostgreSQL prints them.

A fact is a text, so that two databases can be compared without understanding it: `type` is what format_type prints,
`definition` what pg_get_indexdef or its like prints, flags are `true` and `false`. A fact that does not apply, or
is PostgreSQL's default, is not there. Names in facts carry their schema always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOT_COMPARED = frozenset({"position", "version", "constraint", "function"})
"""Facts that tell something and whose difference is none: a column's attnum, an extension's version, that an index
stands behind a constraint; a trigger's function (its definition says it too)."""


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
    DEFAULT_PRIVILEGES = "default privileges"
    PUBLICATION = "publication"
    STATISTICS = "statistics"
    EVENT_TRIGGER = "event trigger"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Key:
    """What an object is called. `schema` is empty for what no schema holds (extensions, publications, event triggers).

    `table` is the relation it hangs on (columns, constraints, indexes, policies, triggers, rules, statistics,
    publication members). A function's name carries its argument types (`touch(uuid, text)`). A grant's name is the
    role (`PUBLIC` for everybody) and its `table` what it is on: `notes`, `notes.title` (a column),
    `touch(uuid, text)`, None for the schema itself. A publication member's name is the publication (`table` None and
    a schema: the whole schema). Default privileges: `name` the grantee, `table` the role that makes the objects and
    their kind (`postgres tables`). OTHER: the name begins with what it is (`operator public.===(integer,integer)`).
    """

    kind: Kind
    schema: str
    name: str
    table: str | None = None

    @property
    def order(self) -> tuple[str, str, str, str]:
        """What to sort by: a relation before what hangs on it."""
        return (self.schema, self.table or self.name, "" if self.table is None else self.kind, self.name)


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

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return self.server_version // 10000
