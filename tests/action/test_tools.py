"""Which CLI a job runs: the input, the machine's, the project's own, its lock file's, ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.action.runner import Log, read_outputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

LOCKS = {
    "package-lock.json": json.dumps(
        {
            "lockfileVersion": 3,
            "packages": {
                "": {"devDependencies": {"supabase": "^2.99.0"}},
                "node_modules/@supabase/supabase-js": {"version": "2.50.0"},
                "node_modules/supabase": {"version": "2.122.1"},
            },
        }
    ),
    "pnpm-lock.yaml": """lockfileVersion: '9.0'
importers:
  .:
    devDependencies:
      supabase:
        specifier: ^2.99.0
        version: 2.122.1
packages:
  '@supabase/supabase-js@2.50.0':
    resolution: {integrity: sha512-x}
  supabase@2.122.1:
    resolution: {integrity: sha512-x}
""",
    "yarn.lock": """# yarn lockfile v1
"@supabase/supabase-js@^2.50.0":
  version "2.50.0"

supabase@^2.99.0:
  version "2.122.1"
  resolved "https://registry.yarnpkg.com/supabase/-/supabase-2.122.1.tgz#x"
""",
    "bun.lock": """{
  "lockfileVersion": 1,
  "workspaces": { "": { "devDependencies": { "supabase": "^2.99.0", }, }, },
  "packages": {
    "@supabase/supabase-js": ["@supabase/supabase-js@2.50.0", "", {}, "sha512-x"],
    "supabase": ["supabase@2.122.1", "", { "bin": { "supabase": "dist/supabase.js" } }, "sha512-x"],
  }
}
""",
}
OTHER_SHAPES = {
    "pnpm 5": (
        "pnpm-lock.yaml",
        "lockfileVersion: 5.4\npackages:\n  /supabase/2.122.1:\n    resolution: {}\n",
    ),
    "pnpm 6": ("pnpm-lock.yaml", "packages:\n\n  /supabase@2.122.1:\n    resolution: {}\n"),
    "yarn 4": (
        "yarn.lock",
        '"supabase@npm:^2.99.0":\n  version: 2.122.1\n  resolution: "supabase@npm:2.122.1"\n',
    ),
    "yarn 4, two ranges": (
        "yarn.lock",
        '"supabase@npm:^2.0.0, supabase@npm:^2.99.0":\r\n  version: 2.122.1\r\n',
    ),
    "npm 1": (
        "package-lock.json",
        '{"lockfileVersion": 1, "dependencies": {"supabase": {"version": "2.122.1"}}}',
    ),
}


@pytest.fixture
def tools(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("tools")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "apps" / "shop"
    folder.mkdir(parents=True)
    return folder


def _environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "IN_COMMAND": "deploy",
        "IN_WORKDIR": "apps/shop",
        **more,
    }


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize("where", ["apps/shop", "."])
def test_the_version_of_a_lock_file(
    name: str, where: str, tools: ModuleType, tmp_path: Path, shop: Path
) -> None:
    (tmp_path / where / name).write_text(LOCKS[name])
    assert tools.choose(_environ(tmp_path), "") == ("2.122.1", f"from {name}")


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_other_shapes_of_lock_files(shape: str, tools: ModuleType, tmp_path: Path) -> None:
    name, text = OTHER_SHAPES[shape]
    (tmp_path / name).write_text(text)
    assert tools.locked_version(tmp_path / name) == "2.122.1"


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"packages": {"node_modules/supabase": {"version": "1; rm -rf /"}}}', "\0\xff"]
)
def test_a_lock_file_that_tells_none(text: str, tools: ModuleType, tmp_path: Path) -> None:
    for name in LOCKS:
        (tmp_path / name).write_text(text, "latin-1")
        assert tools.locked_version(tmp_path / name) is None


def test_the_order(tools: ModuleType, tmp_path: Path, shop: Path) -> None:
    environ = _environ(tmp_path)
    assert tools.choose(environ, "") == ("3.1.0", "as supa-deploy is tested with")
    (tmp_path / "yarn.lock").write_text(LOCKS["yarn.lock"])
    assert tools.choose(environ, "")[1] == "from yarn.lock"
    own = tmp_path / "node_modules" / ".bin" / "supabase"
    own.parent.mkdir(parents=True)
    own.touch(mode=0o755)
    assert tools.choose(environ, "") == ("", "the project's own, in node_modules")
    told = {**environ, "SUPA_DEPLOY_SUPABASE_BIN": "/opt/supabase"}
    assert tools.choose(told, "") == ("", "as SUPA_DEPLOY_SUPABASE_BIN says")
    assert tools.choose(told, "2.99.0") == ("2.99.0", "as the input says")
    assert tools.choose({**told, "IN_COMMAND": "check"}, "2.99.0")[0] == ""


def test_a_lock_file_outside_the_repository_is_not_read(
    tools: ModuleType, tmp_path: Path, shop: Path
) -> None:
    (tmp_path / "yarn.lock").write_text(LOCKS["yarn.lock"])
    environ = _environ(tmp_path, GITHUB_WORKSPACE=str(tmp_path / "apps"), IN_WORKDIR="shop")
    assert tools.choose(environ, "")[0] == "3.1.0"


@pytest.mark.parametrize(
    ("version", "scripts"),
    [("2.40.7", "true"), ("2.98.2", "true"), ("2.99.0", "false"), ("3.1.0-beta.1", "false")],
)
def test_only_versions_without_a_binary_inside_run_scripts(
    version: str, scripts: str, tools: ModuleType, tmp_path: Path, shop: Path
) -> None:
    assert tools.main(_environ(tmp_path, IN_CLI_VERSION=version)) == 0
    assert read_outputs(tmp_path / "out")["scripts"] == scripts


@pytest.mark.parametrize("version", ["latest", "3", "3.1.0 --registry=x", "3.1.0\n::error::x", "$(id)"])
def test_what_is_no_version_is_refused(
    version: str, tools: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tools.main(_environ(tmp_path, IN_CLI_VERSION=version)) == 2
    log = Log()
    log.read(capsys.readouterr().out)
    assert log.names == ["error"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("command", "version", "node", "given", "wanted"),
    [
        ("deploy", "3.1.0", True, "", "false"),
        ("deploy", "3.1.0", False, "", "true"),
        ("deploy", "3.1.0", True, "24", "true"),
        ("check", "", False, "24", "false"),
        ("rehearse", "3.1.0", False, "", "true"),
    ],
)
def test_node_is_set_up_where_it_is_needed_and_missing(
    command: str,
    version: str,
    node: bool,
    given: str,
    wanted: str,
    tools: ModuleType,
    tmp_path: Path,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tools, "has_node", lambda: node)
    environ = _environ(tmp_path, IN_COMMAND=command, IN_CLI_VERSION=version, IN_NODE_VERSION=given)
    assert tools.main(environ) == 0
    assert read_outputs(tmp_path / "out")["setup-node"] == wanted


def test_this_machine_has_node(tools: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tools.has_node()
    monkeypatch.setenv("PATH", "/nonexistent")
    assert not tools.has_node()
