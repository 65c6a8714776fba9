"""Statements that a stand-in cannot take as they are: storage parameters of its index methods.

An index method's parameters are checked by its handler, and no handler of PostgreSQL's own knows pgvector's. So
they travel in a comment of the same length (line and column of everything else stay), from which the stand-in
writes them back into the catalog once the index is there: `pg_get_indexdef` then prints them as pgvector would.
"""

import re

_METHODS = {"hnsw": "vector", "ivfflat": "vector", "pgroonga": "pgroonga"}
_USING = re.compile(rf"\busing\s+\"?({'|'.join(_METHODS)})\"?\s*\(", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:include\s*\(|nulls\s+(?:not\s+)?distinct\b)", re.IGNORECASE)
_WITH = re.compile(r"\s*\b(with)\s*\(", re.IGNORECASE)
_PIECE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|[()]|;", re.DOTALL)


def for_stand_ins(text: str, stand_ins: frozenset[str]) -> str:
    """SQL for a scratch server that pretends `stand_ins`: the same text, of the same length, where the storage
    parameters of a stand-in's index have become a comment. Never for a user's database."""
    pieces: list[str] = []
    done = 0
    for found in _USING.finditer(text):
        if found.start() < done or _METHODS[found.group(1).lower()] not in stand_ins:
            continue
        span = _parameters(text, found.end())
        if span is not None:
            start, end = span
            hidden = text[start + len("with") : end - 1].replace("/*", "/ ").replace("*/", " /")
            pieces += (text[done:start], "/*=", hidden, "*/")
            done = end
    return "".join((*pieces, text[done:]))


def _parameters(text: str, inside: int) -> tuple[int, int] | None:
    """From `with` to its closing parenthesis, after the column list that `inside` is in; None where there is none."""
    end = _closing(text, inside)
    while end is not None and (more := _BETWEEN.match(text, end)):
        end = _closing(text, more.end()) if more.group().endswith("(") else more.end()
    told = _WITH.match(text, end) if end is not None else None
    if told is None:
        return None
    closed = _closing(text, told.end())
    return None if closed is None else (told.start(1), closed)


def _closing(text: str, inside: int) -> int | None:
    """Behind the parenthesis that closes the one before `inside`."""
    depth = 1
    for piece in _PIECE.finditer(text, inside):
        if piece.group() == ";":
            return None
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        if depth == 0:
            return piece.end()
    return None
