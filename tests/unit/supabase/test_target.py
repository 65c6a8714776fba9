"""Targets and profiles: which database, on which platform."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.settings import DatabaseUrl, Settings
from supa_deploy.supabase.profile import DEFAULT, read_profile
from supa_deploy.supabase.target import ByUrl, Linked, target_of

REF = "abcdefghijklmnopqrst"


def test_a_target_says_what_it_is_and_no_secret(database_url: DatabaseUrl) -> None:
    assert str(Linked(REF)) == f"project {REF}"
    assert Linked(REF, "example.org").host == f"db.{REF}.example.org"
    assert str(ByUrl(database_url)) == "db.example.org:6000/app"
    assert "p@ss" not in repr(ByUrl(database_url))


def test_settings_name_the_target(settings: Callable[..., Settings], database_url: DatabaseUrl) -> None:
    assert target_of(settings(project_ref=REF), "example.org") == Linked(REF, "example.org")
    assert target_of(settings(db_url=database_url), "example.org") == ByUrl(database_url)
    with pytest.raises(UsageError, match="No database is named"):
        target_of(settings(), "example.org")


def test_without_a_profile_it_is_supabase(tmp_path: Path) -> None:
    assert read_profile(None, tmp_path) is DEFAULT
    assert read_profile("supabase", tmp_path) is DEFAULT
    assert DEFAULT.data_api(REF) == f"https://{REF}.supabase.co"
    assert DEFAULT.database_host(REF) == f"db.{REF}.supabase.co"


def test_known_names_are_known(tmp_path: Path) -> None:
    assert read_profile("Supabase-Staging", tmp_path).api_url == "https://api.supabase.green"
    assert read_profile("snap", tmp_path).project_host == "snapcloud.dev"


def test_a_file_is_read_as_the_cli_reads_it(tmp_path: Path) -> None:
    (tmp_path / "profile.yaml").write_text(
        '# ours\nname: private\napi_url: "http://127.0.0.1:8000/"  # the stand-in\n'
        "dashboard_url: 'https://dash.example.org'\nproject_host: example.org\nunknown:\n  nested: x\n",
        encoding="utf-8",
    )
    profile = read_profile("profile.yaml", tmp_path)
    assert (profile.name, profile.api_url, profile.dashboard_url, profile.project_host) == (
        "private",
        "http://127.0.0.1:8000",
        "https://dash.example.org",
        "example.org",
    )


def test_what_a_file_leaves_out_is_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("project_host: example.org\n", encoding="utf-8")
    assert read_profile(str(tmp_path / "p.yaml"), tmp_path).api_url == DEFAULT.api_url


def test_neither_a_name_nor_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PreflightFailed, match=r"neither a profile's name .* Nothing was touched"):
        read_profile("supabse", tmp_path)
