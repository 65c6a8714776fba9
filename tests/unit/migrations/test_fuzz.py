"""A few thousand inputs of `scripts/fuzz_check.py`: each is read to the end, and each follows from its number."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

_SCRIPT = Path(__file__).parents[3] / "scripts" / "fuzz_check.py"
_EACH = 1000


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("fuzz_check", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
