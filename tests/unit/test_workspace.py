"""Private project folders for one call of the CLI."""

import stat
from pathlib import Path

import pytest

from supa_deploy.workspace import folder_of, own_folder


def test_a_folder_of_files_holds_them_and_is_gone_afterwards() -> None:
    with folder_of([("1_a.sql", b"select 1;")]) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert (folder / "supabase" / "migrations" / "1_a.sql").read_bytes() == b"select 1;"
        assert (folder / "supabase" / "config.toml").is_file()
    assert not folder.exists()


def test_a_folder_is_gone_when_its_block_fails() -> None:
    with pytest.raises(KeyError), folder_of([]) as folder:
        raise KeyError
    assert not folder.exists()


def test_a_own_folder_some_files_is_the_users_own_otherwise(tmp_path: Path) -> None:
    supabase = tmp_path / "supabase"
    (supabase / "migrations").mkdir(parents=True)
    (supabase / ".temp").mkdir()
    (supabase / ".temp" / "pooler-url").write_text("x", "utf-8")
    (supabase / "config.toml").write_text("[db]\n", "utf-8")
    (tmp_path / ".env").write_text("A=1\n", "utf-8")
    kept, left_out = supabase / "migrations" / "1_a.sql", supabase / "migrations" / "1_a.down.sql"
    kept.write_text("create table a ();", "utf-8")
    left_out.write_text("drop table a;", "utf-8")
    with own_folder(tmp_path, [left_out]) as folder:
        inside = folder / "supabase"
        assert [path.name for path in (inside / "migrations").iterdir()] == ["1_a.sql"]
        assert (inside / "config.toml").read_text("utf-8") == "[db]\n"
        assert (inside / ".temp" / "pooler-url").read_text("utf-8") == "x"
        assert (folder / ".env").read_text("utf-8") == "A=1\n"
    assert kept.exists()
    assert left_out.exists()
    assert (supabase / ".temp" / "pooler-url").exists()  # what was linked is not taken away with the links


def test_a_named_environment_shows_the_cli_its_own_env_files_alone(tmp_path: Path) -> None:
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    for name in (".env", ".env.local", ".env.staging", "supabase/.env", "supabase/.env.production"):
        (tmp_path / name).write_text(name, "utf-8")
    with own_folder(tmp_path, environment="staging") as folder:
        assert [path.name for path in folder.glob(".env*")] == [".env"]
        assert (folder / ".env").read_text("utf-8") == ".env.staging"
        assert not list((folder / "supabase").glob(".env*"))
    with own_folder(tmp_path, environment="production") as folder:
        assert not list(folder.glob(".env*"))
        assert (folder / "supabase" / ".env").read_text("utf-8") == "supabase/.env.production"
