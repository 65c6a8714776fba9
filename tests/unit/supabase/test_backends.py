"""Whether the server is still at work: what the counts mean."""

import pytest

from supa_deploy.supabase.backends import backends_query, read_backends


@pytest.mark.parametrize(
    ("active", "hidden", "means"),
    [(0, 0, 0), (2, 0, 2), (1, 3, 1), (0, 1, None), (None, 0, None), ("1", 0, None)],
)
def test_nobody_is_called_idle_who_could_not_be_seen(
    active: object, hidden: object, means: int | None
) -> None:
    assert read_backends([{"active": active, "hidden": hidden}]) == means


def test_other_rows_than_one_say_nothing() -> None:
    assert read_backends([]) is None


def test_the_question_is_one_statement_that_may_be_asked_read_only() -> None:
    sql = backends_query("@effect/sql-pg")
    assert sql.startswith("select ")
    assert ";" not in sql
    assert sql.count("'@effect/sql-pg'") == 3
