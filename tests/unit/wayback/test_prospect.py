"""Which way back a report tells, and where it says that there is none."""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from supa_deploy.migrations import Discovery, DownFile, Migration
from supa_deploy.planning import Plan, make_plan
from supa_deploy.wayback.prospect import NOWHERE, Prospect, prospect

if TYPE_CHECKING:
    from supa_deploy.release import Release

FILES = [
    Migration(v, "x", f"supabase/migrations/{v}_x.sql", Path(f"{v}_x.sql")) for v in ("10", "20", "30", "40")
]


def about(
    chosen: Collection[str] | None, remote: Sequence[str], downs: tuple[DownFile, ...] = ()
) -> Prospect:
    """The prospect of a story about these versions, over a history that has `remote`."""
    release = SimpleNamespace(chosen=chosen, discovery=Discovery(downs=downs))
    return prospect(cast("Release", release), plan_of(remote))


def plan_of(remote: Sequence[str]) -> Plan:
    return make_plan(FILES, remote)


@pytest.mark.parametrize(
    ("chosen", "remote", "to", "undone"),
    [
        pytest.param(None, ["10", "20"], "20", ["40", "30"], id="all: what is pending"),
        pytest.param(None, ["10", "20", "30", "40"], "30", ["40"], id="all, nothing pending: the newest"),
        pytest.param(["20"], ["10", "20", "30"], "10", ["30", "20"], id="applied: newer applied ones too"),
        pytest.param(["30"], ["10", "20"], "20", ["40", "30"], id="pending: newer pending ones too"),
        pytest.param(["40", "20"], ["10", "20"], "10", ["40", "30", "20"], id="applied and pending"),
        pytest.param(["30"], ["10", "40"], "20", ["40", "30"], id="a late one goes in before applied ones"),
    ],
)
def test_the_way_goes_back_before_the_first(
    chosen: list[str] | None, remote: list[str], to: str, undone: list[str]
) -> None:
    found = about(chosen, remote)
    assert found.way is not None
    assert (found.way.to, [migration.version for migration in found.way.undone]) == (to, undone)
    assert found.why is None
    assert to in found.stops


@pytest.mark.parametrize(
    ("chosen", "remote", "why"),
    [
        pytest.param(["10"], ["10", "20"], "10 is the oldest version", id="below the baseline"),
        pytest.param(None, [], "10 is the oldest version", id="a first deploy"),
        pytest.param(["40"], ["10", "15"], "no file here has (15)", id="a version without a file"),
    ],
)
def test_where_there_is_none_it_says_why(chosen: list[str] | None, remote: list[str], why: str) -> None:
    found = about(chosen, remote)
    assert found.way is None
    assert not found.stops
    assert why in (found.why or "")


def test_without_files_there_is_nothing_to_tell() -> None:
    release = cast("Release", SimpleNamespace(chosen=None, discovery=Discovery()))
    assert prospect(release, make_plan([], [])) == NOWHERE


def test_a_hand_written_way_is_a_stop_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "30_x.down.sql"
    file.write_text("drop table t;\n", "utf-8")
    down = DownFile("30", "supabase/migrations/30_x.down.sql", file)
    found = about(["20"], ["10", "20", "30", "40"], (down,))
    assert found.stops == {"10", "20", "30"}
    file.write_text("begin; drop table t; commit;\n", "utf-8")
    refused = about(["20"], ["10", "20", "30", "40"], (down,))
    assert "30_x.down.sql cannot be taken" in (refused.why or "")
