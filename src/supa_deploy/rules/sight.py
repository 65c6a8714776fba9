"""What a rule can see: the statement's file, and the database as the statements before it leave it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from supa_deploy.migrations import Script, Statement
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.terms import Terms
from supa_deploy.rules.values import Found, FoundAt
from supa_deploy.schema import QName, Schema


@dataclass(slots=True)
class Sight:
    """`script` is the file in hand; `state` the database before the statement in hand (after the last one, for a rule
    about a whole file); `told` the rules told once a file that have been told."""

    script: Script
    state: State
    terms: Terms
    told: set[str] = field(default_factory=set)

    def is_new(self, name: QName) -> bool:
        """True for a table or view that this very file makes: new and empty, and nobody uses it yet."""
        made = self.state.tables.get(name) or self.state.views.get(name)
        if made is None or getattr(made, "assumed", False):
            return False
        return made.origin.file == self.script.migration.file

    def is_old(self, name: QName) -> bool:
        """True for a relation that is there before this file: an older file made it, or it is taken as there."""
        return not self.is_new(name) and name.name not in self.state.temporary

    def is_platform(self, name: QName) -> bool:
        """True for what stands in a schema of Supabase's or PostgreSQL's own."""
        return is_platform_schema(name.schema)

    def relation(self, node: Node | None) -> QName:
        """The relation that a statement names (its RangeVar), found through the search_path."""
        return self.state.relation(node)

    def byte(self, statement: Statement, node: Node | None = None) -> int:
        """Where a part of the statement stands; the statement's start when the parser does not say."""
        location = node.location if node is not None else -1
        return max(statement.start, location)


@dataclass(frozen=True, slots=True)
class Whole:
    """All files together: what they make in the end, as values and as the fold leaves it. `files` in order."""

    schema: Schema
    terms: Terms
    files: tuple[str, ...] = ()
    state: State = field(default_factory=State)


StatementRule = Callable[[Sight, Statement], Iterable[Found]]
FileRule = Callable[[Sight], Iterable[Found]]
WholeRule = Callable[[Whole], Iterable[FoundAt]]


@dataclass(frozen=True, slots=True)
class Readers:
    """A topic's rules: by the parser's name for the statement's kind, at the end of each file, at the end of all."""

    statements: Mapping[str, tuple[StatementRule, ...]] = field(default_factory=dict)
    files: tuple[FileRule, ...] = ()
    whole: tuple[WholeRule, ...] = ()
