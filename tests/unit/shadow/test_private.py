"""A folder is swept when its owner is gone, and only then."""

import tempfile
from pathlib import Path

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
