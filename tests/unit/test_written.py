"""Files that are written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from supa_deploy.written import write_whole


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_file_has_the_data_and_the_mode_and_nothing_is_left_beside_it(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "a.sql"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, b"new\r\n", mode)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new\r\n", mode)
    assert os.listdir(tmp_path) == ["a.sql"]  # noqa: PTH208  # names are what is compared


def test_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_whole(link, b"new", 0o600)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_what_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "a.md"
    folder.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(folder, b"new", 0o600)
    assert os.listdir(tmp_path) == ["a.md"]  # noqa: PTH208  # likewise
