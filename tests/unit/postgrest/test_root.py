"""The OpenAPI root as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.postgrest.root import ShownColumn, parse_root

DOCUMENT = {
    "swagger": "2.0",
    "info": {"version": "12.0.2", "title": "standard public schema"},
    "definitions": {
        "ai_threads": {
            "description": "AI threads.\nSecond line of table comment",
            "required": ["id", "status"],
            "properties": {
                "id": {
                    "default": "gen_random_uuid()",
                    "description": "Note:\nThis is a Primary Key.<pk/>",
                    "format": "uuid",
                    "type": "string",
                },
                "optimization_id": {
                    "description": "the one\n\nNote:\nThis is a Foreign Key to `optimizations.id`."
                    "<fk table='optimizations' column='id'/>",
                    "format": "uuid",
                    "type": "string",
                },
                "status": {
                    "default": "active",
                    "format": "character varying",
                    "maxLength": 20,
                    "type": "string",
                },
                "metadata": {"format": "jsonb"},
                "mood": {"default": "ok", "enum": ["sad", "ok"], "format": "public.mood", "type": "string"},
                "on": {"default": False, "format": "boolean", "type": "boolean"},
                "n": {"default": 42, "format": "int32", "type": "integer"},
                "note": {"description": "This is a Primary Key", "format": "text", "type": "string"},
            },
        },
    },
    "paths": {
        "/": {},
        "/ai_threads": {"get": {}},
        "/rpc/f": {
            "post": {
                "parameters": [
                    {"in": "body", "schema": {"properties": {"a": {}, "b": {}}, "required": ["a"]}},
                    {"$ref": "#/parameters/preferParams"},
                ]
            }
        },
        "/rpc/g": {"get": {"parameters": [{"in": "query", "name": "x", "required": True}, {"$ref": "y"}]}},
        "/rpc/h": {"get": {}, "post": {"parameters": [{"in": "body", "schema": {"type": "object"}}]}},
    },
}


def test_columns_show_what_the_root_tells() -> None:
    root = parse_root(DOCUMENT)
    assert root is not None
    assert root.version == "12.0.2"
    threads = root.relations["ai_threads"]
    assert threads.primary_key == {"id"}
    assert threads.columns["id"] == ShownColumn(
        "id", "uuid", required=True, default="gen_random_uuid()", primary_key=True
    )
    assert threads.columns["optimization_id"].foreign_key == ("optimizations", "id")
    assert threads.columns["status"] == ShownColumn("status", "character varying", 20, True, "active")
    assert threads.columns["mood"].enum == ("sad", "ok")
    assert threads.columns["on"].default == "false"
    assert threads.columns["n"].default == "42"
    assert not threads.columns["note"].primary_key


def test_functions_show_their_parameters_by_post_or_get() -> None:
    root = parse_root(DOCUMENT)
    assert root is not None
    shown = {
        name: (set(function.parameters), set(function.required)) for name, function in root.functions.items()
    }
    assert shown == {"f": ({"a", "b"}, {"a"}), "g": ({"x"}, {"x"}), "h": (set(), set())}


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"info": {"version": "1"}}, {"info": 1, "paths": {}}]
)
def test_anything_else_is_no_root(document: object) -> None:
    assert parse_root(document) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_PARTS = st.sampled_from(
    [
        "t",
        "required",
        "properties",
        "format",
        "enum",
        "description",
        "get",
        "post",
        "parameters",
        "schema",
        "/rpc/f",
    ]
)
_NESTED = st.recursive(
    _JSON, lambda inner: st.dictionaries(_PARTS, inner, max_size=3) | st.lists(inner, max_size=2)
)


@given(st.fixed_dictionaries({"info": st.just({"version": "1"}), "definitions": _NESTED, "paths": _NESTED}))
def test_no_shape_of_document_breaks_the_reading(document: object) -> None:
    parse_root(document)
