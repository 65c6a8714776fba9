"""Tables, columns and constraints: made, altered, renamed, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import fold
from supa_deploy.schema import ConstraintKind, Dropped, DroppedKind, Origin, QName, RelationKind, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script
    from supa_deploy.schema import Schema

T = QName("public", "t")


def shape(table: Table) -> dict[str, tuple[str | None, bool, str | None]]:
    """Each column's type, nullability and default."""
    return {c.name: (c.type, c.nullable, c.default) for c in table.columns.values()}


def test_columns_with_everything_that_hangs_on_them(folded: Callable[..., Schema]) -> None:
    table = folded("""create table t (
        id bigint generated always as identity primary key,
        a text not null default 'x, (y)' /* , */ collate "C" check (a <> ')'),
        b numeric(5, 2) default (1 + 2) * 3 unique,
        c int generated always as (id * 2) stored,
        d uuid default gen_random_uuid() references auth.users (id) on delete cascade on update set null,
        e int[] default array[1, 2] not null,
        f text default null,
        "G h" date default now() + interval '1 day'
    )""").tables[T]
    assert shape(table) == {
        "id": ("bigint", False, None),
        "a": ("text", False, "'x, (y)'"),
        "b": ("numeric(5,2)", True, "(1 + 2) * 3"),
        "c": ("integer", True, None),
        "d": ("uuid", True, "gen_random_uuid()"),
        "e": ("integer[]", False, "array[1, 2]"),
        "f": ("text", True, None),
        "G h": ("date", True, "now() + interval '1 day'"),
    }
    assert table.columns["id"].identity == "always"
    assert table.columns["c"].generated == "id * 2"
    assert table.primary_key == ("id",)
    assert table.constraints["t_a_check"].expression == "a <> ')'"
    assert table.constraints["t_b_key"].columns == ("b",)
    key = table.foreign_keys["t_d_fkey"]
    assert (key.columns, key.target, key.target_columns) == (("d",), QName("auth", "users"), ("id",))
    assert (key.on_delete, key.on_update) == ("CASCADE", "SET NULL")


def test_origins_are_the_lines_of_what_they_stand_for(folded: Callable[..., Schema]) -> None:
    table = folded(
        "-- é\ncreate table t (\n  a int,\n  b text\n);",
        "\nalter table t add column c int;\nalter table t\n  alter column a type bigint;",
    ).tables[T]
    assert table.origin == Origin("1", "supabase/migrations/1_x.sql", 2)
    origins = {name: (column.origin.version, column.origin.line) for name, column in table.columns.items()}
    assert origins == {"a": ("2", 4), "b": ("1", 4), "c": ("2", 2)}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("create table t (a int, check (a > 0), check (a < 9))", {"t_a_check", "t_a_check1"}),
        ("create table t (a int, b int, check (a > b))", {"t_check"}),
        ("create table t (a int, b int, unique (a, b), unique (b))", {"t_a_b_key", "t_b_key"}),
        ("create table t (a int primary key unique, unique (a))", {"t_pkey"}),
        ("create table t (a int unique, constraint u unique (a))", {"u"}),
        ("create table t (a int, exclude using btree (a with =))", {"t_a_excl"}),
        ("create table t (a int); alter table t add unique (a), add unique (a)", {"t_a_key", "t_a_key1"}),
        ("create table t (a int); create table t_pkey (); alter table t add primary key (a)", {"t_pkey1"}),
        (
            "create table t (a int); create unique index i on t (a); alter table t add unique using index i",
            {"i"},
        ),
    ],
)
def test_constraints_get_the_names_that_postgresql_chooses(
    folded: Callable[..., Schema], statement: str, names: set[str]
) -> None:
    assert set(folded(statement).tables[T].constraints) == names


def test_altering(folded: Callable[..., Schema]) -> None:
    table = folded(
        "create table t (a int not null default 1, b text, c int, d int, e int generated always as (c + 1) stored)",
        """alter table only public.t
             alter column a type text using a::text, alter a drop default, alter a drop not null,
             alter b set default 'q, ' || (1), alter b set not null,
             drop column c, add column if not exists d text, add column f int not null default 5,
             alter e drop expression, add constraint k primary key (d)""",
    ).tables[T]
    assert shape(table) == {
        "a": ("text", True, None),
        "b": ("text", False, "'q, ' || (1)"),
        "d": ("integer", False, None),
        "e": ("integer", True, None),
        "f": ("integer", False, "5"),
    }
    assert table.columns["e"].generated is None
    assert table.constraints["k"].kind is ConstraintKind.PRIMARY_KEY


def test_renaming_is_followed_everywhere(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table o (id int primary key); create table t (a int references o, b int unique);
           create index i on t (a, lower(b::text)); create view v as select a from t;
           create policy p on t using (a in (select id from o)); create function f(o) returns int return 1;""",
        """alter table o rename to o2; alter table t rename a to aa; alter table t rename constraint t_b_key to k;
           alter index i rename to j; alter policy p on t rename to q; alter view v rename to w;""",
    )
    table = schema.tables[T]
    assert list(table.columns) == ["aa", "b"]
    assert table.foreign_keys["t_a_fkey"].target == QName("public", "o2")
    assert table.foreign_keys["t_a_fkey"].columns == ("aa",)
    assert table.indexes["j"].keys == ("aa", "lower(b::text)")
    assert "k" in table.constraints
    assert set(table.policies) == {"q"}
    assert set(schema.functions) == {"public.f(o2)"}
    gone = {(d.kind, d.name.name, d.member) for d in schema.dropped}
    assert gone == {
        (DroppedKind.TABLE, "o", None),
        (DroppedKind.COLUMN, "t", "a"),
        (DroppedKind.VIEW, "v", None),
        (DroppedKind.CONSTRAINT, "t", "t_b_key"),
        (DroppedKind.INDEX, "i", None),
        (DroppedKind.POLICY, "t", "p"),
    }


def test_another_schema(folded: Callable[..., Schema]) -> None:
    schema = folded("create schema s; create table t (a int primary key); alter table t set schema s;")
    assert set(schema.tables) == {QName("s", "t")}
    renamed = folded(
        "create schema s; create type s.e as enum ('a'); create table s.t (e s.e); alter schema s rename to r;"
    )
    assert renamed.tables[QName("r", "t")].columns["e"].type == "r.e"
    assert set(renamed.schemas) == {"r"}


def test_if_not_exists_over_an_existing_table_changes_nothing(folded: Callable[..., Schema]) -> None:
    table = folded("create table t (a int)", "create table if not exists t (z int primary key)").tables[T]
    assert (list(table.columns), table.origin.version) == (["a"], "1")


def test_dropped_and_made_again_is_not_dropped(folded: Callable[..., Schema]) -> None:
    schema = folded("drop table if exists t, legacy; create table t (a int, b int); alter table t drop b;")
    assert [(d.kind, d.name.name, d.member) for d in schema.dropped] == [
        (DroppedKind.TABLE, "legacy", None),
        (DroppedKind.COLUMN, "t", "b"),
    ]
    again = folded("create table t (a int); alter table t drop a; alter table t add a text")
    assert again.dropped == ()


def test_a_table_that_no_file_makes_promises_only_what_they_add(folded: Callable[..., Schema]) -> None:
    schema = folded(
        "\nalter table chat_sessions add column openai_thread_id text unique;"
        "alter table if exists perhaps add column a int; create trigger g after insert on auth.users"
        " for each row execute function public.f();"
    )
    sessions = schema.tables[QName("public", "chat_sessions")]
    assert (sessions.assumed, sessions.columns_known, list(sessions.columns)) == (
        True,
        False,
        ["openai_thread_id"],
    )
    assert sessions.columns["openai_thread_id"].origin.line == 2
    assert "chat_sessions_openai_thread_id_key" in sessions.constraints
    assert schema.tables[QName("public", "perhaps")].uncertain
    assert schema.tables[QName("auth", "users")].triggers["g"].function == QName("public", "f")


def test_like_copies_what_it_is_told_to(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table s (id int generated by default as identity primary key, a text not null default 'x',
             b int check (b > 0), g int generated always as (b + 1) stored); create index i on s (b, lower(a));
           comment on column s.a is 'hi';
           create table t (like s); create table u (like s including all, z int);"""
    )
    plain, full = schema.tables[T], schema.tables[QName("public", "u")]
    assert shape(plain)["a"] == ("text", False, None)
    assert (plain.constraints, plain.columns["id"].identity, plain.columns["g"].generated) == ({}, None, None)
    assert shape(full)["a"] == ("text", False, "'x'")
    assert set(full.constraints) == {"s_b_check", "u_pkey"}
    assert list(full.indexes) == ["u_b_lower_idx"]
    assert (full.columns["id"].identity, full.columns["a"].comment) == ("by_default", "hi")
    assert full.columns["g"].generated == "b + 1"


def test_inheritance(folded: Callable[..., Schema]) -> None:
    schema = folded(
        "create table p (a int not null, b text, check (a > 0)); create table t (c int, b text not null) inherits (p);",
        "alter table p add d int, drop b; alter table p rename a to aa; alter table t no inherit p;"
        "alter table p add e int",
    )
    table = schema.tables[T]
    assert list(table.columns) == ["aa", "b", "c", "d"]
    assert set(table.constraints) == {"p_a_check"}
    assert table.parents == ()


def test_partitions_follow_their_table(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table p (id int, d date not null, primary key (id, d)) partition by range (d);
           create table t partition of p for values from ('2020-01-01') to ('2021-01-01');
           create index on p (d); alter table p add column z text; alter table p add unique (d, id);"""
    )
    parent, table = schema.tables[QName("public", "p")], schema.tables[T]
    assert (parent.kind, table.kind) == (RelationKind.PARTITIONED, RelationKind.PARTITION)
    assert list(table.columns) == ["id", "d", "z"]
    assert set(table.constraints) == {"t_pkey", "t_d_id_key"}
    assert (list(parent.indexes), list(table.indexes)) == (["p_d_idx"], ["t_d_idx"])
    after = folded(
        "create table p (a int) partition by list (a); create table t partition of p default;",
        "alter table p detach partition t; drop table p",
    )
    assert after.tables[T].kind is RelationKind.TABLE


def test_tables_from_queries(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table s (id int, x text, m numeric(5,2));
           create table t as select id, m::text as mm, s.x, count(*) from s group by 1, 2, 3;
           create table u (p) as table s with no data; select id as q into w from s;
           create table unknown as select * from f();"""
    )
    assert {n: c.type for n, c in schema.tables[T].columns.items()} == {
        "id": "integer",
        "mm": "text",
        "x": "text",
        "count": None,
    }
    assert list(schema.tables[QName("public", "u")].columns) == ["p", "x", "m"]
    assert list(schema.tables[QName("public", "w")].columns) == ["q"]
    assert schema.tables[QName("public", "unknown")].columns_known is False


def test_temporary_tables_are_passed_over(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create temp table t (a int); create index on t (a); alter table t add b int; comment on table t is 'x';
           grant select on t to anon; create table pg_temp.u (a int); create temporary view v as select 1;
           select 1 as a into temp w; drop table t;"""
    )
    assert (schema.tables, schema.views, schema.dropped) == ({}, {}, ())


def test_quoted_and_mixed_case_names(folded: Callable[..., Schema]) -> None:
    schema = folded(
        'create table "MixedCase" ("userId" uuid, "a ""b""" int primary key); create table MixedCase (x int);'
        'alter table "MixedCase" add column "Ünï" text unique;'
    )
    assert {name.name for name in schema.tables} == {"MixedCase", "mixedcase"}
    table = schema.tables[QName("public", "MixedCase")]
    assert list(table.columns) == ["userId", 'a "b"', "Ünï"]
    assert set(table.constraints) == {"MixedCase_pkey", "MixedCase_Ünï_key"}


def test_dropping_with_cascade_takes_what_rests_on_it(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table o (id int primary key); create table t (o_id int references o, n int);
           create view v as select * from o; create view vv as select * from v;
           create function f(o) returns int return 1; create policy p on t using (exists (select from o));
           create policy q on t using (true);""",
        "drop table o cascade",
    )
    assert set(schema.tables) == {T}
    assert (schema.views, schema.functions, schema.tables[T].foreign_keys) == ({}, {}, {})
    assert set(schema.tables[T].policies) == {"q"}
    assert Dropped(
        DroppedKind.FOREIGN_KEY, T, Origin("2", "supabase/migrations/2_x.sql", 1), "t_o_id_fkey"
    ) in (schema.dropped)


def test_dropping_a_column_takes_its_indexes_and_constraints(folded: Callable[..., Schema]) -> None:
    table = folded(
        "create table t (a int, b int, c serial, unique (a, b), check (a > b), check (b > 0));"
        "create index on t (b, abs(a)); create index on t (b); alter table t drop column a;"
    ).tables[T]
    assert (set(table.constraints), set(table.indexes)) == ({"t_b_check"}, {"t_b_idx"})


def test_dropping_types_and_schemas(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create schema s; create table s.x (a int); create view v as select * from s.x; create type m as enum ('a');
           create table t (a m, b m[], c int); create function f(m) returns int return 1;""",
        "drop type m cascade; drop schema s cascade;",
    )
    assert list(schema.tables[T].columns) == ["c"]
    assert (schema.views, schema.functions, schema.schemas, schema.types) == ({}, {}, {}, {})


def test_only_the_asked_for_versions_count(script: Callable[..., Script]) -> None:

    scripts = [script("create table t (a int)", "1"), script("alter table t add b int", "2")]
    assert list(fold(scripts, until={"1"}).tables[T].columns) == ["a"]
    assert fold(scripts, until=()).tables == {}
