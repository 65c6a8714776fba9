"""What the engine does not tell, said as SQL from two catalogs and from what the undone files did."""

from collections.abc import Mapping

from supa_deploy.catalog import Catalog, Entry, Key, Kind
from supa_deploy.migrations.acts import read_sql
from supa_deploy.wayback.untold import Made, made_by, renames, renames_undone, untold

NOTES = Key(Kind.TABLE, "public", "notes")
PAPERS = Key(Kind.TABLE, "public", "papers")


def catalog(entries: Mapping[Key, Mapping[str, str]]) -> Catalog:
    return Catalog(
        170010, ("public",), {key: Entry(key, facts, "postgres") for key, facts in entries.items()}
    )


def undone(sql: str, goal: Catalog) -> tuple[str, ...]:
    acts = [act for statement in read_sql(sql) for act in statement.acts]
    return renames_undone(acts, goal, made_by(acts))


def test_renames_of_files_are_turned_round_last_one_first() -> None:
    goal = catalog({NOTES: {}, Key(Kind.COLUMN, "public", "title", "notes"): {"type": "text"}})
    assert undone(
        'alter table notes rename to "pa""pers"; alter table "pa""pers" rename column title to caption;'
        "alter sequence s rename to s2;",
        goal,
    ) == (
        'alter sequence "public"."s2" rename to "s"',
        'alter table "public"."pa""pers" rename column "caption" to "title"',
        'alter table "public"."pa""pers" rename to "notes"',
    )


def test_what_a_file_makes_and_renames_itself_goes_with_it() -> None:
    assert undone("create table draft (id int); alter table draft rename to papers;", catalog({})) == ()


def test_a_name_that_the_goal_has_is_nobodys_new_name() -> None:
    """The file swapped a table for a new one of the same name: turning that round would mix their rows."""
    goal = catalog({NOTES: {}})
    assert undone("create table n2 (id int); drop table notes; alter table n2 rename to notes;", goal) == ()


def test_an_enum_value_gets_its_old_name_before_its_type_does() -> None:
    goal = catalog({Key(Kind.TYPE, "public", "mood"): {"labels": '["it\'s", "b"]'}})
    assert undone("alter type mood rename to tone; alter type tone rename value 'it''s' to 'c';", goal) == (
        "alter type \"public\".\"tone\" rename value 'c' to 'it''s'",
        'alter type "public"."tone" rename to "mood"',
    )


def test_a_table_by_another_name_is_renamed_unless_a_file_makes_it() -> None:
    def with_columns(table: Key) -> Catalog:
        column = Key(Kind.COLUMN, "public", "id", table.name)
        return catalog({table: {"kind": "table"}, column: {"type": "integer", "position": "1"}})

    start, goal = with_columns(PAPERS), with_columns(NOTES)
    assert renames(start, goal, Made()) == ('alter table "public"."papers" rename to "notes"',)
    assert renames(start, goal, Made(tables=frozenset({("public", "papers")}))) == ()


def test_what_the_engine_passes_over_is_dropped_and_made() -> None:
    member = Key(Kind.PUBLICATION, "public", "supabase_realtime", "notes")
    extra = catalog(
        {
            Key(Kind.SCHEMA, "app", "app"): {},
            Key(Kind.EXTENSION, "", "pg_trgm"): {"schema": "extensions"},
            Key(Kind.PUBLICATION, "", "pub"): {"publish": "insert"},
            member: {},
            Key(Kind.STATISTICS, "public", "st", "notes"): {"definition": "CREATE STATISTICS public.st …"},
            Key(Kind.OTHER, "public", "operator public.===(integer,integer)"): {"kind": "operator"},
        }
    )
    assert untold(extra, catalog({})) == (
        'drop publication "pub"',
        'alter publication "supabase_realtime" drop table "public"."notes"',
        'drop statistics "public"."st"',
        "drop operator public.===(integer,integer)",
        'drop extension "pg_trgm"',
        'drop schema "app"',
    )
    assert untold(catalog({}), extra) == (
        'create schema "app"',
        'create extension "pg_trgm" with schema "extensions"',
        "create publication \"pub\" with (publish = 'insert')",
        'alter publication "supabase_realtime" add table "public"."notes"',
        "CREATE STATISTICS public.st …",
    )
