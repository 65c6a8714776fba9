"""What the engine printed and what the catalogs said, drift by drift, as `scripts/record_engine.py` wrote it down."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from supa_deploy.catalog import Differences
from supa_deploy.model import Change, ChangeKind

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
VERSIONS = ("3.1.0", "2.122.1")


def recorded(version: str) -> Mapping[str, Any]:
    """Everything one engine printed: `{drift: {made, there, back}}`."""
    read: Mapping[str, Any] = json.loads((TRANSCRIPTS / version / "engine" / "drift.json").read_text("utf-8"))
    return read


def catalog_said() -> Mapping[str, Any]:
    """What our comparison said: `{drift: {there, back}}`."""
    read: Mapping[str, Any] = json.loads((TRANSCRIPTS / "catalog" / "drift.json").read_text("utf-8"))
    return read


@pytest.fixture(scope="session")
def engine_said() -> Callable[[str, str, str], str]:
    """`engine_said(version, drift, side)`: the SQL, `side` being `there` or `back`."""
    known = {version: recorded(version) for version in VERSIONS}
    return lambda version, drift, side: "\n".join(known[version][drift][side])


@pytest.fixture(scope="session")
def differing() -> Callable[[str, str], Differences]:
    """`differing(drift, side)`: the catalog's differences."""
    known = catalog_said()

    def find(drift: str, side: str) -> Differences:
        said = known[drift][side]
        changes = (Change(ChangeKind(kind), *rest) for kind, *rest in said["changes"])
        return Differences(tuple(changes), said["left_out"])

    return find
