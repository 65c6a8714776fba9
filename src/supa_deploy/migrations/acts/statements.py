"""Cuts SQL into statements with PostgreSQL's own parser; where that refuses, at the semicolons, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.migrations import lexer
from supa_deploy.migrations.acts.reading import acts_of
from supa_deploy.migrations.acts.values import Act, Deed
from supa_deploy.migrations.discover import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.migrations.transactions import transaction_risks

_NOWHERE = Migration("", "", "(SQL)", Path("(SQL)"))


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """One statement as written (no semicolon), what it does, and whether a transaction can hold it. `kind` is the
    parser's name for it, empty where the parser refuses it."""

    text: str
    kind: str
    acts: tuple[Act, ...]
    transactional: bool = True


def read_sql(sql: str) -> tuple[SqlStatement, ...]:
    """The statements of a script, in order. Never raises: one that PostgreSQL 17's parser refuses (a newer
    server's syntax) is there with an act of deed `other`."""
    whole = parse_text(_NOWHERE, sql)
    if whole.problems and not whole.statements:
        pieces = list(_pieces(sql))
        if len(pieces) > 1:
            return tuple(statement for piece in pieces for statement in read_sql(piece))
        return tuple(_unread(piece) for piece in pieces)
    risky = {(risk.line, risk.text) for risk in transaction_risks(whole)}
    found = ((statement, whole.statement_text(statement)) for statement in whole.statements)
    return tuple(
        SqlStatement(
            text, statement.kind, acts_of(statement.tree), (statement.line, text.splitlines()[0]) not in risky
        )
        for statement, text in found
    )


def _pieces(sql: str) -> Iterator[str]:
    data, start = sql.encode(), 0
    for token in lexer.tokens(data, 0, len(data)):
        if token.text == ";":
            yield from _trimmed(data, start, token.start)
            start = token.end
    yield from _trimmed(data, start, len(data))


def _trimmed(data: bytes, start: int, end: int) -> Iterator[str]:
    first = lexer.skip_blank(data, start, end)
    if first < end:
        yield data[first:end].decode(errors="replace").strip()


def _unread(text: str) -> SqlStatement:
    words = " ".join(text.split()[:4])
    return SqlStatement(text, "", (Act(Deed.OTHER, "statement", "", words),))
