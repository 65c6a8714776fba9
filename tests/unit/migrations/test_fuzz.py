"""A few thousand inputs of `scripts/fuzz_check.py`: each is read to the end, and each follows from its number."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

_SCRIPTS = Path(__file__).parents[3] / "scripts"
_EACH = 1000


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module."""
    monkeypatch.syspath_prepend(_SCRIPTS)
    return importlib.import_module("fuzz_check")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_files_are_read_to_the_end(fuzz: ModuleType, seed: int) -> None:
    texts = fuzz.corpus()
    read = sum(fuzz.look(fuzz.made(texts, seed, number)) > 0 for number in range(_EACH))
    assert read > _EACH / 10, "hardly an input parses: the mutations are too harsh to find anything"
    assert fuzz.made(texts, seed, 7) == fuzz.made(texts, seed, 7) != fuzz.made(texts, seed, 8)


def test_what_breaks_is_kept(fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> int:
        raise ValueError(str(len(text)))

    monkeypatch.setattr(fuzz, "look", broken)
    monkeypatch.setattr(fuzz, "corpus", lambda: ["select 1; select 2;"])
    state = fuzz.State(1, [0, 1])
    fuzz.run(state, 4, tmp_path, 60)
    assert state.broken == [0, 1, 2, 3]
    assert sorted(file.name for file in tmp_path.glob("*.sql")) == ["0.sql", "1.sql", "2.sql", "3.sql"]
    assert (state.seen, state.next) == (4, [4, 5])
