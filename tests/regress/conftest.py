"""Fixtures: a scratch PostgreSQL 17 to ask, and counters."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.regress.asking import Server

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.shadow import sql
from supa_deploy.shadow.find import OwnServer, find_server
from supa_deploy.shadow.server import Shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A connection to a fresh database of a scratch server."""
    found = find_server(os.environ, Path(__file__).parents[2], None)
    if not isinstance(found, OwnServer) or found.binaries.major != 17:
        pytest.skip(f"needs a scratch PostgreSQL 17 (`make parts` fetches one), and there is {found}")
    shadow = Shadow.open(found, os.environ, deadline=Deadline.after(120), interrupt=Interrupt())
    with shadow:
        database = shadow.fresh("regress")
        assert isinstance(database.where, sql.Socket)
        connection = Server(database.where.path, database.where.user, database.url.database)
        yield connection
        connection.close()


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Iterator[Counter[str]]:
    """Counts that are added up over all tests and printed at the end of the run."""
    counted: Counter[str] = Counter()
    yield counted
    for name, number in counted.items():
        record_property(f"count {name}", number)
