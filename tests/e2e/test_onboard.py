"""Onboarding as a person does it, at a real terminal, with the real CLI: what is typed, what is shown, what stays."""

from __future__ import annotations

import json
import re
import shlex
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.conftest import Project, Runner

    from supa_deploy.platform.throwaway import Platform

    Terminal = pexpect.spawn[str]

TOKEN = r"Access token \(not shown\): "
PROJECT = r"Which project\?(?: \[1\])? "
PASSWORD = r"Database password \(not shown\): "
SEED = r"Run the seed files too .*\? \[y/N\] "
PUSH = r"Apply \d migrations? .*\? \[y/N\] "
WORKFLOW = r"Write a GitHub workflow .*\? \[Y/n\] "
WITHOUT = ("SUPABASE_PROJECT_REF", "SUPABASE_ACCESS_TOKEN", "SUPABASE_DB_PASSWORD", "SUPABASE_SECRET_KEY")
REFUSED = "sbp_" + "0" * 40
MISTAKEN = "not-the-password-9"


class Person:
    """Somebody at the terminal. Everything the terminal showed is in `screen`."""

    def __init__(self, child: Terminal) -> None:
        self.child = child
        self.screen = ""

    def waits(self, pattern: str) -> None:
        """Reads on until the pattern has come."""
        self.child.expect(pattern)
        self.screen += (self.child.before or "") + str(self.child.after)

    def types(self, pattern: str, answer: str) -> None:
        """Waits for a question, and answers it."""
        self.waits(pattern)
        self.child.sendline(answer)

    def interrupts(self, pattern: str) -> None:
        """Presses Ctrl-C at a question."""
        self.waits(pattern)
        self.child.sendintr()

    def ends(self) -> int | None:
        """Reads to the end; the exit code."""
        self.child.expect(pexpect.EOF)
        self.child.wait()
        self.screen += self.child.before or ""
        return self.child.exitstatus


@pytest.fixture
def sits_down(supa_deploy: Runner, project: Project) -> Iterator[Callable[..., Person]]:
    """`sits_down("--env", "staging")` starts onboarding with none of the project's settings; nothing secret may be
    shown, by whatever way it ends, nor stand in any file but env files."""
    people: list[Person] = []

    def start(*arguments: str, env: dict[str, str | None] | None = None, settings: bool = False) -> Person:
        without: dict[str, str | None] = {} if settings else dict.fromkeys(WITHOUT)
        child: Terminal = pexpect.spawn(
            sys.executable,
            ["-m", "supa_deploy", "onboard", *arguments],
            cwd=str(project.path),
            env={**supa_deploy.environment(env={**without, **(env or {})}), "TERM": "xterm-256color"},
            encoding="utf-8",
            timeout=60,
            dimensions=(50, 150),
        )
        people.append(Person(child))
        return people[-1]

    yield start
    for person in people:
        person.child.close(force=True)
        supa_deploy.assert_no_secret("the terminal", person.screen)
        for typed in (REFUSED, MISTAKEN):
            assert typed not in person.screen, "what was typed unseen was shown"
    for file in project.path.rglob("*"):
        if file.is_file() and not file.name.startswith(".env") and ".git" not in file.parts:
            supa_deploy.assert_no_secret(str(file), file.read_text("utf-8", "replace"))


def held(file: Path) -> dict[str, str]:
    """What a shell reads from an env file, every name that is ours."""
    names = (*WITHOUT, "SUPABASE_PUBLISHABLE_KEY")
    prints = "; ".join(f'printf "%s\\n" "${name}"' for name in names)
    said = subprocess.run(
        ["sh", "-c", f". {shlex.quote(str(file))}; {prints}"],
        capture_output=True,
        text=True,
        check=True,
        env={},
    )
    return dict(zip(names, said.stdout.split("\n"), strict=False))


def is_complete(file: Path, platform: Platform) -> None:
    """The env file holds everything, for its owner alone, and git passes it over."""
    known = platform.credentials
    assert held(file) == {
        "SUPABASE_PROJECT_REF": known.ref,
        "SUPABASE_ACCESS_TOKEN": known.access_token,
        "SUPABASE_DB_PASSWORD": known.database_password,
        "SUPABASE_SECRET_KEY": known.secret_key,
        "SUPABASE_PUBLISHABLE_KEY": known.publishable_key,
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if (file.parent / ".git").is_dir():
        asked = ["git", "-C", str(file.parent), "status", "--porcelain", "-uall"]
        said = subprocess.run(asked, capture_output=True, text=True, check=True)
        assert file.name not in said.stdout


def test_a_person_who_makes_every_mistake(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    project.copy_example()
    subprocess.run(["git", "init", "-q", str(project.path)], check=True)
    known = platform.credentials
    person = sits_down()
    person.types(TOKEN, "eyJhbGciOiJIUzI1NiJ9")
    person.types(TOKEN, "")
    person.waits("Nothing was typed")
    person.types(TOKEN, REFUSED)
    person.waits("was refused: the Management API answered 401.*account/tokens")
    person.types(TOKEN, known.access_token)
    person.types(PROJECT, "7")
    person.waits("a number from 1 to 1")
    person.types(PROJECT, "one")
    person.types(PROJECT, "1")
    person.types(PASSWORD, MISTAKEN)
    person.waits(f"The database refused the password.*project/{known.ref}/database/settings")
    person.types(PASSWORD, known.database_password)
    person.types(SEED, "y")
    person.types(PUSH, "y")
    person.types(WORKFLOW, "")
    assert person.ends() == 0, person.screen
    assert len(supa_deploy.recorded()) == 5
    assert platform.sql("select count(*) > 0 from public.templates") == [[True]]
    is_complete(project.path / ".env", platform)
    assert (project.path / ".gitignore").read_text("utf-8") == "/.env\n"
    assert (project.path / "supabase/.temp/project-ref").read_text("utf-8") == known.ref
    assert (project.path / ".github/workflows/supa-deploy.yml").is_file()
    last = person.screen[person.screen.rindex("✅ Supabase CLI") :]
    for said in (
        "accepted (.env)",
        f"throwaway ({known.ref}) is ACTIVE_HEALTHY",
        ".env: 7 settings, for you alone (0600), ignored by git",
        "5 in the history",
        "objects confirmed in the database",
        "gh secret set SUPABASE_DB_PASSWORD --env production",
        f"gh variable set SUPABASE_PROJECT_REF --env production --body {known.ref}",
        "supa-deploy deploy",
        "ok: 5 migrations applied",
    ):
        assert said in last, said

    again = supa_deploy("deploy", "--yes", "--output", "json", env=dict.fromkeys(WITHOUT))
    assert again.outcome == "up_to_date", "the env file is all that a deploy needs"


def test_no_to_the_push_leaves_the_database_alone(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    project.write_notes()
    person = sits_down()
    person.types(TOKEN, platform.credentials.access_token)
    person.types(PROJECT, "")
    person.types(PASSWORD, platform.credentials.database_password)
    person.types(PUSH, "n")
    person.types(WORKFLOW, "n")
    assert person.ends() == 15, person.screen
    assert "Declined. Nothing was sent to the database; the settings are in .env." in person.screen
    assert platform.sql("select to_regnamespace('supabase_migrations')") == [[None]]
    assert not (project.path / ".github").exists()

    second = sits_down()  # it asks for nothing that it has
    second.types(PUSH, "y")
    second.types(WORKFLOW, "n")
    assert second.ends() == 0, second.screen
    assert "Access token" not in second.screen
    assert supa_deploy.recorded() == [project.write_notes()]


@pytest.mark.parametrize("place", range(6))
def test_ctrl_c_at_any_question_and_a_second_run_goes_on(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform, place: int
) -> None:
    project.copy_example()
    known = platform.credentials
    questions = (
        (TOKEN, known.access_token),
        (PROJECT, "1"),
        (PASSWORD, known.database_password),
        (SEED, "n"),
        (PUSH, "y"),
        (WORKFLOW, "y"),
    )
    person = sits_down()
    for pattern, answer in questions[:place]:
        person.types(pattern, answer)
    person.interrupts(questions[place][0])
    code = person.ends()
    pushed = place > 4
    assert code == (8 if pushed else 130), person.screen
    assert bool(supa_deploy.recorded()) is pushed
    assert ("is kept in .env" in person.screen) is (0 < place <= 4), person.screen
    assert not list(project.path.glob("*.new"))

    second = sits_down()
    for pattern, answer in questions[min(place, 3) :]:
        if not (pushed and pattern == PUSH):
            second.types(pattern, answer)
    assert second.ends() == 0, second.screen
    assert len(supa_deploy.recorded()) == 5
    is_complete(project.path / ".env", platform)


def test_with_everything_in_the_environment_nothing_is_asked(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    version = project.write_notes()
    documents = [f"--report=out{ending}" for ending in (".md", ".html", ".json", ".xml", ".sarif")]
    person = sits_down("--yes", *documents, settings=True)
    assert person.ends() == 0, person.screen
    assert re.search(r"\? |not shown", person.screen) is None
    assert supa_deploy.recorded() == [version]
    is_complete(project.path / ".env", platform)
    assert len(list(project.path.glob("out.*"))) == 5

    ran = supa_deploy("onboard", "--yes", "--output", "json")  # and without a terminal
    assert (ran.exit_code, ran.outcome) == (0, "up_to_date"), ran.stdout + ran.stderr
    assert {d["check"]: d["ok"] for d in ran.report["diagnostics"]}["env file"] is True


def test_without_a_terminal_everything_missing_is_named(supa_deploy: Runner, platform: Platform) -> None:
    ran = supa_deploy("onboard", "--output", "json", env=dict.fromkeys(WITHOUT))
    assert ran.outcome == "usage_error"
    assert "SUPABASE_ACCESS_TOKEN, SUPABASE_PROJECT_REF, --yes" in ran.report["error"]["message"]
    assert platform.requests == ()


def test_two_environments_each_with_its_file(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    project.write_notes()
    known = platform.credentials
    staging = sits_down("--env", "staging", "--no-workflow")
    staging.types(TOKEN, known.access_token)
    staging.types(PROJECT, "1")
    staging.types(PASSWORD, known.database_password)
    staging.types(PUSH, "y")
    assert staging.ends() == 0, staging.screen
    assert "supa-deploy deploy --env staging" in staging.screen
    is_complete(project.path / ".env.staging", platform)
    assert not (project.path / ".env").exists()

    platform.sql("delete from supabase_migrations.schema_migrations")
    platform.sql("drop table public.notes")
    production = sits_down("--env", "production", "--workflow")
    production.types(TOKEN, known.access_token)
    production.types(PROJECT, "1")
    production.types(PASSWORD, known.database_password)
    production.types(PUSH, "y")
    production.types(r"This is production\. Type its name \(production\) to go on: ", "staging")
    assert production.ends() == 15, production.screen
    assert supa_deploy.recorded() == []
    is_complete(project.path / ".env.production", platform)
    assert (project.path / ".github/workflows/supa-deploy-production.yml").is_file()
    assert (project.path / ".gitignore").read_text("utf-8").split() == ["/.env.staging", "/.env.production"]

    ran = supa_deploy(
        "deploy", "--env", "production", "--yes", "--output", "json", env=dict.fromkeys(WITHOUT)
    )
    assert ran.outcome == "ok", ran.stdout + ran.stderr


def test_a_paused_project_in_the_list(
    sits_down: Callable[..., Person], project: Project, platform: Platform
) -> None:
    known = platform.credentials
    entry = {"id": known.ref, "name": "zz live", "region": "eu-central-1", "status": "ACTIVE_HEALTHY"}
    asleep = {"id": "q" * 20, "name": "\x1b[31mred\u202e", "region": "us-east-1", "status": "INACTIVE"}
    platform.faults.answer("/v1/projects$", 200, json.dumps([entry, asleep]))
    person = sits_down()
    person.types(TOKEN, known.access_token)
    person.types(PROJECT, "1")
    person.waits(f"is paused. Restore it at .*/project/{'q' * 20}, or pick another")
    person.interrupts(PROJECT)
    assert person.ends() == 130
    assert "\x1b[31mred" not in person.screen
    assert "\u202e" not in person.screen


@pytest.mark.generations
def test_the_password_is_tried_by_every_generation(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    """Also where the folder is linked to another project: CLI 3 would not send the password there."""
    version = project.write_notes()
    known = platform.credentials
    left = project.path / "supabase" / ".temp"
    left.mkdir()
    (left / "project-ref").write_text("abcdefghijklmnopqrst", "utf-8")
    (left / "pooler-url").write_text(
        "postgresql://postgres.abcdefghijklmnopqrst@nowhere:5432/postgres", "utf-8"
    )
    told = {"SUPABASE_ACCESS_TOKEN": known.access_token, "SUPABASE_PROJECT_REF": known.ref}
    person = sits_down("--no-workflow", env=told)
    person.types(PASSWORD, MISTAKEN)
    person.types(PASSWORD, known.database_password)
    person.types(PUSH, "y")
    assert person.ends() == 0, person.screen
    assert supa_deploy.recorded() == [version]
    assert (left / "project-ref").read_text("utf-8") == known.ref


@pytest.mark.generations
def test_without_a_password_by_a_login_role(
    sits_down: Callable[..., Person], supa_deploy: Runner, project: Project, platform: Platform
) -> None:
    version = project.write_notes()
    person = sits_down("--no-workflow")
    person.types(TOKEN, platform.credentials.access_token)
    person.types(PROJECT, "1")
    person.types(PASSWORD, "")
    person.types(PUSH, "y")
    assert person.ends() == 0, person.screen
    assert "none: a temporary login role was accepted" in person.screen
    assert supa_deploy.recorded() == [version]
    assert "SUPABASE_DB_PASSWORD" not in (project.path / ".env").read_text("utf-8")


def test_no_secret_in_the_command_lines(
    sits_down: Callable[..., Person],
    supa_deploy: Runner,
    project: Project,
    platform: Platform,
    tmp_path: Path,
) -> None:
    """A CLI that notes its own command line before it hands over to the real one."""
    project.write_notes()
    noting = tmp_path / "noting"
    calls = tmp_path / "calls"
    noting.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(calls))}\nexec {shlex.quote(str(supa_deploy.cli))} "$@"\n',
        "utf-8",
    )
    noting.chmod(0o755)
    person = sits_down(
        "--no-workflow", env={"SUPA_DEPLOY_SUPABASE_BIN": str(noting), "XDG_CACHE_HOME": str(tmp_path)}
    )
    person.types(TOKEN, platform.credentials.access_token)
    person.types(PROJECT, "1")
    person.types(PASSWORD, platform.credentials.database_password)
    person.types(PUSH, "y")
    assert person.ends() == 0, person.screen
    said = calls.read_text("utf-8")
    assert "migration list" in said
    assert "db push" in said
    supa_deploy.assert_no_secret("argv", said)


def test_one_command_installs_the_cli(
    sits_down: Callable[..., Person], project: Project, supa_deploy: Runner, tmp_path: Path
) -> None:
    (project.path / "package.json").write_text("{}", "utf-8")
    bare = {"SUPA_DEPLOY_SUPABASE_BIN": None, "PATH": str(tmp_path)}
    person = sits_down(env=bare)
    person.waits("The Supabase CLI was not found")
    person.waits("npm install --save-dev supabase")
    person.waits(r"Look again\? \[Y/n\] ")
    found = project.path / "node_modules" / ".bin" / "supabase"
    found.parent.mkdir(parents=True)
    found.symlink_to(supa_deploy.cli)
    person.child.sendline("")
    person.interrupts(TOKEN)
    assert person.ends() == 130, person.screen
