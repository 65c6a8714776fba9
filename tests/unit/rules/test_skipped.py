"""What lies in the migrations folder and is no migration to the CLI: told where it looks like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import discover
from supa_deploy.rules.order.skipped import skipped_findings

if TYPE_CHECKING:
    from pathlib import Path


def _told(tmp_path: Path, name: str, *, folder: bool = False) -> list[str | None]:
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "20250101000000_first.sql").write_text("select 1;\n", "utf-8")
    if folder:
        (migrations / name).mkdir()
    else:
        (migrations / name).write_text("select 1;\n", "utf-8")
    return [finding.help for finding in skipped_findings(discover(tmp_path))]


@pytest.mark.parametrize(
    "name",
    [
        "notes.sql",
        "v1_notes.sql",
        "20250102000000.sql",
        "20250102000000_notes.SQL",
        "20250102000000_notes.pgsql",
    ],
)
def test_what_looks_like_a_migration_is_told(tmp_path: Path, name: str) -> None:
    assert len(_told(tmp_path, name)) == 1


def test_name_that_is_almost_right_is_put_right(tmp_path: Path) -> None:
    assert _told(tmp_path, "20250102000000-add notes.sql") == ["Rename it to 20250102000000_add notes.sql."]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        ".gitkeep",
        ".DS_Store",
        "._20250101000000_first.sql",
        "20250102000000_notes.sql.bak",
        "seed.py",
    ],
)
def test_other_things_are_not(tmp_path: Path, name: str) -> None:
    assert _told(tmp_path, name) == []


def test_folder_of_a_version_is_told_and_an_archive_is_not(tmp_path: Path) -> None:
    assert len(_told(tmp_path, "20250102000000_notes", folder=True)) == 1
    (tmp_path / "supabase/migrations/20250102000000_notes").rename(tmp_path / "supabase/migrations/archive")
    assert skipped_findings(discover(tmp_path)) == []
