"""The command line itself: every wrong word is one outcome in the form that was asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from typer import main as typer_main

from supa_deploy.cli.commands import app
from supa_deploy.cli.main import asks_for_json, run_command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = Path(__file__).parents[3] / "src"
SCHEMA = json.loads((SOURCE / "supa_deploy/render/report.schema.json").read_text("utf-8"))
COMMANDS = sorted(typer_main.get_command(app).commands)  # type: ignore[attr-defined]  # a group, typed as a command


def run(
    *arguments: str,
    cwd: Path,
    env: dict[str, str] | None = None,
    program: Sequence[str] = ("-m", "supa_deploy"),
) -> subprocess.CompletedProcess[str]:
    """supa-deploy as a child that has nothing but a PATH and what `env` adds."""
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "PYTHONPATH": str(SOURCE), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def document_of(stdout: str) -> dict[str, Any]:
    """stdout as the one document that it has to be."""
    document: dict[str, Any] = json.loads(stdout)
    jsonschema.validate(document, SCHEMA)
    return document


WRONG = {
    "unknown flag": ["deploy", "--nope"],
    "unknown command": ["deplyo"],
    "bad number": ["deploy", "--timeout", "soon"],
    "no time": ["deploy", "--yes", "--timeout", "0"],
    "missing value": ["deploy", "--project-ref"],
    "extra word": ["status", "extra"],
    "no such folder": ["plan", "--workdir", "/nowhere/at/all"],
    "no consent": ["deploy", "--project-ref", "abcdefghijklmnopqrst"],
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_a_usage_error_is_one_document(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    given = [words[0], "--output", "json", *words[1:]]
    assert run_command_line(given) == 2
    printed = capsys.readouterr()
    document = document_of(printed.out)
    assert (document["outcome"], document["exit_code"]) == ("usage_error", 2)
    assert "Nothing was touched." in document["error"]["message"]
    assert printed.err == ""
    assert document["command"] == (words[0] if words[0] in COMMANDS else "supa-deploy")


def test_a_usage_error_in_text_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["deploy", "--nope"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "No such option: --nope. Nothing was touched." in printed.err
    assert "supa-deploy deploy --help" in printed.err


def test_a_password_that_was_given_as_a_word_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["deploy", "postgresql://me:hunter22@host/db", "--output", "json"]) == 2
    assert "hunter22" not in "".join(capsys.readouterr())


def test_without_a_word_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    for command in COMMANDS:
        assert f"\n  {command}" in printed.err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_one_example_that_can_be_typed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line([command, "--help"]) == 0
    page = capsys.readouterr().out
    examples = [line for line in page.splitlines() if line.strip().startswith("Example:")]
    assert len(examples) == 1
    words = examples[0].split()[1:]
    assert words[:2] == ["supa-deploy", command]
    known = {option for parameter in parameters(command) for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


def parameters(command: str) -> list[Any]:
    """The options of one command."""
    return list(typer_main.get_command(app).commands[command].params)  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    ("words", "json_wanted"),
    [
        ([], False),
        (["deploy"], False),
        (["deploy", "--output"], False),
        (["deploy", "--output", "text"], False),
        (["deploy", "--output", "json"], True),
        (["deploy", "--output=json", "--nope"], True),
    ],
)
def test_json_is_known_to_be_wanted(words: list[str], json_wanted: bool) -> None:
    assert asks_for_json(words) is json_wanted


def test_shells_complete_the_commands(tmp_path: Path) -> None:
    asked = {"_SUPA_DEPLOY_COMPLETE": "complete_bash", "COMP_WORDS": "supa-deploy ", "COMP_CWORD": "1"}
    assert sorted(run(cwd=tmp_path, env=asked).stdout.split()) == COMMANDS
    options = {**asked, "COMP_WORDS": "supa-deploy deploy --include", "COMP_CWORD": "2"}
    assert "--include-seed" in run(cwd=tmp_path, env=options).stdout.split()


def test_the_version_needs_nothing_else(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path, program=("-X", "importtime", "-m", "supa_deploy"))
    assert done.stdout.startswith("supa-deploy ")
    assert "typer" not in done.stderr
    assert run("plan", "--version", cwd=tmp_path).returncode == 2


BUG = """
import sys
from supa_deploy import survey
def broken(run):
    run.journal.notice("so far so good")
    raise RuntimeError("no rule for this: " + run.settings.db_password.reveal())
survey.status = broken
from supa_deploy.cli.main import run_command_line
sys.exit(run_command_line(sys.argv[1:]))
"""


@pytest.mark.parametrize("output", ["json", "text"])
def test_a_bug_of_ours_ends_as_one_with_a_report_free_of_secrets(tmp_path: Path, output: str) -> None:
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    secrets = {"SUPABASE_DB_PASSWORD": "pässw'rd/%&", "SUPABASE_ACCESS_TOKEN": f"sbp_{'a1' * 20}"}
    done = run(
        *("status", "--output", output, "--project-ref", "abcdefghijklmnopqrst"),
        cwd=tmp_path,
        env={**secrets, "TMPDIR": str(tmp_path)},
        program=("-c", BUG),
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (report,) = tmp_path.glob("supa-deploy-bug-*.txt")
    assert report.stat().st_mode & 0o777 == 0o600
    trace = report.read_text("utf-8")
    assert "RuntimeError: no rule for this: [secret]" in trace
    assert "in broken" in trace
    shown = done.stdout + done.stderr + trace
    assert not any(secret in shown for secret in secrets.values())
    assert str(report) in done.stdout
    if output == "json":
        document = document_of(done.stdout)
        assert (document["outcome"], document["exit_code"]) == ("internal_error", 1)
        assert "Nothing was sent." in document["error"]["message"]
        assert document["notices"] == ["so far so good"]
