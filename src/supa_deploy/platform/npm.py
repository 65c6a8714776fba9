"""npm, as far as the throwaway platform needs it: packages into a folder, under the run's clock and signals."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, PreflightFailed

_LOOK_AROUND = 0.2  # seconds between two looks at the clock and at signals
_FLAGS = (
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--no-progress",
    "--loglevel=error",
)


@dataclass(frozen=True, slots=True)
class Npm:
    """The npm of one run: its program, the environment it gets, and what ends it when it does not end itself
    (a registry that accepts and never answers holds npm for minutes)."""

    program: str
    environ: Mapping[str, str]
    deadline: Deadline
    interrupt: Interrupt

    def install(self, folder: Path, dependencies: Mapping[str, str]) -> None:
        """Installs exactly these packages into `folder`. Raises PreflightFailed with npm's last words, or when
        the time is up; Interrupted on a signal."""
        package = {"private": True, "dependencies": dict(dependencies)}
        (folder / "package.json").write_text(json.dumps(package, indent=2), "utf-8")
        with subprocess.Popen(
            [self.program, "install", *_FLAGS],
            cwd=folder,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # npm starts others: all of them are ended together
        ) as process:
            try:
                said = self._wait(process)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode != 0:
            raise _not_fetched(f"exit code {process.returncode}: {' '.join(said.split())[-300:]}")

    @contextlib.contextmanager
    def alone(self, path: Path) -> Iterator[None]:
        """Holds the lock file: of several runs at once one fetches, the others wait for it."""
        with path.open("w") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    self._look_around(f"another run holds {path}")
                    self.interrupt.pause(_LOOK_AROUND)
            yield

    def _wait(self, process: subprocess.Popen[str]) -> str:
        """What it wrote to stderr, once it ended."""
        while True:
            try:
                return process.communicate(timeout=_LOOK_AROUND)[1]
            except subprocess.TimeoutExpired:
                self._look_around("npm did not end before the run's time was up")

    def _look_around(self, waiting: str) -> None:
        if self.interrupt.requested:
            raise Interrupted(
                "Stopped on request while the parts were fetched. Nothing was started.",
                terminated=self.interrupt.terminated,
                hint="Run the same command again when you are ready.",
            )
        if self.deadline.left <= 0:
            raise _not_fetched(waiting)


def _not_fetched(why: str) -> PreflightFailed:
    return PreflightFailed(
        f"npm could not fetch the parts of the throwaway platform ({why}). Nothing was started.",
        hint="Check the network and the npm registry, then run the command again.",
        code="parts_not_fetched",
    )
