"""The README says what the code does."""

import re
from pathlib import Path

from supa_deploy.cli.commands import app
from supa_deploy.outcome import Outcome

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


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
    example = (Path(__file__).parents[2] / ".env.example").read_text("utf-8")
    names = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert names
    assert all(f"`{name}`" in README for name in names)
