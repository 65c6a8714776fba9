"""Whatever statements come in whatever order, the fold holds: it never raises and never contradicts itself."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from supa_deploy.migrations import Migration, Script, describe, fold, locate_error, transaction_risks
from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.parse import parse_text
from supa_deploy.schema import QName

_TABLES = st.sampled_from(["t", "u", "s.t", '"T x"'])
_COLUMNS = st.sampled_from(["a", "b", '"C"'])
_TYPES = st.sampled_from(["int", "text", "serial", "e", "t", "numeric(3,1)[]"])
_TEMPLATES = st.sampled_from(
    [
        "create table {t} ({c} {y} primary key, {d} {y} references {u})",
        "create table if not exists {t} (like {u} including all)",
        "create table {t} ({c} {y}) inherits ({u})",
        "create table {t} ({c} int) partition by list ({c})",
        "create table {t} partition of {u} default",
        "alter table {t} attach partition {u} default",
        "alter table {t} detach partition {u}",
        "create table {t} as select * from {u}",
        "create view v as select {c}, * from {t}",
        "create materialized view v as select * from {t} join {u} using ({c})",
        "alter table {t} add column {c} {y} unique check ({c} is not null)",
        "alter table {t} drop column {c} cascade, alter {d} set default 1",
        "alter table {t} rename {c} to {d}",
        "alter table {t} rename to moved",
        "alter table {t} set schema s",
        "alter table {t} alter {c} type {y}, alter {c} set not null",
        "alter table {t} add primary key ({c}), add foreign key ({d}) references {u} ({c})",
        "alter table {t} drop constraint t_pkey cascade",
        "alter table {t} rename constraint t_pkey to k",
        "alter table {t} inherit {u}",
        "create index on {t} ({c}, lower({d}::text))",
        "drop index t_a_idx",
        "create policy p on {t} using ({c} in (select {c} from {u}))",
        "create trigger g before insert on {t} for each row execute function f()",
        "create function f({y}) returns setof {t} language sql as ''",
        "drop function f cascade",
        "create type e as enum ('a')",
        "alter type e rename to ee",
        "drop type e cascade",
        "drop table {t} cascade",
        "drop view v",
        "drop schema s cascade",
        "alter schema s rename to s2",
        "create schema s create table t (a int)",
        "set search_path to s, public",
        "comment on column {t}.{c} is 'x'",
        "grant select ({c}), insert on {t} to anon",
        "do $$ begin alter table {t} add {c} int; end $$",
    ]
)
_STATEMENT = st.builds(
    lambda template, t, u, c, d, y: template.format(t=t, u=u, c=c, d=d, y=y),
    _TEMPLATES,
    _TABLES,
    _TABLES,
    _COLUMNS,
    _COLUMNS,
    _TYPES,
)


def _script(text: str, version: str = "1") -> Script:
    return parse_text(Migration(version, "x", "f.sql", Path("f.sql")), text)


@settings(max_examples=80, deadline=None)
@given(st.lists(_STATEMENT, min_size=1, max_size=15))
def test_any_sequence_of_statements_folds_into_something_consistent(statements: list[str]) -> None:
    script = _script(";\n".join(statements))
    assert script.problems == ()
    schema = fold([script])
    for name, table in schema.tables.items():
        assert table.name == name
        assert all(column.name == key for key, column in table.columns.items())
        assert all(constraint.name == key for key, constraint in table.constraints.items())
        assert all(index.name == key for key, index in table.indexes.items())
        assert 1 <= table.origin.line <= len(statements)
        assert name not in schema.views
    assert all(function.signature == key for key, function in schema.functions.items())
    gone = {(dropped.kind, dropped.name) for dropped in schema.dropped if dropped.member is None}
    assert not {name for kind, name in gone if kind in {"table", "view"}} & {*schema.tables, *schema.views}
    describe(script)
    transaction_risks(script)


_NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda name: len(name.encode()) <= 40)


@settings(max_examples=100, deadline=None)
@given(_NAMES, _NAMES)
def test_quoted_names_come_back_as_they_are(table: str, column: str) -> None:
    text = f"create table {quote_identifier(table)} ({quote_identifier(column)} int unique);"
    found = fold([_script(text)]).tables[QName("public", table)]
    assert list(found.columns) == [column]
    assert list(found.constraints) == [f"{table}_{column}_key"] or len(f"{table}_{column}_key".encode()) > 63


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("é🙂a \n")), st.text(st.sampled_from("é🙂a ")))
def test_positions_hold_with_any_characters_before_them(comment: str, literal: str) -> None:
    text = f"/* {comment} */ select '{literal}'; create table t ();"
    statement = _script(text).statements[1]
    before = text[: text.index("create")]
    assert (statement.line, statement.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    place = locate_error(_script(text), 1, "create table t ()\n       ^")
    assert place is not None
    assert (place.line, place.column) == (statement.line, statement.column + 7)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("'\"$;()-/*\\eéa1 \n"), max_size=30))
def test_any_text_at_all_is_parsed_or_refused_at_a_place_inside_it(text: str) -> None:
    script = _script(text)
    for problem in script.problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.column >= 1
    fold([script])
