"""Every object under the file that made it, as it stands in the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration, Script
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Counts, Feature, FileAccount, Other
from supa_deploy.schema import DroppedKind, QName

Tell = Callable[..., Feature]


def _tables(account: FileAccount) -> list[str]:
    return [str(table.name) for table in account.tables]


def _altered(account: FileAccount) -> dict[str, list[str]]:
    return {
        str(altered.table.name): [column.name for column in altered.columns] for altered in account.altered
    }


def test_nothing_makes_nothing(tell: Tell) -> None:
    assert tell() == Feature((), tell().impact, (), whole=True)
    assert tell().impact.after == Counts()
    empty = tell("", "-- only words\n")
    assert [file.tables for file in empty.files] == [(), ()]
    assert empty.impact.sure


def test_a_table_is_shown_whole_where_it_was_made_and_in_part_where_it_was_altered(tell: Tell) -> None:
    first, second = tell(
        "create table t (id int primary key);",
        "alter table t add column a text not null default 'x', add constraint positive check (id > 0);\n"
        "create unique index i on t (a); alter table t enable row level security;\n"
        "create policy p on t for select using (true);\n"
        "alter table t add column b int references t (id) on delete cascade;",
    ).files
    (table,) = first.tables
    assert list(table.columns) == ["id", "a", "b"]
    assert first.altered == ()
    assert second.tables == ()
    (altered,) = second.altered
    assert altered.table is table
    assert [column.name for column in altered.columns] == ["a", "b"]
    assert [constraint.name for constraint in altered.constraints] == ["positive"]
    assert [key.on_delete for key in altered.foreign_keys] == ["CASCADE"]
    assert [index.unique for index in altered.indexes] == [True]
    assert [policy.name for policy in altered.policies] == ["p"]
    assert altered.rls


def test_what_one_file_makes_and_alters_is_no_alteration(tell: Tell) -> None:
    (account,) = tell("create table t (id int);\nalter table t add a int;\ncreate index on t (a);").files
    assert _tables(account) == ["public.t"]
    assert account.altered == ()


def test_a_table_that_no_file_makes_is_altered_and_assumed(tell: Tell) -> None:
    feature = tell("alter table profiles add column nick text;\ncreate index on profiles (nick);")
    (altered,) = feature.altered
    assert altered.table.assumed
    assert [column.name for column in altered.columns] == ["nick"]
    assert (feature.impact.after.tables, feature.impact.after.columns, feature.impact.after.indexes) == (
        0,
        1,
        1,
    )
    assert feature.impact.sure


def test_altered_tables_stand_in_the_order_of_the_file(tell: Tell) -> None:
    _, second = tell(
        "create table a (id int); create table b (id int);",
        "alter table b add x int;\nalter table a add x int;\ncreate index on b (id);",
    ).files
    assert list(_altered(second)) == ["public.b", "public.a"]


def test_a_renamed_table_is_told_where_it_was_made_and_lost_nothing(tell: Tell) -> None:
    first, second, third = tell(
        "create table a (id int);",
        "alter table a rename to b;\nalter table b add column x int;",
        "create schema app;\nalter table b set schema app;",
    ).files
    assert _tables(first) == ["app.b"]
    assert (second.tables, third.tables) == ((), ())
    assert _altered(second) == {"app.b": ["x"]}
    assert _altered(third) == {"app.b": []}
    assert [(r.kind, r.old, r.new, r.table) for r in second.renamed] == [
        (DroppedKind.TABLE, "public.a", "public.b", None)
    ]
    assert [(r.old, r.new) for r in third.renamed] == [("public.b", "app.b")]
    assert (second.dropped, third.dropped) == ((), ())


def test_a_table_renamed_in_its_own_file_is_new_there(tell: Tell) -> None:
    (account,) = tell("create table a (id int);\nalter table a rename to b;").files
    assert _tables(account) == ["public.b"]
    assert account.altered == ()


def test_a_table_made_anew_belongs_to_the_later_file(tell: Tell) -> None:
    first, second = tell("create table t (id int);", "drop table t;\ncreate table t (id uuid);").files
    assert first.tables == ()
    assert _tables(second) == ["public.t"]
    assert second.dropped == ()


@pytest.mark.parametrize(
    ("made", "renaming", "kind", "old", "new"),
    [
        ("", "alter table t rename column a to z", "column", "a", "z"),
        ("", "alter table t rename constraint positive to plus", "constraint", "positive", "plus"),
        ("", "alter table t rename constraint t_pkey to pk", "constraint", "t_pkey", "pk"),
        ("create policy p on t using (true)", "alter policy p on t rename to q", "policy", "p", "q"),
        ("create index i on t (a)", "alter index i rename to j", "index", "public.i", "public.j"),
        ("create view v as select 1 as x", "alter view v rename to w", "view", "public.v", "public.w"),
        ("create type e as enum ('a')", "alter type e rename to f", "type", "public.e", "public.f"),
        (
            "create function f() returns int language sql as 'select 1'",
            "alter function f() rename to g",
            "function",
            "public.f",
            "public.g",
        ),
        (
            "create function f() returns int language sql as 'select 1'; create schema s",
            "alter function f() set schema s",
            "function",
            "public.f",
            "s.f",
        ),
        ("create schema s; create table s.x (a int)", "alter schema s rename to r", "table", "s.x", "r.x"),
        (
            "create publication one for table t",
            "alter publication one rename to two",
            "publication",
            "one",
            "two",
        ),
    ],
)
def test_a_rename_is_no_loss(tell: Tell, made: str, renaming: str, kind: str, old: str, new: str) -> None:
    base = "create table t (id int primary key, a int constraint positive check (a > 0));"
    renamed = tell(base, made, f"{renaming};").files[-1]
    assert [(each.kind.value, each.old, each.new) for each in renamed.renamed] == [(kind, old, new)]
    assert renamed.dropped == ()
    whole = tell(base, made, f"drop table if exists unknown; {renaming};").files[-1]
    assert [str(gone.name) for gone in whole.dropped] == ["public.unknown"]


def test_an_index_behind_a_key_is_renamed_with_it(tell: Tell) -> None:
    _, second = tell("create table t (id int primary key);", "alter index t_pkey rename to pk;").files
    assert {(each.kind.value, each.old, each.new) for each in second.renamed} == {
        ("index", "public.t_pkey", "public.pk"),
        ("constraint", "t_pkey", "pk"),
    }
    assert second.dropped == ()


def test_what_is_dropped_on_the_line_of_a_rename_is_dropped(tell: Tell) -> None:
    _, second = tell(
        "create table t (a int, b int);",
        "alter table t rename column a to z; alter table t drop column b;",
    ).files
    assert [(each.old, each.new) for each in second.renamed] == [("a", "z")]
    assert [gone.member for gone in second.dropped] == ["b"]


def test_what_is_dropped_is_told_where_it_went(tell: Tell) -> None:
    first, second = tell(
        "create table t (id int, a int); create policy p on t using (true); create view v as select 1;",
        "alter table t drop column a; drop policy p on t; drop view v; drop function if exists f();",
    ).files
    assert [gone.kind.value for gone in second.dropped] == ["column", "policy", "view", "function"]
    assert first.dropped == ()
    assert first.views == ()
    assert list(first.tables[0].columns) == ["id"]


def test_a_policy_dropped_to_be_made_again_is_not_dropped(tell: Tell) -> None:
    (account,) = tell(
        "create table t (id int);\ndrop policy if exists p on t;\ncreate policy p on t using (true);"
    ).files
    assert account.dropped == ()


def test_a_partition_belongs_to_its_own_file(tell: Tell) -> None:
    first, second, third = tell(
        "create table p (a int, b int) partition by list (a);\ncreate index on p (b);",
        "create table p1 partition of p for values in (1);",
        "alter table p add column c int;",
    ).files
    assert (_tables(first), _tables(second)) == (["public.p"], ["public.p1"])
    assert list(second.tables[0].columns) == ["a", "b", "c"]
    assert len(second.tables[0].indexes) == 1
    assert _altered(third) == {"public.p": ["c"], "public.p1": ["c"]}


def test_views_functions_and_types_stand_with_who_changed_them_last(tell: Tell) -> None:
    first, second = tell(
        "create view v as select 1 as a; create view w as select 2 as b;"
        "create type mood as enum ('ok'); create function f() returns int language sql as 'select 1';",
        "create or replace view v as select 1 as a, 2 as b; alter type mood add value 'sad';"
        "create or replace function f() returns int language sql as 'select 2';",
    ).files
    assert [view.name.name for view in first.views] == ["w"]
    assert [view.columns for view in second.views] == [("a", "b")]
    assert [kind.labels for kind in second.types] == [("ok", "sad")]
    assert [function.signature for function in second.functions] == ["public.f()"]


def test_others_are_told_by_their_kind(tell: Tell) -> None:
    first, second = tell(
        "create schema app; create extension if not exists pgcrypto with schema extensions;"
        "create sequence app.numbers; create materialized view m as select 1 as a; create table t (id serial);",
        "create index mi on m (a); alter publication supabase_realtime add table t;",
    ).files
    assert first.others == (
        Other("schema", "app"),
        Other("extension", "pgcrypto"),
        Other("sequence", "app.numbers"),
    )
    assert second.others == (
        Other("publication", "supabase_realtime", QName("public", "t")),
        Other("index", "public.mi", QName("public", "m")),
    )


def test_doubts_stand_with_their_file_and_make_the_numbers_unsure(tell: Tell) -> None:
    feature = tell("create table t (id int);", "do $$ begin execute 'create table ' || current_user; end $$;")
    first, second = feature.files
    assert first.doubts == ()
    assert [(doubt.origin.line, doubt.reason) for doubt in second.doubts] == [
        (1, "DO block with dynamic SQL")
    ]
    assert not feature.impact.sure


def test_a_file_that_is_no_sql_is_a_doubt(tell: Tell) -> None:
    feature = tell("create table t (id int);", "\n\ncreat table u (id int);")
    (doubt,) = feature.files[1].doubts
    assert (doubt.origin.file, doubt.origin.line) == ("m/2_some_file.sql", 3)
    assert "cannot be read" in doubt.reason
    assert "creat" in doubt.reason
    assert not feature.impact.sure
    assert feature.impact.after.tables == 1


def test_two_files_of_one_version_are_two_accounts() -> None:
    scripts: list[Script] = [
        parse_text(Migration("1", name, f"m/1_{name}.sql", Path("x")), f"create table {name} (id int);")
        for name in ("a", "b")
    ]
    assert [_tables(account) for account in feature_of(scripts).files] == [["public.a"], ["public.b"]]


def test_what_only_a_key_knows_of_is_touched_and_assumed(tell: Tell) -> None:
    feature = tell(
        "create table a (id int primary key);",
        "create table b (id int references a, u uuid references auth.users (id));",
        chosen={"2"},
    )
    assert [(str(table.name), table.assumed) for table in feature.touched] == [
        ("auth.users", True),
        ("public.a", False),
        ("public.b", False),
    ]
