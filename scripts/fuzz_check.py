"""Throws mutated SQL at what reads migration files, and keeps what breaks it.

    python scripts/fuzz_check.py [--inputs N] [--workers W] [--seed S] [--folder DIR] [--stop-after SECONDS]

An input follows from the seed and its number alone: `--show NUMBER` prints it. The state stands in the folder, so a
run that was ended goes on where it stood. Each worker is a process of its own; the parent sees when one dies or stands
still, saves the input (NUMBER.sql) and starts another at the next number.
"""  # noqa: INP001  # a script, not a package

import argparse
import json
import multiprocessing
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz_inputs import corpus, made

from supa_deploy.migrations import Migration, describe, fold
from supa_deploy.migrations.parse import parse_text
from supa_deploy.rules import Terms, Walk
from supa_deploy.rules.fixing import fix

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import SynchronizedArray

_NOWHERE = Migration(
    "20250101000000", "fuzz", "supabase/migrations/20250101000000_fuzz.sql", Path("fuzz.sql")
)
_STUCK_SECONDS = 20.0


def look(text: str) -> int:
    """Everything that is done with a file's text; the number of statements. What it raises is a bug."""
    script = parse_text(_NOWHERE, text)
    fold([script])
    describe(script)
    walk = Walk(Terms())
    found = [*walk.read(script), *walk.end()]
    fix(script, found)
    for finding in (*script.problems, *found):
        if finding.line < 1 or finding.column < 1:
            raise ValueError(f"{finding.rule} at {finding.line}:{finding.column}")
    return len(script.statements)


@dataclass
class State:
    """How far a run is: the next number of each worker, and what was seen."""

    seed: int
    next: list[int]
    seconds: float = 0.0
    seen: int = 0
    parsed: int = 0
    broken: list[int] = field(default_factory=list)
    slowest: float = 0.0
    slowest_number: int = -1


_NUMBER, _SINCE, _SEEN, _PARSED, _SLOWEST, _SLOWEST_NUMBER = range(6)


@dataclass(frozen=True, slots=True)
class Task:
    """Every `step`-th number from `first` up to `last`, of a seed; what breaks is kept in `folder`."""

    seed: int
    first: int
    last: int
    step: int
    folder: Path


def _work(board: "SynchronizedArray[float]", task: Task, texts: Sequence[str]) -> None:
    for number in range(task.first, task.last, task.step):
        text = made(texts, task.seed, number)
        began = time.monotonic()
        board[_NUMBER], board[_SINCE] = number, began
        try:
            board[_PARSED] += look(text) > 0
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            _save(task.folder, number, text, traceback.format_exc())
        took = time.monotonic() - began
        board[_SEEN] += 1
        if took > board[_SLOWEST]:
            board[_SLOWEST], board[_SLOWEST_NUMBER] = took, number


def _save(folder: Path, number: int, text: str, why: str) -> None:
    (folder / f"{number}.sql").write_bytes(text.encode(errors="surrogatepass"))
    (folder / f"{number}.txt").write_text(why, "utf-8")


class Worker:
    """A child process at a task."""

    def __init__(self, task: Task, texts: Sequence[str]) -> None:
        self.task = task
        self.board: SynchronizedArray[float] = multiprocessing.Array("d", 6)
        self.board[_NUMBER], self.board[_SINCE] = task.first, time.monotonic()
        self.process = multiprocessing.Process(target=_work, args=(self.board, task, texts), daemon=True)
        self.process.start()

    def failed(self) -> str | None:
        """Why it will not go on; None while it works or when it is through."""
        if self.process.exitcode is not None:
            return None if self.process.exitcode == 0 else f"died: {self.process.exitcode}"
        if time.monotonic() - self.board[_SINCE] > _STUCK_SECONDS:
            self.process.kill()
            self.process.join()
            return f"stood still for {_STUCK_SECONDS:.0f} s"
        return None


def run(state: State, last: int, folder: Path, stop_after: float) -> None:
    """Goes on until each number below `last` was looked at, or the time is over."""
    texts = corpus()
    step = len(state.next)
    workers = [Worker(Task(state.seed, first, last, step, folder), texts) for first in state.next]
    began, before = time.monotonic(), state.seconds
    told = began
    alive = True
    while alive and time.monotonic() - began < stop_after:
        time.sleep(0.2)
        alive = False
        for index, worker in enumerate(workers):
            why = worker.failed()
            if why:
                number = int(worker.board[_NUMBER])
                _save(folder, number, made(texts, state.seed, number), why)
                _add(state, worker, index, step)
                workers[index] = Worker(replace(worker.task, first=number + step), texts)
            alive = alive or workers[index].process.exitcode is None
        if time.monotonic() - told > 30:
            told = time.monotonic()
            seen = state.seen + int(sum(worker.board[_SEEN] for worker in workers))
            sys.stdout.write(f"{seen} inputs\n")
            sys.stdout.flush()
    for index, worker in enumerate(workers):
        worker.process.kill()
        worker.process.join()
        _add(state, worker, index, step)
    state.seconds = before + time.monotonic() - began
    state.broken = sorted(int(file.stem) for file in folder.glob("*.txt"))


def _add(state: State, worker: Worker, index: int, step: int) -> None:
    board = worker.board
    state.seen += int(board[_SEEN])
    state.parsed += int(board[_PARSED])
    state.next[index] = int(board[_NUMBER]) + (step if board[_SEEN] or worker.process.exitcode else 0)
    if board[_SLOWEST] > state.slowest:
        state.slowest, state.slowest_number = board[_SLOWEST], int(board[_SLOWEST_NUMBER])


def main() -> int:
    """Reads the flags, runs, prints the figures; 1 when something broke."""
    flags = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    flags.add_argument("--inputs", type=int, default=1_000_000)
    flags.add_argument("--workers", type=int, default=2)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--folder", type=Path, default=Path("fuzz"))
    flags.add_argument("--stop-after", type=float, default=1e9)
    flags.add_argument("--show", type=int)
    told = flags.parse_args()
    if told.show is not None:
        sys.stdout.write(made(corpus(), told.seed, told.show))
        return 0
    told.folder.mkdir(parents=True, exist_ok=True)
    file = told.folder / "state.json"
    state = State(told.seed, list(range(told.workers)))
    if file.exists():
        state = State(**json.loads(file.read_text("utf-8")))
    run(state, told.inputs, told.folder, told.stop_after)
    file.write_text(json.dumps(asdict(state)), "utf-8")
    sys.stdout.write(
        f"{state.seen} inputs in {state.seconds:.0f} s, {state.seen / max(state.seconds, 1):.0f} a second; "
        f"{state.parsed} parsed; slowest {state.slowest * 1000:.0f} ms (number {state.slowest_number}); "
        f"{len(state.broken)} broke something: {state.broken[:20]}\n"
    )
    return 1 if state.broken else 0


if __name__ == "__main__":
    sys.exit(main())
