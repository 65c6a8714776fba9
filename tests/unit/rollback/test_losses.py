"""What a rollback takes away, told from two readings of a scratch copy and from its statements."""

from supa_deploy.catalog import Catalog, Entry, Key, Kind
from supa_deploy.drift.engine import read_statements
from supa_deploy.model import Loss
from supa_deploy.rollback.losses import Lost, converted, guard, lost_between


def catalog(*keys: Key) -> Catalog:
    return Catalog(170010, ("public",), {key: Entry(key) for key in keys})


NOTES = Key(Kind.TABLE, "public", "notes")
TITLE = Key(Kind.COLUMN, "public", "title", "notes")
BODY = Key(Kind.COLUMN, "public", "body", "notes")
TAGS = Key(Kind.TABLE, "public", "tags")
LABEL = Key(Kind.COLUMN, "public", "label", "tags")


def test_a_table_goes_whole_and_a_column_by_itself() -> None:
    found = lost_between((), catalog(NOTES, TITLE, BODY, TAGS, LABEL), catalog(NOTES, TITLE))
    assert found == (Lost("public", "tags"), Lost("public", "notes", "body"))


def test_what_is_made_anew_under_its_old_name_is_lost_all_the_same() -> None:
    everything = catalog(NOTES, TITLE, TAGS, LABEL)
    statements = read_statements(
        "alter table public.notes drop column title; alter table public.notes add column title int;"
        "truncate public.tags; drop table public.elsewhere;"
    )
    assert lost_between(statements, everything, everything) == (
        Lost("public", "tags"),
        Lost("public", "notes", "title"),
    )


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
