"""`plan --diff`: what a push will really do to the database as it is, tried on a scratch copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.catalog import sentence
from supa_deploy.model import Change, ChangeKind

if TYPE_CHECKING:
    from tests.e2e.conftest import Project, Ran, Runner

pytestmark = pytest.mark.scratch

BOTH = pytest.mark.generations("3.1.0", "2.122.1")
PLAN = ("plan", "--diff", "--output", "json")
PUSH = ("deploy", "--yes", "--no-verify", "--no-diff", "--output", "json")
NOTES = """create extension if not exists vector with schema extensions;
create table public.notes (id int primary key, body text, meaning extensions.vector(3));
"""
PENDING = "supabase/migrations/20260102000000_more.sql"


@pytest.fixture
def drifted(supa_deploy: Runner, project: Project) -> Runner:
    """A project with one file applied, and a table and a column made by hand."""
    project.write("20260101000000_notes.sql", NOTES)
    assert supa_deploy(*PUSH).exit_code == 0
    supa_deploy.platform.sql(
        "set role postgres; create table public.by_hand (id int primary key);"
        "alter table public.notes add column extra int;"
    )
    return supa_deploy


def said(found: dict[str, object]) -> list[str]:
    changes = found["changes"]
    assert isinstance(changes, list)
    return sorted(
        sentence(
            Change(ChangeKind(c["change"]), c["object"], c["schema"], c["name"], c["table"], c["detail"])
        )
        for c in changes
    )


def untouched(runner: Runner) -> None:
    assert runner.recorded() == ["20260101000000"]
    assert runner.platform.sql("select to_regclass('public.more')") == [[None]]


DRIFT = [
    "column public.notes.extra added: integer",
    "table public.by_hand added: 1 column, 1 constraint, row-level security off",
]


@BOTH
def test_a_push_is_tried_with_the_drift_there(drifted: Runner, project: Project) -> None:
    """The pending file changes what was made by hand: it runs, and only its own effect is told."""
    project.write(
        "20260102000000_more.sql",
        "create table public.more (id int primary key, like_it extensions.vector(3));\n"
        "alter table public.by_hand add column name text;\n"
        "alter table public.notes drop column extra;\n",
    )
    ran: Ran = drifted(*PLAN, "--exit-code")
    assert (ran.exit_code, ran.outcome) == (10, "pending"), ran.stdout + ran.stderr
    assert said(ran.report["drift"]) == DRIFT
    assert said(ran.report["preview"]) == [
        "column public.by_hand.name added: text",
        "column public.notes.extra lost: integer",
        "table public.more added: 2 columns, 1 constraint, row-level security off",
    ]
    assert "more" in ran.report["preview"]["sql"]
    assert 'CREATE TABLE "public"."by_hand"' not in ran.report["preview"]["sql"]
    assert ran.report["notices"] == []
    untouched(drifted)


def test_a_file_that_drift_stands_in_the_way_of_is_named(drifted: Runner, project: Project) -> None:
    project.write(
        "20260102000000_more.sql",
        "create table public.more (id int primary key);\n\ncreate table public.by_hand (id int);\n",
    )
    ran = drifted(*PLAN, "--exit-code")
    assert (ran.exit_code, ran.outcome) == (10, "pending"), ran.stdout + ran.stderr
    assert ran.report["preview"] is None
    (finding,) = (f for f in ran.report["findings"] if f["rule"] == "would-fail")
    assert (finding["file"], finding["line"], finding["severity"]) == (PENDING, 3, "warning")
    assert 'relation "by_hand" already exists' in finding["message"]
    assert said(ran.report["drift"]) == DRIFT
    untouched(drifted)


def test_what_the_copy_lacks_is_told(drifted: Runner, project: Project) -> None:
    """The engine never tells extended statistics: the copy that the push is tried on has none."""
    drifted.platform.sql("set role postgres; create statistics public.both on id, extra from public.notes")
    project.write("20260102000000_more.sql", "create table public.more (id int primary key);\n")
    ran = drifted(*PLAN)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    (notice,) = ran.report["notices"]
    assert "tried on a scratch copy that lacks this: statistics both" in notice
    assert said(ran.report["preview"]) == [
        "table public.more added: 1 column, 1 constraint, row-level security off"
    ]


def test_with_nothing_pending_there_is_drift_and_no_preview(drifted: Runner) -> None:
    ran = drifted(*PLAN)
    assert (ran.exit_code, ran.outcome) == (0, "up_to_date"), ran.stdout + ran.stderr
    assert said(ran.report["drift"]) == DRIFT
    assert ran.report["preview"] is None
