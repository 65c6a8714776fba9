"""Putting text on a stream, whatever the stream can take."""

import os
import sys
from typing import TextIO


def write(stream: TextIO, text: str) -> None:
    """Writes and flushes. What the stream's encoding lacks becomes `?`.

    When the reader has gone (`supa-deploy status | head -1`) the rest is thrown away in silence: the exit code
    still tells the outcome.
    """
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, errors="replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _discard(stream)


def write_exact(stream: TextIO, text: str) -> None:
    """Writes a text byte for byte as UTF-8, whatever the locale: what is to be run, not read."""
    try:
        stream.flush()
        stream.buffer.write(text.encode())
        stream.buffer.flush()
    except BrokenPipeError:
        _discard(stream)


def _discard(stream: TextIO) -> None:
    # Python flushes stdout once more at exit and would complain of the same pipe again.
    if stream in {sys.stdout, sys.stderr}:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
