"""What was said once is said again for the same files, and only for the same."""

import os
from pathlib import Path

from supa_deploy.migrations import discover
from supa_deploy.model import Finding, Severity
from supa_deploy.rules import Terms, cache
from supa_deploy.rules.project import Checked

_CHECKED = Checked(
    (Finding("no-rls", Severity.WARNING, "supabase/migrations/1_a.sql", 3, 5, "open é", "close it"),),
    ("a notice",),
)


def _project(tmp_path: Path, text: str = "select 1;", name: str = "20250101000000_a.sql") -> Path:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return tmp_path


def _key(workdir: Path, terms: Terms | None = None) -> str:
    key = cache.key_of(discover(workdir), terms or Terms(), None)
    assert key is not None
    return key


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    cache.remember(tmp_path, "k", _CHECKED)
    assert cache.recall(tmp_path, "k") == _CHECKED


def test_nothing_is_kept_under_another_key(tmp_path: Path) -> None:
    cache.remember(tmp_path, "k", _CHECKED)
    assert cache.recall(tmp_path, "other") is None


def test_the_key_follows_content_names_and_terms(tmp_path: Path) -> None:
    first = _key(_project(tmp_path))
    assert _key(_project(tmp_path)) == first
    assert _key(tmp_path, Terms(ignore=frozenset({"no-rls"}))) != first
    assert _key(tmp_path, Terms(severity={"no-rls": Severity.ERROR})) != first
    assert _key(tmp_path, Terms(exposed=("api",))) != first
    assert _key(_project(tmp_path, "select 2;")) != first
    (tmp_path / "supabase" / "migrations" / "20250101000000_a.sql").rename(
        tmp_path / "supabase" / "migrations" / "20250101000000_b.sql"
    )
    assert _key(_project(tmp_path, name="20250101000000_b.sql")) != first


def test_a_damaged_answer_is_none(tmp_path: Path) -> None:
    cache.remember(tmp_path, "k", _CHECKED)
    [file] = (tmp_path / "checks").iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert cache.recall(tmp_path, "k") is None


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "checks").write_text("in the way")
    cache.remember(tmp_path, "k", _CHECKED)
    assert cache.recall(tmp_path, "k") is None


def test_old_answers_go(tmp_path: Path) -> None:
    for number in range(25):
        cache.remember(tmp_path, f"k{number}", _CHECKED)
        os.utime(tmp_path / "checks" / f"k{number}.json.gz", (number, number))
    cache.remember(tmp_path, "last", _CHECKED)
    assert len(list((tmp_path / "checks").iterdir())) == 20
    assert cache.recall(tmp_path, "last") == _CHECKED
    assert cache.recall(tmp_path, "k0") is None
