"""The line from the process that runs the deploy to the platform's own process."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import supa_deploy
from supa_deploy.errors import PreflightFailed
from supa_deploy.platform.protocol import Message, Reply

_STOP_SECONDS = 20.0


class Link:
    """The line to the platform's process: one message, one reply."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        # A file, not a pipe: nobody reads it until something went wrong.
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        package_root = str(Path(supa_deploy.__file__).parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supa_deploy.platform.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            cwd="/",
            env={**environ, "PYTHONPATH": package_root, "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,  # a Ctrl-C is for the deploy; the platform goes when the deploy has
        )

    def ask(self, message: Message) -> Reply:
        """Sends a message, returns its reply; PreflightFailed when the platform could not do it."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            self.process.stdin.write(message.line() + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise PreflightFailed(
                f"The throwaway platform ended unexpectedly ({self._last_words()}). Nothing else was touched.",
                hint="Run the command again; if it ends like this again, report the text above.",
                code="platform_ended",
            )
        reply = Reply.parse(line)
        if reply.failure is not None:
            raise PreflightFailed(reply.failure, hint=reply.hint, code=reply.code)
        return reply

    def end(self) -> None:
        """Closes the line, which is what the process waits for, and waits until it has cleaned up."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._errors.close()

    def let_go(self) -> None:
        """Closes the line without waiting: the process was told to stay."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.close()
        self.process.returncode = 0  # it outlives this run on purpose; no warning about that

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "no message"
