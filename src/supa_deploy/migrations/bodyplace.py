"""Where in a PL/pgSQL body the parser stopped: its errors there have no position.

The body is cut off after some token and a quote that never ends is put there. While what comes before is right, the
parser stops at the quote; so the token at which it stops for its own reason is found by halving.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from supa_deploy.migrations import grammar, lexer
from supa_deploy.migrations.bodies import Body, byte_of
from supa_deploy.migrations.grammar import Refused, TooDeep
from supa_deploy.migrations.lexer import Token
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source

_QUOTE = '\n"'
_STOPPED_AT_QUOTE = "unterminated quoted identifier"
_STARTERS = frozenset(
    {
        *(
            "ASSERT",
            "BEGIN",
            "CONTINUE",
            "DECLARE",
            "ELSE",
            "ELSEIF",
            "ELSIF",
            "EXCEPTION",
            "EXIT",
            "FOR",
            "FOREACH",
        ),
        *(
            "GET",
            "IF",
            "LOOP",
            "NEXT",
            "OPEN",
            "PERFORM",
            "QUERY",
            "RAISE",
            "RETURN",
            "THEN",
            "WHEN",
            "WHILE",
        ),
    }
)
"""Words of PL/pgSQL before which no SQL begins."""
_NAME = re.compile(r'(?<=")[^"]+(?=")|\b[A-Z]{4,}\b')
_FARTHEST = 400


def place_in_body(source: Source, statement: Statement, body: Body, error: Refused) -> int:
    """The byte of the file that an error of the PL/pgSQL parser is about."""
    if error.position > 0:  # errors of the lexer do have one, in characters of the body
        return byte_of(source, body, error.position - 1)
    data = body.text.encode()
    found = list(lexer.tokens(data, 0, len(data)))
    if not found:
        return byte_of(source, body, 0)
    wrap = _wrapping(source, statement, body)

    def is_wrong_up_to(count: int) -> bool:
        return _stops_before_the_end(wrap, data[: found[count - 1].end].decode())

    count = bisect_left(range(1, len(found) + 1), True, key=is_wrong_up_to) + 1
    if count > len(found):  # at the end of input
        return byte_of(source, body, len(body.text))
    byte = _word(data, found[:count], error.message)
    return byte_of(source, body, len(data[:byte].decode()))


def _wrapping(source: Source, statement: Statement, body: Body) -> tuple[str, str]:
    """The statement before and after its body, with quotes that the body does not hold."""
    tag = "$body$"
    while tag in body.text:
        tag = f"{tag[:-1]}_$"
    first, last = body.literal
    return source.text(statement.start, first) + tag, tag + source.text(last, statement.end)


def _stops_before_the_end(wrap: tuple[str, str], beginning: str) -> bool:
    try:
        grammar.plpgsql_tree(wrap[0] + beginning + _QUOTE + wrap[1])
    except Refused as error:
        return not error.message.startswith(_STOPPED_AT_QUOTE)
    except TooDeep:
        return False
    return False


def _word(data: bytes, found: Sequence[Token], message: str) -> int:
    """The byte of what the message names, in the statement that ends with the token where the parser stopped; that
    token where it names nothing."""
    own = found[_first_of_statement(found) :]
    word = message.partition(' near "')[2].rpartition('"')[0].encode()
    if message.endswith("at end of input") and len(own) > 1:  # of the SQL, which is read up to that token
        return own[-2].end
    if not word:
        return _named(data, own, message)
    places = [token.start for token in own if data.startswith(word, token.start)]
    if len(places) > 1:
        return _in_query(data, own[_first_of_value(own) :], message) or places[-1]
    return places[0] if places else own[-1].start


def _named(data: bytes, own: Sequence[Token], message: str) -> int:
    """The label, or the word in capitals (EXIT, RAISE, …), that a message is about."""
    names = set() if message.startswith("missing") else set(_NAME.findall(message))
    for token in reversed(own):
        if data[token.start : token.end].decode() in names or token.text in names:
            return token.start
    return own[-1].start


def _first_of_statement(found: Sequence[Token]) -> int:
    for index in range(len(found) - 2, max(len(found) - _FARTHEST, 0), -1):
        if found[index].text == ";":
            return index + 1
    return max(len(found) - _FARTHEST, 0)


def _first_of_value(own: Sequence[Token]) -> int:
    """Where the value begins in `name := value`; 0 in other statements."""
    for index, token in enumerate(own[:-1]):
        if token.text == ":" and own[index + 1].text == "=":
            return index + 2
        if token.text not in {".", "[", "]"} and token.kind not in {"word", "quoted", "other"}:
            break
    return 0


def _in_query(data: bytes, found: Sequence[Token], message: str) -> int | None:
    """Where the SQL that gives this very error has it, given the tokens from the statement's first to the one that
    ends the SQL."""
    end = found[-1].start
    for token in found[:-1]:
        if token.text in _STARTERS:
            continue
        query = data[token.start : end].decode()
        for before in ("SELECT ", ""):
            try:
                grammar.accepts(before + query)
            except Refused as error:
                character = error.position - 1 - len(before)
                if error.message == message and character >= 0:
                    return token.start + len(query[:character].encode())
            except TooDeep:
                continue
    return None
