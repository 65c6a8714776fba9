"""Just enough of PostgreSQL's lexer to cut text out of a statement: strings, comments, dollar quotes, brackets.

The parser gives where an expression starts and not where it ends, so the text of a default, a check or a
policy's condition is cut from the file between tokens. Works on bytes, as the parser's locations do.
"""

import re
from collections.abc import Iterator
from functools import cache
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
_BLANK = rb"\s+|--[^\n\r]*"
_STRING = rb"""[eE]'(?:[^'\\]|''|\\.)*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'|(?:[uU]&)?"(?:[^"]|"")*\""""
_REST_OF_TAG = rb"(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$"
_IN_WORD = rb"[A-Za-z0-9_$\x80-\xff]"
_BLANKS = re.compile(rb"(?>(?:" + _BLANK + rb")*)")
_NO_BREAK = re.compile(rb"[^\n]")
_DOLLAR, _COMMA, _OPEN, _CLOSE = b"$,()"
_ROUND, _OPENING, _CLOSING = b"()", b"([", b")]"
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


def _up_to(marks: bytes, word: bytes = b"") -> re.Pattern[bytes]:
    """A pattern that passes over tokens, as `tokens` cuts them, up to one of these characters or this word.

    Its groups: the end of the last token passed over (empty), the mark, what opens a block comment, what opens a dollar
    quote (no pattern can pass over these two). It matches everywhere, and never goes back into what it passed over.
    """
    ends = re.escape(marks)
    whole = rb"(?i:" + word + rb")(?!" + _IN_WORD + rb")" if word else rb"(?!)"
    no_mark = rb"(?!" + whole + rb")"
    passed = (  # the common ones first; a word may also be what a string begins with
        no_mark + rb"[ac-df-mo-tvwyzACDF-MO-TVWYZ_\x80-\xff]" + _IN_WORD + rb"*",
        rb"[^\sA-Za-z_\x80-\xff0-9$/'\"\-" + ends + rb"]",
        _STRING,
        no_mark + rb"[A-Za-z]" + _IN_WORD + rb"*",
        rb"[0-9]+(?:\.[0-9]*)?",
        rb"['\"]|-(?!-)|/(?!\*)|\$(?!" + _REST_OF_TAG + rb")",
    )
    blanks = rb"(?>(?:" + _BLANK + rb")*)"
    over = rb"(?>(?:" + blanks + rb"(?:" + rb"|".join(passed) + rb"))*)()" + blanks
    stop = rb"(?:([" + ends + rb"]|" + whole + rb")|(/\*)|(\$" + _REST_OF_TAG + rb"))?"
    return re.compile(over + stop, re.DOTALL)  # (?>…) and not *+, which Python 3.11 gets wrong


_MARK, _COMMENT, _DOLLAR_QUOTE = 2, 3, 4
_TO_ROUND = _up_to(b"()")
_TO_COMMA = _up_to(b"()[],;")
_to_word = cache(lambda word: _up_to(b"()", word.encode()))


def _next(pattern: re.Pattern[bytes], data: bytes, start: int, end: int, last: int) -> tuple[int, int, int]:
    """The range of the next mark of a pattern of `_up_to` (-1 when there is none up to `end`), and where the token
    before it ends (`last` when there is none)."""
    position = start
    while match := pattern.match(data, position, end):
        passed = match.end(1)
        last = passed if passed > position else last
        position = match.end()
        found = match.lastindex
        if found == _MARK:
            return match.start(_MARK), position, last
        if found == _COMMENT:
            position = _comment_end(data, position, end)
        elif found == _DOLLAR_QUOTE:
            closing = data.find(match[_DOLLAR_QUOTE], position, end)
            position = last = end if closing < 0 else closing + len(match[_DOLLAR_QUOTE])
        else:
            break
    return -1, end, last


def skip_blank(data: bytes, start: int, end: int) -> int:
    """The first byte in the range that is neither white space nor comment (`end` when there is none)."""
    position = start
    while position < end and (match := _BLANKS.match(data, position, end)):
        position = match.end()
        if not data.startswith(b"/*", position, end):
            return position
        position = _comment_end(data, position + 2, end)
    return end


def in_brackets(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """The range inside the first pair of round brackets at or after `start`, None when there is none."""
    depth = opened = 0
    mark, position, _ = _next(_TO_ROUND, data, start, end, start)
    while mark >= 0:
        if data[mark] == _OPEN:
            if depth == 0:
                opened = position
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                return opened, mark
        mark, position, _ = _next(_TO_ROUND, data, position, end, start)
    return None


def expression_end(data: bytes, start: int, end: int) -> int:
    """Where an expression that starts at `start` ends: before the comma or the bracket that closes around it."""
    depth = 0
    mark, position, last = _next(_TO_COMMA, data, start, end, start)
    while mark >= 0:
        if data[mark] in _OPENING:
            depth += 1
        elif depth == 0:
            return last
        elif data[mark] in _CLOSING:
            depth -= 1
        mark, position, last = _next(_TO_COMMA, data, position, end, position)
    return last


def after_words(data: bytes, start: int, end: int, *words: str) -> Iterator[int]:
    """Each place outside brackets right after these words in a row (upper case)."""
    depth = 0
    pattern = _to_word(words[0])
    mark, position, _ = _next(pattern, data, start, end, start)
    while mark >= 0:
        if data[mark] == _OPEN:
            depth += 1
        elif data[mark] == _CLOSE:
            depth -= 1
        elif depth == 0:
            after = _after(data, position, end, words[1:])
            if after >= 0:
                yield after
                position = after
        mark, position, _ = _next(pattern, data, position, end, start)


def _after(data: bytes, start: int, end: int, words: tuple[str, ...]) -> int:
    """The byte after these words, when they stand right at `start`; -1 when they do not."""
    position = start
    for word in words:
        first = skip_blank(data, position, end)
        mark, position, last = _next(_to_word(word), data, first, end, -1)
        if mark != first or last >= 0 or data[mark] in _ROUND:
            return -1
    return position


def split_list(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges between commas outside brackets."""
    ranges: list[tuple[int, int]] = []
    depth, first = 0, skip_blank(data, start, end)
    mark, position, last = _next(_TO_COMMA, data, first, end, start)
    while mark >= 0:
        if data[mark] == _COMMA and depth == 0:
            ranges.append((first, last))
            first = position = skip_blank(data, position, end)
        else:
            depth += (data[mark] in _OPENING) - (data[mark] in _CLOSING)
            last = position
        mark, position, last = _next(_TO_COMMA, data, position, end, last)
    if first < end:
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
