"""A stand-in for GitHub's runner, as far as it reads what a step writes: workflow commands in both spellings, masks,
stop-commands, and the file of outputs. It follows ActionCommand.cs, ActionCommandManager.cs, OutputManager.cs and
FileCommandManager.cs of actions/runner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KNOWN = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


@dataclass(frozen=True)
class Command:
    """One command that the runner obeyed."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)
    before: int = 0  # lines of the log that were there already


@dataclass
class Log:
    """One step's log as a reader of the job sees it: `lines` without the commands, masked; `commands` obeyed.
    `unguarded` are the lines that came while commands were obeyed."""

    lines: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)
    stopped: str | None = None

    def read(self, text: str) -> None:
        """What a step wrote on one stream, line by line."""
        lines = re.split(r"\r\n|\r|\n", text)
        for line in lines[:-1] if lines[-1] == "" else lines:
            self._line(line)

    @property
    def names(self) -> list[str]:
        """The names of the commands, in order."""
        return [command.name for command in self.commands]

    @property
    def text(self) -> str:
        """The log's lines."""
        return "\n".join(self.lines)

    def of(self, name: str) -> list[Command]:
        """The commands of one name."""
        return [command for command in self.commands if command.name == name]

    def _line(self, line: str) -> None:
        known = _KNOWN | ({self.stopped.lower()} if self.stopped else set())
        found = _new_spelling(line, known) or _old_spelling(line, known)
        if found is None:
            self._show(line)
            if not self.stopped:
                self.unguarded.append(line)
        elif self.stopped:
            if found[0].lower() == self.stopped.lower():
                self.stopped = None
            self._show(line)
        elif found[0].lower() == "stop-commands":
            assert found[1], "a stop token must not be empty"
            assert found[1] not in known, "a stop token must not be a command"
            self.stopped = found[1]
            self.masks.append(found[1])
            self._show(line)
        else:
            self.commands.append(Command(found[0].lower(), found[1], found[2], len(self.lines)))
            if found[0].lower() == "add-mask":
                self.masks.append(found[1])
            elif found[0].lower() in {"error", "warning", "notice", "group"}:
                self._show(found[1])

    def _show(self, line: str) -> None:
        for mask in sorted(filter(None, self.masks), key=len, reverse=True):
            line = line.replace(mask, "***")
        self.lines.append(line)


def _new_spelling(line: str, known: set[str]) -> tuple[str, str, dict[str, str]] | None:
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, told = line[2:end].partition(" ")
    if name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in told.strip().split(",") if pair)
    properties = {pair[0]: _unescape(pair[1], _PROPERTY) for pair in pairs if len(pair) == 2}
    return name, _unescape(line[end + 2 :], _DATA), properties


def _old_spelling(line: str, known: set[str]) -> tuple[str, str, dict[str, str]] | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, told = line[start + 3 : end].partition(" ")
    if name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in told.split(";") if pair)
    properties = {pair[0]: _unescape(pair[1], _OLD) for pair in pairs if len(pair) == 2}
    return name, _unescape(line[end + 1 :], _OLD), properties


def _unescape(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for spelled, meant in pairs:
        text = text.replace(spelled, meant)
    return text


def read_outputs(file: Path) -> dict[str, str]:
    """The outputs that a step wrote into its file; fails where the runner would."""
    found: dict[str, str] = {}
    lines = iter(re.split(r"\r\n|\n", file.read_text("utf-8")) if file.exists() else ())
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, value = line.split("=", 1)
        else:
            assert heredoc >= 0, f"not an output: {line!r}"
            name, mark = line.split("<<", 1)
            assert name, "an output without a name"
            assert mark, "an output without its mark"
            held = []
            for inner in lines:
                if inner == mark:
                    break
                held.append(inner)
            else:
                raise AssertionError(f"the mark of {name} is missing")
            value = "\n".join(held)
        found[name] = value
    return found
