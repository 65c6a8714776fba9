"""Processes: nothing is lost, nothing is left behind, nothing waits for ever, no secret comes out."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.clock import Interrupt
from supa_deploy.errors import PreflightFailed
from supa_deploy.secret import Secret
from supa_deploy.supabase.children import Children
from supa_deploy.supabase.command import Command, Completed, Ended, Reply, Verb
from supa_deploy.supabase.process import Running

PASSWORD = Secret("corr3ct horse/battery")
Run = Callable[..., Completed]
Start = Callable[..., Running]

FOREVER = "import signal\nwhile True: signal.pause()"
STUBBORN = (
    "import signal\nfor s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(s, signal.SIG_IGN)\n"
    "print('ready', flush=True)\nwhile True: signal.pause()"
)
ASKS = (
    "import sys\nsys.stderr.write('Enter your database password: '); sys.stderr.flush()\n"
    "answer = sys.stdin.readline().rstrip()\nprint(len(answer))"
)


def test_nothing_is_lost_of_twenty_thousand_lines_on_either_channel(run: Run) -> None:
    done = run("import sys\nfor i in range(20000): print('out', i); print('err', i, file=sys.stderr)")
    assert done.stdout.splitlines() == [f"out {i}" for i in range(20000)]
    assert done.terminal.splitlines() == [f"err {i}" for i in range(20000)]
    assert done.succeeded


def test_one_enormous_line_arrives_whole(run: Run) -> None:
    done = run("import sys; sys.stdout.write('x' * 3_000_000)")
    assert len(done.stdout) == 3_000_000


def test_stdin_and_stderr_are_a_terminal_and_stdout_is_not(run: Run) -> None:
    done = run("import os; print(os.isatty(0), os.isatty(1), os.isatty(2))")
    assert done.stdout == "True False True\n"


def test_the_environment_is_exactly_the_one_given(run: Run) -> None:
    done = run(
        "import os; print(sorted(set(os.environ) - {'LC_CTYPE', 'PWD', '__CF_USER_TEXT_ENCODING'}))",
        env={"A": "1"},
    )
    assert done.stdout == "['A', 'PATH']\n"


def test_a_signal_that_the_caller_ignores_works_on_the_child(run: Run) -> None:
    """A shell's `&` starts us with SIGINT ignored, and what is ignored is inherited."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = run("import os, signal; os.kill(os.getpid(), signal.SIGINT); print('ignored it')")
    finally:
        signal.signal(signal.SIGINT, previous)
    assert (done.exit_code, done.stdout) == (-signal.SIGINT, "")


def test_the_exit_code_is_the_childs_own(run: Run) -> None:
    done = run("raise SystemExit(3)")
    assert (done.ended, done.exit_code, done.succeeded) == (Ended.EXITED, 3, False)


def test_a_child_ended_by_a_signal_shows_it_as_a_negative_code(run: Run) -> None:
    done = run("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert (done.ended, done.exit_code) == (Ended.EXITED, -signal.SIGTERM)


def test_control_sequences_and_carriage_returns_are_taken_out(run: Run) -> None:
    done = run(r"import sys; sys.stderr.write('\x1b]11;?\x1b\\\x1b[31mred\x1b[39m\rover\n')")
    assert done.terminal == "red\nover\n"


def test_a_silent_child_is_ended(run: Run) -> None:
    done = run(FOREVER, idle=0.2)
    assert (done.ended, done.succeeded) == (Ended.IDLE, False)


def test_output_on_either_channel_keeps_the_idle_clock_from_ringing(run: Run) -> None:
    code = (
        "import sys, time\nfor i in range(10):\n time.sleep(0.1)\n"
        " print(i, file=sys.stdout if i % 2 else sys.stderr, flush=True)"
    )
    assert run(code, idle=0.8).succeeded


def test_a_child_that_talks_for_ever_is_ended_by_the_total_clock(run: Run) -> None:
    done = run(
        "import time\nwhile True: print('still here', flush=True); time.sleep(0.01)", total=0.4, idle=None
    )
    assert done.ended is Ended.TIMED_OUT


def test_a_child_that_closes_its_terminal_and_lives_on_is_still_watched(run: Run) -> None:
    done = run(f"import os\nos.close(0); os.close(1); os.close(2)\n{FOREVER}", total=0.4, idle=None)
    assert done.ended is Ended.TIMED_OUT


def test_what_a_child_says_after_closing_its_terminal_arrives(run: Run) -> None:
    assert run("import os; os.close(0); os.close(2); print('after')").stdout == "after\n"


def test_a_child_that_ignores_requests_is_killed(run: Run) -> None:
    done = run(STUBBORN, idle=0.3)
    assert (done.ended, done.exit_code, done.stdout) == (Ended.IDLE, -signal.SIGKILL, "ready\n")


def _life_line(tmp_path: Path) -> tuple[Path, int]:
    """A named pipe whose reading end says when the last writer is gone."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    return path, os.open(path, os.O_RDONLY | os.O_NONBLOCK)


GRANDCHILD = (
    "import os, subprocess, sys\nwriter = open(sys.argv[1], 'w')\n"
    "subprocess.Popen([sys.executable, '-c', \"import signal\\nfor s in (2, 15, 1): signal.signal(s, signal.SIG_IGN)\\n"
    "print('up', flush=True)\\nwhile True: signal.pause()\"], pass_fds=[writer.fileno()])\n"
)


def _everybody_is_gone(reader: int) -> bool:
    os.set_blocking(reader, True)
    try:
        return os.read(reader, 1) == b""  # comes back when the last writer is gone
    finally:
        os.close(reader)


def test_a_grandchild_does_not_outlive_a_normal_end(run: Run, tmp_path: Path) -> None:
    path, reader = _life_line(tmp_path)
    done = run(GRANDCHILD + "raise SystemExit(0)", path)
    assert done.succeeded
    assert _everybody_is_gone(reader)


def test_a_grandchild_does_not_outlive_a_clock(run: Run, tmp_path: Path) -> None:
    path, reader = _life_line(tmp_path)
    done = run(GRANDCHILD + FOREVER, path, idle=0.5)
    assert done.ended is Ended.IDLE
    assert _everybody_is_gone(reader)


def test_leaving_the_block_ends_who_is_still_at_work(
    children: Children, start: Start, tmp_path: Path
) -> None:
    path, reader = _life_line(tmp_path)
    start(GRANDCHILD + FOREVER, path)
    children.close()
    assert _everybody_is_gone(reader)


def test_a_known_prompt_is_answered_and_the_answer_does_not_show(run: Run) -> None:
    done = run(ASKS, replies=(Reply(r"database password: \Z", PASSWORD),))
    assert done.succeeded
    assert done.stdout == f"{len(PASSWORD.reveal())}\n"
    assert PASSWORD.reveal() not in done.terminal


def test_a_password_asked_for_again_was_refused(run: Run) -> None:
    done = run(f"{ASKS}\n{ASKS}\n{FOREVER}", replies=(Reply(r"Enter your database password: \Z", PASSWORD),))
    assert (done.ended, done.prompt) == (Ended.PROMPTED, "Enter your database password:")


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("Enter your database password: ", "Enter your database password:"),
        (
            "Do you want to push these migrations?\\n • a.sql\\n\\n [Y/n] ",
            "Do you want to push these migrations? [Y/n]",
        ),
        ("Are you sure? ", "Are you sure?"),
        ("Select a project:\\n\\n  >  1. abc [name: x]\\n     2. def\\n", "Select a project:"),
        (
            "◆  Apply 2 migrations on project abc?\\n│  ○ Yes / ● No\\n└\\n",
            "Apply 2 migrations on project abc?",
        ),
    ],
)
def test_a_question_without_an_answer_ends_it_at_once_with_its_text(
    run: Run, written: str, question: str
) -> None:
    done = run(f"import sys; sys.stderr.write('{written}'); sys.stderr.flush(); sys.stdin.readline()")
    assert (done.ended, done.prompt) == (Ended.PROMPTED, question)


def test_a_question_on_stdout_counts_too(run: Run) -> None:
    assert run("input('Really? ')").prompt == "Really?"


def test_a_line_that_ends_like_a_question_but_goes_on_is_none(run: Run) -> None:
    code = (
        "import sys, time\nsys.stderr.write('Working: '); sys.stderr.flush(); time.sleep(0.2)\n"
        "sys.stderr.write('done\\n'); sys.stderr.flush(); time.sleep(1)"
    )
    assert run(code).succeeded


def test_secrets_are_taken_out_of_all_that_is_kept(run: Run) -> None:
    plain, encoded = PASSWORD.reveal(), "corr3ct%20horse%2Fbattery"
    done = run(f"import sys; print({plain!r}); print({encoded!r}, file=sys.stderr)", plain)
    assert done.stdout == "[secret]\n"
    assert done.terminal == "[secret]\n"
    assert not any(plain in word for word in done.argv)


def test_a_private_stdout_comes_out_only_as_a_secret(run: Run) -> None:
    done = run("print('of_the_project'[::-1])", private=True)
    assert done.stdout == ""
    assert done.secret_stdout == Secret("tcejorp_eht_fo\n")
    assert "tcejorp" not in repr(done)


def test_nothing_is_left_in_the_temporary_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run("print('secret or not, nothing of this touches the disk')")
    assert list(tmp_path.iterdir()) == []


def test_whole_lines_are_told_while_it_runs(children: Children, tmp_path: Path) -> None:
    heard: list[str] = []
    code = "import sys\nfor i in range(3): print('line', i, file=sys.stderr)\nsys.stderr.write('tail')"
    command = Command(Verb.PUSH, (sys.executable, "-c", code), tmp_path)
    children.wait(children.start(command, {}, total=30, on_line=heard.append))
    assert heard == ["line 0", "line 1", "line 2", "tail"]


def test_children_run_side_by_side(children: Children, start: Start, tmp_path: Path) -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    one, two = tmp_path / "one", tmp_path / "two"
    os.mkfifo(one)
    os.mkfifo(two)
    meet = (
        "import sys\none, two, role = sys.argv[1:]\n"
        "if role == 'a':\n open(one, 'w').close(); open(two).read()\n"
        "else:\n open(one).read(); open(two, 'w').close()"
    )
    first, second = start(meet, one, two, "a"), start(meet, one, two, "b")
    assert [done.succeeded for done in children.wait(first, second)] == [True, True]


def test_others_are_looked_after_while_one_is_waited_for(
    children: Children, start: Start, tmp_path: Path
) -> None:
    """The one waited for ends only when the other could write more than any pipe holds."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    talker = start("import sys; print('x' * 1_000_000, flush=True); open(sys.argv[1], 'w').close()", gate)
    assert children.wait(start("import sys; open(sys.argv[1]).read()", gate))[0].succeeded
    assert len(children.wait(talker)[0].stdout) == 1_000_001


def test_a_signal_ends_the_work_in_hand(children: Children, tmp_path: Path, interrupt: Interrupt) -> None:
    code = f"import sys; print('at it', file=sys.stderr, flush=True)\n{FOREVER}"
    command = Command(Verb.PUSH, (sys.executable, "-c", code), tmp_path)
    running = children.start(command, {}, total=30, on_line=lambda _line: interrupt.request(signal.SIGTERM))
    (done,) = children.wait(running)
    assert done.ended is Ended.INTERRUPTED


def test_work_begun_after_a_signal_goes_on(run: Run, interrupt: Interrupt) -> None:
    interrupt.request(signal.SIGINT)
    assert run("print('the history')").succeeded


def test_a_second_signal_ends_it_without_more_ado(
    children: Children, start: Start, interrupt: Interrupt
) -> None:
    running = start(STUBBORN)
    interrupt.request(signal.SIGINT)
    interrupt.request(signal.SIGINT)
    (done,) = children.wait(running)
    assert (done.ended, done.exit_code) == (Ended.INTERRUPTED, -signal.SIGKILL)


@pytest.mark.parametrize("mode", [None, 0o600])
def test_a_program_that_cannot_be_started_is_named(
    children: Children, tmp_path: Path, mode: int | None
) -> None:
    program = tmp_path / "supabase"
    if mode is not None:
        program.write_text("no program")
        program.chmod(mode)
    with pytest.raises(PreflightFailed, match=r"supabase could not be started .* Nothing was touched"):
        children.start(Command(Verb.PUSH, (str(program),), tmp_path), {}, total=1)
