"""The catalog as witness, kind by kind: with a shadow's catalog and without, on catalogs made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from supa_deploy.catalog import Catalog, Entry, Key, Kind
from supa_deploy.model import ObjectKind, Verdict
from supa_deploy.verify import CatalogReading, schemas_of
from supa_deploy.verify.catalog import Account, CatalogWitness
from supa_deploy.verify.promises import promises_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.schema import Schema

Facts = dict[str, str]
TEXT = """
create table t (id int primary key, n numeric(5, 2) not null default 1, g int generated always as (id) stored,
  o int references o (id) on delete cascade, constraint c check (id > 0), constraint u unique (n, g));
create index i on t (n);
create policy p on t for select to anon using (true);
create function f(a int, m mood) returns int language sql security definer as 'select 1';
create trigger tr before update on t for each row execute function f();
create view v as select id from t;
create type mood as enum ('a', 'b');
create extension vector;
alter table t enable row level security;
alter publication pub add table t;
grant select on t to anon;
comment on table t is 'words';
"""
TEXT = TEXT.replace("create type mood as enum ('a', 'b');\n", "")
TEXT = "create type mood as enum ('a', 'b'); create table o (id int primary key);" + TEXT
_T, _F = Key(Kind.TABLE, "public", "t"), Key(Kind.FUNCTION, "public", "f(integer, public.mood)")


def _on(kind: Kind, name: str, schema: str = "public") -> Key:
    return Key(kind, schema, name, "t")


ENTRIES: dict[Key, Facts] = {
    _T: {"rls": "true", "comment": "words"},
    Key(Kind.TABLE, "public", "o"): {},
    Key(Kind.COLUMN, "public", "id", "o"): {"type": "integer", "not_null": "true"},
    Key(Kind.CONSTRAINT, "public", "o_pkey", "o"): {"type": "primary key", "definition": "PRIMARY KEY (id)"},
    _on(Kind.COLUMN, "id"): {"type": "integer", "not_null": "true"},
    _on(Kind.COLUMN, "n"): {"type": "numeric(5,2)", "not_null": "true", "default": "1"},
    _on(Kind.COLUMN, "g"): {"type": "integer", "generated": "id"},
    _on(Kind.COLUMN, "o"): {"type": "integer"},
    _on(Kind.CONSTRAINT, "t_pkey"): {"type": "primary key", "definition": "PRIMARY KEY (id)"},
    _on(Kind.CONSTRAINT, "u"): {"type": "unique", "definition": "UNIQUE (n, g)"},
    _on(Kind.CONSTRAINT, "c"): {"type": "check", "definition": "CHECK ((id > 0))"},
    _on(Kind.CONSTRAINT, "t_o_fkey"): {
        "type": "foreign key",
        "definition": "FOREIGN KEY (o) REFERENCES public.o(id) ON DELETE CASCADE",
    },
    _on(Kind.INDEX, "i"): {"definition": "CREATE INDEX i ON public.t USING btree (n)"},
    _on(Kind.POLICY, "p"): {"command": "select", "roles": "anon", "using": "true"},
    _F: {"language": "sql", "security": "definer", "body": "select 1", "result": "integer"},
    _on(Kind.TRIGGER, "tr"): {"definition": "CREATE TRIGGER tr", "function": "public.f"},
    Key(Kind.VIEW, "public", "v"): {"definition": " SELECT id FROM public.t;"},
    Key(Kind.COLUMN, "public", "id", "v"): {"type": "integer"},
    Key(Kind.TYPE, "public", "mood"): {"kind": "enum", "labels": '["a", "b"]'},
    Key(Kind.EXTENSION, "", "vector"): {"schema": "extensions", "version": "0.8.0"},
    _on(Kind.PUBLICATION, "pub"): {},
    _on(Kind.GRANT, "anon"): {"on": "table", "privileges": "SELECT"},
    Key(Kind.SCHEMA, "public", "public"): {},
}


def catalog(
    changed: dict[Key, Facts | None] | None = None, schemas: tuple[str, ...] = ("public",)
) -> Catalog:
    """A database as promised but for some entries: other facts, or gone (None)."""
    merged = {**ENTRIES, **(changed or {})}
    entries = {key: Entry(key, facts) for key, facts in merged.items() if facts is not None}
    return Catalog(170010, schemas, entries)


Witnessed = dict[tuple[ObjectKind, str], Account]


@pytest.fixture
def schema(promised: Callable[..., Schema]) -> Schema:
    """What the text promises."""
    return promised(TEXT)


def accounts(
    schema: Schema, found: Catalog | None, expected: Catalog | None, reason: str | None = None
) -> Witnessed:
    """What the catalog says of each promise."""
    witness = CatalogWitness(CatalogReading(found, expected, reason), schema)
    return {(p.object, p.column or p.name): witness.testify(p) for p in promises_of(schema, None)}


@pytest.mark.parametrize("expected", [catalog(), None], ids=["shadow", "no shadow"])
def test_as_promised_is_confirmed(schema: Schema, expected: Catalog | None) -> None:
    said = accounts(schema, catalog(), expected)
    assert {kind for kind, _ in said} == set(ObjectKind)
    assert {account.verdict for account in said.values()} == {Verdict.CONFIRMED}
    assert {account.proven for account in said.values()} == {expected is not None}


_KEYS = {
    (ObjectKind.TABLE, "t"): _T,
    (ObjectKind.COLUMN, "g"): _on(Kind.COLUMN, "g"),
    (ObjectKind.CONSTRAINT, "c"): _on(Kind.CONSTRAINT, "c"),
    (ObjectKind.FOREIGN_KEY, "t_o_fkey"): _on(Kind.CONSTRAINT, "t_o_fkey"),
    (ObjectKind.INDEX, "i"): _on(Kind.INDEX, "i"),
    (ObjectKind.POLICY, "p"): _on(Kind.POLICY, "p"),
    (ObjectKind.RLS, "t"): _T,
    (ObjectKind.FUNCTION, "f"): _F,
    (ObjectKind.TRIGGER, "tr"): _on(Kind.TRIGGER, "tr"),
    (ObjectKind.VIEW, "v"): Key(Kind.VIEW, "public", "v"),
    (ObjectKind.TYPE, "mood"): Key(Kind.TYPE, "public", "mood"),
    (ObjectKind.EXTENSION, "vector"): Key(Kind.EXTENSION, "", "vector"),
    (ObjectKind.PUBLICATION, "pub"): _on(Kind.PUBLICATION, "pub"),
}


@pytest.mark.parametrize("what", list(_KEYS), ids=lambda what: what[0].value)
def test_each_kind_can_be_missing_void_or_unread(schema: Schema, what: tuple[ObjectKind, str]) -> None:
    gone = catalog({_KEYS[what]: None})
    assert accounts(schema, gone, None)[what].verdict is Verdict.MISSING
    assert accounts(schema, gone, catalog())[what] == Account(
        Verdict.MISSING, "the catalog does not have it", proven=True
    )
    for found in (catalog(), gone, None):  # the files, replayed, do not make it
        void = accounts(schema, found, gone)[what]
        assert (void.verdict, void.void) == (Verdict.NOT_CHECKABLE, True)
    unread = accounts(schema, None, None, "timed out")[what]
    assert (unread.verdict, unread.detail) == (
        Verdict.NOT_CHECKABLE,
        "the catalog could not be read: timed out",
    )
    assert accounts(schema, None, catalog(), "timed out")[what].proven


def test_the_kinds_above_are_all_kinds() -> None:
    assert {kind for kind, _ in _KEYS} == set(ObjectKind)


_FK = "FOREIGN KEY (o) REFERENCES public.o(id)"
_UNLIKE: list[tuple[ObjectKind, str, Key, Facts, str, bool]] = [
    (ObjectKind.TABLE, "t", _T, {"comment": "other"}, "comment", False),
    (ObjectKind.TABLE, "t", _T, {"force_rls": "true"}, "row-level security is forced", True),
    (ObjectKind.RLS, "t", _T, {"rls": ""}, "row-level security is off", False),
    (ObjectKind.TABLE, "t", _on(Kind.GRANT, "anon"), {"privileges": "INSERT"}, "anon", False),
    (ObjectKind.TABLE, "t", _on(Kind.GRANT, "anon"), {"privileges": "DELETE, SELECT"}, "anon", True),
    (
        ObjectKind.TABLE,
        "t",
        _on(Kind.GRANT, "PUBLIC"),
        {"privileges": "SELECT"},
        "PUBLIC: none → SELECT",
        True,
    ),
    (
        ObjectKind.COLUMN,
        "n",
        _on(Kind.COLUMN, "n"),
        {"type": "numeric(6,2)"},
        "numeric(5,2) → numeric(6,2)",
        False,
    ),
    (ObjectKind.COLUMN, "n", _on(Kind.COLUMN, "n"), {"not_null": ""}, "NOT NULL dropped", False),
    (ObjectKind.COLUMN, "n", _on(Kind.COLUMN, "n"), {"default": "2"}, "default 1 → 2", True),
    (ObjectKind.COLUMN, "n", _on(Kind.COLUMN, "n"), {"default": ""}, "default", False),
    (ObjectKind.COLUMN, "g", _on(Kind.COLUMN, "g"), {"generated": ""}, "generat", False),
    (ObjectKind.COLUMN, "o", _on(Kind.COLUMN, "o"), {"identity": "always"}, "identity", False),
    (
        ObjectKind.CONSTRAINT,
        "c",
        _on(Kind.CONSTRAINT, "c"),
        {"definition": "CHECK ((id > 1))"},
        "id > 1",
        True,
    ),
    (ObjectKind.CONSTRAINT, "c", _on(Kind.CONSTRAINT, "c"), {"validated": "false"}, "not validated", False),
    (ObjectKind.CONSTRAINT, "c", _on(Kind.CONSTRAINT, "c"), {"type": "unique"}, "check → unique", False),
    (ObjectKind.CONSTRAINT, "u", _on(Kind.CONSTRAINT, "u"), {"definition": "UNIQUE (n)"}, "n, g", False),
    (
        ObjectKind.FOREIGN_KEY,
        "t_o_fkey",
        _on(Kind.CONSTRAINT, "t_o_fkey"),
        {"definition": _FK},
        "CASCADE",
        False,
    ),
    (ObjectKind.INDEX, "i", _on(Kind.INDEX, "i"), {"valid": "false"}, "is INVALID", False),
    (ObjectKind.INDEX, "i", _on(Kind.INDEX, "i"), {"unique": "true"}, "unique", False),
    (
        ObjectKind.INDEX,
        "i",
        _on(Kind.INDEX, "i"),
        {"definition": "CREATE INDEX i ON t USING gin (n)"},
        "gin",
        False,
    ),
    (
        ObjectKind.INDEX,
        "i",
        _on(Kind.INDEX, "i"),
        {"definition": "CREATE INDEX i ON t USING btree (g)"},
        "(g)",
        True,
    ),
    (
        ObjectKind.POLICY,
        "p",
        _on(Kind.POLICY, "p"),
        {"roles": "public"},
        "loosened: roles anon → public",
        False,
    ),
    (ObjectKind.POLICY, "p", _on(Kind.POLICY, "p"), {"command": "all"}, "command select → all", False),
    (ObjectKind.POLICY, "p", _on(Kind.POLICY, "p"), {"restrictive": "true"}, "restrictive", False),
    (ObjectKind.POLICY, "p", _on(Kind.POLICY, "p"), {"using": "false"}, "USING true → false", True),
    (ObjectKind.FUNCTION, "f", _F, {"security": ""}, "security definer → invoker", False),
    (ObjectKind.FUNCTION, "f", _F, {"language": "plpgsql"}, "language sql → plpgsql", False),
    (ObjectKind.FUNCTION, "f", _F, {"body": "select secret()"}, "body changed", True),
    (ObjectKind.FUNCTION, "f", _F, {"volatility": "stable"}, "volatility volatile → stable", True),
    (ObjectKind.TRIGGER, "tr", _on(Kind.TRIGGER, "tr"), {"enabled": "disabled"}, "disabled", False),
    (ObjectKind.TRIGGER, "tr", _on(Kind.TRIGGER, "tr"), {"enabled": "replica"}, "replicas", False),
    (
        ObjectKind.TRIGGER,
        "tr",
        _on(Kind.TRIGGER, "tr"),
        {"definition": "CREATE TRIGGER x"},
        "TRIGGER x",
        True,
    ),
    (ObjectKind.VIEW, "v", Key(Kind.VIEW, "public", "v"), {"definition": " SELECT 1;"}, "redefined", True),
    (
        ObjectKind.VIEW,
        "v",
        Key(Kind.VIEW, "public", "v"),
        {"kind": "materialized view"},
        "materialized",
        False,
    ),
    (
        ObjectKind.TYPE,
        "mood",
        Key(Kind.TYPE, "public", "mood"),
        {"labels": '["b", "a"]'},
        "order of values",
        False,
    ),
    (ObjectKind.PUBLICATION, "pub", _on(Kind.PUBLICATION, "pub"), {"columns": "id"}, "columns", True),
]


@pytest.mark.parametrize(("kind", "name", "key", "facts", "words", "takes_shadow"), _UNLIKE)
def test_what_is_otherwise_is_told(
    schema: Schema, kind: ObjectKind, name: str, key: Key, facts: Facts, words: str, takes_shadow: bool
) -> None:
    new = {fact: text for fact, text in {**ENTRIES.get(key, {}), **facts}.items() if text}
    found = catalog({key: new})
    by_shadow = accounts(schema, found, catalog())[kind, name]
    assert by_shadow.verdict is Verdict.MISMATCH
    assert words in (by_shadow.detail or "")
    alone = accounts(schema, found, None)[kind, name]
    assert alone.verdict is (Verdict.CONFIRMED if takes_shadow else Verdict.MISMATCH)
    said = accounts(schema, found, catalog())
    assert [what for what, each in said.items() if each.verdict is not Verdict.CONFIRMED] == [(kind, name)]


def test_a_functions_body_is_never_printed(schema: Schema) -> None:
    found = catalog({_F: {**ENTRIES[_F], "body": "select 'hunter2'"}})
    said = accounts(schema, found, catalog())[ObjectKind.FUNCTION, "f"]
    assert "hunter2" not in (said.detail or "")
    assert "select 1" not in (said.detail or "")


def test_a_view_without_a_promised_column_is_a_mismatch_without_a_shadow_too(schema: Schema) -> None:
    found = catalog({Key(Kind.COLUMN, "public", "id", "v"): None})
    assert accounts(schema, found, None)[ObjectKind.VIEW, "v"].detail == "it has no column id"


@pytest.mark.parametrize(
    ("roles", "verdict"),
    [
        (("anon", "authenticated", "service_role"), Verdict.CONFIRMED),
        (("anon",), Verdict.MISMATCH),
    ],
)
def test_the_platforms_default_grants_are_nobodys_doing(
    schema: Schema, roles: tuple[str, ...], verdict: Verdict
) -> None:
    everything = "DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE"
    reduced = "REFERENCES, SELECT, TRIGGER, TRUNCATE"
    names = ("anon", "authenticated", "service_role")
    less: dict[Key, Facts | None] = {
        _on(Kind.GRANT, role): {"on": "table", "privileges": reduced} for role in names
    }
    more: dict[Key, Facts | None] = {
        _on(Kind.GRANT, role): {"on": "table", "privileges": everything} for role in roles
    }
    said = accounts(schema, catalog({**less, **more}), catalog(less))[ObjectKind.TABLE, "t"]
    assert said.verdict is verdict


def test_rls_on_beyond_the_files_is_the_dashboards_offer_where_it_was_taken(
    promised: Callable[..., Schema],
) -> None:
    schema = promised("create table t (id int);")
    without: dict[Key, Facts | None] = {_T: {}}
    offered: dict[Key, Facts | None] = {Key(Kind.EVENT_TRIGGER, "", "ensure_rls"): {}}
    on = accounts(schema, catalog({_T: {"rls": "true"}}), catalog(without))[ObjectKind.TABLE, "t"]
    assert on.detail == "row-level security is on, and the files do not enable it"
    taken = accounts(schema, catalog({_T: {"rls": "true"}, **offered}), catalog(without))[
        ObjectKind.TABLE, "t"
    ]
    assert taken.verdict is Verdict.CONFIRMED


def test_row_level_security_that_the_files_switch_off_where_nobody_reads_is_no_promise(
    schema: Schema,
) -> None:
    off = catalog({_T: {"comment": "words"}})
    for found in (off, catalog()):
        assert accounts(schema, found, off)[ObjectKind.RLS, "t"].void


def test_what_a_partition_has_from_its_parent_is_not_asked_twice(promised: Callable[..., Schema]) -> None:
    schema = promised(
        "create table t (id int primary key) partition by range (id);"
        "create table part partition of t for values from (1) to (2);"
    )
    child: dict[Key, Facts | None] = {Key(Kind.TABLE, "public", "part"): {"parents": "public.t"}}
    for expected in (catalog(child), None):
        said = accounts(schema, catalog(child), expected)[ObjectKind.CONSTRAINT, "part_pkey"]
        assert (said.verdict, said.void) == (Verdict.NOT_CHECKABLE, False)
        assert "from its parent" in (said.detail or "")


@pytest.mark.parametrize("exists", [True, False])
def test_a_schema_that_was_not_read_is_no_proof_and_one_that_is_not_there_is(
    promised: Callable[..., Schema], exists: bool
) -> None:
    schema = promised("create schema side; create table side.x (id int);")
    there: dict[Key, Facts | None] = {Key(Kind.SCHEMA, "side", "side"): {}} if exists else {}
    said = accounts(schema, catalog(there), None)[ObjectKind.TABLE, "x"]
    assert said.verdict is (Verdict.NOT_CHECKABLE if exists else Verdict.MISSING)


_GONE = {
    "create table x (); drop table x;": Key(Kind.TABLE, "public", "x"),
    "create view x as select 1; drop view x;": Key(Kind.VIEW, "public", "x"),
    "create table t (a int, b int); alter table t drop column a;": _on(Kind.COLUMN, "a"),
    "create function x() returns int return 1; drop function x();": Key(
        Kind.FUNCTION, "public", "x(integer)"
    ),
    "create table t (a int); create index x on t (a); drop index x;": _on(Kind.INDEX, "x"),
    "create table t (); create policy x on t; drop policy x on t;": _on(Kind.POLICY, "x"),
    "create table t (); drop trigger if exists x on t;": _on(Kind.TRIGGER, "x"),
    "create table t (a int constraint x unique); alter table t drop constraint x;": _on(Kind.CONSTRAINT, "x"),
    "create table t (a int constraint x references o); alter table t drop constraint x;": _on(
        Kind.CONSTRAINT, "x"
    ),
    "create type x as enum (); drop type x;": Key(Kind.TYPE, "public", "x"),
    "create extension x; drop extension x;": Key(Kind.EXTENSION, "", "x"),
    "create table t (); alter publication x add table t; alter publication x drop table t;": _on(
        Kind.PUBLICATION, "x"
    ),
}


@pytest.mark.parametrize("text", list(_GONE))
def test_what_was_dropped_is_gone_still_there_or_made_again(
    promised: Callable[..., Schema], text: str
) -> None:
    schema = promised(text)
    there = catalog({_GONE[text]: {}})
    (promise,) = (promise for promise in promises_of(schema, None) if promise.dropped)

    def said(found: Catalog | None, expected: Catalog | None) -> Account:
        return CatalogWitness(CatalogReading(found, expected), schema).testify(promise)

    absent = catalog({_GONE[text]: None})
    for expected in (absent, None):
        assert said(absent, expected) == Account(
            Verdict.CONFIRMED, "dropped, and gone", proven=expected is not None
        )
        assert said(there, expected).verdict is Verdict.MISMATCH
        assert said(None, expected).verdict is Verdict.NOT_CHECKABLE
    for found in (there, absent, None):
        assert said(found, there).void


def test_another_majors_way_to_print_a_view_is_no_difference(schema: Schema) -> None:
    key = Key(Kind.VIEW, "public", "v")
    older = replace(catalog({key: {"definition": " SELECT t.id FROM public.t;"}}), server_version=150008)
    newer = catalog({key: {"definition": " SELECT id FROM public.t;"}})
    assert accounts(schema, older, newer)[ObjectKind.VIEW, "v"].verdict is Verdict.CONFIRMED


def test_the_schemas_are_those_that_the_files_touch(promised: Callable[..., Schema]) -> None:
    assert schemas_of(promised("select 1;")) == ("public",)
    text = (
        "create schema a; create table b.t (); create view c.v as select 1; create type d.e as enum ();"
        "create function e.f() returns int return 1; create sequence g.s; drop table if exists h.x;"
        "create policy p on storage.objects using (true); do $$ begin alter table i.t add c int; end $$;"
        "create extension x with schema extensions;"
    )
    found = schemas_of(promised(text))
    assert found == ("a", "b", "c", "d", "e", "g", "h", "i", "public", "storage")
