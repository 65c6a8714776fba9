"""Onboarding as a conversation: what is asked, what is not, what every wrong answer leads to, and what stays."""

from __future__ import annotations

import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.unit.onboard.conftest import KEY, OTHER, PASSWORD, REF, TOKEN, StandInPerson, a_project

from supa_deploy.errors import Interrupted
from supa_deploy.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.onboard.conftest import Desk

    Someone = Callable[..., StandInPerson]

WORKFLOW = ("GitHub workflow", False)
ALL = (("Access token", TOKEN), ("Which project", 0), ("Database password", PASSWORD))
TOLD = {"SUPABASE_ACCESS_TOKEN": TOKEN, "SUPABASE_PROJECT_REF": REF, "SUPABASE_DB_PASSWORD": PASSWORD}


def exists(desk: Desk) -> dict[str, bool | None]:
    """What the last screen says of each thing."""
    assert desk.run is not None
    return {diagnostic.check: diagnostic.ok for diagnostic in desk.run.draft.diagnostics}


def detail(desk: Desk, check: str) -> str:
    """Its words for one of them."""
    assert desk.run is not None
    return next(d.detail for d in desk.run.draft.diagnostics if d.check == check)


def test_everything_asked_and_kept(desk: Desk, person: Someone) -> None:
    report = desk(person(*ALL, WORKFLOW))
    assert report.outcome is Outcome.OK, report.failure
    assert desk.env() == (
        "# written by `supa-deploy onboard`\n"
        f"SUPABASE_ACCESS_TOKEN={TOKEN}\n"
        f"SUPABASE_PROFILE={desk.environ['SUPABASE_PROFILE']}\n"
        f"SUPABASE_PROJECT_REF={REF}\n"
        'SUPABASE_DB_PASSWORD="it\'s $5 & \\"more\\""\n'
        f"SUPABASE_SECRET_KEY={KEY}\n"
        f"SUPABASE_PUBLISHABLE_KEY=sb_publishable_{'p' * 24}\n"
    )
    assert stat.S_IMODE((desk.folder / ".env").stat().st_mode) == 0o600
    assert (desk.folder / ".gitignore").read_text() == "/.env\n"
    assert (desk.folder / "supabase/.temp/project-ref").read_text() == REF
    assert exists(desk) == {
        "Supabase CLI": True,
        "token": True,
        "project": True,
        "password": True,
        "API keys": True,
        "env file": True,
        "link": True,
        "migrations": None,
        "workflow": None,
    }
    assert any("shell" in notice for notice in report.notices)  # a password with ' and $


def test_the_second_run_asks_nothing(desk: Desk, person: Someone) -> None:
    desk(person(*ALL, WORKFLOW))
    before = desk.env()
    report = desk(person(WORKFLOW))
    assert report.outcome is Outcome.OK
    assert desk.env() == before
    assert ("link", "skipped") in {(step.name, step.status.value) for step in report.steps}


def test_with_everything_told_nobody_is_asked(desk: Desk) -> None:
    desk.environ |= TOLD
    report = desk(None, yes=True)
    assert report.outcome is Outcome.OK, report.failure
    assert f"SUPABASE_ACCESS_TOKEN={TOKEN}\n" in desk.env()


def test_without_a_terminal_all_that_is_missing_is_named_at_once(desk: Desk) -> None:
    report = desk(None)
    assert report.outcome is Outcome.USAGE_ERROR
    assert report.failure is not None
    assert "SUPABASE_ACCESS_TOKEN, SUPABASE_PROJECT_REF, --yes" in report.failure.message
    assert "PASSWORD" not in report.failure.message  # this CLI can do without
    assert desk.asked == []
    assert not (desk.folder / ".env").exists()


def test_an_old_cli_needs_the_password_and_a_missing_one_is_named_too(desk: Desk) -> None:
    desk.install("2.40.7")
    report = desk(None, yes=True)
    assert report.failure is not None
    assert "SUPABASE_DB_PASSWORD, SUPABASE_ACCESS_TOKEN, SUPABASE_PROJECT_REF." in report.failure.message
    desk.environ["PATH"] = "/nowhere"
    report = desk(None, yes=True)
    assert report.outcome is Outcome.USAGE_ERROR
    assert report.failure is not None
    assert "the Supabase CLI, SUPABASE_ACCESS_TOKEN" in report.failure.message
    desk.environ |= TOLD
    report = desk(None, yes=True)
    assert report.outcome is Outcome.PREFLIGHT_FAILED
    assert report.failure is not None
    assert report.failure.hint == f"In {desk.folder}: npm install --save-dev supabase"


def test_the_cli_is_looked_for_again_once_it_is_installed(desk: Desk, person: Someone) -> None:
    (desk.folder.parent / "bin" / "supabase").unlink()
    (desk.folder / "pnpm-lock.yaml").touch()
    desk.environ["PATH"] = f"{desk.folder.parent / 'bin'}"

    def install() -> bool:
        desk.install()
        assert desk.run is not None
        return True

    someone = person(("Look again", install), ("Access token", None), ("Access token", None))
    # The stand-in is a shell script: without a shell on PATH its version is known by its absolute interpreter.
    report = desk(someone)
    assert "pnpm add --save-dev supabase" in someone.everything
    assert report.outcome is Outcome.DECLINED
    assert exists(desk)["Supabase CLI"] is True
    (desk.folder.parent / "bin" / "supabase").unlink()
    assert desk(person(("Look again", False))).outcome is Outcome.PREFLIGHT_FAILED


def test_wrong_tokens_are_asked_again(desk: Desk, person: Someone) -> None:
    refused = "sbp_" + "0" * 40
    someone = person(
        ("Access token", "eyJhbGciOi"),
        ("Access token", None),
        ("Access token", refused),
        *ALL,
        WORKFLOW,
    )
    report = desk(someone)
    assert report.outcome is Outcome.OK
    assert "That is not an access token" in someone.everything
    assert "was refused" in someone.everything
    assert "https://dash.test/account/tokens" in someone.everything
    assert refused not in desk.env()
    assert refused not in str(report)


def test_two_empty_answers_end_it(desk: Desk, person: Someone) -> None:
    report = desk(person(("Access token", None), ("Access token", None)))
    assert report.outcome is Outcome.DECLINED
    assert report.failure is not None
    assert "Nothing was sent to the database." in report.failure.message
    assert not (desk.folder / ".env").exists()


def test_a_token_of_the_environment_that_is_refused_ends_the_run(desk: Desk, person: Someone) -> None:
    desk.environ["SUPABASE_ACCESS_TOKEN"] = "sbp_" + "0" * 40
    report = desk(person())
    assert report.outcome is Outcome.AUTH_FAILED
    assert report.failure is not None
    assert "(environment) was refused" in report.failure.message


def test_a_token_of_the_env_file_that_is_refused_is_replaced_there(desk: Desk, person: Someone) -> None:
    (desk.folder / ".env").write_text(f"# mine\nSUPABASE_ACCESS_TOKEN=sbp_{'0' * 40}\nMINE=1\n", "utf-8")
    report = desk(person(*ALL, WORKFLOW))
    assert report.outcome is Outcome.OK
    assert desk.env().startswith(f"# mine\nSUPABASE_ACCESS_TOKEN={TOKEN}\nMINE=1\n")


def test_the_token_of_a_login_is_used_and_not_copied(desk: Desk, person: Someone) -> None:
    stored = desk.folder.parent / "home" / ".supabase" / "access-token"
    stored.parent.mkdir()
    stored.write_text(TOKEN, "utf-8")
    report = desk(person(*ALL[1:], WORKFLOW))
    assert report.outcome is Outcome.OK
    assert detail(desk, "token") == "accepted (supabase login)"
    assert TOKEN not in desk.env()


def test_an_api_that_does_not_answer_is_tried_again(desk: Desk, person: Someone) -> None:
    desk.failing["/v1/projects"] = 503

    def mended() -> bool:
        del desk.failing["/v1/projects"]
        return True

    report = desk(person(ALL[0], ("Try again", None), ("Try again", mended), *ALL[1:], WORKFLOW))
    assert report.outcome is Outcome.OK
    desk.failing["/v1/projects"] = 429
    report = desk(person(("Try again", False)))
    assert report.outcome is Outcome.UNREACHABLE


def test_a_paused_project_is_marked_and_refused(desk: Desk, person: Someone) -> None:
    desk.projects = [
        a_project(OTHER, "asleep", "INACTIVE"),
        a_project(REF, "demo"),
        a_project("q" * 20, "new", "COMING_UP"),
    ]
    someone = person(ALL[0], ("Which project", 0), ("Which project", 1), ALL[2], WORKFLOW)
    report = desk(someone)
    assert report.outcome is Outcome.OK
    assert report.project_ref == REF
    assert f"asleep  {OTHER}  eu-central-1    paused" in someone.everything
    assert f"Restore it at https://dash.test/project/{OTHER}, or pick another." in someone.everything


def test_a_paused_project_of_the_settings_is_refused(desk: Desk, person: Someone) -> None:
    desk.projects = [a_project(REF, "demo", "INACTIVE")]
    desk.environ["SUPABASE_PROJECT_REF"] = REF
    report = desk(person(ALL[0]))
    assert report.outcome is Outcome.PREFLIGHT_FAILED
    assert report.failure is not None
    assert report.failure.code == "project_paused"
    assert "https://dash.test/project/" in (report.failure.hint or "")


def test_no_project_at_all(desk: Desk, person: Someone) -> None:
    desk.projects = []
    report = desk(person(ALL[0]))
    assert report.failure is not None
    assert report.failure.code == "no_projects"
    assert TOKEN in desk.env()  # kept for the next run


def test_a_ref_that_the_account_does_not_have(desk: Desk, person: Someone) -> None:
    (desk.folder / ".env").write_text(f"SUPABASE_PROJECT_REF={OTHER}\n", "utf-8")
    someone = person(*ALL, WORKFLOW)
    assert desk(someone).outcome is Outcome.OK
    assert f"no project {OTHER} (.env)" in someone.everything
    assert f"SUPABASE_PROJECT_REF={REF}\n" in desk.env()
    desk.environ["SUPABASE_PROJECT_REF"] = OTHER
    report = desk(person())
    assert report.outcome is Outcome.AUTH_FAILED


def test_a_token_for_one_project_need_not_list_them(desk: Desk, person: Someone) -> None:
    desk.failing["/v1/projects"] = 403
    desk.environ["SUPABASE_PROJECT_REF"] = REF
    assert desk(person(ALL[0], ALL[2], WORKFLOW)).outcome is Outcome.OK


def test_wrong_passwords_are_asked_again(desk: Desk, person: Someone) -> None:
    someone = person(*ALL[:2], ("Database password", "mistaken"), ("Database password", PASSWORD), WORKFLOW)
    report = desk(someone)
    assert report.outcome is Outcome.OK
    assert f"https://dash.test/project/{REF}/database/settings" in someone.everything
    assert "mistaken" not in desk.env()
    assert [(s.status.value, s.note) for s in report.steps if s.name == "password"] == [
        ("failed", "refused"),
        ("ok", None),
    ]


def test_an_empty_password_means_a_login_role(desk: Desk, person: Someone) -> None:
    report = desk(person(*ALL[:2], ("Database password", None), WORKFLOW))
    assert report.outcome is Outcome.OK
    assert detail(desk, "password") == "none: a temporary login role was accepted"
    assert "SUPABASE_DB_PASSWORD" not in desk.env()


def test_a_password_of_the_env_file_is_tried_not_believed(desk: Desk, person: Someone) -> None:
    (desk.folder / ".env").write_text("SUPABASE_DB_PASSWORD='stale'\n", "utf-8")
    report = desk(person(*ALL, WORKFLOW))
    assert report.outcome is Outcome.OK
    assert "stale" not in desk.env()
    desk.environ["SUPABASE_DB_PASSWORD"] = "stale"
    report = desk(person())
    assert report.outcome is Outcome.AUTH_FAILED
    assert report.failure is not None
    assert report.failure.code == "password_refused"


def test_keys_that_are_not_this_projects(desk: Desk, person: Someone) -> None:
    foreign = "sb_secret_" + "f" * 24
    (desk.folder / ".env").write_text(f"SUPABASE_SERVICE_ROLE_KEY={foreign}\n", "utf-8")
    assert desk(person(*ALL, WORKFLOW)).outcome is Outcome.OK
    assert "none of this project's" in detail(desk, "API keys")
    assert f"SUPABASE_SECRET_KEY={KEY}\n" in desk.env()
    desk.environ["SUPABASE_SECRET_KEY"] = foreign
    desk(person(WORKFLOW))
    assert exists(desk)["API keys"] is False


def test_keys_that_cannot_be_had_do_not_end_it(desk: Desk, person: Someone) -> None:
    desk.failing[f"/v1/projects/{REF}/api-keys"] = 500
    report = desk(person(*ALL, WORKFLOW))
    assert report.outcome is Outcome.OK
    assert exists(desk)["API keys"] is None


@pytest.mark.parametrize("place", [0, 1, 2])
def test_interrupted_at_any_question_a_second_run_goes_on(desk: Desk, person: Someone, place: int) -> None:
    def stop() -> None:
        raise Interrupted("Stopped on request before anything was sent.")

    script = list(ALL)
    report = desk(person(*script[:place], (script[place][0], stop)))
    assert report.outcome is Outcome.INTERRUPTED
    assert report.failure is not None
    assert ("kept in .env" in report.failure.message) is (place > 0)
    again = desk(person(*script[place:], WORKFLOW))
    assert again.outcome is Outcome.OK


def test_two_environments_side_by_side(desk: Desk, person: Someone) -> None:
    desk.projects = [a_project(REF, "live"), a_project(OTHER, "try-out")]
    (desk.folder / ".env").write_text("SUPABASE_DB_PASSWORD=of-nobody\n", "utf-8")
    assert desk(person(*ALL, WORKFLOW), environment="production").environment == "production"
    staging = desk(person(ALL[0], ("Which project", 1), ALL[2], WORKFLOW), environment="staging")
    assert staging.outcome is Outcome.OK
    assert f"SUPABASE_PROJECT_REF={REF}\n" in desk.env(".env.production")
    assert f"SUPABASE_PROJECT_REF={OTHER}\n" in desk.env(".env.staging")
    assert desk.env() == "SUPABASE_DB_PASSWORD=of-nobody\n"
    assert (desk.folder / ".gitignore").read_text().split() == ["/.env.production", "/.env.staging"]


def test_a_folder_without_supabase_is_told_what_to_do(desk: Desk, person: Someone) -> None:
    (desk.folder / "supabase").rmdir()
    report = desk(person())
    assert report.outcome is Outcome.PREFLIGHT_FAILED
    assert report.failure is not None
    assert "supabase init" in (report.failure.hint or "")


def test_a_database_by_url_is_no_environment_to_set_up(desk: Desk, person: Someone) -> None:
    desk.environ["SUPABASE_DB_URL"] = "postgresql://postgres@localhost/postgres"
    report = desk(person())
    assert report.failure is not None
    assert report.failure.code == "onboard_by_url"


def test_an_env_file_in_git_gets_no_secret(desk: Desk, person: Someone) -> None:
    (desk.folder / ".env").write_text("MINE=1\n", "utf-8")
    subprocess.run(["git", "init", "-q", str(desk.folder)], check=True)
    subprocess.run(["git", "-C", str(desk.folder), "add", ".env"], check=True)
    report = desk(person(ALL[0]))
    assert report.failure is not None
    assert report.failure.code == "env_file_in_git"
    assert "git rm --cached .env" in (report.failure.hint or "")
    assert desk.env() == "MINE=1\n"
