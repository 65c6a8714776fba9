"""Reads migration files and parses them with PostgreSQL's own parser (pgparse), bodies of functions included.

The only module that imports pgparse, and only at the first parse. Positions of pgparse: errors give 1-based
characters; the tree gives 0-based bytes; errors in PL/pgSQL bodies give none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from supa_deploy.migrations import bodies, lexer, transactions
from supa_deploy.migrations.discover import BOM, Migration
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import statements
from supa_deploy.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Parsed:
    """Several files as statements, and what is wrong with them, in the files' order."""

    scripts: tuple[Script, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def parse_all(migrations: Iterable[Migration]) -> Parsed:
    """Reads and parses each file. Never raises for what a file holds: that becomes findings."""
    scripts = tuple(read(migration) for migration in migrations)
    findings = [finding for script in scripts for finding in script.problems]
    return Parsed(scripts, tuple(findings))


def read(migration: Migration) -> Script:
    """Reads and parses one file.

    A syntax error gives a script without statements and a finding (`rule` is `syntax`) at its line and column.
    A file that cannot be read, or is not UTF-8, gives a script without statements too; discover reports it.
    """
    try:
        data = migration.path.read_bytes()
        text = data.removeprefix(BOM).decode()
    except (OSError, UnicodeDecodeError):
        return Script(migration, "", ())
    return parse_text(migration, text)


def parse_text(migration: Migration, text: str) -> Script:
    """Parses a text as if it stood in that file."""
    from pgparse import PGQueryError, parse

    source = Source(text.encode())
    if "\0" in text:
        line, column = source.place(source.data.index(b"\0"))
        problem = _syntax(migration, source, "a zero byte cannot stand in SQL", line, column)
        return Script(migration, text, (), (problem,), source)
    try:
        tree = parse(text)
    except PGQueryError as error:
        line, column = source.place_of_character(error.position)
        return Script(migration, text, (), (_syntax(migration, source, error.message, line, column),), source)
    found = tuple(_statements(source, tree))
    problems = [
        replace(_syntax(migration, source, error.message, error.line, error.column), severity=error.severity)
        for error in bodies.errors(source, found)
    ]
    script = Script(migration, text, found, tuple(problems), source)
    risks = transactions.findings(script)
    return Script(migration, text, found, (*problems, *risks), source) if risks else script


def _statements(source: Source, tree: object) -> Iterator[Statement]:
    for index, (node, first, length) in enumerate(statements(tree)):
        end = first + length if length else len(source.data)
        start = lexer.skip_blank(source.data, first, end)
        line, column = source.place(start)
        yield Statement(index, node.kind, line, column, start, end, node)


def _syntax(migration: Migration, source: Source, message: str, line: int, column: int) -> Finding:
    return Finding(
        rule="syntax",
        severity=Severity.ERROR,
        file=migration.file,
        line=line,
        column=column,
        message=message,
        help="PostgreSQL would refuse this file; correct the line and run again.",
        excerpt=source.line_text(line),
    )
