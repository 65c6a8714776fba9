"""Just enough of PostgreSQL's lexer to cut text out of a statement: strings, comments, dollar quotes, brackets.

The parser gives where an expression starts and not where it ends, so the text of a default, a check or a
policy's condition is cut from the file between tokens. Works on bytes, as the parser's locations do.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"""
      (?P<space>\s+|--[^\n\r]*)
    | (?P<comment>/\*)
    | (?P<string>[eE]'(?:[^'\\]|''|\\.)*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
    | (?P<quoted>(?:[uU]&)?"(?:[^"]|"")*")
    | (?P<dollar>\$(?P<tag>(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?)\$)
    | (?P<word>[A-Za-z_\x80-\xff][A-Za-z0-9_$\x80-\xff]*)
    | (?P<other>[0-9]+(?:\.[0-9]*)?|::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NO_BREAK = re.compile(rb"[^\n]")
_DOLLAR = ord("$")
_COMMENT_MARK = re.compile(rb"/\*|\*/")


class Token(NamedTuple):
    """A token: `kind` (word, quoted, string, other), its upper-cased text for words, and its bytes' range."""

    kind: str
    text: str
    start: int
    end: int


def tokens(data: bytes, start: int, end: int) -> Iterator[Token]:
    """The tokens in `data[start:end]`, without white space and comments."""
    position = start
    while position < end:
        match = _TOKEN.match(data, position, end)
        if match is None:
            return
        kind = match.lastgroup or "other"
        stop = match.end()
        if kind == "comment":
            position = _comment_end(data, stop, end)
            continue
        if kind in {"dollar", "tag"}:
            found = data.find(match[0], stop, end)
            stop = end if found < 0 else found + len(match[0])
            yield Token("string", "", position, stop)
        elif kind == "word":
            yield Token("word", match[0].decode(errors="replace").upper(), position, stop)
        elif kind != "space":
            text = "" if kind in {"string", "quoted"} else match[0].decode(errors="replace")
            yield Token(kind, text, position, stop)
        position = stop


def _comment_end(data: bytes, position: int, end: int) -> int:
    """Where a block comment ends, nested ones counted, given the byte after its opening."""
    depth = 1
    while depth:
        match = _COMMENT_MARK.search(data, position, end)
        if match is None:
            return end
        depth += 1 if match[0] == b"/*" else -1
        position = match.end()
    return position


def skip_blank(data: bytes, start: int, end: int) -> int:
    """The first byte in the range that is neither white space nor comment (`end` when there is none)."""
    for token in tokens(data, start, end):
        return token.start
    return end


def in_brackets(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The range inside the first pair of round brackets at or after `start`, None when there is none."""
    depth, opened = 0, -1
    for token in tokens(data, start, end):
        if token.text == "(":
            if depth == 0:
                opened = token.end
            depth += 1
        elif token.text == ")" and depth:
            depth -= 1
            if depth == 0:
                return opened, token.start
    return None


def expression_end(data: bytes, start: int, end: int) -> int:
    """Where an expression that starts at `start` ends: before the comma or the bracket that closes around it."""
    depth, last = 0, start
    for token in tokens(data, start, end):
        if token.text in {"(", "["}:
            depth += 1
        elif token.text in {")", "]"}:
            if depth == 0:
                return last
            depth -= 1
        elif depth == 0 and token.text in {",", ";"}:
            return last
        last = token.end
    return last


def after_words(data: bytes, start: int, end: int, *words: str) -> Iterator[int]:
    """Each place outside brackets right after these words in a row (upper case)."""
    depth, matched = 0, 0
    for token in tokens(data, start, end):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        if depth == 0 and token.kind == "word" and token.text == words[matched]:
            matched += 1
            if matched == len(words):
                matched = 0
                yield token.end
        else:
            matched = int(depth == 0 and token.kind == "word" and token.text == words[0])
            if matched == len(words):
                matched = 0
                yield token.end


def split_list(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges between commas outside brackets."""
    ranges: list[tuple[int, int]] = []
    depth, first, last = 0, -1, start
    for token in tokens(data, start, end):
        if depth == 0 and token.text == ",":
            ranges.append((first if first >= 0 else token.start, last))
            first = -1
            continue
        if token.text in {"(", "["}:
            depth += 1
        elif token.text in {")", "]"}:
            depth -= 1
        if first < 0:
            first = token.start
        last = token.end
    if first >= 0:
        ranges.append((first, last))
    return ranges


def without_comments(data: bytes, *, in_texts: bool = False) -> bytes:
    """The same text with spaces for comments, so that every byte keeps its place; `in_texts`: inside string literals
    too, for those that hold code."""
    blank = bytearray(data)
    last, before = 0, ""
    for token in (*tokens(data, 0, len(data)), Token("end", "", len(data), len(data))):
        gap = data[last : token.start]
        if not (before == token.kind == "string" and b"/*" in gap):  # two texts would become one
            blank[last : token.start] = _NO_BREAK.sub(b" ", gap)
        if in_texts and token.kind == "string":
            quote = data.find(b"$", token.start + 1) + 1 if data[token.start] == _DOLLAR else token.start + 1
            blank[quote : token.end - 1] = without_comments(data[quote : token.end - 1])
        last, before = token.end, token.kind
    return bytes(blank)
