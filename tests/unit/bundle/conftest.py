"""Migration files as scripts, without a disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.migrations import Script
from supa_deploy.migrations.discover import Migration
from supa_deploy.migrations.parse import parse_text


@pytest.fixture
def scripts() -> Callable[..., tuple[Script, ...]]:
    """`scripts("create table a ();", …)`: versions 1, 2, …; each must parse."""

    def make(*texts: str) -> tuple[Script, ...]:
        made = []
        for version, text in enumerate(texts, 1):
            file = f"supabase/migrations/{version}_x.sql"
            made.append(parse_text(Migration(str(version), "x", file, Path(file)), text))
        assert not [p for script in made for p in script.problems if p.rule == "syntax"]
        return tuple(made)

    return make
