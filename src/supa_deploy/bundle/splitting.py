"""A file cut into statements exactly as the Supabase CLI cuts it for its history.

Facts of Supabase CLI 3.1.0, seen by running it over thousands of texts (tests/e2e/test_bundle_rows.py): a statement
ends at a semicolon outside strings, quoted names, dollar quotes, comments, brackets and bodies in BEGIN ATOMIC … END;
each is recorded with its comments, without the semicolons at its end and the white space around it; one that is empty
then is left out. Two habits are not PostgreSQL's: the first closing bracket ends all open ones, and a backslash outside
strings takes the next character with it. 2.122.1 differs where the marks of comments overlap (`/*/`), 2.99.0 also in
strings with escapes and in bodies in BEGIN ATOMIC.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = r"A-Za-z0-9_\x80-\U0010ffff"
_NOT_AFTER_WORD = rf"(?<![{_WORD}$])"
_STOP = re.compile(
    rf"(?P<mark>[;()\\'\"])|(?P<line>--)|(?P<block>/\*)|{_NOT_AFTER_WORD}(?:"
    rf"(?P<dollar>\$)|(?P<atomic>ATOMIC)|(?P<end>END(?![{_WORD}$])(?=.)))",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rf"\$[{_WORD}]*(?P<closed>\$)?")
_ENDS_IN_BEGIN = re.compile(rf"(?:\A|[^{_WORD}$])BEGIN\Z", re.ASCII | re.IGNORECASE)
_ESCAPES = re.compile(rf"(?:\A|[^{_WORD}$])[eE]\Z")
_PLAIN = {mark: re.compile(rf"{mark}[^{mark}]*(?:{mark}{mark}[^{mark}]*)*{mark}?") for mark in "'\""}
_ESCAPED = re.compile(r"'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'?", re.DOTALL)
_BLANK = " \t\n\r\f\v"
_BLANKS_AND_LINES = re.compile(rf"(?:[{_BLANK}]|--[^\n\r]*(?:[\n\r]|\Z))*")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_LINE_END = re.compile(r"[\n\r]")
_TRIMMED = (
    " \t\n\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement as the history records it, and where it was cut from (0-based characters, semicolon included)."""

    text: str
    start: int
    end: int


def split(text: str) -> tuple[Piece, ...]:
    """The statements of a file, in order; `text` is without its byte order mark, as the CLI reads it."""
    pieces = []
    start = 0
    for end in (*_ends(text), len(text)):
        cut = text[start:end].rstrip(";").strip(_TRIMMED)
        if cut:
            pieces.append(Piece(cut, start, end))
        start = end
    return tuple(pieces)


def _ends(text: str) -> Iterator[int]:
    """Where each statement that has a semicolon ends, behind it."""
    inside: list[int] = []  # open bodies: where the statement in it begins; -1 for a bracket
    position = 0
    while match := _STOP.search(text, position):
        position = match.end()
        kind, here = match.lastgroup, match.start()
        if kind == "mark":
            position = _mark(text, here, inside)
            if match[0] == ";" and not inside:
                yield position
        elif kind == "atomic":
            if _after_begin(text, here):
                inside.append(position)
        elif kind == "end":
            if inside and inside[-1] >= 0 and _is_blank(text, inside[-1], here):
                inside.pop()
        else:
            position = _passed(text, here, kind)


def _mark(text: str, here: int, inside: list[int]) -> int:
    """Takes in one character that means something; gives where to go on."""
    mark = text[here]
    if mark == "(" and not (inside and inside[-1] < 0):
        inside.append(-1)
    elif mark == ")" and inside and inside[-1] < 0:
        inside.pop()
    elif mark == ";" and inside and inside[-1] >= 0:
        inside[-1] = here + 1
    elif mark == "\\":
        return here + 2
    elif mark in "'\"":
        return _string_end(text, here)
    return here + 1


def _after_begin(text: str, here: int) -> bool:
    before = here
    while before and text[before - 1] in _BLANK:
        before -= 1
    return _ENDS_IN_BEGIN.search(text[max(before - 6, 0) : before]) is not None


def _string_end(text: str, here: int) -> int:
    if text[here] == '"' or not _ESCAPES.search(text[max(here - 2, 0) : here]):
        found = _PLAIN[text[here]].match(text, here)
        return found.end() if found else here + 1
    while found := _ESCAPED.match(text, here):
        gap = _BLANKS_AND_LINES.match(text, found.end())
        beyond = gap.end() if gap else found.end()
        if not (text.startswith("'", beyond) and _LINE_END.search(text, found.end(), beyond)):
            return found.end()
        here = beyond
    return here + 1


def _passed(text: str, here: int, kind: str | None) -> int:
    """Where a comment or a dollar quote that begins here ends."""
    if kind == "line":
        found = _LINE_END.search(text, here)
        return found.end() if found else len(text)
    if kind == "block":
        return _comment_end(text, here)
    tag = _TAG.match(text, here)
    if tag is None or tag["closed"] is None:
        return tag.end() if tag else here + 1
    closing = text.find(tag[0], here + 1)
    return len(text) if closing < 0 else closing + len(tag[0])


def _comment_end(text: str, here: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, here):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _is_blank(text: str, start: int, end: int) -> bool:
    """True when there is nothing but white space and comments."""
    while start < end:
        found = _BLANKS_AND_LINES.match(text, start, end)
        start = found.end() if found else start
        if start >= end:
            return True
        if not text.startswith("/*", start):
            return False
        start = _comment_end(text, start)
    return True
