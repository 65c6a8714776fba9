"""Which versions a rollback undoes, and what it refuses."""

from pathlib import Path

import pytest

from supa_deploy.errors import UsageError
from supa_deploy.migrations import Migration
from supa_deploy.planning import ROLLBACK_MARKER, make_plan
from supa_deploy.wayback.target import choose

FILES = [
    Migration(v, "x", f"supabase/migrations/{v}_x.sql", Path(f"{v}_x.sql")) for v in ("10", "20", "30", "40")
]
PLAN = make_plan(FILES, ["10", "20", "30"])


@pytest.mark.parametrize(
    ("to", "last", "kept", "undone"),
    [
        ("10", None, ["10"], ["30", "20"]),
        ("20", None, ["10", "20"], ["30"]),
        ("30", None, ["10", "20", "30"], []),
        (None, 1, ["10", "20"], ["30"]),
        (None, 2, ["10"], ["30", "20"]),
    ],
)
def test_a_way_keeps_the_older_and_undoes_the_newest_first(
    to: str | None, last: int | None, kept: list[str], undone: list[str]
) -> None:
    way = choose(PLAN, to=to, last=last)
    assert [migration.version for migration in way.kept] == kept
    assert [migration.version for migration in way.undone] == undone
    assert way.to == kept[-1]


@pytest.mark.parametrize(
    ("to", "last", "code"),
    [
        (None, None, "no_version"),
        ("10", 1, "no_version"),
        (None, 3, "below_baseline"),
        (None, 99, "below_baseline"),
        ("09", None, "below_baseline"),
        ("15", None, "unknown_version"),
        ("40", None, "unknown_version"),  # a file, but pending
    ],
)
def test_what_is_refused_before_anything_is_touched(to: str | None, last: int | None, code: str) -> None:
    with pytest.raises(UsageError, match="Nothing was touched") as caught:
        choose(PLAN, to=to, last=last)
    assert caught.value.code == code
    assert caught.value.hint is not None


def test_an_empty_history_has_no_way_back() -> None:
    with pytest.raises(UsageError) as caught:
        choose(make_plan(FILES, []), to=None, last=1)
    assert caught.value.code == "nothing_applied"


def test_the_marker_is_no_version() -> None:
    assert make_plan(FILES, ["10", ROLLBACK_MARKER]).unknown == ()
    assert make_plan(FILES, ["10", ROLLBACK_MARKER]).late == ()
