"""The answer to the query, read into values."""

from __future__ import annotations

import json

import pytest

from supa_deploy.catalog import Key, Kind, UnreadableCatalog, read_catalog, read_catalog_text

ANSWER = {
    "version": 170010,
    "schemas": ["public"],
    "entries": [
        ["table", "public", None, "postgres", [["notes", {"rls": "true"}]]],
        [
            "column",
            "public",
            "notes",
            "postgres",
            [
                ["id", {"type": "bigint"}],
                ["title", {"type": "text"}],
                ["late", {"type": "text", "position": "7"}],
            ],
        ],
        ["acl", "public", "notes", "postgres", [["table", ["postgres=r/postgres", "anon=rw/postgres"]]]],
        ["acl", "public", None, "pg_database_owner", [["schema", ["=U/pg_database_owner"]]]],
        ["default", "", "postgres", "postgres", [["tables", ["anon=r/postgres"]]]],
    ],
}


def test_entries_have_their_keys_facts_and_owners() -> None:
    catalog = read_catalog(({"catalog": json.dumps(ANSWER)},))
    assert (catalog.server_version, catalog.major, catalog.schemas) == (170010, 17, ("public",))
    assert {key: dict(entry.facts) for key, entry in catalog.entries.items()} == {
        Key(Kind.TABLE, "public", "notes"): {"rls": "true"},
        Key(Kind.COLUMN, "public", "id", "notes"): {"type": "bigint", "position": "1"},
        Key(Kind.COLUMN, "public", "title", "notes"): {"type": "text", "position": "2"},
        Key(Kind.COLUMN, "public", "late", "notes"): {"type": "text", "position": "7"},
        Key(Kind.GRANT, "public", "anon", "notes"): {"on": "table", "privileges": "SELECT, UPDATE"},
        Key(Kind.GRANT, "public", "PUBLIC"): {"on": "schema", "privileges": "USAGE"},
        Key(Kind.DEFAULT_PRIVILEGES, "", "anon", "postgres tables"): {"on": "tables", "privileges": "SELECT"},
    }
    assert catalog.entries[Key(Kind.COLUMN, "public", "id", "notes")].owner == "postgres"


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ({"catalog": "{}"}, {"catalog": "{}"}),
        ({"other": "{}"},),
        ({"catalog": None},),
        ({"catalog": {"entries": []}},),
    ],
)
def test_rows_that_are_no_catalog_are_refused(rows: tuple[dict[str, object], ...]) -> None:
    with pytest.raises(UnreadableCatalog) as refused:
        read_catalog(rows)
    assert refused.value.code == "unreadable_catalog"


@pytest.mark.parametrize(
    "entries",
    [
        5,
        ["table"],
        [["table", "public"]],
        [["no such kind", "public", None, "postgres", [["x", {}]]]],
        [["table", "public", None, "postgres", [["x", []]]]],
        [["table", "public", None, "postgres", [["x", {"rls": True}]]]],
        [["table", "public", None, "postgres", [[1, {}]]]],
        [["table", None, None, "postgres", [["x", {}]]]],
        [["acl", "public", "x", "postgres", [["table", {"a": "b"}]]]],
        [["acl", "public", "x", "postgres", [["table", ["nonsense"]]]]],
    ],
)
def test_text_that_is_no_catalog_is_refused(entries: object) -> None:
    with pytest.raises(UnreadableCatalog):
        read_catalog_text(json.dumps({**ANSWER, "entries": entries}))


@pytest.mark.parametrize("text", ["", "null", "[]", "not json", "{}", '"a text"'])
def test_other_json_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UnreadableCatalog) as refused:
        read_catalog_text(text)
    assert "a text" not in refused.value.message
