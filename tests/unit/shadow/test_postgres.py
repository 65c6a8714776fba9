"""A server that does not come up: what is said, and that nothing of it stays."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted
from supa_deploy.shadow import ShadowUnavailable, private
from supa_deploy.shadow.binaries import Binaries
from supa_deploy.shadow.postgres import Postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A private folder of the server's."""
    made, lock = private.make_folder()
    yield made
    lock.close()
    private.sweep()


def server(folder: Path, script: str) -> Postgres:
    """A server whose program is this script; where PostgreSQL would be started it is started alike."""
    program = folder / "bin" / "postgres"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    (folder / "data").mkdir()
    return Postgres(Binaries(program.parent, 17, "made up"), folder, (), 9)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_its_last_words_are_told(folder: Path) -> None:
    made = server(folder, "echo 'FATAL: could not map shared memory'; exit 1")
    with pytest.raises(ShadowUnavailable, match="could not map shared memory"):
        made.start()
    assert made.process is None


def test_one_that_never_answers_is_ended_when_the_time_is_up(folder: Path) -> None:
    made = server(folder, "exec sleep 60")
    made.launch()
    assert made.process is not None
    pid = made.process.pid
    with pytest.raises(ShadowUnavailable, match="it said nothing"):
        made.wait(deadline=Deadline.after(0.2))
    assert gone(pid)


def test_a_signal_ends_the_wait(folder: Path) -> None:
    made = server(folder, "sleep 60")
    made.launch()
    assert made.process is not None
    pid = made.process.pid
    interrupt = Interrupt()
    interrupt.request(15)
    with pytest.raises(Interrupted) as stopped:
        made.wait(interrupt=interrupt)
    assert stopped.value.outcome.exit_code == 143
    assert gone(pid)
