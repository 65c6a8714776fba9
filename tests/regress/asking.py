"""Asks a PostgreSQL server what it thinks of statements, many at a time, without running them.

A plain client of the protocol (https://www.postgresql.org/docs/17/protocol-message-formats.html): one at a time over a
driver, thirty thousand questions take the time of as many round trips.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST = 100
_MOST_BYTES = 1 << 16
_GRAMMAR = frozenset({"gram.y", "scan.l", "scansup.c", "parser.c"})
_BODIES = _GRAMMAR | {"pl_gram.y", "pl_scanner.c", "pl_comp.c"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of a statement: nothing, or its error: SQLSTATE, words, 1-based character (0: none), the
    place in its own source, the context."""

    code: str = ""
    message: str = ""
    position: int = 0
    file: str = ""
    context: str = ""

    @property
    def accepted(self) -> bool:
        """True without an error."""
        return not self.code

    @property
    def by_grammar(self) -> bool:
        """True when the lexer or the grammar refused it, not the analysis that comes after."""
        return self.file in _GRAMMAR

    @property
    def by_syntax(self) -> bool:
        """True when a body does not parse."""
        return self.code == "42601" and self.file in _BODIES


class Server:
    """One connection over a Unix socket that trusts us."""

    def __init__(self, path: str, user: str, database: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(path)
        pairs = f"user\0{user}\0database\0{database}\0client_encoding\0UTF8\0\0".encode()
        self._socket.sendall(struct.pack("!ii", len(pairs) + 8, 196608) + pairs)
        self._stream = self._socket.makefile("rb")
        self._answer()

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()
        self._socket.close()

    def run(self, text: str) -> Answer:
        """Runs it."""
        self._socket.sendall(_message(b"Q", text.encode() + b"\0"))
        return self._answer()

    def parse(self, texts: Sequence[str]) -> Iterator[Answer]:
        """Has each parsed and analysed; nothing is run."""
        parse = (_message(b"P", b"\0" + text.encode() + b"\0\0\0") + _message(b"S", b"") for text in texts)
        return self._ask([(message, 1) for message in parse], pick=0)

    def define(self, texts: Sequence[str]) -> Iterator[Answer]:
        """Runs each in a transaction that is rolled back."""
        begin, rollback = _message(b"Q", b"begin\0"), _message(b"Q", b"rollback\0")
        defined = (begin + _message(b"Q", text.encode() + b"\0") + rollback for text in texts)
        return self._ask([(message, 3) for message in defined], pick=1)

    def _ask(self, messages: Sequence[tuple[bytes, int]], pick: int) -> Iterator[Answer]:
        """Sends as many at once as fit the socket's buffers both ways."""
        waiting: list[int] = []
        batch = b""
        for message, answers in messages:
            batch += message
            waiting.append(answers)
            if len(waiting) >= _MOST or len(batch) > _MOST_BYTES:
                yield from self._flush(batch, waiting, pick)
                batch, waiting = b"", []
        yield from self._flush(batch, waiting, pick)

    def _flush(self, batch: bytes, waiting: Sequence[int], pick: int) -> Iterator[Answer]:
        self._socket.sendall(batch)
        for answers in waiting:
            yield [self._answer() for _ in range(answers)][pick]

    def _answer(self) -> Answer:
        """What comes up to the next ReadyForQuery."""
        found = Answer()
        while True:
            head = self._stream.read(5)
            assert len(head) == 5, "the server went away"
            kind, length = struct.unpack("!ci", head)
            body = self._stream.read(length - 4)
            if kind == b"E":
                found = _error(body)
            elif kind == b"Z":
                return found


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _error(body: bytes) -> Answer:
    fields = {part[:1].decode(): part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return Answer(fields["C"], fields["M"], int(fields.get("P", 0)), fields.get("F", ""), fields.get("W", ""))
