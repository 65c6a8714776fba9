"""Reading what a program wrote on its terminal: plain text, whole lines, and whether it stands there asking."""

import re
from collections.abc import Callable

_CONTROL = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, the 2.99 question for the background colour
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[@-Z\\-_a-z0-9=>]"  # the short ones
    r"|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)
_RETURNS = re.compile(r"\r+\n|\r")
_ASKS = re.compile(r"(?:[?:>]|\[[YyNn]/[YyNn]\]|\([YyNn]/[YyNn]\)|\[[yn]\])[ \t]*$")
_WIDGET = re.compile(
    r"^(?:◆|\?)[ \t]+(?P<question>\S.*)$", re.MULTILINE
)  # clack's and inquirer's open questions
_LIST = re.compile(
    r"^[ \t]*(?P<question>[A-Z].*:)[ \t]*\n(?:.*\n)*?[ \t]*>[ \t]+\S", re.MULTILINE
)  # bubbletea


def plain(text: str) -> str:
    """The text without control sequences, lines ending in `\\n`."""
    return _RETURNS.sub("\n", _CONTROL.sub("", text))


def prompt_in(text: str) -> str | None:
    """The question that the end of a terminal's text puts, None when it puts none.

    To be asked only after a moment of silence: a line still being written looks the same.
    """
    text = plain(text)
    last_line = text.rsplit("\n", 1)[-1].strip()
    if last_line and _ASKS.search(last_line):
        return _with_question(last_line, text)
    for pattern in (_WIDGET, _LIST):
        if found := pattern.search(text):
            return found["question"].strip()
    return None


def _with_question(last_line: str, text: str) -> str:
    """`[Y/n]` alone says nothing: the question stands some lines above it."""
    if not last_line.startswith(("[", "(")):
        return last_line
    asked = [line.strip() for line in text.split("\n") if line.rstrip().endswith("?")]
    return f"{asked[-1]} {last_line}" if asked else last_line


class Lines:
    """A transcript that pexpect writes into: keeps everything, and tells each whole line as it is complete."""

    def __init__(self, listener: Callable[[str], None]) -> None:
        self._listener = listener
        self._parts: list[str] = []
        self._line = ""
        self.length = 0

    @property
    def text(self) -> str:
        """All of it, plain."""
        return plain("".join(self._parts))

    def write(self, text: str) -> None:
        """Takes what was read."""
        self._parts.append(text)
        self.length += len(text)
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            self._listener(plain(line).strip("\n"))

    def flush(self) -> None:
        """Nothing is held back (pexpect calls it after each write)."""

    def close(self) -> None:
        """The end: a last line without an end of line is a line too."""
        if self._line:
            self._listener(plain(self._line).strip("\n"))
            self._line = ""
