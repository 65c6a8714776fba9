"""One comment on the pull request: made, then updated; only ever our own; never a reason to fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.action.runner import Log

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from tests.action.conftest import GitHubApi

ROOT = Path(__file__).parents[2]
TOKEN = "ghs_the-jobs-own-token"


@pytest.fixture(scope="session")
def comment(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("comment")


@pytest.fixture
def environ(tmp_path: Path, github_api: GitHubApi) -> dict[str, str]:
    """A job for pull request 7, with a report."""
    (tmp_path / "report.md").write_text("# Plan\n\n2 pending\n", "utf-8")
    event = {"pull_request": {"number": 7, "head": {"sha": "feedbee0123456789"}}}
    (tmp_path / "event.json").write_text(json.dumps(event), "utf-8")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "GITHUB_API_URL": github_api.url,
        "GITHUB_GRAPHQL_URL": f"{github_api.url}/graphql",
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "4711",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "IN_REPORT": str(tmp_path / "report.md"),
        "IN_GITHUB_TOKEN": TOKEN,
        "IN_COMMAND": "plan",
        "IN_PROJECT_REF": "abcdefghijklmnopqrst",
        "IN_ENV": "staging",
        "IN_WORKDIR": "apps/shop",
    }


def _run(environ: dict[str, str]) -> str:
    """What the program says; fails when it fails, when it is a command, or when the token shows."""
    ran = subprocess.run(
        [sys.executable, str(ROOT / "action" / "comment.py")],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert TOKEN not in ran.stdout
    log = Log()
    log.read(ran.stdout)
    assert log.commands == []
    return log.lines[-1]


def test_the_first_run_makes_it_and_the_second_updates_it(
    environ: dict[str, str], github_api: GitHubApi, tmp_path: Path
) -> None:
    assert _run(environ) == "Comment on the pull request: made."
    (tmp_path / "report.md").write_text("# Plan\n\nnothing pending\n", "utf-8")
    assert _run(environ) == "Comment on the pull request: updated."
    (only,) = github_api.comments
    assert only["body"].startswith("<!-- supa-deploy:")
    assert "nothing pending" in only["body"]
    assert "2 pending" not in only["body"]
    assert (
        "feedbee · [the job that wrote this](https://github.com/octo/shop/actions/runs/4711)" in only["body"]
    )


@pytest.mark.parametrize("name", ["IN_COMMAND", "IN_PROJECT_REF", "IN_ENV", "IN_WORKDIR"])
def test_another_command_project_environment_or_folder_has_a_comment_of_its_own(
    name: str, environ: dict[str, str], github_api: GitHubApi
) -> None:
    _run(environ)
    assert _run({**environ, name: "other --> <b>"}) == "Comment on the pull request: made."
    assert len(github_api.comments) == 2


def test_comments_of_others_are_left_alone_even_with_our_mark(
    environ: dict[str, str], github_api: GitHubApi, comment: ModuleType
) -> None:
    mark = comment.marker(environ)
    github_api.add("mallory", f"{mark}\nmine")
    github_api.add(None, f"{mark}\nof an account that is gone")
    github_api.add("github-actions[bot]", f"a quote of {mark}")
    before = [dict(found) for found in github_api.comments]
    assert _run(environ) == "Comment on the pull request: made."
    assert github_api.comments[:3] == before


@pytest.mark.parametrize("login", ["github-actions[bot]", "our-app[bot]", "release-person"])
def test_whoever_the_token_belongs_to_finds_its_own(
    login: str, environ: dict[str, str], github_api: GitHubApi
) -> None:
    github_api.login = login
    assert [_run(environ)[-5:] for _ in range(2)] == ["made.", "ated."]


def test_a_comment_on_a_later_page_is_found(
    environ: dict[str, str], github_api: GitHubApi, comment: ModuleType
) -> None:
    for number in range(250):
        github_api.add("somebody", f"comment {number}")
    github_api.add("github-actions[bot]", f"{comment.marker(environ)}\nold")
    assert _run(environ) == "Comment on the pull request: updated."
    assert sum(call.startswith("GET") for call in github_api.calls) == 3


def test_without_permission_the_log_says_so_and_nothing_fails(
    environ: dict[str, str], github_api: GitHubApi
) -> None:
    github_api.allowed = False
    assert "GitHub refused it (403)" in _run(environ)
    assert "pull-requests: write" in _run(environ)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"IN_GITHUB_TOKEN": ""}, "github-token is empty"),
        ({"IN_GITHUB_TOKEN": "wrong"}, "refused it (401)"),
        ({"IN_REPORT": "/nonexistent"}, "wrote no report"),
        ({"GITHUB_EVENT_PATH": "/nonexistent"}, "does not run for one"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, "did not answer"),
        ({"GITHUB_REPOSITORY": "octo/other"}, "refused it (404)"),
    ],
)
def test_whatever_stands_in_the_way_is_told_and_nothing_fails(
    change: dict[str, str], said: str, environ: dict[str, str]
) -> None:
    assert said in _run({**environ, **change})


def test_the_token_follows_no_redirection(
    comment: ModuleType, github_api: GitHubApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def moved(_: GitHubApi, method: str, path: str, *__: object) -> tuple[int, object]:
        asked.append(path)
        return (302, {"moved_to": f"{github_api.url}/elsewhere"}) if path != "/elsewhere" else (200, [])

    monkeypatch.setattr(type(github_api), "answer", moved)
    api = comment.Api(github_api.url, f"{github_api.url}/graphql", "octo/shop", TOKEN)
    with pytest.raises(comment.NotPossible, match="302"):
        list(api.comments(7))
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ({"pull_request": {"number": 7}}, 7),
        ({"issue": {"number": 8, "pull_request": {"url": "x"}}}, 8),
        ({"issue": {"number": 8}}, None),
        ({"pull_request": {"number": "7/../../x"}}, None),
        ({}, None),
    ],
)
def test_which_pull_request(
    event: dict[str, object], number: int | None, comment: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "e.json").write_text(json.dumps(event))
    found = comment.pull_request({"GITHUB_EVENT_PATH": str(tmp_path / "e.json")})
    assert (found.number if found else None) == number


def test_a_long_report_is_cut_to_what_github_takes(comment: ModuleType) -> None:
    report = (
        "# Plan\n\n<details><summary>x</summary>\n\n```sql\n"
        + "select '😀é';\n" * 9_000
        + "```\n\n</details>\n"
    )
    shown = comment.body("<!-- m -->", report, "<sub>foot</sub>\n")
    assert 60_000 < len(shown.encode()) <= 65_536
    assert shown.startswith("<!-- m -->\n# Plan\n")
    assert "cut here" in shown
    assert shown.count("</details>") == 1
    assert shown.endswith("<sub>foot</sub>\n")


def test_a_report_that_fits_stays_as_it_is(comment: ModuleType) -> None:
    assert comment.body("<!-- m -->", "# ok\n", "foot\n") == "<!-- m -->\n# ok\n\nfoot\n"
