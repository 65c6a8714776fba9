"""Steps as they happen, on stderr: a spinner on a terminal, one plain line a step everywhere else."""

import time
from typing import TextIO

from supa_deploy.journal import Listener, Silent
from supa_deploy.model import Step, StepStatus
from supa_deploy.render.look import Look, console
from supa_deploy.render.streams import write
from supa_deploy.render.text import safe, safe_lines, seconds

_SIGNS = {StepStatus.OK: "✓", StepStatus.SKIPPED: "–", StepStatus.FAILED: "✗"}
_STYLES = {StepStatus.OK: "green", StepStatus.SKIPPED: "dim", StepStatus.FAILED: "bold red"}
_NAME_WIDTH = 10
_BETWEEN = 0.1  # seconds from one picture of a counter to the next
_BAR = 20
_ROOM_FOR_A_BAR = 64


def listener(stream: TextIO, look: Look) -> Listener:
    """Whoever fits the stream: nobody with -q, a spinner where motion is allowed, plain lines otherwise."""
    if look.quiet:
        return Silent()
    return TerminalProgress(stream, look) if look.motion else PlainProgress(stream)


def step_line(step: Step) -> str:
    """`✓ push        0.6 s`, with the note when there is one."""
    note = f"  {safe(step.note)}" if step.note else ""
    return f"{_SIGNS[step.status]} {safe(step.name):<{_NAME_WIDTH}} {seconds(step.seconds):>6}{note}"


def notice_lines(text: str) -> list[str]:
    """A notice, its later lines beneath the first."""
    first, *rest = safe_lines(text) or [""]
    return [f"! {first}", *(f"  │ {line}" for line in rest)]


def how_far(name: str, done: int, total: int, width: int) -> str:
    """`check 4,210 of 10,000 ━━━━━━━━────────────`; without the bar on a narrow terminal. `name` is safe."""
    counter = f"{name} {done:,} of {total:,}"
    if width < _ROOM_FOR_A_BAR or total <= 0:
        return counter
    full = min(_BAR, _BAR * done // total)
    return f"{counter} {'━' * full}{'─' * (_BAR - full)}"


class PlainProgress:
    """One line a step, written when it ends; the name of a step comes first, so that a log which breaks off
    shows what was under way."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._open_line = False

    def step_started(self, name: str) -> None:
        """Begins the step's line."""
        self._close_line()
        write(self._stream, f"{safe(name):<{_NAME_WIDTH}} … ")
        self._open_line = True

    def step_progress(self, done: int, total: int) -> None:
        """Nothing: a log does not move."""

    def step_ended(self, step: Step) -> None:
        """Ends the step's line."""
        lead = "" if self._open_line else f"{safe(step.name):<{_NAME_WIDTH}} … "
        note = f"  {safe(step.note)}" if step.note else ""
        write(self._stream, f"{lead}{_SIGNS[step.status]} {seconds(step.seconds)}{note}\n")
        self._open_line = False

    def notice(self, text: str) -> None:
        """A line of its own."""
        self._close_line()
        write(self._stream, "".join(f"{line}\n" for line in notice_lines(text)))

    def _close_line(self) -> None:
        if self._open_line:
            write(self._stream, "\n")
            self._open_line = False


class TerminalProgress:
    """A spinner with the step's name and its clock; when the step ends, its line stays."""

    def __init__(self, stream: TextIO, look: Look) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = console(look, stream)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", visible=False, start=False)
        self._under_way: list[str] = []
        self._pictured = 0.0

    def step_started(self, name: str) -> None:
        """The spinner turns for this step."""
        self._under_way.append(safe(name))
        self._show(safe(name))

    def step_progress(self, done: int, total: int) -> None:
        """The counter moves, ten times a second at most; the last file is always shown."""
        now = time.monotonic()
        if self._under_way and (done >= total or now - self._pictured >= _BETWEEN):
            self._pictured = now
            said = how_far(self._under_way[-1], done, total, self._console.width)
            self._progress.update(self._task, description=said)

    def step_ended(self, step: Step) -> None:
        """The spinner goes, the step's line stays; an outer step still under way gets the spinner back."""
        from rich.text import Text

        if self._under_way:
            self._under_way.pop()
        self._progress.stop()
        self._console.print(Text(step_line(step), style=_STYLES[step.status]), soft_wrap=True)
        if self._under_way:
            self._show(self._under_way[-1])

    def notice(self, text: str) -> None:
        """Lines above the spinner."""
        from rich.text import Text

        for line in notice_lines(text):
            self._console.print(Text(line, style="yellow"), soft_wrap=True)

    def _show(self, name: str) -> None:
        self._progress.reset(self._task, description=name, visible=True)
        self._progress.start()
