"""The stand-ins themselves: what they read as the runner does, and what they refuse to guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.action.expressions import Contexts, UnknownExpressionError
from tests.action.runner import Command, Log, read_outputs

if TYPE_CHECKING:
    from pathlib import Path

CONTEXTS = {
    "inputs": {"command": "plan", "node-version": "", "evil": "${{ github.token }}"},
    "steps": {"run": {"outputs": {"outcome": "ok"}}},
    "github": {"token": "t"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ inputs.command }}", "plan"),
        ("a ${{ steps.run.outputs.outcome }} b${{steps.run.outputs.other}}", "a ok b"),
        ("${{ inputs.node-version || '22' }}", "22"),
        ("${{ inputs.command == 'PLAN' && 'it''s' || 'no' }}", "it's"),
        ("${{ !(inputs.command != 'plan') }}", "true"),
        ("${{ inputs.evil }}", "${{ github.token }}"),
        ("no expression", "no expression"),
    ],
)
def test_expressions(text: str, value: str) -> None:
    assert Contexts(CONTEXTS).filled(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "inputs.unknown",
        "steps.other.outputs.x",
        "fromJSON('1')",
        "github.a.b",
        "inputs",
        "'open",
        "a b",
        "x.y",
        "",
    ],
)
def test_what_is_not_known_is_an_error(text: str) -> None:
    with pytest.raises(UnknownExpressionError):
        Contexts(CONTEXTS).filled(f"${{{{ {text} }}}}")


@pytest.mark.parametrize(
    ("condition", "fine", "failed", "cancelled"),
    [
        (None, True, False, False),
        ("${{ inputs.command == 'plan' }}", True, False, False),
        ("always()", True, True, True),
        ("${{ !cancelled() && inputs.command == 'plan' }}", True, True, False),
        ("failure()", False, True, False),
    ],
)
def test_conditions(condition: str | None, fine: bool, failed: bool, cancelled: bool) -> None:
    said = [
        Contexts(CONTEXTS, failed=f, cancelled=c).holds(condition)
        for f, c in ((False, False), (True, False), (False, True))
    ]
    assert said == [fine, failed, cancelled]


def test_the_stand_in_obeys_both_spellings_and_nothing_between_stop_and_token() -> None:
    log = Log()
    log.read(
        "::add-mask::s3cret\nthe s3cret\r\n  ::error file=a%2Cb.sql,line=3::x%0Ay\nmid ##[warning]w\rx ::notice::no\n"
        "::stop-commands::tok\n::error::no\n##[error]no\n::TOK::\n::unknown::x\n::set-output name=a::b\n"
    )
    assert log.commands == [
        Command("add-mask", "s3cret", {}, 0),
        Command("error", "x\ny", {"file": "a,b.sql", "line": "3"}, 1),
        Command("warning", "w", {}, 2),
        Command("set-output", "b", {"name": "a"}, 9),
    ]
    assert log.lines[0] == "the ***"
    assert log.lines[4] == "::stop-commands::***"


def test_outputs_as_the_runner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("a=1\nb<<END\nx\ny=2\nEND\nc=\na=3\n")
    assert read_outputs(file) == {"a": "3", "b": "x\ny=2", "c": ""}
    file.write_text("b<<END\nx\n")
    with pytest.raises(AssertionError, match="mark of b"):
        read_outputs(file)
