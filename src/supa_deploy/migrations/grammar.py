"""PostgreSQL's own grammar (pgparse): texts to trees, however long or deep they are.

The only module that imports pgparse, and only at the first parse. Three things pgparse does not guard against, each
seen on pgparse 1.0.3 (libpg_query 17): it writes the tree as JSON by recursion in C, which ends the process where the
stack is too small for the depth; it reads that JSON back by recursion in Python, whose limit differs by version and
by how deep the caller stands; and PostgreSQL's lexer takes time in the square of a run of operator characters.
"""

import re
import resource
import threading
from collections.abc import Callable

from supa_deploy.migrations import lexer
from supa_deploy.migrations.depth import is_deep, may_be_deep

_SMALL = 8192
"""Characters whose deepest tree fits any thread's stack: 0.6 MB."""
_SMALL_IN_MAIN = 65536
"""The same for the main thread, where that has its usual 8 MB: 4.4 MB. A thread for a text takes a millisecond."""
_USUAL_STACK = 8 << 20
_STACK_PER_CHARACTER = 128
"""Bytes of C stack; measured at most 67, for `1+1+1…` (129 bytes a level of two characters)."""
_STACK_PER_CHARACTER_CHECKED = 16
"""The same where no tree is written; measured at most 5, for `table a union table b union…`."""
_STACK_BESIDE = 16 << 20
"""What Python's own JSON reader may take from 3.12 on (10,000 levels)."""
_LARGEST_STACK = 1 << 30
_STACK_STEP = 1 << 16
_RUN = re.compile(r"[-~!@#^&|`?+*/%<>=]{8192}")
_RUN_BEFORE = re.compile(r"[-~!@#^&|`?+*/%<>=]{2}")
_STRIDE = 4096
"""`/*/*/*…` of 16,000 characters takes PostgreSQL 0.7 s, of 200,000 two minutes."""
_starting = threading.Lock()


class Refused(Exception):
    """The grammar does not accept the text: PostgreSQL's words, and its 1-based character (0: it does not say)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class TooDeep(Exception):
    """No tree can be had: it is too deep, or the text too large. `confirmed` when the grammar accepts the text."""

    def __init__(self, *, confirmed: bool) -> None:
        super().__init__("the tree cannot be read")
        self.confirmed = confirmed


def tree(text: str) -> object:
    """The statements of a text as pgparse gives them. Raises Refused, TooDeep.

    The text holds neither NUL nor lone surrogates.
    """
    from pgparse import parse

    try:
        return _run_without_comments(parse, text, _STACK_PER_CHARACTER)
    except RecursionError:  # the JSON was written, so the grammar accepts the text
        raise TooDeep(confirmed=True) from None


def shallow_tree(text: str) -> object:
    """As `tree`; a tree that is deeper than the rest of the package reads is TooDeep too."""
    found = tree(text)
    if may_be_deep(text.encode()) and is_deep(found):
        raise TooDeep(confirmed=True)
    return found


def accepts(text: str) -> None:
    """Nothing when the grammar accepts the text. Raises Refused; TooDeep when not even that can be found out."""
    from pgparse import fingerprint

    _run_without_comments(fingerprint, text, _STACK_PER_CHARACTER_CHECKED)


def plpgsql_tree(statement: str) -> object:
    """The body of one CREATE FUNCTION, CREATE PROCEDURE or DO in PL/pgSQL, as pgparse gives it.

    The statement must be accepted and hold its body as a text: without one pgparse ends the process. Raises Refused
    (mostly without a position), TooDeep.
    """
    from pgparse import parse_pgsql

    try:
        return _run(parse_pgsql, statement, _STACK_PER_CHARACTER)
    except RecursionError:
        raise TooDeep(confirmed=True) from None
    except Refused as error:
        if not _has_comments(statement):
            raise
        first = error
    try:
        blank = lexer.without_comments(statement.encode(), in_texts=True).decode()
        return _run(parse_pgsql, blank, _STACK_PER_CHARACTER)
    except RecursionError:
        raise TooDeep(confirmed=True) from None
    except Refused as error:
        raise (first if error.position else error) from None


def _has_comments(text: str) -> bool:
    return "--" in text or "/*" in text


def _run_without_comments(function: Callable[[str], object], text: str, stack_per_character: int) -> object:
    """Runs it on the text; where that is refused, on the text without its comments.

    pgparse's lexer hands comments on as tokens, and PostgreSQL's looks at the token after NOT, WITH, WITHOUT, NULLS,
    FORMAT: `a not /* one of */ in (1, 2)` is refused by it and not by the server.
    """
    try:
        return _run(function, text, stack_per_character)
    except Refused:
        if not _has_comments(text):
            raise
    data = text.encode()
    blank = lexer.without_comments(data).decode()
    try:
        return _run(function, blank, stack_per_character)
    except Refused as error:
        byte = len(blank[: max(error.position - 1, 0)].encode())
        position = len(data[:byte].decode(errors="ignore")) + 1 if error.position else 0
        raise Refused(error.message, position) from None


def _run(function: Callable[[str], object], text: str, stack_per_character: int) -> object:
    from pgparse import PGQueryError

    if len(text) > _SMALL and _has_long_run(text):
        raise TooDeep(confirmed=False)
    try:
        if len(text) <= _SMALL or (len(text) <= _SMALL_IN_MAIN and _has_usual_stack()):
            return function(text)
        return _run_large(function, text, _STACK_BESIDE + len(text) * stack_per_character)
    except PGQueryError as error:
        raise Refused(error.message, error.position) from None


def _has_long_run(text: str) -> bool:
    """Such a run holds two of the characters that stand half as far apart: few texts need the whole search."""
    return bool(_RUN_BEFORE.search(text[::_STRIDE]) and _RUN.search(text))


def _has_usual_stack() -> bool:
    if threading.current_thread() is not threading.main_thread():
        return False
    soft, _hard = resource.getrlimit(resource.RLIMIT_STACK)
    return soft == resource.RLIM_INFINITY or soft >= _USUAL_STACK


def _run_large(function: Callable[[str], object], text: str, stack: int) -> object:
    """Runs it in a thread whose stack is in proportion to the text; only what is used of it takes memory."""
    from concurrent.futures import ThreadPoolExecutor

    if stack > _LARGEST_STACK:
        raise TooDeep(confirmed=False)
    with ThreadPoolExecutor(1, "parser") as threads:
        with _starting:
            before = threading.stack_size(-(-stack // _STACK_STEP) * _STACK_STEP)
            try:
                future = threads.submit(function, text)
            except RuntimeError:  # this machine does not give that much address space
                raise TooDeep(confirmed=False) from None
            finally:
                threading.stack_size(before)
        return future.result()
