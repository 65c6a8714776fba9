"""What the files make, told kind by kind; read with the real parser and fold."""

from collections.abc import Callable, Iterable

import pytest

from supa_deploy.model import Feature, Report

MakeReport = Callable[..., Report]
Told = Callable[[Report], dict[str, list[str]]]
MakeFeature = Callable[..., Feature]
Tell = Callable[..., dict[str, list[str]]]


@pytest.fixture
def tell(make_report: MakeReport, feature: MakeFeature, told: Told) -> Tell:
    """The sections of a `check` of files with these texts."""
    return lambda *texts, **more: told(make_report(command="check", feature=feature(*texts, **more)))


def _has(lines: Iterable[str], words: str) -> bool:
    return any(words in line for line in lines)


def test_keys_defaults_and_constraints_of_a_table(tell: Tell) -> None:
    sections = tell(
        "create table public.a (x int, y int, primary key (x, y));\n"
        'create table app.b (id bigint generated always as identity primary key, x int, y int, s text collate "C",'
        " d date default now() not null, n numeric check (n > 0 and n < 10),"
        " k text check (k = any (array['a', 'b'])),"
        " foreign key (x, y) references a (x, y) on delete restrict on update cascade,"
        " unique (x, s), exclude (d with =), check (x < y));\n"
        "alter table app.b add constraint later check (x > 0) not valid;\n"
        "create unique index bs on app.b (lower(s)) where x > 0;\n"
        "create index bg on app.b using gin (s);\n"
        "create function f() returns trigger language plpgsql as 'begin return new; end';\n"
        "create trigger tr before update or delete on app.b for each row execute function f();"
    )
    keys = sections["new-table-1"]
    assert "`x` | `integer` | PK | no |  | " in keys
    lines = sections["new-table-2"]
    assert lines[0] == "2. `app.b`"
    assert "`id` | `bigint` | PK | no | identity, always | " in lines
    assert "`x` | `integer` | FK → `a.x` | yes |  | check: `x > 0`" in lines
    assert "`d` | `date` |  | no | `now()` | " in lines
    assert _has(lines, "| check: `n > 0 and n < 10`")
    assert _has(lines, "unique `b_x_s_key` (x, s)")
    assert _has(lines, "check `b_check`: `x < y`")
    assert _has(lines, "check `later`: `x > 0`; NOT VALID: rows that were there before were not looked at")
    assert _has(lines, "exclusion `b_d_excl`")
    assert "Indexes: 2 (`lower(s)` unique, where x > 0, `s` gin)" in lines
    assert "RLS policies: none; row-level security off" in lines
    assert _has(lines, "`x, y` → `a (x, y)`, ON DELETE RESTRICT: the row that it points to cannot go first")
    assert _has(lines, "; ON UPDATE CASCADE")
    assert _has(lines, ": `f()` (`tr`)")


def test_a_quoted_value_with_a_bracket_is_one_value(tell: Tell) -> None:
    lines = tell("create table t (a text check (a in ('x''),(', 'y')), b text check (lower(b) in ('z')));")[
        "new-table-1"
    ]
    assert _has(lines, "| one of `'x''),(', 'y'`")
    assert "`b` | `text` |  | yes |  | check: `lower(b) in ('z')`" in lines


def test_everything_that_is_no_table(tell: Tell) -> None:
    sections = tell(
        "create table t (id int primary key); create table k (id int, gone int);\n"
        "create view v as select id from t;\n"
        "create materialized view m as select 1 as one; create index on m (one);\n"
        "create function public.f(a int, b text default '') returns int language sql security definer"
        " as 'select 1';\n"
        "comment on function public.f is 'Counts.';\n"
        "create type mood as enum ('sad', 'ok');\n"
        "create type pair as (l int, r int);\n"
        "create domain positive as int check (value > 0);\n"
        "create schema app; create extension if not exists citext; create sequence s;\n"
        "do $$ begin execute 'x'; end $$;",
        "alter table k drop column gone; alter table t rename to t2; drop view v;",
    )
    assert sections["views"][0] == "Views (1)"
    assert _has(sections["views"], "materialized view `m`")
    assert _has(sections["views"], "; indexes: 1")
    assert "function `f(integer, text)` returns `integer`, sql, SECURITY DEFINER" in sections["functions"]
    assert "  Counts." in sections["functions"]
    assert "enum `mood`: `sad`, `ok`" in sections["types"]
    assert "composite `pair`: `l integer`, `r integer`" in sections["types"]
    assert "domain `positive` of `integer`" in sections["types"]
    assert {"schema `app`", "extension `citext`", "sequence `s`"} <= set(sections["others"])
    assert "table `t` is now `t2`" in sections["renamed"]
    assert "❌ column `k.gone` (20250101000002_file_2.sql:1)" in sections["dropped"]
    assert _has(sections["dropped"], "❌ view `v`")
    assert sections["doubts"][0] == "What reading cannot tell (1)"
    assert _has(sections["doubts"], "⚠️ `20250101000001_file_1.sql:10` DO block; it may touch anything")
    assert _has(sections["impact"], "⚠️ A file does what reading it cannot tell")


def test_a_later_file_alone_tells_what_it_adds(tell: Tell) -> None:
    sections = tell(
        "create table t (id int primary key);",
        "alter table t add column a int references t (id), enable row level security;\n"
        "create policy p on t for select using (true); create index on t (a);\n"
        "alter table t add constraint c check (id > a);",
        last=1,
    )
    assert "new-tables" not in sections
    assert sections["created"][0] == "What gets changed"
    lines = sections["altered-table-1"]
    assert lines[1:5] == [
        "In `20250101000002_file_2.sql`",
        "New or changed column: 1",
        "Indexes: 1 (`a`)",
        "RLS policies: 1 (SELECT)",
    ]
    assert "Row-level security: switched on" in lines
    assert _has(lines, "check `c`: `id > a`")
    assert _has(lines, "`a` → `t (id)`, ON DELETE NO ACTION")
    assert "`a` | `integer` | FK → `t.id` | yes |  | " in lines
    assert "Tables | 1 | 1 | 0" in sections["impact"]
    assert "Columns | 1 | 2 | +1" in sections["impact"]


def test_files_that_make_nothing_have_no_such_section(tell: Tell) -> None:
    assert not {"created", "impact", "security", "integrity"} & tell("select 1;").keys()


def test_a_purpose_is_the_files_only_where_it_makes_one_table(tell: Tell) -> None:
    one = tell("-- Keeps the notes.\ncreate table t (id int);")["new-table-1"]
    assert one[1].startswith("Purpose: Keeps the notes")
    two = tell("-- Keeps the notes.\ncreate table t (id int); create table u (id int);")
    assert not _has(two["new-table-1"], "Purpose")
