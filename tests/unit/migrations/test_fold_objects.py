"""Everything that is no table: indexes, policies, views, functions, types, grants, comments, sequences, extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.schema import Argument, DroppedKind, QName

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema

T = QName("public", "t")


@pytest.mark.parametrize(
    ("definition", "name", "keys", "where"),
    [
        ("create index on t (a)", "t_a_idx", ("a",), None),
        ("create index on t (a, lower(b) desc nulls last)", "t_a_lower_idx", ("a", "lower(b)"), None),
        ("create index on t ((a + 1), (b || 'x'))", "t_expr_expr1_idx", ("a + 1", "b || 'x'"), None),
        ("create index on t ((b::varchar))", "t_b_idx", ("b::varchar",), None),
        ("create index on t (coalesce(b, 'x,'))", "t_coalesce_idx", ("coalesce(b, 'x,')",), None),
        ("create index on t (a) include (b)", "t_a_b_idx", ("a",), None),
        (
            "create index on t (a) where b = 'where (' and a > 1;",
            "t_a_idx",
            ("a",),
            "b = 'where (' and a > 1",
        ),
        ('create index "I x" on only t using hash (b text_ops)', "I x", ("b",), None),
    ],
)
def test_indexes(
    folded: Callable[..., Schema], definition: str, name: str, keys: tuple[str, ...], where: str | None
) -> None:
    (index,) = folded(f"create table t (a int, b text); {definition}").tables[T].indexes.values()
    assert (index.name, index.keys, index.where) == (name, keys, where)


def test_indexes_unique_repeated_dropped(folded: Callable[..., Schema]) -> None:
    indexes = (
        folded(
            """create table t (a int); create unique index u on t using btree (a); create index on t (a);
           create index on t (a); create index if not exists u on t (a); drop index t_a_idx, nope;"""
        )
        .tables[T]
        .indexes
    )
    assert list(indexes) == ["u", "t_a_idx1"]
    assert indexes["u"].unique


def test_policies_and_row_security(folded: Callable[..., Schema]) -> None:
    table = folded(
        """create table t (id int, user_id uuid);
           alter table t enable row level security;
           create policy "Own rows" on public.t as restrictive for select to authenticated, anon
             using ((select auth.uid()) = user_id);
           create policy w on t with check ((id > 0));
           alter policy w on t to service_role using (id in (1, 2));
           create policy gone on t; drop policy gone on t; drop policy if exists never on t;"""
    ).tables[T]
    assert table.rls is not None
    assert table.rls.line == 2
    own, other = table.policies["Own rows"], table.policies["w"]
    assert (own.command, own.roles, own.permissive) == ("SELECT", ("authenticated", "anon"), False)
    assert (own.using, own.check) == ("(select auth.uid()) = user_id", None)
    assert (other.command, other.roles, other.permissive) == ("ALL", ("service_role",), True)
    assert (other.using, other.check) == ("id in (1, 2)", "(id > 0)")
    assert set(table.policies) == {"Own rows", "w"}


def test_row_security_can_be_turned_off_again(folded: Callable[..., Schema]) -> None:
    table = folded(
        "create table t (); alter table t enable row level security, disable row level security"
    ).tables[T]
    assert table.rls is None


def test_triggers(folded: Callable[..., Schema]) -> None:
    table = folded(
        """create table t (a int, b int);
           create function f() returns trigger language plpgsql as 'begin return new; end';
           create trigger one before insert or update of a, b on t for each row execute function f();
           create trigger two after truncate on t execute procedure f(); drop trigger two on t;
           alter trigger one on t rename to uno;"""
    ).tables[T]
    assert [(t.name, t.fires, t.function) for t in table.triggers.values()] == [
        ("uno", "BEFORE INSERT OR UPDATE OF a, b", QName("public", "f"))
    ]


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (
            "select id, x as y, lower(x), 1, 'a'::text, count(*) over () from s",
            ("id", "y", "lower", "?column?", "text", "count"),
        ),
        ("select * from s", ("id", "x")),
        ("select s.*, o.z from s, o", ("id", "x", "z")),
        ("select * from s join o using (id)", ("id", "x", "z")),
        ("select * from s natural join o", None),
        ("with q as (select id as qq from s) select * from q", ("qq",)),
        ("select k.* from (select x, id from s) k (a)", ("a", "id")),
        ("values (1, 2)", ("column1", "column2")),
        ("select id from s union select 2", ("id",)),
        ("select * from unknown_table", None),
        (
            "select case when true then 1 else x end, case when true then x end, (select z from o) from s",
            ("x", "case", "z"),
        ),
        (
            "select current_date, greatest(1, 2), array[1], exists (select 1), nullif(1, 2), (o).z from o",
            ("current_date", "greatest", "array", "exists", "nullif", "z"),
        ),
    ],
)
def test_columns_of_views(folded: Callable[..., Schema], query: str, columns: tuple[str, ...] | None) -> None:
    schema = folded(
        f"create table s (id int, x text); create table o (id int, z int); create view v as {query}"
    )
    assert schema.views[QName("public", "v")].columns == columns


def test_views_replaced_named_and_materialized(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create table t (a int, b int); create view v (x) as select * from t; grant select on v to anon;
           comment on view v is 'V'; create or replace view v (x, b, c) as select *, 1 from t;
           create materialized view m as select a, count(*) as n from t group by a with no data;
           create unique index on m (a); create view gone as select 1; drop view gone;"""
    )
    view, matview = schema.views[QName("public", "v")], schema.views[QName("public", "m")]
    assert (view.columns, view.comment) == (("x", "b", "c"), "V")
    assert view.grants == {"anon": {"select"}}
    assert (matview.materialized, matview.columns, list(matview.indexes)) == (True, ("a", "n"), ["m_a_idx"])
    assert [(d.kind, d.name.name) for d in schema.dropped] == [(DroppedKind.VIEW, "gone")]


def test_functions_and_their_overloads(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create function f(a int, b varchar(9) default 'x', out c int, variadic d text[] default '{}')
             language plpgsql security definer as $$ begin c := 1; end $$;
           create function f(int) returns setof int language sql as 'select 1';
           create or replace function f(n int) returns setof int language sql as 'select 2';
           create function tab() returns table (a int, b text) language sql as $q$ select 1, 'x' $q$;
           create procedure p(inout x int) language sql as 'select 1';
           create function gone(int) returns int return 1; drop function gone;
           comment on function f(int) is 'one'; alter function tab() security definer;"""
    )
    assert set(schema.functions) == {
        "public.f(integer, character varying, text[])",
        "public.f(integer)",
        "public.tab()",
        "public.p(integer)",
    }
    first = schema.functions["public.f(integer, character varying, text[])"]
    assert first.arguments == (
        Argument("a", "integer"),
        Argument("b", "character varying", has_default=True),
        Argument("c", "integer", "out"),
        Argument("d", "text[]", "variadic", has_default=True),
    )
    assert (first.returns, first.language, first.security_definer) == ("integer", "plpgsql", True)
    assert (schema.functions["public.f(integer)"].returns, schema.functions["public.f(integer)"].comment) == (
        "SETOF integer",
        "one",
    )
    assert schema.functions["public.tab()"].returns == "TABLE(a integer, b text)"
    assert schema.functions["public.tab()"].security_definer
    assert schema.functions["public.p(integer)"].kind == "procedure"
    assert [(d.kind, d.name.name) for d in schema.dropped] == [(DroppedKind.FUNCTION, "gone")]


def test_dropping_one_overload_is_no_dropped_function(folded: Callable[..., Schema]) -> None:
    schema = folded(
        "create function f(int) returns int return 1; create function f(text) returns int return 1;"
        "drop function f(int)"
    )
    assert (set(schema.functions), schema.dropped) == ({"public.f(text)"}, ())


def test_types(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create type mood as enum ('b', 'd'); alter type mood add value 'a' before 'b'; alter type mood add value 'e';
           alter type mood add value 'c' after 'b'; alter type mood add value if not exists 'e';
           alter type mood rename value 'd' to 'D';
           create type pair as (x int, y text); alter type pair add attribute z uuid, drop attribute y;
           create domain email as text check (value like '%@%'); create type span as range (subtype = numeric);
           create type old as enum (); alter type old rename to new; comment on type mood is 'M';"""
    )
    types = {name.name: kind for name, kind in schema.types.items()}
    assert types["mood"].labels == ("a", "b", "c", "D", "e")
    assert types["mood"].comment == "M"
    assert types["pair"].attributes == {"x": "integer", "z": "uuid"}
    assert (types["email"].kind, types["email"].base) == ("domain", "text")
    assert (types["span"].kind, types["span"].base) == ("range", "numeric")
    assert set(types) == {"mood", "pair", "email", "span", "new"}


def test_grants(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """alter default privileges in schema public grant select on tables to anon;
           create table t (id int, secret text); create view v as select 1;
           grant select, insert on t to authenticated; grant all on all tables in schema public to service_role;
           revoke delete, truncate on t from service_role; revoke all on v from anon;
           grant select (id), update (secret) on t to anon; grant usage on schema public to anon;
           create function f() returns int return 1; revoke execute on function f() from public;
           grant execute on function f to service_role;
           alter default privileges for role somebody_else grant all on tables to anon; create table u (id int);"""
    )
    table = schema.tables[T]
    assert table.grants["authenticated"] == {"select", "insert"}
    assert table.grants["service_role"] == {"select", "insert", "update", "references", "trigger", "maintain"}
    assert table.grants["anon"] == {"select"}
    assert table.columns["secret"].grants == {"anon": {"update"}}
    assert schema.views[QName("public", "v")].grants == {"service_role": {"all"}}
    assert schema.tables[QName("public", "u")].grants == {"anon": {"select"}}
    function = schema.functions["public.f()"]
    assert function.public_execute is False
    assert function.grants == {"service_role": {"execute"}}


def test_comments_sequences_extensions_schemas(folded: Callable[..., Schema]) -> None:
    schema = folded(
        """create schema app create table inner_table (a int primary key)
             create view inner_view as select a from inner_table;
           create schema if not exists app; create table t (a int); comment on table t is 'T';
           comment on column public.t.a is 'A'; create sequence s; create sequence gone; drop sequence gone;
           create extension if not exists "uuid-ossp" with schema extensions; create extension pg_net;"""
    )
    assert set(schema.schemas) == {"app"}
    assert QName("app", "inner_table") in schema.tables
    assert schema.views[QName("app", "inner_view")].columns == ("a",)
    assert (schema.tables[T].comment, schema.tables[T].columns["a"].comment) == ("T", "A")
    assert [name.name for name in schema.sequences] == ["s"]
    assert {e.name: e.schema for e in schema.extensions.values()} == {
        "uuid-ossp": "extensions",
        "pg_net": "net",
    }


@pytest.mark.parametrize(
    "setting",
    [
        "set search_path to app, public;",
        "set search_path = 'app', public;",
        "select set_config('search_path', 'app, public', false);",
        "select pg_catalog.set_config('search_path', '\"app\"', false);",
    ],
)
def test_the_search_path_is_followed_within_a_file(folded: Callable[..., Schema], setting: str) -> None:
    schema = folded(
        "create schema app; create table t (a int);",
        f"{setting} create table t (a int); alter table t add b int; create type e as enum ('x');",
        "alter table t add c int;",
    )
    assert list(schema.tables[QName("app", "t")].columns) == ["a", "b"]
    assert list(schema.tables[T].columns) == ["a", "c"]
    assert set(schema.types) == {QName("app", "e")}


def test_an_empty_search_path_still_finds_qualified_names(folded: Callable[..., Schema]) -> None:
    schema = folded(
        "create type mood as enum ('a'); select pg_catalog.set_config('search_path', '', false);"
        "create table public.t (m public.mood); alter table only public.t add constraint k primary key (m);"
    )
    assert schema.tables[T].columns["m"].type == "mood"
    assert schema.tables[T].primary_key == ("m",)
