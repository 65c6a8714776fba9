"""Drift through the real command: what is done by hand is named, in both generations that can; nothing else is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pg8000.exceptions import DatabaseError

from supa_deploy.catalog import sentence
from supa_deploy.model import Change, ChangeKind, Witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Project, Ran, Runner

    from supa_deploy.platform.throwaway import Platform

pytestmark = pytest.mark.scratch

BOTH = pytest.mark.generations("3.1.0", "2.122.1")
DIFF = ("diff", "--exit-code", "--output", "json")
DEPLOY = ("deploy", "--yes", "--output", "json")
PUSH = (*DEPLOY, "--no-verify", "--no-diff")


@dataclass(frozen=True)
class Group:
    """A project's file, what is done to it by hand, and what has to be said."""

    file: str
    by_hand: str
    said: tuple[str, ...]


def read_groups() -> dict[str, Group]:
    text = (Path(__file__).parent / "drift_cases.sql").read_text("utf-8")
    found = {}
    for part in re.split(r"^-- group: ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        file, by_hand = rest.split("-- by hand\n")
        said = tuple(re.findall(r"^--> (.+)$", by_hand, re.MULTILINE))
        found[name] = Group(file, by_hand, said)
    return found


GROUPS = read_groups()


def by_hand(platform: Platform, text: str) -> None:
    """As the project's owner: what the platform's own role makes is the platform's."""
    platform.sql(f"set role postgres; {text}")


def changes(found: dict[str, Any]) -> list[Change]:
    return [
        Change(
            ChangeKind(change["change"]),
            change["object"],
            change["schema"],
            change["name"],
            change["table"],
            change["detail"],
            Witness(change["witness"]),
        )
        for change in found["changes"]
    ]


def said(ran: Ran) -> list[str]:
    """What a run says of the drift, line by line."""
    return sorted(sentence(change) for change in changes(ran.report["drift"]))


def test_the_groups_cover_what_people_do() -> None:
    assert sum(len(group.said) for group in GROUPS.values()) >= 90


@pytest.mark.parametrize("name", GROUPS)
def test_what_is_done_by_hand_is_named_and_nothing_else(
    supa_deploy: Runner, project: Project, name: str
) -> None:
    assert_named(supa_deploy, project, GROUPS[name])


@pytest.mark.generations("2.122.1")
def test_the_generation_before_names_the_same(supa_deploy: Runner, project: Project) -> None:
    assert_named(supa_deploy, project, GROUPS["tables"])


def assert_named(supa_deploy: Runner, project: Project, group: Group) -> None:
    """What the group does by hand is said, in its words and in no other."""
    project.write("20260101000000_all.sql", group.file)
    assert supa_deploy(*PUSH).exit_code == 0
    by_hand(supa_deploy.platform, group.by_hand)
    ran = supa_deploy(*DIFF, "--schema", "archive")
    assert set(said(ran)) ^ set(group.said) == set(), ran.report["notices"]
    assert len(said(ran)) == len(group.said)
    assert (ran.exit_code, ran.outcome) == (11, "drift"), ran.stderr
    drift = ran.report["drift"]
    assert (drift["engine"], drift["left_out"], drift["stand_ins"]) == ("pg-delta", 0, [])
    assert drift["sql"]
    assert drift["shadow"].startswith("PostgreSQL 17")
    assert ran.report["notices"] == []


RICH = (Path(__file__).parent / "drift_rich.sql").read_text("utf-8")
SEED = "insert into public.dynamic select generate_series(1, 3); insert into app.base values (1);\n"
CONFIG = '\n[db.seed]\nenabled = true\nsql_paths = ["./seed.sql"]\n'
# What the platform itself may have and a scratch database does not: four differences (a role is none).
PLATFORM_OWN = """
  alter table auth.users add column flavour text;
  create table auth.extra (id int primary key);
  create table storage.extra (id int primary key);
  create role someone_of_the_platform;
  create function extensions.watch() returns event_trigger language plpgsql as 'begin end';
  create event trigger watch on ddl_command_end execute function extensions.watch();
"""


def assert_no_drift(ran: Ran, left_out: int | None = 0) -> None:
    assert (ran.exit_code, ran.outcome) in {(0, "ok"), (0, "up_to_date")}, (ran.report, ran.stderr)
    assert said(ran) == []
    drift = ran.report["drift"]
    assert (drift["empty"], drift["sql"], drift["engine"]) == (True, "", "pg-delta")
    if left_out is not None:
        assert drift["left_out"] == left_out
    assert not [notice for notice in ran.report["notices"] if "compare" in notice or "catalog" in notice]


def test_the_example_has_none(supa_deploy: Runner, project: Project) -> None:
    """After a deploy with its seed, after a second one, by URL, after a rollback; with rows written meanwhile."""
    project.copy_example()
    assert_no_drift(supa_deploy(*DEPLOY, "--no-verify", "--include-seed"))
    assert_no_drift(supa_deploy(*DEPLOY, "--no-verify"))
    supa_deploy.platform.sql(
        "insert into auth.users (id) select gen_random_uuid() from generate_series(1, 3)"
    )
    assert_no_drift(supa_deploy(*DIFF, linked=False))
    gone = supa_deploy("rollback", "--last", "1", "--yes", "--output", "json")
    assert gone.exit_code == 0, gone.report
    assert_no_drift(supa_deploy(*DIFF))


@pytest.fixture
def rich(project: Project) -> Project:
    """A project that uses what there is, with a seed."""
    project.write("20260101000000_all.sql", RICH)
    (project.path / "supabase" / "seed.sql").write_text(SEED, "utf-8")
    with (project.path / "supabase" / "config.toml").open("a", encoding="utf-8") as config:
        config.write(CONFIG)
    return project


@BOTH
def test_a_rich_project_has_none(supa_deploy: Runner, rich: Project) -> None:
    """Triggers on auth.users, storage and realtime policies, stand-ins, partitions, views, schemas, grants, a seed;
    then with what only the platform has."""
    assert rich
    deployed = supa_deploy(*DEPLOY, "--no-verify", "--include-seed")
    assert_no_drift(deployed)
    assert {"vector", "pg_net", "pg_cron"} <= set(deployed.report["drift"]["stand_ins"])
    supa_deploy.platform.sql(PLATFORM_OWN)
    assert_no_drift(supa_deploy(*DIFF), left_out=4)


@pytest.mark.parametrize("linked", [True, False])
def test_a_project_with_the_old_default_grants_has_none(
    supa_deploy: Runner, rich: Project, start_platform: Callable[..., Platform], linked: bool
) -> None:
    assert rich
    older = start_platform(linked=linked, legacy_grants=True)
    runner = replace(supa_deploy, platform=older)
    try:
        ran = runner(*DEPLOY, "--no-verify", linked=linked)
    finally:
        older.close()
    assert_no_drift(ran, left_out=None)
    assert ran.report["drift"]["left_out"] > 0


NOTES = "create table public.notes (id int primary key, body text);\ncreate index notes_body on public.notes (body);\n"


@pytest.mark.generations("2.99.0")
def test_a_cli_that_needs_docker_for_it_says_so(
    supa_deploy: Runner, project: Project, tmp_path: Path
) -> None:
    """Skipped is told, and is never "no drift"; where it was asked for, it is no good end."""
    project.write("20260101000000_notes.sql", NOTES)
    nothing_on_path = {"PATH": str(tmp_path)}
    deployed = supa_deploy(*DEPLOY, "--no-verify", env=nothing_on_path)
    assert (deployed.exit_code, deployed.report["drift"]) == (0, None), deployed.stderr
    (notice,) = (n for n in deployed.report["notices"] if n.startswith("Drift was not looked for: "))
    assert "2.99.0 compares databases in Docker alone" in notice
    assert "2.115.0 and newer do without" in notice
    (step,) = (step for step in deployed.report["steps"] if step["name"] == "diff")
    assert step["status"] == "skipped"
    wanted = supa_deploy(*DEPLOY, "--no-verify", "--fail-on-drift", env=nothing_on_path)
    assert (wanted.exit_code, wanted.outcome) == (17, "unverified"), wanted.stderr
    ran = supa_deploy(*DIFF, env=nothing_on_path)
    assert (ran.exit_code, ran.report["error"]["code"]) == (3, "cli_cannot_diff"), ran.stderr
    assert "2.115.0" in ran.report["error"]["hint"]


def test_what_a_deploy_does_with_drift(supa_deploy: Runner, project: Project, tmp_path: Path) -> None:
    project.write("20260101000000_notes.sql", NOTES)
    assert supa_deploy(*PUSH).exit_code == 0
    by_hand(supa_deploy.platform, "drop index public.notes_body; alter table public.notes add column z int")
    project.write("20260102000000_more.sql", "create table public.more (id int primary key);\n")
    outputs = tmp_path / "outputs"
    summary = tmp_path / "summary"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)}
    failing = supa_deploy.start("deploy", "--yes", "--no-verify", "--fail-on-drift", env=actions).process
    # Not judged: the secrets that are masked first are on purpose in what a workflow's runner reads.
    assert (failing.communicate(timeout=120), failing.returncode)[1] == 11
    assert supa_deploy.recorded() == ["20260101000000", "20260102000000"]
    assert re.search(r"^drift_count<<(\w+)\n2\n\1$", outputs.read_text("utf-8"), re.MULTILINE)
    assert "notes_body" in summary.read_text("utf-8")
    told = supa_deploy(*DEPLOY, "--no-verify")
    assert (told.exit_code, told.outcome, len(said(told))) == (0, "up_to_date", 2), told.stderr
    unasked = supa_deploy(*DEPLOY, "--no-verify", "--no-diff")
    assert (unasked.exit_code, unasked.report["drift"]) == (0, None)
    looked = supa_deploy("diff", "--output", "json")
    assert (looked.exit_code, looked.outcome, len(said(looked))) == (0, "ok", 2)


def test_an_index_that_a_failed_build_left_behind(supa_deploy: Runner, project: Project) -> None:
    project.write("20260101000000_notes.sql", NOTES)
    assert supa_deploy(*PUSH).exit_code == 0
    platform = supa_deploy.platform
    platform.sql(
        "insert into public.notes values (1, 'a'), (2, 'a'); alter table public.notes owner to postgres"
    )
    with pytest.raises(DatabaseError, match="could not create unique index"):
        platform.sql("create unique index concurrently one_body on public.notes (body)")
    ran = supa_deploy(*DIFF)
    built = "CREATE UNIQUE INDEX one_body ON public.notes USING btree (body)"
    assert said(ran) == [f"index one_body on public.notes added: {built}, INVALID"]


def test_an_extension_switched_on_by_hand_is_there_for_the_files(
    supa_deploy: Runner, project: Project
) -> None:
    """As in the Dashboard: the files use pg_cron, and none of them creates it."""
    project.write(
        "20260101000000_tidy.sql", "select cron.schedule('tidy', '0 3 * * *', 'delete from public.old');\n"
    )
    supa_deploy.platform.sql("create extension pg_cron")
    ran = supa_deploy("deploy", "--yes", "--fail-on-drift", "--output", "json")
    assert (ran.exit_code, ran.outcome) == (0, "ok"), ran.stdout + ran.stderr
    assert ran.report["drift"]["stand_ins"] == ["pg_cron"]
    assert any("pg_cron" in notice and "no file creates" in notice for notice in ran.report["notices"])
