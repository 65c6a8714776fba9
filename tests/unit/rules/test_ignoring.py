"""Comments that switch a rule off: where they count, and that one without a reason does not."""

from pathlib import Path

import pytest

from supa_deploy.migrations.discover import Migration
from supa_deploy.migrations.parse import parse_text
from supa_deploy.rules.ignoring import Comments

_HERE = Migration("1", "a", "supabase/migrations/1_a.sql", Path("1_a.sql"))


def _comments(text: str) -> Comments:
    return Comments.of(parse_text(_HERE, text))


def test_at_the_end_of_a_line_it_counts_for_the_line() -> None:
    comments = _comments("select 1;\nselect 2; -- supa-deploy: ignore no-rls: because\nselect 3;\n")
    assert [comments.covers("no-rls", line) for line in (1, 2, 3)] == [False, True, False]


def test_on_a_line_of_its_own_it_counts_for_the_whole_statement_that_follows() -> None:
    comments = _comments("-- supa-deploy: ignore no-rls: because\nselect 1,\n 2,\n 3;\nselect 4;\n")
    assert [comments.covers("no-rls", line) for line in (2, 3, 4, 5)] == [True, True, True, False]


def test_inside_a_statement_it_counts_for_the_next_line() -> None:
    comments = _comments(
        "create table t (\n  -- supa-deploy: ignore no-rls: because\n  a int,\n  b int\n);\n"
    )
    assert [comments.covers("no-rls", line) for line in (1, 3, 4)] == [False, True, False]


def test_other_comments_may_stand_between() -> None:
    comments = _comments("-- supa-deploy: ignore no-rls: because\n-- a table\nselect 1;\n")
    assert comments.covers("no-rls", 3)


def test_for_the_whole_file() -> None:
    comments = _comments(
        "-- supa-deploy: ignore-file no-rls, drop-table: because\nselect 1;\n\n\nselect 2;\n"
    )
    assert comments.covers("no-rls", 5)
    assert comments.covers("drop-table", 1)
    assert not comments.covers("grant-to-anon", 1)


@pytest.mark.parametrize("tail", ["", ":", ":   "])
def test_without_a_reason_it_does_not_count(tail: str) -> None:
    assert not _comments(f"select 1; -- supa-deploy: ignore no-rls{tail}\n").covers("no-rls", 1)


def test_windows_line_ends_and_capital_letters_elsewhere() -> None:
    comments = _comments("SELECT 1; -- supa-deploy:ignore no-rls : because\r\nselect 2;\r\n")
    assert comments.covers("no-rls", 1)


def test_a_file_without_any_has_none() -> None:
    assert not _comments("select 1; -- nothing to see")
