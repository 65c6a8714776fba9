"""Which files count, in which order, and what is said about the rest (each seen with the real CLIs)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import discover, parse_all, read
from supa_deploy.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_finds_what_the_cli_finds_in_its_order(project: Callable[..., Path]) -> None:
    names = [
        "20250104000000_b.sql",
        "20250106000000_.sql",
        "20250107000000_two_words.sql",
        "1_z.sql",
        "20250101000000.sql",
        "20250102000000-dash.sql",
        "20250103000000_x.SQL",
        "README.md",
        "2025_a.sql",
        ".hidden",
    ]
    root = project(dict.fromkeys(names, "select 1;"))
    found = discover(root)
    assert [m.path.name for m in found.migrations] == [
        "1_z.sql",
        "2025_a.sql",
        "20250104000000_b.sql",
        "20250106000000_.sql",
        "20250107000000_two_words.sql",
    ]
    assert [(m.version, m.name) for m in found.migrations][1:4] == [
        ("2025", "a"),
        ("20250104000000", "b"),
        ("20250106000000", ""),
    ]
    assert [skipped.file.rpartition("/")[2] for skipped in found.skipped] == [
        ".hidden",
        "20250101000000.sql",
        "20250102000000-dash.sql",
        "20250103000000_x.SQL",
        "README.md",
    ]
    assert all("does not match" in skipped.reason for skipped in found.skipped)
    assert found.migrations[0].file == "supabase/migrations/1_z.sql"


def test_versions_of_different_length_that_generations_order_differently_get_a_warning(
    project: Callable[..., Path],
) -> None:
    found = discover(project({"2025_a.sql": "", "20250104000000_b.sql": ""}))
    assert [(p.rule, p.severity, p.file) for p in found.problems] == [
        ("order-in-doubt", Severity.WARNING, "supabase/migrations/20250104000000_b.sql")
    ]


def test_versions_of_one_length_are_in_no_doubt(project: Callable[..., Path]) -> None:
    assert discover(project({"20250101000000_a.sql": "", "20250104000000_b.sql": ""})).problems == ()


def test_an_old_init_file_is_passed_over_only_at_the_first_place(project: Callable[..., Path]) -> None:
    root = project({"20210101000000_init.sql": "", "20210102000000_init.sql": "", "20250104000000_b.sql": ""})
    found = discover(root)
    assert [m.version for m in found.migrations] == ["20210102000000", "20250104000000"]
    assert "_init.sql" in found.skipped[0].reason


def test_folders_are_never_looked_into_and_said_so(project: Callable[..., Path]) -> None:
    root = project({"20250104000000_b.sql": ""})
    (root / "supabase/migrations/20250105000000_c.sql").mkdir()
    found = discover(root)
    assert [m.version for m in found.migrations] == ["20250104000000"]
    assert "folder" in found.skipped[0].reason


def test_a_link_to_a_file_counts(project: Callable[..., Path]) -> None:
    root = project({"20250104000000_b.sql": "select 1;"})
    (root / "supabase/migrations/20250105000000_c.sql").symlink_to("20250104000000_b.sql")
    found = discover(root)
    assert [m.version for m in found.migrations] == ["20250104000000", "20250105000000"]
    assert found.problems == ()


def test_a_broken_link_is_an_unreadable_file(project: Callable[..., Path]) -> None:
    root = project({})
    (root / "supabase/migrations/20250105000000_c.sql").symlink_to("nowhere")
    (problem,) = discover(root).problems
    assert (problem.rule, problem.severity) == ("unreadable-file", Severity.ERROR)
    assert read(discover(root).migrations[0]).statements == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_an_error(project: Callable[..., Path]) -> None:
    root = project({"20250104000000_b.sql": "select 1;"})
    (root / "supabase/migrations/20250104000000_b.sql").chmod(0)
    assert [p.rule for p in discover(root).problems] == ["unreadable-file"]


def test_two_files_of_one_version_are_an_error_that_names_both(project: Callable[..., Path]) -> None:
    found = discover(project({"20250104000000_a.sql": "", "20250104000000_b.sql": ""}))
    (problem,) = found.problems
    assert (problem.rule, problem.severity) == ("duplicate-version", Severity.ERROR)
    assert problem.file.endswith("_b.sql")
    assert "_a.sql" in problem.message


def test_bytes_that_are_not_utf8_are_an_error_at_their_place(project: Callable[..., Path]) -> None:
    root = project({"20250104000000_b.sql": "-- é\nselect 'é".encode() + b"\xff';"})
    (problem,) = discover(root).problems
    assert (problem.rule, problem.line, problem.column) == ("not-utf8", 2, 10)
    assert parse_all(discover(root).migrations).scripts[0].statements == ()


def test_a_byte_order_mark_is_a_warning_and_no_part_of_the_text(project: Callable[..., Path]) -> None:
    root = project({"20250104000000_b.sql": b"\xef\xbb\xbfselect frm x frm;"})
    found = discover(root)
    assert [(p.rule, p.severity) for p in found.problems] == [("byte-order-mark", Severity.WARNING)]
    (problem,) = read(found.migrations[0]).problems
    assert (problem.line, problem.column) == (1, 14)


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PreflightFailed, match="nothing was touched") as caught:
        discover(tmp_path)
    assert caught.value.code == "no_migrations_folder"
    assert "--workdir" in (caught.value.hint or "")


def test_an_empty_folder_is_no_error(project: Callable[..., Path]) -> None:
    assert discover(project({})).migrations == ()


@pytest.mark.parametrize(
    ("config", "disabled"),
    [
        (None, False),
        ("[db.migrations]\nenabled = false\n", True),
        ("[db.migrations]\nenabled = true\n", False),
        ("[db]\nmajor_version = 17\n", False),
        ('db = "odd"\n', False),
    ],
)
def test_migrations_switched_off_in_the_configuration_are_seen(
    project: Callable[..., Path], config: str | None, disabled: bool
) -> None:
    assert discover(project({"20250104000000_b.sql": ""}, config)).disabled is disabled


def test_a_broken_configuration_is_named_with_its_line(project: Callable[..., Path]) -> None:
    with pytest.raises(PreflightFailed, match="not valid TOML") as caught:
        discover(project({}, "[db]\nmajor_version = = 17\n"))
    assert (caught.value.file, caught.value.line) == ("supabase/config.toml", 2)


def test_a_way_back_written_by_hand_is_no_migration(tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    for name in ("1_a.down.sql", "1_a.sql", "2_tear.down.sql"):
        (folder / name).write_text("select 1;", "utf-8")
    found = discover(tmp_path)
    assert [migration.file for migration in found.migrations] == [
        "supabase/migrations/1_a.sql",
        "supabase/migrations/2_tear.down.sql",  # beside nothing: the CLI's rule holds
    ]
    assert [(down.version, down.file) for down in found.downs] == [("1", "supabase/migrations/1_a.down.sql")]
    assert found.skipped == ()
    assert found.problems == ()
