"""Which scratch server a run gets: the order, what is passed over, and what is said when there is none."""

import json
import os
from pathlib import Path

import pytest

from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Secret
from supa_deploy.settings import parse_database_url
from supa_deploy.shadow import DockerOnly, GivenServer, NoServer, OwnServer, binaries, find_server
from supa_deploy.shadow.find import with_libraries

_NAME = f"@embedded-postgres/{binaries.this_platform()}"


@pytest.fixture(autouse=True)
def no_system_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has in its usual places plays no part."""
    monkeypatch.setattr(binaries, "_PLACES", ())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def system(folder: Path, version: str) -> Path:
    program(folder / "postgres", f"echo 'postgres (PostgreSQL) {version} (Made up 1.2)'")
    program(folder / "initdb", "exit 1")
    return folder


def package(modules: Path, version: str = "17.10.0-beta.17", links: tuple[str, ...] = ()) -> Path:
    folder = modules / _NAME
    for name in ("postgres", "initdb"):
        program(folder / "native" / "bin" / name, "exit 1")
    (folder / "package.json").write_text(json.dumps({"name": _NAME, "version": version}), "utf-8")
    (folder / "native" / "lib").mkdir()
    (folder / "native" / "lib" / "libx.so.1").write_text("x", "utf-8")
    entries = [{"source": "native/lib/libx.so.1", "target": f"native/lib/{name}"} for name in links]
    (folder / "native" / "pg-symlinks.json").write_text(json.dumps(entries), "utf-8")
    return folder


def test_the_setting_comes_before_everything(environ: dict[str, str], tmp_path: Path) -> None:
    package(tmp_path / "node_modules")
    url = parse_database_url("postgresql://a:b-secret@h/d", name="SUPA_DEPLOY_SHADOW_URL")
    found = find_server(environ, tmp_path, url)
    assert found == GivenServer(url)
    assert url.password == Secret("b-secret")


def test_the_projects_own_package_upward_from_the_workdir(environ: dict[str, str], tmp_path: Path) -> None:
    here = tmp_path / "monorepo" / "apps" / "web"
    here.mkdir(parents=True)
    folder = package(tmp_path / "monorepo" / "node_modules")
    package(tmp_path / "home" / ".cache" / "supa-deploy" / "parts-abc" / "node_modules", "17.2.0")
    found = find_server(environ, here, None)
    assert isinstance(found, OwnServer)
    assert found.binaries.folder == folder / "native" / "bin"
    assert (found.binaries.major, found.version, found.name, found.linked) == (17, "17.10", _NAME, True)


def test_our_own_cache_comes_next(environ: dict[str, str], tmp_path: Path) -> None:
    system(tmp_path / "bin", "17.5")
    package(tmp_path / "home" / ".cache" / "supa-deploy" / "parts-abc" / "node_modules", "16.9.0")
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, OwnServer)
    assert found.version == "16.9"


def test_then_the_systems(environ: dict[str, str], tmp_path: Path) -> None:
    folder = system(tmp_path / "bin", "15.8")
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, OwnServer)
    assert (found.binaries.major, found.version, found.name) == (15, "15.8", str(folder))


def test_of_the_systems_the_newest_that_supabase_runs(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = tmp_path / "postgresql"
    for major in (9, 14, 15, 16, 18):
        system(places / str(major) / "bin", f"{major}.1")
    monkeypatch.setattr(binaries, "_PLACES", ((str(places), "*/bin"),))
    found = binaries.on_this_machine(environ)
    assert found is not None
    assert found.major == 16
    for major in (15, 16):
        (places / str(major) / "bin" / "initdb").unlink()
    newer = binaries.on_this_machine(environ)
    assert newer is not None
    assert newer.major == 18


def test_a_package_newer_than_supabase_gives_way_to_a_fitting_system(
    environ: dict[str, str], tmp_path: Path
) -> None:
    package(tmp_path / "node_modules", "18.1.0")
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, OwnServer)
    assert found.version == "18.1"
    system(tmp_path / "bin", "17.5")
    fitting = find_server(environ, tmp_path, None)
    assert isinstance(fitting, OwnServer)
    assert fitting.version == "17.5"


@pytest.mark.parametrize("broken", ["no package.json", "no initdb", "not JSON", "too old"])
def test_half_a_package_is_passed_over(environ: dict[str, str], tmp_path: Path, broken: str) -> None:
    folder = package(tmp_path / "node_modules", "14.1.0" if broken == "too old" else "17.1.0")
    if broken == "no package.json":
        (folder / "package.json").unlink()
    elif broken == "no initdb":
        (folder / "native" / "bin" / "initdb").unlink()
    elif broken == "not JSON":
        (folder / "package.json").write_text("{", "utf-8")
    assert isinstance(find_server(environ, tmp_path, None), NoServer)


def test_docker_when_it_answers(environ: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin" / "docker", "echo 27.3.1")
    assert find_server(environ, tmp_path, None) == DockerOnly("27.3.1")


@pytest.mark.parametrize(
    "script",
    ["echo 'Cannot connect to the Docker daemon' >&2; exit 1", "echo; exit 0", "echo 27.3.1; exit 1"],
)
def test_docker_that_does_not_run_is_none(environ: dict[str, str], tmp_path: Path, script: str) -> None:
    program(tmp_path / "bin" / "docker", script)
    assert isinstance(find_server(environ, tmp_path, None), NoServer)


def test_without_anything_it_says_what_to_install(environ: dict[str, str], tmp_path: Path) -> None:
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, NoServer)
    pinned = binaries.package()
    assert f"`npm install --save-dev {pinned.name}@{pinned.version}`" in found.advice
    assert "SUPA_DEPLOY_SHADOW_URL" in found.advice


def test_missing_links_are_made_in_a_copy_never_in_the_project(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = package(tmp_path / "node_modules", links=("libx.so",))
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, OwnServer)
    assert not found.linked
    cache = tmp_path / "cache"
    ready = with_libraries(found, cache)
    assert (ready.folder.parent / "lib" / "libx.so").read_text("utf-8") == "x"
    assert ready.folder.is_relative_to(cache)
    assert with_libraries(found, cache) == ready
    assert not (folder / "native" / "lib" / "libx.so").exists()
    assert [path.name for path in cache.iterdir()] == [ready.folder.parents[1].name]


def test_a_package_that_is_not_whole_leaves_no_half_copy(environ: dict[str, str], tmp_path: Path) -> None:
    folder = package(tmp_path / "node_modules", links=("libx.so",))
    (folder / "native" / "lib" / "libx.so.1").unlink()
    found = find_server(environ, tmp_path, None)
    assert isinstance(found, OwnServer)
    with pytest.raises(PreflightFailed, match=r"lacks native/lib/libx\.so\.1"):
        with_libraries(found, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_run_that_wants_none_gets_none(tmp_path: Path) -> None:
    found = find_server(os.environ, tmp_path, None, off=True)
    assert isinstance(found, NoServer)
    assert "switched off" in found.reason
