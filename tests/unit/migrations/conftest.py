"""Fixtures: texts as migration files, parsed or folded, and project folders on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import Migration, Script, fold
from supa_deploy.migrations.parse import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema


@pytest.fixture
def script() -> Callable[..., Script]:
    """Parses a text as the file `<version>_x.sql`."""

    def parse(text: str, version: str = "1") -> Script:
        file = f"supabase/migrations/{version}_x.sql"
        return parse_text(Migration(version, "x", file, Path(file)), text)

    return parse


@pytest.fixture
def folded(script: Callable[..., Script]) -> Callable[..., Schema]:
    """Folds texts as files of versions 1, 2, 3…; each must parse."""

    def fold_texts(*texts: str) -> Schema:
        scripts = [script(text, str(version)) for version, text in enumerate(texts, start=1)]
        assert [problem for parsed in scripts for problem in parsed.problems] == []
        return fold(scripts)

    return fold_texts


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project folder with these migration files (name → content), and perhaps a config.toml."""

    def make(files: dict[str, str | bytes], config: str | None = None) -> Path:
        folder = tmp_path / "supabase" / "migrations"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        if config is not None:
            (tmp_path / "supabase" / "config.toml").write_text(config)
        return tmp_path

    return make
