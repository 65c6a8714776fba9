"""Steps as they happen, on a plain stream and on a real pseudo-terminal."""

import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pexpect
import pytest

from supa_deploy.journal import Journal, Listener, Silent
from supa_deploy.model import Step, StepStatus
from supa_deploy.render import progress
from supa_deploy.render.github import GitHubProgress
from supa_deploy.render.guard import Guard
from supa_deploy.render.look import Look, look_of
from supa_deploy.render.progress import PlainProgress, TerminalProgress, how_far, listener, step_line

_STORY = """
import os, sys
from supa_deploy.journal import Journal
from supa_deploy.render.look import look_of
from supa_deploy.render.progress import listener
journal = Journal(listener(sys.stderr, look_of(sys.stderr, os.environ)))
with journal.step("link") as step:
    step.skip("already linked")
with journal.step("check") as step:
    for done in range(1, 10001):
        step.progress(done, 10000)
with journal.step("push"):
    journal.notice("mind the gap")
    with journal.step("inner"):
        pass
sys.stdout.write("END")
"""


def _plain_story() -> str:
    stream = io.StringIO()
    journal = Journal(PlainProgress(stream))
    with journal.step("link") as step:
        step.skip("already linked")
    with journal.step("push"):
        journal.notice("first\nsecond\x1b[0m")
    with journal.step("verify") as step:
        step.fail("[red]2 missing")
    return stream.getvalue()


def test_plain_lines() -> None:
    assert _plain_story() == (
        "link       … – 0.0 s  already linked\n"
        "push       … \n"
        "! first\n"
        "  │ second\\x1b[0m\n"
        "push       … ✓ 0.0 s\n"
        "verify     … ✗ 0.0 s  [red]2 missing\n"
    )


def test_a_log_that_breaks_off_shows_the_step_under_way() -> None:
    stream = io.StringIO()
    PlainProgress(stream).step_started("push")
    assert stream.getvalue() == "push       … "


def test_a_step_line() -> None:
    assert step_line(Step("push", StepStatus.OK, 0.61)) == "✓ push        0.6 s"
    assert step_line(Step("link", StepStatus.SKIPPED, 0, "already\nlinked")) == (
        "– link        0.0 s  already\\nlinked"
    )


@pytest.mark.parametrize(
    ("done", "total", "width", "shown"),
    [
        (4210, 10000, 80, "check 4,210 of 10,000 ━━━━━━━━────────────"),
        (4210, 10000, 40, "check 4,210 of 10,000"),
        (0, 3, 80, "check 0 of 3 ────────────────────"),
        (9, 3, 80, "check 9 of 3 ━━━━━━━━━━━━━━━━━━━━"),
        (0, 0, 80, "check 0 of 0"),
    ],
)
def test_how_far(done: int, total: int, width: int, shown: str) -> None:
    assert how_far("check", done, total, width) == shown


def test_the_counter_is_pictured_ten_times_a_second_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([10.0, 10.05, 10.11, 10.12])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(now)))
    shown = TerminalProgress(io.StringIO(), Look(width=40))
    shown.step_started("check")
    pictures = []
    for done in (1, 2, 3, 4):
        shown.step_progress(done, 4)
        pictures.append(shown._progress.tasks[0].description)
    shown.step_ended(Step("check", StepStatus.OK, 0.1))
    assert pictures == ["check 1 of 4", "check 1 of 4", "check 3 of 4", "check 4 of 4"]


@pytest.mark.parametrize("kind", [PlainProgress, lambda stream: GitHubProgress(Guard(stream))])
def test_a_log_does_not_move(kind: Callable[[TextIO], Listener]) -> None:
    counted, still = io.StringIO(), io.StringIO()
    with Journal(kind(counted)).step("check") as step:
        for done in range(100):
            step.progress(done, 100)
    with Journal(kind(still)).step("check"):
        pass
    without_token = re.compile(r"supa-deploy-[0-9a-f]{32}")
    assert without_token.sub("", counted.getvalue()) == without_token.sub("", still.getvalue())


def test_quiet_says_nothing() -> None:
    assert isinstance(listener(io.StringIO(), Look(verbosity=-1)), Silent)
    assert isinstance(listener(io.StringIO(), Look()), PlainProgress)


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_on_a_terminal(term: str) -> None:
    source = Path(__file__).resolve().parents[3] / "src"
    environment = {"PYTHONPATH": str(source), "TERM": term, "PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    child = pexpect.spawn(
        sys.executable, ["-c", _STORY], env=environment, encoding="utf-8", dimensions=(24, 80), timeout=60
    )
    child.expect_exact("END")
    shown = child.before or ""
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert ("\x1b[" in shown) is (term != "dumb")
    assert "already linked" in shown
    assert "! mind the gap" in shown
    assert ("10,000 of 10,000 ━━━━━━━━━━━━━━━━━━━━" in shown) is (term != "dumb")
    if term != "dumb":
        assert "✓ push" in shown
        assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l"), "the cursor comes back"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "color", "colored", "moves"),
    [
        ({"TERM": "xterm"}, None, True, True),
        ({"TERM": "xterm"}, False, False, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, None, False, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, None, True, True),
        ({"TERM": "xterm", "CI": "true"}, None, True, False),
        ({"TERM": "dumb"}, None, False, False),
    ],
)
def test_what_a_terminal_may_show(
    environ: dict[str, str], color: bool | None, colored: bool, moves: bool
) -> None:
    look = look_of(_Terminal(), environ, color=color)
    assert (look.color, look.motion) == (colored, moves)


def test_a_stream_that_is_no_terminal_shows_neither() -> None:
    look = look_of(io.StringIO(), {"TERM": "xterm"}, color=True)
    assert (look.color, look.motion, look.wrap) == (False, False, None)
