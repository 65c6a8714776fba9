"""The ways to the database: real sockets on this machine, and what is made of them."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from supa_deploy.doctor import ways
from supa_deploy.doctor.ways import Way
from supa_deploy.model import Diagnostic
from supa_deploy.settings import Settings
from supa_deploy.supabase import Linked, Supabase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REF = "abcdefghijklmnopqrst"
OPEN = Way("IPv4", 0.01)
CLOSED = Way(None, 0.01, "IPv4: Connection refused")


@pytest.fixture
def port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_open_port_names_its_family(port: int) -> None:
    assert ways.try_way("127.0.0.1", port).family == "IPv4"


def test_a_closed_port_and_an_unknown_name_say_why(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    refused = ways.try_way("127.0.0.1", closed)
    assert (refused.family, refused.reason) == (None, "IPv4: Connection refused")
    unknown = ways.try_way("nobody.invalid", port)
    assert unknown.family is None
    assert "does not resolve" in unknown.reason


def looked(monkeypatch: pytest.MonkeyPatch, workdir: Path, answers: dict[str, Way]) -> dict[str, Diagnostic]:
    """What a project's ways come to when each host answers so."""
    monkeypatch.setattr(ways, "try_way", lambda host, _port: answers[host])
    supabase = cast("Supabase", SimpleNamespace(target=Linked(REF, "test")))
    found = ways.look(Settings(workdir=workdir), supabase)
    return {diagnostic.check: diagnostic for diagnostic in found}


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A folder where `supabase link` noted the pooler."""
    folder = tmp_path / "supabase" / ".temp"
    folder.mkdir(parents=True)
    (folder / "pooler-url").write_text(f"postgresql://postgres.{REF}@pooler.test:5432/postgres")
    return tmp_path


@pytest.mark.parametrize(
    ("direct", "pooler", "verdicts"),
    [
        (OPEN, OPEN, (True, True)),
        (OPEN, CLOSED, (True, None)),
        (CLOSED, OPEN, (None, True)),
        (CLOSED, CLOSED, (False, False)),
    ],
)
def test_one_of_the_two_is_enough(
    monkeypatch: pytest.MonkeyPatch,
    linked: Path,
    direct: Way,
    pooler: Way,
    verdicts: tuple[bool | None, bool | None],
) -> None:
    found = looked(monkeypatch, linked, {f"db.{REF}.test": direct, "pooler.test": pooler})
    assert (found["direct connection"].ok, found["pooler"].ok) == verdicts


def test_without_a_pooler_noted_the_direct_way_is_the_only_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = looked(monkeypatch, tmp_path, {f"db.{REF}.test": CLOSED})
    assert (found["direct connection"].ok, found["pooler"].ok) == (False, None)
    assert "supabase link" in (found["direct connection"].next or "")


def test_a_closed_way_is_no_trouble_to_whoever_arrived() -> None:
    closed = Diagnostic("direct connection", ok=False, detail="closed", next="Open it.")
    (told,) = ways.judge((closed,), arrived=True)
    assert (told.ok, told.next) == (None, None)
    assert tuple(ways.judge((closed,), arrived=False)) == (closed,)
