"""Fixtures: texts as migration files, and what they make."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration, Script
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Feature

TellFeature = Callable[..., Feature]


@pytest.fixture
def files() -> Callable[..., tuple[Script, ...]]:
    """Texts as the files of versions 1, 2, 3…"""

    def parse(*texts: str) -> tuple[Script, ...]:
        return tuple(
            parse_text(Migration(str(version), "some_file", f"m/{version}_some_file.sql", Path("x")), text)
            for version, text in enumerate(texts, start=1)
        )

    return parse


@pytest.fixture
def tell(files: Callable[..., tuple[Script, ...]]) -> TellFeature:
    """What texts make, as files of versions 1, 2, 3…"""

    def feature(
        *texts: str, chosen: Collection[str] | None = None, counted: Collection[str] | None = None
    ) -> Feature:
        return feature_of(files(*texts), chosen, counted)

    return feature
