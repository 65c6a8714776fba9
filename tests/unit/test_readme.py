"""The README and its neighbours say what the code does."""

import json
import re
from pathlib import Path

import pytest
from typer import main as typer_main

import supa_deploy
from supa_deploy.cli.commands import app
from supa_deploy.model import ObjectKind, Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.render.json import schema_text

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_exit_code_table_and_the_outcomes_are_one() -> None:
    told: set[tuple[int, str]] = set()
    for codes, names in re.findall(r"^\| ([\d, ]+) \| (`[^|]+`) \|", README, re.MULTILINE):
        told |= {(int(code), name) for code in codes.split(",") for name in re.findall(r"`(\w+)`", names)}
    assert told == {(outcome.exit_code, outcome.label) for outcome in Outcome}


def test_every_command_is_in_the_readme() -> None:
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert re.search(rf"^\| `{name}` \|", README, re.MULTILINE), name


def test_every_setting_of_the_env_example_is_in_the_readme() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    names = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert names
    assert all(f"`{name}`" in README for name in names)


@pytest.mark.parametrize("page", ["README.md", "docs/ci.md", "docs/json.md", "docs/rehearse.md"])
def test_every_command_line_on_a_page_can_be_typed(page: str) -> None:
    group = typer_main.get_command(app)
    commands = dict(group.commands)  # type: ignore[attr-defined]  # a group, typed as a command
    lines = re.findall(
        r"(?:^|`|run: )supa-deploy ([a-z]+)([^`#|>\n]*)", (ROOT / page).read_text("utf-8"), re.MULTILINE
    )
    assert lines
    for name, rest in lines:
        known = {
            word
            for parameter in commands[name].params
            for word in (*parameter.opts, *parameter.secondary_opts)
        }
        assert {word for word in rest.split() if word.startswith("-")} <= known, (name, rest)


def test_every_flag_named_in_the_readme_is_one() -> None:
    group = typer_main.get_command(app)
    known = {
        word
        for command in (group, *group.commands.values())  # type: ignore[attr-defined]  # as above
        for parameter in command.params
        for word in (*parameter.opts, *parameter.secondary_opts)
    }
    ours = README.replace("npx --no-install", "")
    assert set(re.findall(r"`(--[a-z-]+)", ours)) <= known


def test_the_map_names_every_module() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    drawn = contributing.split("```")[1]
    package = Path(supa_deploy.__file__).parent
    for path in package.iterdir():
        if path.name not in {"__init__.py", "__pycache__"}:
            name = path.name if path.suffix == ".py" else f"{path.name}/"
            assert re.search(rf"(^|[\s─]){re.escape(name)}", drawn, re.MULTILINE), name
    for name in re.findall(r"([\w/]+\.py|\b\w+/)(?=\s)", drawn):
        assert (package / name).exists() or name == "supa_deploy/", name


def test_the_json_page_names_every_field_and_every_word() -> None:
    page = (ROOT / "docs" / "json.md").read_text("utf-8")
    for name in json.loads(schema_text())["properties"]:
        assert re.search(rf"`{name}[`.]", page), name
    for word in (*Verdict, *Witness, *ObjectKind):
        assert f"`{word}`" in page, word
