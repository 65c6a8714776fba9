"""What a release notes of its plan for documents: the feature, in the state that is verified."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from supa_deploy.migrations import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.planning import make_plan
from supa_deploy.release import Release
from supa_deploy.run import Draft

if TYPE_CHECKING:
    from collections.abc import Collection

    from supa_deploy.model import Feature

TEXTS = ("create table a (id int);", "alter table a add b int;", "alter table a add c int;")


def _noted(
    applied: Collection[str], chosen: Collection[str] | None = None, *, reports: bool = True
) -> Feature | None:
    scripts = tuple(
        parse_text(Migration(version, "x", f"{version}_x.sql", Path("x")), text)
        for version, text in zip("123", TEXTS, strict=True)
    )
    draft = Draft()
    release = SimpleNamespace(
        run=SimpleNamespace(reports=reports, draft=draft), words={}, scripts=scripts, chosen=chosen
    )
    Release.note(cast("Release", release), make_plan([script.migration for script in scripts], applied))
    return draft.feature


def test_nothing_is_told_where_nobody_reads_it() -> None:
    assert _noted("12", reports=False) is None


@pytest.mark.parametrize(
    ("applied", "chosen", "versions", "columns"),
    [
        ("", None, "123", ["id", "b", "c"]),
        ("12", None, "123", ["id", "b", "c"]),
        ("12", "1", "1", ["id", "b"]),
        ("12", "13", "13", ["id", "b", "c"]),
        ("1", "1", "1", ["id"]),
        ("", "1", "1", ["id", "b", "c"]),
    ],
)
def test_the_feature_is_told_in_the_state_that_is_verified(
    applied: str, chosen: str | None, versions: str, columns: list[str]
) -> None:
    feature = _noted(applied, chosen)
    assert feature is not None
    assert feature.versions == tuple(versions)
    assert list(feature.tables[0].columns) == columns
