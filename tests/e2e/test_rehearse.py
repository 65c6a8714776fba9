"""`rehearse` as a person runs it: the report's five, nothing touched, nothing left behind."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.shadow.binaries import cache_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Project

    from supa_deploy.platform.parts import Parts

ROOT = Path(__file__).parents[2]
BASELINE = "20250101000000"
FIVE = {
    ("table", "ai_threads", None),
    ("table", "content_modifications", None),
    ("table", "style_customization_history", None),
    ("column", "chat_sessions", "openai_thread_id"),
    ("column", "optimizations", "ai_modification_count"),
}


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A TMPDIR of the test's own, short enough for sockets: whatever is left in it was left behind."""
    folder = Path(tempfile.mkdtemp(prefix="r-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def start(
    project: Project, scratch: Path, home: Path, *arguments: str, command: str = "rehearse", **env: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "supa_deploy", command, *arguments],
        cwd=project.path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CACHE_HOME": str(cache_home(os.environ).parent),
            "TMPDIR": str(scratch),
            "PYTHONPATH": str(ROOT / "src"),
            "LANG": "C.UTF-8",
            **env,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(
    project: Project, scratch: Path, home: Path, *arguments: str, **env: str
) -> tuple[int, dict[str, Any], str]:
    process = start(project, scratch, home, "--output", "json", *arguments, **env)
    stdout, stderr = process.communicate(timeout=180)
    assert stdout, stderr
    return process.returncode, json.loads(stdout), stderr


def subjects(checks: list[dict[str, Any]], *verdicts: str) -> set[tuple[str, str, str | None]]:
    return {(c["object"], c["table"] or c["name"], c["column"]) for c in checks if c["verdict"] in verdicts}


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*"))
        if f.is_file()
    }


def test_the_reports_five_turn_green(
    project: Project, scratch: Path, private_home: Path, parts: Parts
) -> None:
    project.copy_example()
    before = fingerprint(project.path)
    # What the person's own environment says of a real project must play no part.
    env = {
        "SUPABASE_PROJECT_REF": "realprojectrealproje",
        "SUPABASE_DB_PASSWORD": "the-real-password",
        "SUPABASE_ACCESS_TOKEN": "sbp_" + "0" * 40,
        "SUPABASE_URL": "http://127.0.0.1:9",
    }
    code, report, stderr = run(project, scratch, private_home, "--base", BASELINE, **env)
    assert (code, report["outcome"]) == (0, "ok"), stderr
    assert subjects(report["checks_before"], "missing") >= FIVE
    assert subjects(report["checks"], "confirmed") >= FIVE
    assert not subjects(report["checks"], "missing", "mismatch", "not_visible", "not_granted")
    assert len(report["applied"]) == 4
    assert fingerprint(project.path) == before
    assert list(scratch.iterdir()) == []


def test_a_base_that_no_file_has(project: Project, scratch: Path, private_home: Path) -> None:
    project.write("20250101000000_a.sql", "create table public.a (id int);")
    code, report, _ = run(project, scratch, private_home, "--base", "20240101000000")
    assert (code, report["error"]["code"]) == (2, "unknown_base")
    assert "20250101000000" in report["error"]["hint"]


def test_what_the_platform_lacks_is_said(
    project: Project, scratch: Path, private_home: Path, parts: Parts
) -> None:
    project.write(
        "20250101000000_a.sql", "create extension if not exists pg_stat_statements with schema extensions;"
    )
    project.write(
        "20250102000000_b.sql",
        "create extension plv8;\nselect cron.schedule('a', '* * * * *', 'select 1');",
    )
    code, report, stderr = run(project, scratch, private_home)
    assert (code, report["outcome"]) == (7, "partly_applied"), stderr
    assert report["applied"] == ["20250101000000"]
    assert "does not have the extension plv8, which supabase/migrations/20250102000000_b.sql:1" in stderr
    assert (
        "does not have the schema cron (pg_cron), which supabase/migrations/20250102000000_b.sql:2" in stderr
    )
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(("flags", "verdict"), [((), "not_granted"), (("--legacy-grants",), "confirmed")])
def test_grants_of_new_and_older_projects(
    project: Project, scratch: Path, private_home: Path, parts: Parts, flags: tuple[str, ...], verdict: str
) -> None:
    project.write("20250101000000_a.sql", "create table public.a (id int);")
    code, report, stderr = run(project, scratch, private_home, *flags)
    assert code == 0, stderr
    assert {c["verdict"] for c in report["checks"] if c["object"] == "table"} == {verdict}


@pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="the end of a process that is not ours is watched by pidfd"
)
def test_kept_until_it_is_ended(project: Project, scratch: Path, private_home: Path, parts: Parts) -> None:
    project.write("20250101000000_a.sql", "create table public.a (id int);")
    code, _, stderr = run(project, scratch, private_home, "--keep")
    assert code == 0, stderr
    (settings,) = scratch.glob("sd-*/platform.env")
    assert settings.stat().st_mode & 0o777 == 0o600
    assert f"--env-file {settings}" in stderr
    looked = start(
        project, scratch, private_home, "--output", "json", "--env-file", str(settings), command="status"
    )
    stdout, _ = looked.communicate(timeout=60)
    assert [m["remote"] for m in json.loads(stdout)["migrations"]] == [True], stdout
    told = int(stderr.partition("kill ")[2].split()[0])
    ended = os.pidfd_open(told)
    os.kill(told, signal.SIGTERM)
    assert select.select([ended], [], [], 30)[0]
    os.close(ended)
    assert list(scratch.glob("sd-*")) == []


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_after_a_signal(
    project: Project, scratch: Path, private_home: Path, parts: Parts, signum: signal.Signals
) -> None:
    project.write("20250101000000_a.sql", "create table public.a (id int); select pg_sleep(8);")
    # The scratch server's folder goes with the next run when this one is killed (test_drift_faults.py).
    process = start(project, scratch, private_home, SUPA_DEPLOY_SHADOW_URL="off")
    assert process.stderr is not None
    seen = ""
    while "plan" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    (lock,) = scratch.glob("sd-*/owner.lock")
    with lock.open() as held:
        process.send_signal(signum)
        process.communicate(timeout=120)
        fcntl.flock(held, fcntl.LOCK_EX)  # free once the platform's process is gone
    assert process.returncode != 0
    assert list(scratch.glob("sd-*")) == []
