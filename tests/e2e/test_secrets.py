"""Passwords and keys with every awkward character: they work, and none of them surfaces anywhere."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Project, Runner

    from supa_deploy.platform.throwaway import Platform

MARK = "Zq7vKw2R"  # would surface in any spelling, also one that nobody thought of
PASSWORD = f"p'\"$%@/:# é\\x` {MARK} !&|;<>{{}}%41~"
KEY = f"sb_secret_A'\"$%@/:#\\b`!&{MARK}|;{{}}%41~_0123abcd"
DEPLOY = ("deploy", "--yes")
BROKEN = "create table public.broken (id int primary key);\ninsert into public.nowhere values (1);\n"


@pytest.fixture(scope="session")
def awkward_platform(start_platform: Callable[..., Platform]) -> Platform:
    """A project whose password and key are as awkward as they come."""
    return start_platform(password=PASSWORD, secret_key=KEY)


@pytest.fixture
def awkward(supa_deploy: Runner, awkward_platform: Platform, tmp_path: Path) -> Iterator[Runner]:
    """supa-deploy with a HOME and a TMPDIR of its own; at the end no file of theirs or the project's holds a secret."""
    awkward_platform.reset()
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    env = {"TMPDIR": str(tmp_path / "tmp"), "SUPABASE_SECRET_KEY": KEY}
    yield (
        runner := replace(
            supa_deploy,
            platform=awkward_platform,
            home=tmp_path / "home",
            extra_env=env,
            extra_secrets=[MARK],
        )
    )
    runner.assert_no_secret_in_files(tmp_path)


@pytest.mark.generations("3.1.0", "2.99.0")
def test_they_work_and_are_not_seen_when_all_goes_well(awkward: Runner, project: Project) -> None:
    version = project.write_notes()
    running = awkward.start(*DEPLOY, "--output", "json")
    seen: set[str] = set()
    while running.process.poll() is None:
        seen |= command_lines()
        time.sleep(0.02)  # between two looks at the process list
    ran = running.finish()
    assert any("push" in line.split("\0") and str(project.path) in line for line in seen)
    for line in seen:
        awkward.assert_no_secret("a command line", line)
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert ran.verdicts()["table public.notes"] == "confirmed"
    text = awkward("status", "-v")
    assert text.exit_code == 0, text.stdout + text.stderr


def test_they_are_not_seen_when_things_go_wrong(awkward: Runner, project: Project, tmp_path: Path) -> None:
    project.write("20260101000000_broken.sql", BROKEN)
    wrong = PASSWORD.replace("x", "y")
    awkward.extra_secrets.append(wrong)
    refused = awkward(*DEPLOY, "-vv", env={"SUPABASE_DB_PASSWORD": wrong})
    assert refused.exit_code == 4, refused.stdout + refused.stderr
    failed = awkward(*DEPLOY, "-vv")
    assert failed.exit_code == 6, failed.stdout + failed.stderr
    assert awkward(*DEPLOY, "--output", "json").outcome == "push_failed"


def test_a_bug_report_holds_none(awkward: Runner, project: Project, tmp_path: Path) -> None:
    """An error nobody foresaw, whose words and stack hold every secret there is."""
    project.write_notes()
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(
        "import os\nimport supa_deploy.release\n"
        "def boom(*_):\n    raise RuntimeError(repr(dict(os.environ)) + str(dict(os.environ)) + "
        "' '.join(os.environ.values()))\n"
        "supa_deploy.release.make_plan = boom\n"
    )
    ran = awkward(
        *DEPLOY,
        "--output",
        "json",
        env={"PYTHONPATH": f"{tmp_path / 'patch'}{os.pathsep}{awkward.environment()['PYTHONPATH']}"},
    )
    assert (ran.exit_code, ran.outcome) == (1, "internal_error"), ran.stdout + ran.stderr
    (report,) = (tmp_path / "tmp").glob("supa-deploy-bug-*.txt")
    assert str(report) in ran.report["error"]["hint"]
    assert report.stat().st_mode & 0o077 == 0
    assert "RuntimeError" in report.read_text("utf-8")


def test_an_env_file_holds_them_as_they_are(awkward: Runner, project: Project) -> None:
    """Single quotes, as python-dotenv and the CLI read them; the file itself is the one place they may stand in."""
    version = project.write_notes()
    quoted = PASSWORD.replace("\\", "\\\\").replace("'", "\\'")
    env_file = project.path / ".env"
    env_file.touch(mode=0o600)
    env_file.write_text(f"SUPABASE_DB_PASSWORD='{quoted}'\n", "utf-8")
    ran = awkward(*DEPLOY, "--output", "json", env={"SUPABASE_DB_PASSWORD": None})
    env_file.unlink()
    assert (ran.exit_code, ran.report["applied"]) == (0, [version]), ran.stdout + ran.stderr
    assert not any("login role" in notice for notice in ran.report["notices"])


def command_lines() -> set[str]:
    """Every process's command line, words divided by NUL."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.add((process / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue  # it ended meanwhile
    return found
