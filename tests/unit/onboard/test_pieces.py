"""The pieces of onboarding by themselves: the workflow file, what git says, how a CLI is installed, what is a seed."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.unit.onboard.conftest import OTHER, PASSWORD, REF, TOKEN, StandInPerson, a_project

from supa_deploy.onboard.envfile import EnvFile, place_of
from supa_deploy.onboard.git import Git
from supa_deploy.onboard.program import install_command
from supa_deploy.onboard.seed import has_seed
from supa_deploy.outcome import Outcome
from supa_deploy.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.onboard.conftest import Desk

ALL = (("Access token", TOKEN), ("Which project", 0), ("Database password", PASSWORD))
PATH = {"PATH": "/usr/bin:/bin"}


def git(folder: Path, *words: str) -> None:
    """Tells git something, for the test."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def next_step(desk: Desk, check: str) -> str:
    """What the last screen says to run for one thing."""
    assert desk.run is not None
    return next(d.next or "" for d in desk.run.draft.diagnostics if d.check == check)


def test_the_workflow_and_its_lines(desk: Desk) -> None:
    git(desk.folder.parent, "init", "-q")
    desk.projects = [a_project(REF, "demo"), a_project(OTHER, "two")]
    report = desk(StandInPerson(*ALL, ("deploys on every push", None)), environment="production")
    assert report.outcome is Outcome.OK
    file = desk.folder.parent / ".github" / "workflows" / "supa-deploy-production.yml"
    text = file.read_text("utf-8")
    assert 'paths: ["project/supabase/**"]' in text
    assert "workdir: project\n" in text
    assert "env: production\n" in text
    assert f"group: supabase-{REF}\n" in text
    assert "environment: production\n" in text
    assert re.search(r"@[A-Z]+@", text) is None
    assert not any(secret in text for secret in (TOKEN, PASSWORD))
    lines = next_step(desk, "workflow").splitlines()
    assert lines[1:] == [
        "gh api --method PUT repos/{owner}/{repo}/environments/production",
        f"gh variable set SUPABASE_PROJECT_REF --env production --body {REF}",
        "gh secret set SUPABASE_ACCESS_TOKEN --env production",
        "gh secret set SUPABASE_DB_PASSWORD --env production",
    ]


def test_another_workflow_is_not_replaced_without_a_word(desk: Desk) -> None:
    file = desk.folder / ".github" / "workflows" / "supa-deploy.yml"
    file.parent.mkdir(parents=True)
    file.write_text("name: mine\n", "utf-8")
    desk(StandInPerson(*ALL, ("Replace it", None)), workflow=True)
    assert file.read_text("utf-8") == "name: mine\n"
    assert next_step(desk, "workflow") == ""
    desk(None, yes=True, workflow=True)  # nobody to ask: it stays too
    assert file.read_text("utf-8") == "name: mine\n"
    desk(StandInPerson(("Replace it", True)), workflow=True)
    assert file.read_text("utf-8") != "name: mine\n"
    desk(StandInPerson())  # it is the same now: nothing to ask
    assert "gh secret set" in next_step(desk, "workflow")


def test_no_workflow_is_written_unless_it_is_wanted(desk: Desk) -> None:
    desk(StandInPerson(*ALL), workflow=False)
    desk(None, yes=True)
    assert not (desk.folder / ".github").exists()
    desk(None, yes=True, workflow=True)
    assert (desk.folder / ".github" / "workflows" / "supa-deploy.yml").is_file()


def test_without_a_password_github_is_not_asked_for_one(desk: Desk) -> None:
    desk(StandInPerson(*ALL[:2], ("Database password", None)), workflow=True)
    assert "SUPABASE_DB_PASSWORD" not in next_step(desk, "workflow")


def test_a_folder_that_cannot_be_written_is_told(desk: Desk) -> None:
    (desk.folder / ".github").write_text("in the way", "utf-8")
    report = desk(StandInPerson(*ALL), workflow=True)
    assert report.failure is not None
    assert report.failure.code == "workflow_unwritable"


def test_what_git_says(tmp_path: Path) -> None:
    nowhere = Git(tmp_path, {"PATH": "/nowhere"})
    assert (nowhere.top(), nowhere.ignores(tmp_path / ".env"), nowhere.tracks(tmp_path / ".env")) == (
        None,
    ) * 3
    asked = Git(tmp_path, PATH)
    assert (asked.top(), asked.ignores(tmp_path / ".env"), asked.main_branch()) == (None, None, "main")
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".env*\n!.env.example\n", "utf-8")
    (tmp_path / ".env.example").touch()
    git(tmp_path, "add", ".")
    assert asked.top() == tmp_path.resolve()
    assert (asked.ignores(tmp_path / ".env"), asked.tracks(tmp_path / ".env")) == (True, False)
    assert (asked.ignores(tmp_path / ".env.example"), asked.tracks(tmp_path / ".env.example")) == (
        False,
        True,
    )
    git(tmp_path, "commit", "-qm", "x")
    git(tmp_path, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(tmp_path, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert asked.main_branch() == "trunk"


def test_a_covered_file_is_not_listed_again_and_a_link_stays_one(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".env*", "utf-8")
    real = tmp_path / "elsewhere"
    real.write_text("A=1\n", "utf-8")
    real.chmod(0o644)
    (tmp_path / ".env").symlink_to(real)
    file = EnvFile(tmp_path / ".env", Git(tmp_path, PATH))
    assert file.write({"A": "2"}) is True
    assert file.write({"A": "2"}) is False
    assert (tmp_path / ".env").is_symlink()
    assert (real.read_text("utf-8"), file.is_private) == ("A=2\n", True)
    assert (tmp_path / ".gitignore").read_text("utf-8") == ".env*"
    other = EnvFile(tmp_path / "mine.env", Git(tmp_path, PATH))
    other.write({"A": "1"})
    assert (tmp_path / ".gitignore").read_text("utf-8") == ".env*\n/mine.env\n"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".git") == [
        ".env",
        ".gitignore",
        "elsewhere",
        "mine.env",
    ]


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n", "utf-8")
    path.chmod(0o644)
    file = EnvFile(path, Git(tmp_path, PATH))
    assert file.write({"A": "1"}) is False
    assert file.is_private


def test_what_was_mended_is_not_complained_about(desk: Desk) -> None:
    (desk.folder / ".env").write_text("MINE=1\n", "utf-8")
    (desk.folder / ".env").chmod(0o644)
    desk(StandInPerson(*ALL), workflow=False)
    assert desk.run is not None
    assert desk.run.settings.warnings == ()


def test_where_the_settings_go(tmp_path: Path) -> None:
    assert place_of(Settings(tmp_path)) == tmp_path / ".env"
    assert place_of(Settings(tmp_path, environment="staging")) == tmp_path / ".env.staging"
    assert place_of(Settings(tmp_path, env_file=tmp_path / "x.env")) == tmp_path / "x.env"
    # The CLI's own file is read, but it is not for supa-deploy to write.
    assert place_of(Settings(tmp_path, env_file=tmp_path / "supabase" / ".env")) == tmp_path / ".env"


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("pnpm-lock.yaml", "pnpm add --save-dev supabase"),
        ("yarn.lock", "yarn add --dev supabase"),
        ("bun.lock", "bun add --dev supabase"),
        ("package.json", "npm install --save-dev supabase"),
        (None, "npm install --save-dev supabase"),
    ],
)
def test_how_the_cli_is_installed(tmp_path: Path, lock: str | None, command: str) -> None:
    folder = tmp_path / "app" / "database"
    folder.mkdir(parents=True)
    if lock:
        (folder.parent / lock).touch()
    assert install_command(Settings(folder, environ=PATH)) == command


def test_homebrew_where_there_is_no_npm(tmp_path: Path) -> None:
    brew = tmp_path / "brew"
    brew.touch(0o755)
    assert (
        install_command(Settings(tmp_path, environ={"PATH": str(tmp_path)}))
        == "brew install supabase/tap/supabase"
    )


@pytest.mark.parametrize(
    ("config", "files", "found"),
    [
        ("", ["seed.sql"], True),
        ("", [], False),
        ("[db.seed]\nenabled = false\n", ["seed.sql"], False),
        ('[db.seed]\nsql_paths = ["./seeds/*.sql"]\n', ["seeds/a.sql"], True),
        ('[db.seed]\nsql_paths = ["./seeds/*.sql", ""]\n', ["seed.sql"], False),
        ("[db\n", ["seed.sql"], True),
        ("db = 1\n", ["seed.sql"], True),
    ],
)
def test_what_is_a_seed(tmp_path: Path, config: str, files: list[str], found: bool) -> None:
    (tmp_path / "config.toml").write_text(config, "utf-8")
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert has_seed(tmp_path) is found
