"""The versions that a looking story was asked about."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from supa_deploy.errors import UsageError
from supa_deploy.looking import chosen_versions
from supa_deploy.migrations import Migration

if TYPE_CHECKING:
    from supa_deploy.release import Release

FILES = tuple(
    Migration(v, "x", f"supabase/migrations/{v}_x.sql", Path(f"{v}_x.sql")) for v in ("10", "20", "30")
)
SETTINGS = SimpleNamespace(workdir=Path("/p"), migrations_dir=Path("/p/supabase/migrations"))
RELEASE = cast("Release", SimpleNamespace(migrations=FILES, run=SimpleNamespace(settings=SETTINGS)))


@pytest.mark.parametrize(
    ("only", "since", "chosen"),
    [
        ([], None, None),
        (["30", "10", "30"], None, ("30", "10")),
        ([], "20", ("20", "30")),
        ([], "10", ("10", "20", "30")),
        (["10", "30"], "20", ("30",)),
    ],
)
def test_wishes_are_versions(only: list[str], since: str | None, chosen: tuple[str, ...] | None) -> None:
    assert chosen_versions(RELEASE, only, since) == chosen


@pytest.mark.parametrize(
    ("only", "since", "code", "named"),
    [
        (["20", "25"], None, "unknown_version", "25"),
        ([], "15", "unknown_version", "15"),
        (["10"], "20", "nothing_chosen", "20"),
    ],
)
def test_what_cannot_be_meant_is_refused(only: list[str], since: str | None, code: str, named: str) -> None:
    with pytest.raises(UsageError) as refused:
        chosen_versions(RELEASE, only, since)
    assert (refused.value.code, named in refused.value.message) == (code, True)
    assert refused.value.message.endswith("Nothing was touched.")
