"""The one place that starts processes: each child on a terminal of its own, watched by two clocks, never left behind.

Shape (ARCHITECTURE, facts/models.md 5 and 11): a pseudo-terminal for stdin and stderr, so that prompts of the older
CLIs are seen and answered; stdout apart, so that results stay clean. stdout goes through a named pipe in a private
folder rather than a file, because `projects api-keys` prints keys and nothing secret may touch the disk; the child
opens it by path, because everything it inherits is closed before `preexec_fn` runs. `children` keeps several of
them side by side.
"""

import codecs
import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect

from supa_deploy.clock import Interrupt
from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Redactor, Secret
from supa_deploy.supabase.command import Command, Completed, Ended
from supa_deploy.supabase.terminal import Lines, plain, prompt_in

if TYPE_CHECKING:
    _Spawn = pexpect.spawn[str]
    _Pattern = type[pexpect.EOF | pexpect.TIMEOUT] | re.Pattern[str] | re.Pattern[bytes] | str | bytes
else:
    _Spawn = pexpect.spawn

_PROMPT_QUIET = 0.6  # a question stands there silently; a line still being written does not
_GRACE = ((signal.SIGINT, 1.5), (signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0))
_DEFAULT_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE)
_DIMENSIONS = (50, 4000)  # wide: nothing may be wrapped

LineListener = Callable[[str], None]


class _Child(_Spawn):
    """pexpect's child with a non-blocking `isalive`: once the terminal is closed, pexpect waits for the exit
    without any clock, and a child that closes its terminal and lives on would hang the run."""

    pid: int
    ptyproc: Any  # ptyprocess ships no types

    def isalive(self) -> bool:
        """True while the process runs; never waits."""
        at_eof, self.flag_eof = self.flag_eof, False
        try:
            return bool(super().isalive())
        finally:
            self.flag_eof = at_eof


class Running:
    """A child at work. `Children.wait` brings it to its `completed` value."""

    def __init__(
        self,
        command: Command,
        environ: Mapping[str, str],
        *,
        total: float,
        interrupt: Interrupt,
        redact: Redactor,
        on_line: LineListener | None = None,
    ) -> None:
        self.command = command
        self.completed: Completed | None = None
        self._interrupt = interrupt
        self._signals_before = len(interrupt.signals)
        self._redact = redact
        self._terminal = Lines(lambda line: on_line(redact(line)) if on_line else None)
        self._stdout: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._answered = [0] * len(command.replies)
        self._patterns: list[_Pattern] = [
            *(re.compile(reply.pattern) for reply in command.replies),
            pexpect.TIMEOUT,
            pexpect.EOF,
        ]
        self._ended: Ended | None = None
        self._prompt: str | None = None
        self._stages = list(_GRACE)
        self._escalate_at = 0.0
        self._terminal_open = True
        self._over = False
        self._started = self._heard = time.monotonic()
        self._ends_at = self._started + total
        self._child, self._pipe = _spawn(command, environ, self._terminal)

    @property
    def descriptors(self) -> list[int]:
        """What to watch for news: the terminal and the result pipe, as far as they are open."""
        return ([self._child.child_fd] if self._terminal_open else []) + (
            [self._pipe] if self._pipe >= 0 else []
        )

    def pump(self) -> None:
        """One look: takes what the child wrote, answers known prompts, and ends it when a clock or a signal says so."""
        if self.completed:
            return
        self._read_terminal()
        self._read_pipe()
        if not self._child.isalive():
            self._finish()
        elif self._ended is None:
            self._look_at_clocks()
        else:
            self._escalate()

    def stop(self, reason: Ended) -> None:
        """Asks the whole process group to end; later looks ask harder."""
        if self._ended is None and not self.completed:
            self._ended = reason
            self._escalate_at = 0.0
            self._escalate()

    def _read_terminal(self) -> None:
        while self._terminal_open:
            seen = self._terminal.length
            index = self._child.expect(self._patterns, timeout=0)
            if self._terminal.length > seen:
                self._heard = time.monotonic()
            if index < len(self.command.replies):
                self._answer(index)
            elif self._patterns[index] is pexpect.EOF:
                self._terminal_open = False
            elif self._terminal.length == seen:
                return

    def _answer(self, index: int) -> None:
        if self._ended or self._over:
            return
        reply = self.command.replies[index]
        self._answered[index] += 1
        if self._answered[index] > reply.times:
            self._prompt = self._redact(plain(str(self._child.after)).strip())
            self.stop(Ended.PROMPTED)
            return
        with contextlib.suppress(OSError):  # it may have ended meanwhile; its exit will be seen
            self._child.sendline(reply.text.reveal() if isinstance(reply.text, Secret) else reply.text)

    def _read_pipe(self) -> None:
        while self._pipe >= 0:
            try:
                data = os.read(self._pipe, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                os.close(self._pipe)
                self._pipe = -1
            else:
                self._heard = time.monotonic()
                self._stdout.append(self._decoder.decode(data))

    def _look_at_clocks(self) -> None:
        now = time.monotonic()
        silent = now - self._heard
        if self._interrupt.at_once or len(self._interrupt.signals) > self._signals_before:
            self.stop(Ended.INTERRUPTED)
        elif now >= self._ends_at:
            self.stop(Ended.TIMED_OUT)
        elif silent >= _PROMPT_QUIET and (prompt := self._question()):
            self._prompt = self._redact(prompt)
            self.stop(Ended.PROMPTED)
        elif self.command.idle is not None and silent >= self.command.idle:
            self.stop(Ended.IDLE)

    def _question(self) -> str | None:
        """What the child stands there asking, on either channel."""
        on_stdout = None if self.command.private else prompt_in("".join(self._stdout[-1:]))
        return prompt_in(self._child.buffer) or on_stdout

    def _escalate(self) -> None:
        if self._interrupt.at_once:
            self._stages = self._stages[-1:]
        if time.monotonic() >= self._escalate_at:
            signum, grace = self._stages.pop(0) if len(self._stages) > 1 else self._stages[0]
            self._escalate_at = time.monotonic() + grace
            self._signal_group(signum)

    def _signal_group(self, signum: int) -> None:
        with contextlib.suppress(
            ProcessLookupError, PermissionError
        ):  # gone already (macOS: a zombie leader)
            os.killpg(self._child.pid, signum)

    def _finish(self) -> None:
        """The leader is gone: so is its group (a `supabase-go` or a shim's child would go on pushing), then the rest
        of what was written is taken."""
        self._over = True
        self._signal_group(signal.SIGKILL)
        self._read_terminal()
        self._read_pipe()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        self._child.ptyproc.delayafterclose = 0
        self._child.close(force=True)
        self._terminal.close()
        stdout = "".join([*self._stdout, self._decoder.decode(b"", final=True)])
        self._stdout.clear()
        private = self.command.private
        code = (
            self._child.exitstatus
            if self._child.exitstatus is not None
            else -int(self._child.signalstatus or 0)
        )
        self.completed = Completed(
            verb=self.command.verb,
            argv=tuple(self._redact(word) for word in self.command.argv),
            stdout="" if private else self._redact(stdout),
            terminal=self._redact(self._terminal.text),
            exit_code=code,
            ended=self._ended or Ended.EXITED,
            seconds=time.monotonic() - self._started,
            prompt=self._prompt,
            secret_stdout=Secret(stdout) if private else None,
        )


def _spawn(command: Command, environ: Mapping[str, str], transcript: Lines) -> tuple[_Child, int]:
    """Forks the child; gives it and the reading end of its stdout."""
    program = shutil.which(command.argv[0], path=environ.get("PATH"))
    if program is None:
        raise _not_runnable(command.argv[0])
    folder = tempfile.mkdtemp(prefix="supa-deploy-")  # 0700
    try:
        path = Path(folder) / "stdout"
        os.mkfifo(path, 0o600)
        pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, pipe)
            child = _fork(program, command, environ, path, transcript)
            undo.pop_all()
        return child, pipe
    finally:
        shutil.rmtree(folder)


def _fork(
    program: str, command: Command, environ: Mapping[str, str], stdout: Path, transcript: Lines
) -> _Child:
    def before_exec() -> None:
        descriptor = os.open(stdout, os.O_WRONLY)
        os.dup2(descriptor, 1)
        os.close(descriptor)
        for (
            signum
        ) in _DEFAULT_SIGNALS:  # Python ignores SIGPIPE, nohup SIGHUP, a shell's `&` SIGINT: all inherited
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    with warnings.catch_warnings():
        # Idle HTTP workers may exist; the child only opens a pipe and executes, it takes none of their locks.
        warnings.filterwarnings("ignore", message=r".*multi-threaded.*fork", category=DeprecationWarning)
        try:
            child = _Child(
                program,
                list(command.argv[1:]),
                timeout=None,
                maxread=1 << 16,
                searchwindowsize=4096,
                cwd=str(command.cwd),
                env=dict(environ),
                echo=False,
                preexec_fn=before_exec,
                encoding="utf-8",
                codec_errors="replace",
                dimensions=_DIMENSIONS,
            )
        except (pexpect.ExceptionPexpect, OSError) as error:
            raise _not_runnable(command.argv[0], re.sub(r"\s+", " ", str(error))) from None
    child.logfile_read = transcript
    child.delaybeforesend = None  # echo is off from the start
    return child


def _not_runnable(program: str, reason: str = "it is not there or not executable") -> PreflightFailed:
    return PreflightFailed(
        f"{program} could not be started ({reason}). Nothing was touched.",
        hint="Install the Supabase CLI (npm install --save-dev supabase), or name it with --supabase-bin.",
        code="cli_not_runnable",
    )
