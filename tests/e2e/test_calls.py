"""How many times a deploy calls the CLI: speed is felt, and no process that could be saved is started."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Project, Runner


@pytest.fixture
def calls(supa_deploy: Runner, tmp_path: Path) -> tuple[Runner, Path]:
    """supa-deploy on a CLI that writes down each call before it becomes the real one."""
    log = tmp_path / "calls"
    log.touch()
    script = tmp_path / "supabase"
    script.write_text(
        f'#!/bin/sh\necho "$1 $2" >> {shlex.quote(str(log))}\nexec {shlex.quote(str(supa_deploy.cli))} "$@"\n'
    )
    script.chmod(0o755)
    return replace(supa_deploy, cli=script), log


def made(log: Path) -> list[str]:
    """The calls since the last look, `--version` left out: its answer is remembered between runs."""
    lines = [line.strip() for line in log.read_text("utf-8").splitlines()]
    log.write_text("", "utf-8")
    return [line for line in lines if not line.startswith("--version")]


@pytest.mark.generations
def test_a_linked_deploy_calls_the_cli_for_what_only_the_cli_can_do(
    calls: tuple[Runner, Path], project: Project, cli_version: str
) -> None:
    run, log = calls
    project.copy_example()
    assert run("deploy", "--yes", "--output", "json").outcome == "ok"
    pushed = made(log)
    if cli_version.startswith("3."):
        assert pushed == ["db push", "db query"]
    else:
        assert pushed == ["link --project-ref", "db push", "db query"]
    assert run("deploy", "--yes", "--output", "json").outcome == "up_to_date"
    assert made(log) == ["db query"]
    assert run("deploy", "--yes", "--no-verify", "--output", "json").outcome == "up_to_date"
    assert made(log) == []


@pytest.mark.scratch
def test_the_diff_costs_a_replay_beside_the_push_and_a_comparison(
    calls: tuple[Runner, Path], project: Project
) -> None:
    run, log = calls
    project.copy_example()
    first = run("deploy", "--yes", "--output", "json")
    assert first.report["drift"]["empty"] is True
    assert sorted(made(log)) == ["db diff", "db push", "db push", "db query"]
    assert run("deploy", "--yes", "--output", "json").outcome == "up_to_date"
    assert sorted(made(log)) == ["db diff", "db push", "db query"]  # the push is the replay's
    assert run("deploy", "--yes", "--no-diff", "--output", "json").outcome == "up_to_date"
    assert made(log) == ["db query"]


def test_without_the_management_apis_reads_it_is_two_more(
    calls: tuple[Runner, Path], project: Project
) -> None:
    run, log = calls
    project.copy_example()
    run.platform.faults.answer("/v1/projects/[^/]+/database/migrations", 404, "{}")
    assert run("deploy", "--yes", "--output", "json").outcome == "ok"
    assert made(log) == ["migration list", "db push", "migration list", "db query"]
    assert run("deploy", "--yes", "--output", "json").outcome == "up_to_date"
    assert made(log) == ["migration list", "db query"]


def test_by_url_it_is_four_calls(calls: tuple[Runner, Path], project: Project) -> None:
    run, log = calls
    project.copy_example()
    assert run("deploy", "--yes", "--output", "json", linked=False).outcome == "ok"
    assert made(log) == ["migration list", "db push", "migration list", "db query"]
