"""What a rollback takes away, told from two readings of a scratch copy and from its statements."""

import pytest

from supa_deploy.drift.engine import read_statements
from supa_deploy.model import Loss
from supa_deploy.wayback.holdings import Held, Lost, lost_between
from supa_deploy.wayback.losses import converted, guard

NOTES = Held("public", "notes", 10, columns={1: "title", 2: "body"})
TAGS = Held("app", "tags", 20, columns={1: "label"})


def test_a_table_goes_whole_and_a_column_by_itself() -> None:
    found = lost_between({1: NOTES, 2: TAGS}, {1: Held("public", "notes", 10, columns={1: "title"})})
    assert found == (Lost("app", "tags"), Lost("public", "notes", "body"))


def test_another_name_is_no_loss_and_an_old_name_on_a_new_table_is_one() -> None:
    renamed = Held("public", "papers", 10, columns={1: "caption", 2: "body"})
    assert lost_between({1: NOTES}, {1: renamed}) == ()
    assert lost_between({1: NOTES}, {7: NOTES}) == (Lost("public", "notes"),)
    anew = Held("public", "notes", 10, columns={1: "title", 3: "body"})
    assert lost_between({1: NOTES}, {1: anew}) == (Lost("public", "notes", "body"),)


def test_rows_that_were_truncated_are_lost_and_a_table_that_was_rewritten_is_not() -> None:
    rewritten = Held("public", "notes", 11, columns=NOTES.columns)
    assert lost_between({1: NOTES}, {1: rewritten}) == ()
    assert lost_between({1: NOTES}, {1: rewritten}, emptied=True) == (Lost("public", "notes"),)


def test_a_partition_is_told_with_its_table_and_alone_where_it_goes_alone() -> None:
    whole = Held("public", "log", 0, columns={1: "day"})
    part = Held("public", "log_1", 31, (1,), {1: "day"})
    assert lost_between({1: whole, 2: part}, {}) == (Lost("public", "log"),)
    assert lost_between({1: whole, 2: part}, {1: whole}) == (Lost("public", "log_1"),)
    bare = {1: Held("public", "log", 0), 2: Held("public", "log_1", 31, (1,))}
    assert lost_between({1: whole, 2: part}, bare) == (Lost("public", "log", "day"),)


def test_a_change_of_type_is_told_in_words() -> None:
    (said,) = converted(
        read_statements("alter table public.notes alter column title type int using title::int;")
    )
    assert said.startswith("column public.notes.title: ")


def test_the_guard_counts_under_a_lock() -> None:
    sql = guard([Loss("public", 'no"tes', None, 7, 8192), Loss("public", "tags", "it's", 2)])
    assert 'lock table "public"."no""tes" in access exclusive mode;' in sql
    assert 'if (select count(*) from "public"."no""tes") <> 7 then' in sql
    assert 'if (select count("it\'s") from "public"."tags") <> 2 then' in sql
    assert guard(()) == ""


def test_a_name_cannot_end_the_guard_early() -> None:
    sql = guard([Loss("public", "a$supa_deploy$b", None, 7, 8192)])
    assert sql.startswith("do $supa_deploy_1$")
    assert sql.count("$supa_deploy_1$") == 2


@pytest.mark.parametrize(
    "sql",
    [
        "alter table public.notes alter column title type int; alter table public.notes drop column title",
        "alter table public.notes alter column title type int; drop table public.notes",
        "alter table public.notes alter column title set default 1",
        "alter table public.notes drop column title; alter table public.notes add column title text",
    ],
)
def test_what_goes_is_not_converted(sql: str) -> None:
    assert converted(read_statements(sql)) == ()
