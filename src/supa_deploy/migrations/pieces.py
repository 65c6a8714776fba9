"""A file's statements, also where the tree of the whole file cannot be had.

The file is then cut at its semicolons, each piece is parsed alone, and what is too deep is blanked out: the rest
keeps its place. A piece that cannot be read is a statement too, of a kind of its own.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from supa_deploy.migrations import grammar, lexer
from supa_deploy.migrations.depth import may_be_deep
from supa_deploy.migrations.grammar import Refused, TooDeep
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node, statements

UNREAD = "UnreadStmt"
"""The kind of a statement whose tree is not read: PostgreSQL has no such name."""
_MOST_JOINED = 200
_LARGEST_CUT = 8 << 20


class Unread(NamedTuple):
    """A range of bytes that is not read; `confirmed` when its syntax is known to be right."""

    start: int
    end: int
    confirmed: bool


class Read(NamedTuple):
    """The statements of a file, and which of them (by index) are of the kind UNREAD without a confirmed syntax."""

    statements: tuple[Statement, ...]
    unconfirmed: frozenset[int] = frozenset()


def read_statements(source: Source, text: str) -> Read:
    """The statements of a text. Raises Refused."""
    try:
        return Read(tuple(_found(source, grammar.tree(text))))
    except TooDeep as error:
        confirmed = error.confirmed or _accepted(text)
    pieces = list(_unreadable(source)) if len(source.data) <= _LARGEST_CUT else []
    try:
        rest = list(_found(source, grammar.tree(_blanked(source, pieces)))) if pieces else None
    except (TooDeep, Refused):
        rest = None
    if rest is None:
        return Read(unread(source), frozenset() if confirmed else frozenset({0}))
    own = [_statement(source, 0, piece.start, piece.end, Node(UNREAD, {})) for piece in pieces]
    ordered = _in_order((*rest, *own))
    unsure = {own[at].start for at, piece in enumerate(pieces) if not piece.confirmed}
    return Read(ordered, frozenset(s.index for s in ordered if s.start in unsure))


def cut(data: bytes) -> Iterator[tuple[int, int]]:
    """The ranges between semicolons that stand outside brackets, without those that hold nothing."""
    depth, start, seen = 0, 0, False
    for token in lexer.tokens(data, 0, len(data)):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth = max(depth - 1, 0)
        elif token.text == ";" and depth == 0:
            if seen:
                yield start, token.start
            start, seen = token.end, False
            continue
        seen = True
    if seen:
        yield start, len(data)


def refused_piece(data: bytes) -> int:
    """Where the first piece begins that the grammar does not accept (for errors without a position), or rather the
    text in it that cannot be right alone; 0 when each is accepted."""
    for start, end in cut(data):
        if not _fits(data[start:end].decode()):
            for token in lexer.tokens(data, start, end):
                if token.kind == "string" and not _fits(f"SELECT {data[token.start : token.end].decode()}"):
                    return token.start
            return lexer.skip_blank(data, start, end)
    return 0


def unread(source: Source) -> tuple[Statement, ...]:
    """The whole file as one statement that is not read."""
    return (_statement(source, 0, 0, len(source.data), Node(UNREAD, {})),)


def _found(source: Source, tree: object) -> Iterator[Statement]:
    for index, (node, first, length) in enumerate(statements(tree)):
        yield _statement(source, index, first, first + length if length else len(source.data), node)


def _statement(source: Source, index: int, first: int, end: int, node: Node) -> Statement:
    start = lexer.skip_blank(source.data, first, end)
    line, column = source.place(start)
    if may_be_deep(source.data[start:end]) and node.is_deep():
        node = Node(UNREAD, {})
    return Statement(index, node.kind, line, column, start, end, node)


def _in_order(found: Iterable[Statement]) -> tuple[Statement, ...]:
    ordered = sorted(found, key=lambda statement: statement.start)
    return tuple(
        Statement(index, one.kind, one.line, one.column, one.start, one.end, one.tree)
        for index, one in enumerate(ordered)
    )


def _unreadable(source: Source) -> Iterator[Unread]:
    """The pieces that cannot be read alone. A body in BEGIN ATOMIC … END has semicolons of its own: pieces are
    joined until the grammar accepts them."""
    pieces = list(cut(source.data))
    first = 0
    while first < len(pieces):
        start = pieces[first][0]
        for last in range(first, min(first + _MOST_JOINED, len(pieces))):
            end = pieces[last][1]
            try:
                grammar.shallow_tree(source.text(start, end))
            except Refused:
                continue
            except TooDeep as error:
                yield Unread(start, end, error.confirmed)
            first = last + 1
            break
        else:
            yield Unread(start, len(source.data), confirmed=False)
            return


def _accepted(text: str) -> bool:
    """True when the grammar accepts it, False when that cannot be found out. Raises Refused."""
    try:
        grammar.accepts(text)
    except TooDeep:
        return False
    return True


def _fits(text: str) -> bool:
    try:
        grammar.accepts(text)
    except Refused:
        return False
    except TooDeep:
        return True
    return True


def _blanked(source: Source, pieces: list[Unread]) -> str:
    data = bytearray(source.data)
    for start, end, _ in pieces:
        data[start:end] = b" " * (end - start)
    return data.decode()
