"""What files make, in the JSON document: every value kept, as the shipped schema says."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Migration, discover, parse_all
from supa_deploy.migrations.parse import parse_text
from supa_deploy.model import Counts, Feature, Report
from supa_deploy.render.json import schema_text, to_json
from supa_deploy.schema import ConstraintKind, DroppedKind, RelationKind

ROOT = Path(__file__).resolve().parents[3]

TEXTS = (
    """-- The first of all files.
create schema app; create table old (a int); create type mood as enum ('ok', 'sad');
create table base (id int generated always as identity primary key); create table gone (a int);
create type pair as (a int, b text);
""",
    """create table t (
  id uuid primary key default gen_random_uuid(), b int references base (id) on delete cascade,
  n numeric(5,2) not null unique check (n > 0), twice numeric generated always as (n * 2) stored,
  constraint late foreign key (b) references base on update set null not valid
);
comment on table t is 'T'; comment on column t.n is 'N';
create unique index i on t using btree (lower(id::text)) where n > 1;
alter table t enable row level security;
create policy p on t as restrictive for update to authenticated, anon using (n > 1) with check (n > 2);
create function f() returns trigger language plpgsql security definer as 'begin return new; end';
create trigger g before update on t for each row execute function f();
create materialized view m as select 1 as x; create index mi on m (x);
create view unknown as select * from elsewhere.z;
alter table old rename to older; alter table base add column added text; drop table gone;
alter publication supabase_realtime add table t;
do $$ begin execute 'x' || now(); end $$;
""",
)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The shipped schema."""
    return json.loads(schema_text())


@pytest.fixture
def feature() -> Feature:
    """One of everything."""
    scripts = [
        parse_text(Migration(str(n), "make_t", f"m/{n}_make_t.sql", Path("x")), text)
        for n, text in enumerate(TEXTS, start=1)
    ]
    assert not any(script.problems for script in scripts)
    return feature_of(scripts)


@pytest.fixture
def told(feature: Feature, make_report: Callable[..., Report], schema: Any) -> Any:
    """The same as JSON that the schema allows."""
    document = json.loads(to_json(make_report(feature=feature)))
    Draft202012Validator(schema).validate(document)
    return document["feature"]


def test_without_a_feature_there_is_none(make_report: Callable[..., Report], schema: Any) -> None:
    document = json.loads(to_json(make_report()))
    Draft202012Validator(schema).validate(document)
    assert (document["feature"], document["environment"]) == (None, None)


def test_the_files_and_the_impact(told: Any) -> None:
    first, second = told["files"]
    assert {key: first[key] for key in ("version", "name", "file", "purpose")} == {
        "version": "1",
        "name": "make_t",
        "file": "m/1_make_t.sql",
        "purpose": "The first of all files",
    }
    assert second["purpose"] == "make t"
    assert told["whole"] is True
    assert told["impact"]["sure"] is False
    assert told["impact"]["before"]["tables"] == 0
    assert (told["impact"]["after"]["tables"], told["impact"]["after"]["types"]) == (3, 2)
    assert told["touched"] == [
        {"schema": "public", "name": name, "assumed": False} for name in ("base", "older", "t")
    ]


def test_a_table_keeps_every_value(told: Any) -> None:
    (table,) = told["files"][1]["tables"]
    assert {key: value for key, value in table.items() if not isinstance(value, list)} == {
        "schema": "public",
        "name": "t",
        "kind": "table",
        "comment": "T",
        "rls": True,
        "columns_known": True,
    }
    identifier, _, number, twice = table["columns"]
    assert identifier == {
        "name": "id",
        "type": "uuid",
        "nullable": False,
        "default": "gen_random_uuid()",
        "generated": None,
        "identity": None,
        "comment": None,
        "primary_key": True,
        "unique": False,
    }
    assert (number["type"], number["comment"], number["unique"], number["primary_key"]) == (
        "numeric(5,2)",
        "N",
        True,
        False,
    )
    assert twice["generated"] == "n * 2"
    assert {
        "name": "t_n_check",
        "kind": "check",
        "columns": ["n"],
        "expression": "n > 0",
        "valid": True,
    } in table["constraints"]
    assert table["foreign_keys"][-1] == {
        "name": "late",
        "columns": ["b"],
        "target": {"schema": "public", "name": "base", "columns": []},
        "on_delete": "NO ACTION",
        "on_update": "SET NULL",
        "valid": False,
    }
    assert table["foreign_keys"][0]["target"]["columns"] == ["id"]
    assert table["indexes"] == [
        {"name": "i", "keys": ["lower(id::text)"], "unique": True, "method": "btree", "where": "n > 1"}
    ]
    assert table["policies"] == [
        {
            "name": "p",
            "command": "UPDATE",
            "roles": ["authenticated", "anon"],
            "permissive": False,
            "using": "n > 1",
            "check": "n > 2",
        }
    ]
    assert table["triggers"] == [
        {
            "name": "g",
            "fires": "BEFORE UPDATE",
            "function": {"schema": "public", "name": "f"},
            "enabled": True,
        }
    ]


def test_all_else_keeps_every_value(told: Any) -> None:
    first, second = told["files"]
    altered = {table["name"]: table for table in second["altered"]}
    assert [column["name"] for column in altered["base"]["columns"]] == ["added"]
    assert (altered["older"]["columns"], altered["older"]["rls"], altered["older"]["assumed"]) == (
        [],
        False,
        False,
    )
    assert first["tables"][1]["columns"][0]["identity"] == "always"
    materialized, plain = second["views"]
    assert (materialized["materialized"], materialized["columns"], len(materialized["indexes"])) == (
        True,
        ["x"],
        1,
    )
    assert (plain["materialized"], plain["columns"]) == (False, None)
    assert second["functions"] == [
        {
            "schema": "public",
            "name": "f",
            "signature": "public.f()",
            "kind": "function",
            "returns": "trigger",
            "language": "plpgsql",
            "security_definer": True,
            "comment": None,
        }
    ]
    assert [(kind["kind"], kind["labels"], kind["attributes"]) for kind in first["types"]] == [
        ("enum", ["ok", "sad"], []),
        ("composite", [], [{"name": "a", "type": "integer"}, {"name": "b", "type": "text"}]),
    ]
    assert first["others"] == [{"kind": "schema", "name": "app", "table": None}]
    assert second["others"] == [
        {"kind": "publication", "name": "supabase_realtime", "table": {"schema": "public", "name": "t"}}
    ]
    assert second["renamed"] == [
        {"object": "table", "old": "public.old", "new": "public.older", "table": None}
    ]
    assert second["dropped"] == [{"object": "table", "schema": "public", "name": "gone", "table": None}]
    assert second["doubts"] == [{"file": "m/2_make_t.sql", "line": 16, "reason": "DO block with dynamic SQL"}]


def test_the_example_project_is_valid(make_report: Callable[..., Report], schema: Any) -> None:
    report = make_report(feature=feature_of(parse_all(discover(ROOT).migrations).scripts))
    document = json.loads(to_json(report))
    Draft202012Validator(schema).validate(document)
    assert len(document["feature"]["files"]) == 5


@pytest.mark.parametrize(
    "spoil",
    [
        {"whole": None},
        {"surprise": 1},
        {"impact": {"sure": True}},
        {"files": [{"version": "1"}]},
        {"touched": None},
    ],
)
def test_the_schema_refuses_what_is_no_feature(
    spoil: dict[str, object], feature: Feature, make_report: Callable[..., Report], schema: Any
) -> None:
    document = json.loads(to_json(make_report(feature=feature)))
    document["feature"] |= spoil
    assert not Draft202012Validator(schema).is_valid(document)


def test_schema_and_code_have_the_same_names(schema: Any) -> None:
    definitions = schema["$defs"]
    assert list(definitions["counts"]["properties"]) == [field.name for field in fields(Counts)]
    assert definitions["table"]["properties"]["kind"]["enum"] == list(RelationKind)
    assert definitions["constraint"]["properties"]["kind"]["enum"] == list(ConstraintKind)
    for name in ("renamed", "dropped"):
        assert definitions[name]["properties"]["object"]["enum"] == list(DroppedKind)
    for definition in definitions.values():
        assert sorted(definition["required"]) == sorted(definition["properties"])
        assert definition["additionalProperties"] is False


def test_the_page_names_each_field(schema: Any) -> None:
    below = (ROOT / "docs" / "json.md").read_text("utf-8").partition("## Feature")[2]
    told = (
        *(
            "feature",
            "account",
            "impact",
            "counts",
            "touched",
            "table",
            "altered_table",
            "column",
            "constraint",
        ),
        *("foreign_key", "index", "policy", "trigger", "view", "function", "user_type", "other", "renamed"),
        *("dropped", "doubt"),
    )
    for definition in told:
        for name in schema["$defs"][definition]["properties"]:
            assert f"`{name}`" in below, (definition, name)
