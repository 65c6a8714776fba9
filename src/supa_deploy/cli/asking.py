"""The person at the terminal: questions on stderr, answers from stdin.

Every wait looks at the run's clock and at signals: nothing hangs because nobody answers. A line's end without a
line (Ctrl-D) is no answer.
"""

import os
import select
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from supa_deploy.cli.stage import Stage
from supa_deploy.model import PendingMigration
from supa_deploy.person import Person
from supa_deploy.render.streams import write
from supa_deploy.render.text import safe, safe_lines
from supa_deploy.run import Run
from supa_deploy.secret import Secret

_LOOK_AROUND = 0.2  # seconds between two looks at the clock and at signals while somebody is asked


def person_at(run: Run, stage: Stage) -> Person | None:
    """Whoever can be asked; None without a terminal on stdin and stderr."""
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    return _AtTerminal(run, stage)


class _AtTerminal:
    """A `Person` at this process's own terminal."""

    def __init__(self, run: Run, stage: Stage) -> None:
        self._run = run
        self._stage = stage

    def agrees(
        self, question: str, pending: tuple[PendingMigration, ...] = (), *, default: bool = False
    ) -> bool:
        if pending:
            from supa_deploy.render.look import to_text
            from supa_deploy.render.tables import words

            write(sys.stderr, to_text(words(pending), self._stage.look()))
        answer = self._line(f"{safe(question)} [{'Y/n' if default else 'y/N'}] ")
        if answer is None:
            return False
        return answer.lower() in {"y", "yes"} if answer else default

    def types(self, question: str, word: str) -> bool:
        return self._line(f"{safe(question)} ") == word

    def confides(self, question: str) -> Secret | None:
        with _no_echo():
            answer = self._line(f"{safe(question)} ")
            write(sys.stderr, "\n")
        return Secret(answer) if answer else None

    def picks(self, question: str, choices: Sequence[str], *, default: int | None = None) -> int | None:
        self.hears("\n".join(f"  {number}) {choice}" for number, choice in enumerate(choices, start=1)))
        shown = f" [{default + 1}]" if default is not None else ""
        while (answer := self._line(f"{safe(question)}{shown} ")) is not None:
            if not answer and default is not None:
                return default
            if answer.isdecimal() and 1 <= int(answer) <= len(choices):
                return int(answer) - 1
            self.hears(f"Please give a number from 1 to {len(choices)}.")
        return None

    def hears(self, text: str) -> None:
        write(sys.stderr, "".join(f"{line}\n" for line in safe_lines(text)))

    def _line(self, prompt: str) -> str | None:
        """One line without its end; None at the end of input and when the time is up. Raises Interrupted on a
        signal."""
        write(sys.stderr, prompt)
        while not select.select([sys.stdin], [], [], _LOOK_AROUND)[0]:
            if self._run.interrupt.requested or self._run.deadline.left <= 0:
                write(sys.stderr, "\n")
                self._run.check_interrupt()
                return None
        # Straight from the terminal: a second line that was typed ahead must not hide in a buffer from `select`.
        data = os.read(sys.stdin.fileno(), 4096)
        return data.decode(errors="replace").strip() if data else None


@contextmanager
def _no_echo() -> Iterator[None]:
    """What is typed is not shown; put back whatever happens."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    quiet = [*before]
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSAFLUSH, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
