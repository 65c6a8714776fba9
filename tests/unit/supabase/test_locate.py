"""Finding the CLI: the order, npm's layout, versions without starting anything."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.errors import PreflightFailed
from supa_deploy.settings import Settings
from supa_deploy.supabase.command import Command, Completed, Verb
from supa_deploy.supabase.locate import Binary, locate, platform_names
from supa_deploy.supabase.version import Version, parse_version

Make = Callable[..., Settings]


class Runner:
    """Answers `--version`, and counts how often it was asked."""

    def __init__(self, completed: Callable[..., Completed], says: str = "9.9.9", exit_code: int = 0) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._completed = completed
        self._says, self._exit_code = says, exit_code

    def __call__(self, command: Command) -> Completed:
        self.asked.append(command.argv)
        return self._completed(Verb.VERSION, stdout=f"{self._says}\n", exit_code=self._exit_code)


@pytest.fixture
def runner(completed: Callable[..., Completed]) -> Callable[..., Runner]:
    """`runner(says=…, exit_code=…)`."""
    return lambda **wishes: Runner(completed, **wishes)


def program(path: Path) -> Path:
    """A file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def manifest(folder: Path, name: str, version: str) -> None:
    """npm's package.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": name, "version": version}), encoding="utf-8")


def npm(
    root: Path, version: str = "3.1.0", *, native: str | None = "3.1.0", script: str = "dist/supabase.js"
) -> Path:
    """What `npm install supabase` leaves in `root`; gives the native binary's path."""
    modules = root / "node_modules"
    manifest(modules / "supabase", "supabase", version)
    target = program(modules / "supabase" / script)
    (modules / ".bin").mkdir(exist_ok=True)
    (modules / ".bin" / "supabase").symlink_to(target)
    package = modules / "@supabase" / f"cli-{platform_names()[0]}"
    if native:
        manifest(package, f"@supabase/cli-{platform_names()[0]}", native)
        program(package / "bin" / "supabase")
    return package / "bin" / "supabase"


def test_npms_script_is_replaced_by_the_binary_it_would_start(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    native = npm(tmp_path)
    run = runner()
    assert locate(settings(), run) == Binary((str(native),), Version(3, 1, 0), "node_modules")
    assert run.asked == []


def test_node_modules_are_looked_for_upward(tmp_path: Path, runner: Callable[..., Runner]) -> None:
    native = npm(tmp_path)
    below = tmp_path / "apps" / "web"
    below.mkdir(parents=True)
    assert locate(Settings(workdir=below), runner()).program == (str(native),)


def test_the_nearest_one_wins(tmp_path: Path, runner: Callable[..., Runner]) -> None:
    npm(tmp_path)
    near = npm(tmp_path / "app", "2.122.1", native="2.122.1")
    assert locate(Settings(workdir=tmp_path / "app"), runner()).program == (str(near),)


def test_a_binary_of_another_version_is_not_taken_for_it(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    npm(tmp_path, "2.99.0", native="3.1.0")
    found = locate(settings(), runner())
    assert found.program == (str(tmp_path / "node_modules" / ".bin" / "supabase"),)
    assert found.version == Version(2, 99, 0)


def test_aliases_side_by_side_each_find_their_own(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    """tests/clis: two versions under npm aliases, the second one's binary in its own node_modules."""
    npm(tmp_path, "2.122.1", native="2.122.1")
    alias = tmp_path / "node_modules" / "supabase-2.99.0"
    manifest(alias, "supabase", "2.99.0")
    script = program(alias / "dist" / "supabase.js")
    package = alias / "node_modules" / "@supabase" / f"cli-{platform_names()[0]}"
    manifest(package, "@supabase/cli", "2.99.0")
    native = program(package / "bin" / "supabase")
    found = locate(settings(supabase_bin=script, sources={"SUPA_DEPLOY_SUPABASE_BIN": "flag"}), runner())
    assert found == Binary((str(native),), Version(2, 99, 0), "flag")


def test_before_2_99_the_package_held_the_binary_itself(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    npm(tmp_path, "2.40.7", native=None, script="bin/supabase")
    run = runner()
    found = locate(settings(), run)
    assert found.program == (str(tmp_path / "node_modules" / "supabase" / "bin" / "supabase"),)
    assert (found.version, run.asked) == (Version(2, 40, 7), [])


def test_a_platform_package_named_directly_tells_its_version(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    native = npm(tmp_path)
    run = runner()
    assert locate(settings(supabase_bin=native), run).version == Version(3, 1, 0)
    assert run.asked == []


def test_path_comes_after_node_modules_and_is_asked_once(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    path = program(tmp_path / "bin" / "supabase")
    told = settings({"PATH": str(path.parent), "HOME": str(tmp_path / "home")})
    run = runner(says="2.98.0")
    for _ in range(2):
        assert locate(told, run) == Binary((str(path),), Version(2, 98, 0), "PATH")
    assert run.asked == [(str(path), "--version")]


def test_a_changed_file_is_asked_again(settings: Make, tmp_path: Path, runner: Callable[..., Runner]) -> None:
    path = program(tmp_path / "bin" / "supabase")
    told = settings({"PATH": str(path.parent), "HOME": str(tmp_path / "home")})
    locate(told, runner(says="2.98.0"))
    path.write_text("#!/bin/sh\n# upgraded\n", encoding="utf-8")
    assert locate(told, runner(says="3.1.0")).version == Version(3, 1, 0)


def test_a_broken_cache_or_none_at_all_does_no_harm(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    path = program(tmp_path / "bin" / "supabase")
    cache = tmp_path / "cache" / "supa-deploy" / "cli-versions.json"
    cache.parent.mkdir(parents=True)
    cache.write_text("[not what was written", encoding="utf-8")
    told = settings({"PATH": str(path.parent), "XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert locate(told, runner()).version == Version(9, 9, 9)
    assert locate(settings({"PATH": str(path.parent)}), runner()).version == Version(9, 9, 9)


def test_npx_is_the_last_resort_and_keeps_its_cache(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    npx = program(tmp_path / "bin" / "npx")
    found = locate(settings({"PATH": str(npx.parent), "HOME": "/home/person"}), runner(says="3.1.0"))
    assert (found.program[0], found.program[-1], found.found) == (str(npx), "supabase", "npx")
    assert "--no-install" in found.program
    assert dict(found.env) == {"npm_config_cache": "/home/person/.npm"}


def test_without_any_the_command_that_installs_one_is_named(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner]
) -> None:
    program(tmp_path / "bin" / "npx")
    with pytest.raises(PreflightFailed, match=r"not found: .* Nothing was touched") as missing:
        locate(settings({"PATH": str(tmp_path / "bin")}), runner(exit_code=1))
    assert missing.value.hint == "Install it: npm install --save-dev supabase"


@pytest.mark.parametrize("says", ["", "command not found"])
def test_a_named_program_that_is_none_is_refused(
    settings: Make, tmp_path: Path, runner: Callable[..., Runner], says: str
) -> None:
    path = program(tmp_path / "other")
    with pytest.raises(PreflightFailed, match="does not tell a version"):
        locate(settings(supabase_bin=path), runner(says=says))
    with pytest.raises(PreflightFailed, match="not a program that can be run"):
        locate(settings(supabase_bin=tmp_path / "absent"), runner())


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.1.0\n", Version(3, 1, 0)),
        ("v2.40.7", Version(2, 40, 7)),
        ("Supabase CLI 2.99.0-beta.1 (linux)", Version(2, 99, 0)),
        ("3.2.0+build.5", Version(3, 2, 0)),
        ("A new version of Supabase CLI is available", None),
        ("10.20.30.40", None),
        ("", None),
    ],
)
def test_versions_are_read(text: str, version: Version | None) -> None:
    assert parse_version(text) == version
