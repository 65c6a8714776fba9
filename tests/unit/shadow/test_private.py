"""A folder is swept when its owner is gone, and only then."""

import fcntl
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

from supa_deploy.shadow import private


@pytest.fixture(autouse=True)
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_sweeps_what_nobody_holds(tmp_path: Path) -> None:
    held, lock = private.make_folder()
    orphan, orphaned = private.make_folder()
    (orphan / "data").mkdir()
    orphaned.close()
    foreign = tmp_path / "sd-foreign"
    foreign.mkdir()
    private.sweep()
    assert held.exists()
    assert not orphan.exists()
    assert foreign.exists()  # no lock file: not known to be ours
    lock.close()


def test_a_folder_is_for_its_owner_alone() -> None:
    folder, lock = private.make_folder()
    assert folder.stat().st_mode & 0o777 == 0o700
    lock.close()


def test_a_folder_swept_while_it_was_made_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[Path] = []
    real = fcntl.flock

    def flock(lock: IO[str], operation: int) -> None:
        real(lock, operation)
        if not swept:
            swept.append(Path(lock.name).parent)
            shutil.rmtree(swept[0])

    monkeypatch.setattr(fcntl, "flock", flock)
    folder, lock = private.make_folder()
    assert folder != swept[0]
    assert folder.is_dir()
    lock.close()


def test_a_long_temporary_folder_is_not_used_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    short = tmp_path / "s"
    long.mkdir()
    short.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.setattr(private, "_SHORT", short)
    folder, lock = private.make_folder()
    assert folder.parent == short
    lock.close()
    private.sweep()
    assert not folder.exists()


def test_memory_is_used_where_there_is_room_and_nobody_asked_for_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, disk = tmp_path / "m", tmp_path / "d"
    memory.mkdir()
    disk.mkdir()
    monkeypatch.setattr(private, "_MEMORY", memory)
    monkeypatch.setattr(private, "_SHORT", disk)
    monkeypatch.setattr(private, "_ROOM", 1)
    for chosen, expected in ((disk, memory), (tmp_path, tmp_path)):
        monkeypatch.setattr(tempfile, "tempdir", str(chosen))
        folder, lock = private.make_folder()
        assert folder.parent == expected
        lock.close()
        private.sweep()
        assert not folder.exists()
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    monkeypatch.setattr(private, "_ROOM", 10**18)
    folder, lock = private.make_folder()
    assert folder.parent == disk
    lock.close()


def test_sweeping_ends_the_server_of_a_dead_owner_and_nobody_else(tmp_path: Path) -> None:
    # PostgreSQL sets its own answer to SIGQUIT; what a shell starts in the background inherits that it is ignored.
    sleeper = (
        "import signal, sys; signal.signal(signal.SIGQUIT, signal.SIG_DFL);"
        "print('here', flush=True); sys.stdin.read()"
    )
    folder, lock = private.make_folder()
    other, other_lock = private.make_folder()
    for place in (folder, other):
        (place / "data").mkdir()
    with (
        subprocess.Popen(
            [sys.executable, "-c", sleeper, str(folder / "data")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as left,
        subprocess.Popen(
            [sys.executable, "-c", sleeper, "unrelated"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as unrelated,
    ):
        for process in (left, unrelated):  # while a process is being loaded, `ps` shows no arguments of it
            assert process.stdout is not None
            assert process.stdout.readline() == b"here\n"
        (folder / "data" / "postmaster.pid").write_text(f"{left.pid}\n{folder / 'data'}\n", "ascii")
        # The number of a server that is gone belongs to another process by now.
        (other / "data" / "postmaster.pid").write_text(f"{unrelated.pid}\n{other / 'data'}\n", "ascii")
        lock.close()
        other_lock.close()
        private.sweep()
        assert left.wait(timeout=30) == -signal.SIGQUIT
        assert unrelated.poll() is None
        unrelated.communicate(timeout=30)
    assert not folder.exists()
    assert not other.exists()
