"""Reads migration files and parses them with PostgreSQL's own parser, bodies of functions included.

Positions of the parser: errors give 1-based characters; the tree gives 0-based bytes; errors in PL/pgSQL bodies give
none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from supa_deploy.migrations import bodyerrors, transactions
from supa_deploy.migrations.discover import BOM, Migration
from supa_deploy.migrations.grammar import Refused
from supa_deploy.migrations.pieces import UNREAD, Read, read_statements, refused_piece, unread
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.source import Source
from supa_deploy.model import Finding, Severity

_BACKSLASHES = re.compile(
    r"standard_conforming_strings\s*(?:=|\bto\b)\s*'?(?:off|false|no|0|f|n)\b", re.IGNORECASE
)


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
    """Parses a text as if it stood in that file. Never raises for what it holds.

    A statement whose tree is too deep is of the kind `pieces.UNREAD`, with a finding (`rule` is `too-deep`).
    """
    source = Source(text.encode(errors="replace"))
    impossible = _impossible(text)
    if impossible:
        message, byte = impossible
        problem = _syntax(migration, source, message, *source.place(byte))
        return Script(migration, text, (), (problem,), source)
    try:
        found = read_statements(source, text)
    except Refused as error:
        return _refused(migration, source, text, error)
    problems = (*_too_deep(migration, source, found), *_in_bodies(migration, source, found.statements))
    script = Script(migration, text, found.statements, problems, source)
    risks = transactions.findings(script)
    return Script(migration, text, found.statements, (*problems, *risks), source) if risks else script


def _impossible(text: str) -> tuple[str, int] | None:
    """What no text for PostgreSQL may hold, and at which byte."""
    zero = text.find("\0")
    if zero >= 0:
        return "a zero byte cannot stand in SQL", len(text[:zero].encode(errors="replace"))
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return "half a surrogate pair cannot stand in UTF-8", len(text[: error.start].encode())
    return None


def _refused(migration: Migration, source: Source, text: str, error: Refused) -> Script:
    """A file that the parser refuses. Where it turns standard_conforming_strings off before that, the server reads
    texts otherwise than the parser: nothing is certain then."""
    if error.position > 0:
        line, column = source.place_of_character(error.position)
    else:
        line, column = source.place(refused_piece(source.data))
    problem = _syntax(migration, source, error.message, line, column)
    switch = _BACKSLASHES.search(text)
    if switch is None or (error.position and switch.start() >= error.position):
        return Script(migration, text, (), (problem,), source)
    unsure = replace(
        problem,
        severity=Severity.WARNING,
        message=f"{problem.message} (the file turns standard_conforming_strings off, so this is not certain)",
        help="Leave standard_conforming_strings on, and write E'…' where a backslash is an escape.",
    )
    return Script(migration, text, unread(source), (unsure,), source)


def _too_deep(migration: Migration, source: Source, found: Read) -> Iterator[Finding]:
    for statement in found.statements:
        if statement.kind == UNREAD:
            sure = statement.index not in found.unconfirmed
            yield _unread(migration, source, statement, "The statement", sure=sure)


def _in_bodies(migration: Migration, source: Source, found: tuple[Statement, ...]) -> Iterator[Finding]:
    for error in bodyerrors.errors(source, found):
        if not error.message:
            yield _unread(migration, source, error.statement, "The body of the function", sure=error.sure)
            continue
        problem = _syntax(migration, source, error.message, *source.place(error.byte))
        yield problem if error.checked else replace(problem, severity=Severity.WARNING)


def _unread(migration: Migration, source: Source, statement: Statement, what: str, *, sure: bool) -> Finding:
    known = "its syntax is right, and nothing else is known of it" if sure else "not even its syntax is known"
    return Finding(
        rule="too-deep",
        severity=Severity.INFO,
        file=migration.file,
        line=statement.line,
        column=statement.column,
        message=f"{what} is too long or nested too deep to be looked into: {known}.",
        help="Look it over by hand, or write it in several steps.",
        excerpt=source.line_text(statement.line),
    )


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
