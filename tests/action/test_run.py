"""Inputs become one call: each a value, whatever it holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
import yaml
from tests.action.runner import Log, read_outputs

from supa_deploy.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ROOT = Path(__file__).parents[2]
COMMANDS = ("deploy", "plan", "verify", "check", "diff", "rehearse")


@pytest.fixture
def run(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("run")


def test_a_deploy_needs_no_more_than_its_name(run: ModuleType) -> None:
    assert run.arguments({"IN_COMMAND": "deploy"}) == ["deploy", "--yes"]


def test_every_option_is_one_that_its_commands_take(run: ModuleType) -> None:
    known = typer.main.get_group(app)
    for option in run._OPTIONS:
        for name in option.commands:
            taken = {word for parameter in known.commands[name].params for word in parameter.opts}
            taken |= {word for parameter in known.commands[name].params for word in parameter.secondary_opts}
            assert option.option in taken, f"{name} does not take {option.option}"


def test_every_input_reaches_a_program_and_every_variable_is_read(run: ModuleType) -> None:
    told = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = {step["name"]: step for step in told["runs"]["steps"]}
    variables = steps["Run supa-deploy"]["env"]
    read = {f"IN_{option.input.upper().replace('-', '_')}" for option in run._OPTIONS}
    read |= set(run._VARIABLES) | {"IN_COMMAND", "IN_REPORT", "IN_COMMENT", "PYTHON"}
    assert set(variables) == read
    used = "".join(yaml.safe_dump(step) for step in told["runs"]["steps"])
    for name in told["inputs"]:
        assert f"inputs.{name} " in used, f"nobody reads the input {name}"


def test_switches_values_and_words(run: ModuleType) -> None:
    environ = {
        "IN_COMMAND": "verify",
        "IN_WORKDIR": "-weird dir",
        "IN_REQUIRE_API": "TRUE",
        "IN_ONLY": " 20250118000001\n20250118000002 ",
        "IN_NO_DIFF": "false",
        "IN_TIMEOUT": "90",
        "IN_ENV": "staging",
    }
    assert run.arguments(environ) == [
        "verify",
        "--workdir=-weird dir",
        "--env=staging",
        "--timeout=90",
        "--only=20250118000001",
        "--only=20250118000002",
        "--require-api",
    ]


@pytest.mark.parametrize("value", ['"; rm -rf / #', "$(id)", "a\nb", "`id`", "--yes", "%0A::error::x", "a'b"])
def test_a_value_stays_a_value(value: str, run: ModuleType) -> None:
    assert run.arguments({"IN_COMMAND": "check", "IN_BASE": value}) == ["check", f"--base={value}"]
    environ = {"IN_DB_PASSWORD": value, "IN_COMMAND": "plan", "PATH": "/bin", "SUPABASE_DB_PASSWORD": "old"}
    assert run.variables(environ) == {"SUPABASE_DB_PASSWORD": value, "PATH": "/bin"}


def test_an_empty_input_leaves_the_jobs_variable_alone(run: ModuleType) -> None:
    environ = {"IN_ACCESS_TOKEN": "", "SUPABASE_ACCESS_TOKEN": "sbp_1", "IN_GITHUB_TOKEN": "x"}
    assert run.variables(environ) == {"SUPABASE_ACCESS_TOKEN": "sbp_1"}


def test_an_input_for_one_target_outranks_the_jobs_variable_for_another(run: ModuleType) -> None:
    assert run.variables({"IN_DB_URL": "postgresql://x", "SUPABASE_PROJECT_REF": "a"}) == {
        "SUPABASE_DB_URL": "postgresql://x"
    }
    assert run.variables({"IN_PROJECT_REF": "a", "SUPABASE_DB_URL": "postgresql://x"}) == {
        "SUPABASE_PROJECT_REF": "a"
    }


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"IN_COMMAND": ""}, "command"),
        ({"IN_COMMAND": "deploy; rm -rf /"}, "one of deploy, plan"),
        ({"IN_COMMAND": "rollback\n::error::pwned"}, "command"),
        (
            {"IN_COMMAND": "plan", "IN_INCLUDE_SEED": "true"},
            "include-seed is for deploy and rehearse, not for plan",
        ),
        ({"IN_COMMAND": "deploy", "IN_NO_DIFF": "yes\n::error::x"}, "must be true or false"),
        ({"IN_COMMAND": "plan", "IN_COMMENT": "maybe"}, "must be true or false"),
        ({"IN_COMMAND": "deploy", "IN_BASE": "x"}, "base is for check and rehearse, not for deploy"),
    ],
)
def test_an_input_that_cannot_be_used_is_an_error_and_an_outcome(
    environ: dict[str, str], said: str, run: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run.main({**environ, "GITHUB_OUTPUT": str(tmp_path / "out"), "RUNNER_TEMP": str(tmp_path)})
    assert left.value.code == 2
    log = Log()
    log.read(capsys.readouterr().out)
    assert log.names == ["error"]
    assert said in log.of("error")[0].data
    assert read_outputs(tmp_path / "out") == {"outcome": "usage_error", "exit_code": "2"}


@pytest.mark.parametrize(
    ("command", "event", "wish", "wanted"),
    [
        ("plan", "pull_request", "auto", True),
        ("plan", "pull_request_target", "", True),
        ("plan", "push", "auto", False),
        ("deploy", "pull_request", "auto", False),
        ("deploy", "push", "true", True),
        ("plan", "pull_request", "False", False),
    ],
)
def test_when_the_report_becomes_a_comment(
    command: str, event: str, wish: str, wanted: bool, run: ModuleType
) -> None:
    environ = {"IN_COMMAND": command, "GITHUB_EVENT_NAME": event, "IN_COMMENT": wish}
    assert run.wants_comment(environ) is wanted


def test_reports_of_the_input_and_one_of_our_own_where_it_is_wanted(run: ModuleType, tmp_path: Path) -> None:
    base = {"IN_COMMAND": "plan", "RUNNER_TEMP": str(tmp_path)}
    (own,) = run.report_files(base)
    assert Path(own).parent.parent == tmp_path
    assert Path(own).name == "supa-deploy-plan.md"
    assert run.report_files({**base, "IN_REPORT": " a.json \n\n b c.xml\n"}) == ["a.json", "b c.xml"]
    with_comment = {**base, "IN_COMMENT": "true"}
    assert run.report_files({**with_comment, "IN_REPORT": "a.json"})[1].endswith("supa-deploy-plan.md")
    assert run.report_files({**with_comment, "IN_REPORT": "a.md"}) == ["a.md"]
