"""A migration file as statements."""

from dataclasses import dataclass, field

from supa_deploy.migrations.discover import Migration
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Finding
from supa_deploy.schema import Origin


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its 0-based index in the file, the parser's name for its kind (`CreateStmt`, `DoStmt`, …),
    where it begins (1-based line and column; 0-based bytes), leading comments not counted in."""

    index: int
    kind: str
    line: int
    column: int
    start: int
    end: int
    tree: Node = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A migration file: its text (without a byte order mark), its statements (none when it does not parse) and
    what is wrong with it."""

    migration: Migration
    text: str = field(repr=False)
    statements: tuple[Statement, ...]
    problems: tuple[Finding, ...] = ()
    source: Source = field(default_factory=lambda: Source(b""), repr=False, compare=False)

    def origin(self, statement: Statement, byte: int = -1) -> Origin:
        """Where a statement, or the part of it at a byte, stands."""
        line = self.source.line(byte) if byte > statement.start else statement.line
        return Origin(self.migration.version, self.migration.file, line)

    def statement_text(self, statement: Statement) -> str:
        """The statement as written, without leading comments and the semicolon."""
        return self.source.text(statement.start, statement.end).rstrip()
