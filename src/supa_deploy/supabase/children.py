"""All children of one run, pumped together by whoever waits.

pexpect forks: start children from the main thread. A wait looks at every child every tenth of a second at least, so
signals (`clock.Interrupt`) and clocks reach them all.
"""

import select
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Self, TypeVar

from supa_deploy.clock import Interrupt
from supa_deploy.secret import Redactor, Secret
from supa_deploy.supabase.command import Command, Completed, Ended, EnvValue
from supa_deploy.supabase.process import LineListener, Running

T = TypeVar("T")

_TICK = 0.1
_REAP_TICK = 0.005  # both ends are closed: the exit status is a moment away


class Children:
    """All children of one run. Leaving the `with` block ends whatever is still at work. Given the `pool` of others,
    whoever waits looks after both, and each block ends its own."""

    def __init__(self, interrupt: Interrupt, redact: Redactor, pool: list[Running] | None = None) -> None:
        self._interrupt = interrupt
        self._own: list[Running] = []
        self.pool: list[Running] = [] if pool is None else pool
        self.redact = redact

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(
        self,
        command: Command,
        environ: Mapping[str, EnvValue],
        *,
        total: float,
        on_line: LineListener | None = None,
    ) -> Running:
        """Starts a child with `environ` (the policy's, see `environment`) plus what the command adds.

        `total` is its longest life in seconds; `on_line` hears each whole line of the terminal, redacted. Raises
        PreflightFailed when the program cannot be started.
        """
        merged = {**environ, **command.env}
        revealed = {
            name: value.reveal() if isinstance(value, Secret) else value for name, value in merged.items()
        }
        running = Running(
            command, revealed, total=total, interrupt=self._interrupt, redact=self.redact, on_line=on_line
        )
        self.pool.append(running)
        self._own = [*(child for child in self._own if not child.completed), running]
        return running

    def wait(self, *wanted: Running) -> tuple[Completed, ...]:
        """Waits for these; the others are looked after meanwhile."""
        self._pump_until(wanted)
        return tuple(running.completed for running in wanted if running.completed)

    def end(self, running: Running) -> None:
        """Ends one child, group and all."""
        running.stop(Ended.INTERRUPTED)
        self._pump_until((running,))

    def close(self) -> None:
        """Ends every child of its own that is still at work, group and all."""
        for running in self._own:
            running.stop(Ended.INTERRUPTED)
        self._pump_until(tuple(self._own))

    def _pump_until(self, wanted: Sequence[Running]) -> None:
        while True:
            for running in self.pool:
                running.pump()
            self.pool[:] = [running for running in self.pool if not running.completed]
            if all(running.completed for running in wanted):
                return
            watched = [running.descriptors for running in self.pool]
            tick = _TICK if all(watched) else _REAP_TICK
            select.select([fd for descriptors in watched for fd in descriptors], [], [], tick)


class Pending(Generic[T]):
    """A call under way. `result` waits for it and gives its answer, or raises what its failure means."""

    def __init__(self, children: Children, running: Running, read: Callable[[Completed], T]) -> None:
        self._children = children
        self._running = running
        self._read = read

    def result(self) -> T:
        """The answer; the other calls under way are looked after meanwhile."""
        (completed,) = self._children.wait(self._running)
        return self._read(completed)

    def cancel(self) -> None:
        """Ends the call: its answer is not wanted any more."""
        self._children.end(self._running)
