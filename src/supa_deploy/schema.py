"""What a database holds, as values: tables, columns, keys, policies and the rest.

Folding migration files gives one of these (`migrations.fold`); verification asks witnesses about it. Every
object remembers where it came from. Names are as PostgreSQL stores them: unquoted, case-folded unless quoted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class QName(NamedTuple):
    """A schema-qualified name."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Origin:
    """The statement that made an object so: version, file (relative to the project, forward slashes), 1-based line."""

    version: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `type` is what PostgreSQL's format_type prints (`character varying(255)`, `uuid[]`,
    `numeric(5,2)`, `timestamp with time zone`); None when static reading cannot know it (CREATE TABLE AS).
    `nullable` False for NOT NULL and primary key columns. `identity` is `always` or `by_default`. The origin is
    the line that created the column or last changed its type or name. `own_type` is the user's own type behind
    `type` (the element's for an array), where the files make one. `grants` holds privileges on this column alone."""

    name: str
    type: str | None
    origin: Origin
    nullable: bool = True
    default: str | None = None
    generated: str | None = None
    identity: str | None = None
    comment: str | None = None
    own_type: QName | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))


class ConstraintKind(StrEnum):
    """The kinds of table constraint (foreign keys are values of their own)."""

    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    CHECK = "check"
    EXCLUSION = "exclusion"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A primary key, unique, check or exclusion constraint. `name` is the one PostgreSQL would choose when the
    file gives none. `expression` is the check's condition as SQL text. `valid` False: made NOT VALID."""

    name: str
    kind: ConstraintKind
    origin: Origin
    columns: tuple[str, ...] = ()
    expression: str | None = None
    valid: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key. `target_columns` is empty when the file leaves them out (the target's primary key).
    Actions are PostgreSQL's words: `NO ACTION`, `CASCADE`, `SET NULL`… `valid` False: made NOT VALID."""

    name: str
    columns: tuple[str, ...]
    target: QName
    target_columns: tuple[str, ...]
    origin: Origin
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Index:
    """An index made by CREATE INDEX (none behind a constraint). `keys` are column names or expressions as SQL text."""

    name: str
    keys: tuple[str, ...]
    origin: Origin
    unique: bool = False
    method: str = "btree"
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A row-level security policy. `command` is ALL, SELECT, INSERT, UPDATE or DELETE."""

    name: str
    command: str
    roles: tuple[str, ...]
    origin: Origin
    permissive: bool = True
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger: when it fires in words (`BEFORE UPDATE`), and the function it calls. `enabled` False: switched off."""

    name: str
    fires: str
    function: QName
    origin: Origin
    enabled: bool = True


class RelationKind(StrEnum):
    """The kinds of relation that hold rows of their own."""

    TABLE = "table"
    PARTITIONED = "partitioned table"
    PARTITION = "partition"
    FOREIGN = "foreign table"


@dataclass(frozen=True, slots=True)
class Table:
    """A table and what hangs on it. `rls` is the row-level security flag; `comment` its comment. `grants` maps
    a role to the privileges that the files grant it (`select`, `insert`, … or `all`). `columns_known` is
    False when static reading could not list all of them (the files alter a table that they do not create, or
    make one from a query). `parents` are the tables it inherits from or is a partition of. `uncertain` says why
    static reading is not sure of it. `assumed`: the files refer to it and do not make it. `publications`: by name."""

    name: QName
    origin: Origin
    kind: RelationKind = RelationKind.TABLE
    columns: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    constraints: Mapping[str, Constraint] = field(default_factory=lambda: MappingProxyType({}))
    foreign_keys: Mapping[str, ForeignKey] = field(default_factory=lambda: MappingProxyType({}))
    indexes: Mapping[str, Index] = field(default_factory=lambda: MappingProxyType({}))
    policies: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))
    triggers: Mapping[str, Trigger] = field(default_factory=lambda: MappingProxyType({}))
    rls: Origin | None = None
    comment: str | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    columns_known: bool = True
    uncertain: str | None = None
    parents: tuple[QName, ...] = ()
    assumed: bool = False
    publications: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The primary key's columns, empty when there is none."""
        kind = ConstraintKind.PRIMARY_KEY
        return next((found.columns for found in self.constraints.values() if found.kind is kind), ())


@dataclass(frozen=True, slots=True)
class View:
    """A view or materialized view. `columns` None: they cannot be read from the file. `grants` as a table's."""

    name: QName
    origin: Origin
    materialized: bool = False
    columns: tuple[str, ...] | None = None
    indexes: Mapping[str, Index] = field(default_factory=lambda: MappingProxyType({}))
    comment: str | None = None
    uncertain: str | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Argument:
    """A function's argument: name (None when unnamed), type as format_type prints it, mode (`in`, `out`,
    `inout`, `variadic`, `table`) and whether it has a default."""

    name: str | None
    type: str
    mode: str = "in"
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure (`kind`: function, procedure, aggregate). `grants` are the privileges that the files
    grant on it; `public_execute` is False when they take PostgreSQL's own grant to everybody away."""

    name: QName
    arguments: tuple[Argument, ...]
    returns: str | None
    origin: Origin
    kind: str = "function"
    language: str | None = None
    security_definer: bool = False
    comment: str | None = None
    uncertain: str | None = None
    grants: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    public_execute: bool = True

    @property
    def signature(self) -> str:
        """`schema.name(type, type)`: what tells overloads apart."""
        inputs = (a.type for a in self.arguments if a.mode in {"in", "inout", "variadic"})
        return f"{self.name}({', '.join(inputs)})"


@dataclass(frozen=True, slots=True)
class UserType:
    """A type of the user's own: `kind` is enum, composite, domain or range; `labels` an enum's values in order;
    `base` a domain's or range's type; `attributes` a composite's fields and their types."""

    name: QName
    kind: str
    origin: Origin
    labels: tuple[str, ...] = ()
    base: str | None = None
    uncertain: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence made by CREATE SEQUENCE."""

    name: QName
    origin: Origin


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension and the schema it was put in (None: the file does not say)."""

    name: str
    schema: str | None
    origin: Origin


class DroppedKind(StrEnum):
    """What a dropped object was, as far as a witness could still see it."""

    TABLE = "table"
    VIEW = "view"
    COLUMN = "column"
    FUNCTION = "function"
    FOREIGN_KEY = "foreign_key"
    CONSTRAINT = "constraint"
    INDEX = "index"
    POLICY = "policy"
    TRIGGER = "trigger"
    TYPE = "type"
    EXTENSION = "extension"
    PUBLICATION = "publication"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that the files took away and did not make again. `member`: what hung on the table `name`."""

    kind: DroppedKind
    name: QName
    origin: Origin
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement whose effect cannot be read (a DO block, EXECUTE, an unknown statement): where, why, and the
    names it mentions as far as they can be seen (empty: it may touch anything). `acts`: the parser's names for the
    statements, ALTER TABLE commands and kinds of dropped objects that it shows (empty: it may do anything)."""

    origin: Origin
    reason: str
    may_touch: frozenset[QName] = frozenset()
    acts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything the files promise, taken together. `functions` is keyed by `Function.signature`."""

    schemas: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[QName, Table] = field(default_factory=lambda: MappingProxyType({}))
    views: Mapping[QName, View] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, Function] = field(default_factory=lambda: MappingProxyType({}))
    types: Mapping[QName, UserType] = field(default_factory=lambda: MappingProxyType({}))
    sequences: Mapping[QName, Sequence] = field(default_factory=lambda: MappingProxyType({}))
    extensions: Mapping[str, Extension] = field(default_factory=lambda: MappingProxyType({}))
    dropped: tuple[Dropped, ...] = ()
    doubts: tuple[Doubt, ...] = ()
