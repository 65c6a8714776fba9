"""Drift through the real command: what is done by hand is named, in both generations that can; nothing else is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

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


@BOTH
@pytest.mark.parametrize("name", GROUPS)
def test_what_is_done_by_hand_is_named_and_nothing_else(
    supa_deploy: Runner, project: Project, name: str
) -> None:
    group = GROUPS[name]
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
