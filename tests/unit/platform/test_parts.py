"""Which parts for which platform, and what is said when one cannot be had."""

import json
import os
import select
import signal
from pathlib import Path

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.errors import Interrupted, PreflightFailed
from supa_deploy.platform import parts
from supa_deploy.platform.pins import pins
from supa_deploy.shadow import binaries
from supa_deploy.shadow.binaries import cache_home


@pytest.mark.parametrize("platform", ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"])
def test_every_pin_is_an_exact_version(platform: str) -> None:
    found = pins(platform)
    assert found.postgres == f"@embedded-postgres/{platform}"
    for _, version in found.dependencies:
        assert version[0].isdigit()
        assert not set(version) & set("^~*<>| ")


def test_the_key_changes_with_the_platform() -> None:
    keys = {pins(name).key for name in ("linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64")}
    assert len(keys) == 4


def program(folder: Path, name: str, says: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n", "utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with an empty cache and a PATH of the test's own; the machine's own places hidden."""
    monkeypatch.setattr(binaries, "_PLACES", ())
    (tmp_path / "bin").mkdir()
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home")}


def test_no_npm_and_nothing_on_path_is_one_sentence(nowhere: dict[str, str]) -> None:
    with pytest.raises(PreflightFailed) as caught:
        parts.find_parts(nowhere)
    assert "PostgreSQL 17" in caught.value.message
    assert "no npm on PATH" in caught.value.message
    assert caught.value.message.count(". ") == 1
    assert caught.value.hint is not None
    assert "Node.js" in caught.value.hint


def test_parts_on_path_are_taken_without_npm(nowhere: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin", "postgres", "postgres (PostgreSQL) 16.4")
    program(tmp_path / "bin", "initdb")
    program(tmp_path / "bin", "postgrest")
    found = parts.find_parts(nowhere)
    assert (found.postgres.folder, found.postgres.major) == (tmp_path / "bin", 16)
    assert found.postgrest == tmp_path / "bin" / "postgrest"
    assert found.supabase is None


def test_a_postgres_that_is_too_old_is_no_part(nowhere: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path / "bin", "postgres", "postgres (PostgreSQL) 13.9")
    program(tmp_path / "bin", "initdb")
    with pytest.raises(PreflightFailed, match="PostgreSQL 17"):
        parts.find_parts(nowhere)


def test_a_part_that_npm_does_not_have_for_this_platform_is_named(
    nowhere: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "pins", lambda: pins("darwin-arm64"))
    program(tmp_path / "bin", "postgres", "postgres (PostgreSQL) 17.2")
    program(tmp_path / "bin", "initdb")
    with pytest.raises(PreflightFailed) as caught:
        parts.find_parts(nowhere)
    assert "npm has no PostgREST for darwin-arm64" in caught.value.message
    assert "brew install" in str(caught.value.hint)


def test_a_failing_npm_says_why_and_leaves_no_half_cache(nowhere: dict[str, str], tmp_path: Path) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n", "utf-8")
    npm.chmod(0o755)
    told: list[str] = []
    with pytest.raises(PreflightFailed, match="ENOTFOUND"):
        parts.find_parts(nowhere, told.append)
    assert len(told) == 1
    left = [path.name for path in cache_home(nowhere).iterdir() if path.is_dir()]
    assert left == []


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the end of a grandchild is seen on Linux only")
@pytest.mark.parametrize("by", ["clock", "signal"])
def test_an_npm_that_never_ends_is_ended_with_all_it_started(
    nowhere: dict[str, str], tmp_path: Path, by: str
) -> None:
    """As where the registry accepts connections and never answers."""
    started = tmp_path / "started"
    program = tmp_path / "bin" / "npm"
    program.write_text(f"#!/bin/sh\n/bin/sleep 600 &\necho $! > {started}\nwait\n", "utf-8")
    program.chmod(0o755)
    interrupt = Interrupt()
    if by == "signal":
        interrupt.request(signal.SIGTERM)
    deadline = Deadline.after(1.0 if by == "clock" else 600.0)
    with pytest.raises(PreflightFailed if by == "clock" else Interrupted, match="Nothing was started"):
        parts.find_parts(nowhere, deadline=deadline, interrupt=interrupt)
    child = started.read_text("utf-8").strip() if started.exists() else ""
    assert not child or _ends(int(child))
    assert [path.name for path in cache_home(nowhere).iterdir() if path.is_dir()] == []


def _ends(pid: int) -> bool:
    """True when the process is gone, or goes within a few seconds (a kill is carried out a moment later)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(handle, "rb", closefd=True):
        return bool(select.select([handle], [], [], 5.0)[0])


def test_library_links_are_relative_and_survive_a_copy(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "native" / "lib").mkdir(parents=True)
    (package / "native" / "lib" / "libx.so.1").write_text("x", "utf-8")
    links = [{"source": "native/lib/libx.so.1", "target": "native/lib/libx.so"}]
    (package / "native" / "pg-symlinks.json").write_text(json.dumps(links), "utf-8")
    binaries.link_libraries(package)
    binaries.link_libraries(package)
    (package / "native").rename(tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "lib" / "libx.so").read_text("utf-8") == "x"
