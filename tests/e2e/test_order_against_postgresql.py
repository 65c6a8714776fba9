"""What check says of order against what PostgreSQL says when the files run in order: an error of ours is a refusal."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pg8000.exceptions import DatabaseError

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.migrations import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Finding, Severity
from supa_deploy.rules import Terms, Walk
from supa_deploy.shadow import OwnServer, Shadow, ShadowDatabase, find_server, sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from supa_deploy.platform.parts import Parts

_CASE = re.compile(r"^-- case: (out|in): (.+)\n((?:(?!^-- case: ).*\n)+)", re.MULTILINE)
_TEXT = (Path(__file__).parent / "order_cases.sql").read_text("utf-8")
_NOT_THERE = frozenset({"42P01", "42703", "42704", "42883", "3F000"})
_ORDER = frozenset({"used-before-created", "used-after-dropped", "used-never-created"})


@dataclass(frozen=True)
class Case:
    """A small project, and whether its files are in order."""

    in_order: bool
    files: tuple[str, ...]


_CASES = {
    f"{order}: {name}": Case(order == "in", tuple(text.split("-- next file\n")))
    for order, name, text in _CASE.findall(_TEXT)
}


@pytest.fixture(scope="module")
def database(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShadowDatabase]:
    """What a Supabase database holds before the first migration; each case is rolled back."""
    assert parts
    found = find_server(os.environ, tmp_path_factory.mktemp("nothing"), None)
    assert isinstance(found, OwnServer)
    with Shadow.open(found, os.environ, deadline=Deadline.after(120), interrupt=Interrupt()) as shadow:
        yield shadow.fresh("order")


def refused(database: ShadowDatabase, files: tuple[str, ...]) -> tuple[int, str] | None:
    """At which file (0-based) the server refuses, and its SQLSTATE; None when all of them run."""
    assert isinstance(database.where, sql.Socket)
    with sql.connected(replace(database.where, user="postgres"), database.url.database) as connection:
        connection.run("begin")
        for number, text in enumerate(files):
            connection.run("reset all")
            try:
                connection.run(text)
            except DatabaseError as error:
                return number, str(error.args[0]["C"])
        connection.run("rollback")
    return None


def checked(files: tuple[str, ...]) -> list[Finding]:
    walk = Walk(Terms())
    found: list[Finding] = []
    for number, text in enumerate(files):
        name = f"2025010100000{number}_case.sql"
        migration = Migration(name[:14], "case", name, Path(name))
        found += walk.read(parse_text(migration, text))
    return [finding for finding in (*found, *walk.end()) if finding.rule in _ORDER]


@pytest.mark.parametrize("name", _CASES)
def test_error_is_refusal(database: ShadowDatabase, name: str) -> None:
    case = _CASES[name]
    said = refused(database, case.files)
    found = checked(case.files)
    if case.in_order:
        assert said is None
        assert found == []
        return
    assert said is not None
    number, state = said
    assert state in _NOT_THERE
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert errors, found
    assert min(finding.file for finding in errors) == f"2025010100000{number}_case.sql"


def test_there_are_enough_cases_of_both_sorts() -> None:
    assert sum(case.in_order for case in _CASES.values()) >= 40
    assert sum(not case.in_order for case in _CASES.values()) >= 40
