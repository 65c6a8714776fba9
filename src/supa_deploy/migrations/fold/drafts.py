"""Tables and views while they are being folded: mutable, frozen into schema values at the end."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from supa_deploy.migrations.tree import Node
from supa_deploy.schema import (
    Column,
    Constraint,
    DroppedKind,
    ForeignKey,
    Function,
    Index,
    Origin,
    Policy,
    QName,
    RelationKind,
    Table,
    Trigger,
    View,
)

Grants = dict[str, set[str]]


def frozen_grants(grants: Grants) -> MappingProxyType[str, frozenset[str]]:
    """Grants as a value: roles without a privilege left out."""
    return MappingProxyType({role: frozenset(words) for role, words in grants.items() if words})


@dataclass(slots=True)
class Mention:
    """What a condition or a query names: relations, functions and columns (`*` for all)."""

    relations: set[QName] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)


@dataclass(slots=True)
class TableDraft:
    """A table as the statements so far leave it. `local` are the columns it has of its own,
    not (only) from a parent; `from_parent` says which of its keys came with which
    key of the partitioned table; `mentions` holds, by policy, what its conditions name; `index_columns` and
    `index_nodes`, by index, the columns it involves and its statement; `rls_off` is the statement that switched RLS
    off last, `granted` by role the one that granted it something last (default privileges left out)."""

    name: QName
    origin: Origin
    kind: RelationKind = RelationKind.TABLE
    columns: dict[str, Column] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)
    foreign_keys: dict[str, ForeignKey] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    rls: Origin | None = None
    comment: str | None = None
    grants: Grants = field(default_factory=dict)
    column_grants: dict[str, Grants] = field(default_factory=dict)
    columns_known: bool = True
    assumed: bool = False
    uncertain: str | None = None
    parents: list[QName] = field(default_factory=list)
    local: set[str] = field(default_factory=set)
    from_parent: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, Mention] = field(default_factory=dict)
    index_columns: dict[str, frozenset[str]] = field(default_factory=dict)
    index_nodes: dict[str, Node] = field(default_factory=dict)
    publications: dict[str, Origin] = field(default_factory=dict)
    rls_off: Origin | None = None
    granted: dict[str, Origin] = field(default_factory=dict)

    def members(self, kind: DroppedKind) -> Collection[str]:
        """The names of what hangs on the table, of this kind."""
        found: dict[DroppedKind, Collection[str]] = {
            DroppedKind.COLUMN: self.columns,
            DroppedKind.FOREIGN_KEY: self.foreign_keys,
            DroppedKind.CONSTRAINT: {*self.constraints, *self.foreign_keys},
            DroppedKind.POLICY: self.policies,
            DroppedKind.TRIGGER: self.triggers,
            DroppedKind.PUBLICATION: self.publications,
        }
        return found.get(kind, ())

    def freeze(self) -> Table:
        """The table as a value."""
        columns = {
            name: replace(column, grants=frozen_grants(self.column_grants[name]))
            if name in self.column_grants
            else column
            for name, column in self.columns.items()
        }
        return Table(
            name=self.name,
            origin=self.origin,
            kind=self.kind,
            columns=MappingProxyType(columns),
            constraints=MappingProxyType(self.constraints),
            foreign_keys=MappingProxyType(self.foreign_keys),
            indexes=MappingProxyType(self.indexes),
            policies=MappingProxyType(self.policies),
            triggers=MappingProxyType(self.triggers),
            rls=self.rls,
            comment=self.comment,
            grants=frozen_grants(self.grants),
            columns_known=self.columns_known,
            uncertain=self.uncertain,
            parents=tuple(self.parents),
            assumed=self.assumed,
            publications=MappingProxyType(self.publications),
        )


@dataclass(slots=True)
class ViewDraft:
    """A view as the statements so far leave it, and what its query names. `invoker`: security_invoker is on;
    `granted` as a table's."""

    name: QName
    origin: Origin
    materialized: bool = False
    columns: tuple[str, ...] | None = None
    indexes: dict[str, Index] = field(default_factory=dict)
    comment: str | None = None
    uncertain: str | None = None
    grants: Grants = field(default_factory=dict)
    mention: Mention = field(default_factory=Mention)
    invoker: bool = False
    granted: dict[str, Origin] = field(default_factory=dict)

    def freeze(self) -> View:
        """The view as a value."""
        return View(
            name=self.name,
            origin=self.origin,
            materialized=self.materialized,
            columns=self.columns,
            indexes=MappingProxyType(self.indexes),
            comment=self.comment,
            uncertain=self.uncertain,
            grants=frozen_grants(self.grants),
        )


@dataclass(slots=True)
class FunctionDraft:
    """A function, the user's own types it takes or returns, whether calling it may change the schema, and the
    settings that are fixed for its calls (`set search_path = …`)."""

    value: Function
    uses: frozenset[QName] = frozenset()
    changes_schema: bool = False
    grants: Grants = field(default_factory=dict)
    settings: frozenset[str] = frozenset()

    def freeze(self) -> Function:
        """The function as a value."""
        return replace(self.value, grants=frozen_grants(self.grants))
