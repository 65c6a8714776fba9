"""Lost rows as CSV that COPY reads back: NULL and the empty text stay apart, nothing is overwritten."""

import csv
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from supa_deploy.errors import UsageError
from supa_deploy.model import Loss
from supa_deploy.rollback.save import SaveFailed, check_folder, save
from supa_deploy.supabase import Row, Supabase

LOSS = Loss("public", "notes", None, rows=2, size=8192)


class Answers:
    """The CLI's answers in order, as `begin_query(...).result()` gives them."""

    def __init__(self, *answers: Sequence[Row]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def begin_query(self, sql: str, *, exact: bool) -> "Answers":
        assert exact  # values are kept as they are
        self.asked.append(sql)
        return self

    def result(self) -> tuple[Row, ...]:
        return tuple(self._answers.pop(0))


def told(*rows: Sequence[str | None], pages: int = 1) -> Answers:
    return Answers(
        [{"name": "id"}, {"name": "body"}],
        [{"name": "public.notes", "pages": str(pages)}],
        [{"rows": json.dumps(list(rows))}],
        [{"rows": "[]"}],
    )


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    answers = told(["1", None], ["2", 'said "so",\nand left'])
    path = save(cast("Supabase", answers), LOSS, tmp_path / "rows")
    assert path.name == "public.notes.csv"
    assert path.read_text("utf-8") == '"id","body"\n"1",\n"2","said ""so"",\nand left"\n'
    with path.open(newline="") as file:
        assert list(csv.reader(file))[2] == ["2", 'said "so",\nand left']
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_empty_text_is_not_null(tmp_path: Path) -> None:
    path = save(cast("Supabase", told(["1", ""], ["2", None])), LOSS, tmp_path)
    assert path.read_text("utf-8").splitlines()[1:] == ['"1",""', '"2",']


def test_a_big_table_comes_in_ranges_of_pages(tmp_path: Path) -> None:
    answers = told(["1", "a"], ["2", "b"], pages=1500)
    save(cast("Supabase", answers), LOSS, tmp_path)
    assert "'(0,0)'::tid and ctid < '(1024,0)'::tid" in answers.asked[2]
    assert "'(1024,0)'::tid and ctid < '(2048,0)'::tid" in answers.asked[3]


def test_rows_that_did_not_come_stop_the_rollback(tmp_path: Path) -> None:
    with pytest.raises(SaveFailed, match=r"2 rows were counted .* 1 were read"):
        save(cast("Supabase", told(["1", "a"])), LOSS, tmp_path)
    assert list(tmp_path.iterdir()) == []  # a half file would stand in the way of the next try


def test_a_lost_column_is_kept_with_its_key(tmp_path: Path) -> None:
    answers = told(["1", "a"], ["2", "b"])
    path = save(cast("Supabase", answers), Loss("public", "notes", "body", rows=2), tmp_path)
    assert path.name == "public.notes.body.csv"
    assert "contype = 'p'" in answers.asked[0]
    assert 'and "body" is not null' in answers.asked[2]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "public.notes.csv").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="not overwritten"):
        check_folder(tmp_path, [LOSS])


def test_two_losses_never_share_a_file(tmp_path: Path) -> None:
    """Names may hold the very signs that keep them apart, or what a file name cannot have."""
    losses = [
        Loss("public", "a.b", None, rows=0),
        Loss("public", "a", "b", rows=0),
        Loss("public.a", "b", None, rows=0),
        Loss("public", "a%2Eb", None, rows=0),
        Loss("public", "a/b", None, rows=0),
        Loss("public", "a_b", None, rows=0),
        Loss("..", "x", None, rows=0),
    ]
    for loss in losses:
        check_folder(tmp_path, [loss])
        answers = Answers([{"name": "id"}], [])
        assert save(cast("Supabase", answers), loss, tmp_path).parent == tmp_path
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) == len(losses)
    assert {"public.a.b.csv", "public.a%2Eb.csv", "public.a%2Fb.csv"} <= names
