"""Text inside GitHub Actions that must never be taken for a command, and the commands that are our own.

The runner reads stdout and stderr as two pipes, line by line, and takes `::name …::…` at a line's beginning and
`##[name …]…` anywhere in a line for a command of the job. Two things stand against that. Text is spelled so that
no line of it is one (`harmless`): that holds on either pipe, whatever the order they are read in. And on stderr,
where our own commands go, `::stop-commands::TOKEN` closes the door before any text, with a token that nobody else
knows; it opens for our own commands only. Source: ActionCommand.cs and ActionCommandManager.cs of actions/runner.
"""

import re
import secrets
from typing import TextIO

from supa_deploy.render.streams import write

# Lines end for the runner with \n, \r\n and a lone \r; it drops white space before `::`.
_LINE_COMMAND = re.compile(r"(?:(?<=[\r\n])|\A)([^\S\r\n]*):(?=:)")
_INLINE_COMMAND = re.compile(r"##(?=\[)")


class Guard:
    """One stream of a job. Commands are understood while it is open; it is closed before any text."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._token = f"supa-deploy-{secrets.token_hex(16)}"
        self._closed = False

    def text(self, text: str) -> None:
        """Writes text that may come from anywhere: no line of it is a command."""
        if text:
            self.close()
            write(self._stream, harmless(text))

    def commands(self, lines: str) -> None:
        """Writes commands of our own (whole lines, made by `command`), and beside them only text made by `safe` that
        begins with a sign of ours."""
        if lines:
            write(self._stream, (f"::{self._token}::\n" if self._closed else "") + lines)
            self._closed = False

    def close(self) -> None:
        """From here on the runner takes nothing on this stream for a command."""
        if not self._closed:
            write(self._stream, f"::stop-commands::{self._token}\n")
            self._closed = True


def harmless(text: str) -> str:
    """Text of any number of lines in which no line is a workflow command: `: :error::x`, `## [error]x`."""
    return _INLINE_COMMAND.sub("## ", _LINE_COMMAND.sub(r"\1: ", text))


def harmless_json(document: str) -> str:
    """The same for a JSON document, which means what it meant: `##` can only stand inside a string there, and no
    string holds a line's end."""
    return document.replace("##[", "#\\u0023[")
