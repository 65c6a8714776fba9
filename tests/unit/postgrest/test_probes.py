"""Questions as URLs: every name quoted and encoded, short enough, and nothing but reads."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supa_deploy.postgrest.names import LYING_NAMES, TELLTALE_NAMES, quoted, sql_name
from supa_deploy.postgrest.probes import (
    GUARD,
    Embed,
    EmbedProbe,
    FunctionProbe,
    RelationProbe,
    RootProbe,
    relation_probes,
)
from supa_deploy.schema import QName

T = QName("public", "t")
AWKWARD = [
    "a b", "c,d", "E", "f.g", 'h"i', "j(k)", "l:m", "n->o", "p*q", "r%s", "t&u", "v+w", "x'y", "z\\z", "q?r",
    "s#t", "sl/ash", "tr!ail", "$d", " lead", "...", "ünï", "日本", "select", "order", "and", "or", "not",
    "limit", "columns", "on_conflict", "count", "sum", "1st", "",
]  # fmt: skip


def unquoted(select: str) -> list[str]:
    """The columns of a select as PostgREST reads them."""
    names, rest = [], select
    while rest:
        assert rest[0] == '"'
        name, position = "", 1
        while rest[position] != '"':
            position += rest[position] == "\\"
            name, position = name + rest[position], position + 1
        names.append(name)
        assert rest[position + 1 : position + 2] in {"", ","}
        rest = rest[position + 2 :]
    return names


def columns_of(probe: RelationProbe) -> list[str]:
    query = urlsplit(probe.path).query
    assert set(query) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%=&")
    return unquoted(parse_qs(query, strict_parsing=True)["select"][0])


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_arrive_as_they_are(name: str) -> None:
    assert columns_of(RelationProbe(QName("public", name), (name, "id"))) == [name, "id"]
    path = urlsplit(RelationProbe(QName("public", name or "t"), (name,)).path).path
    assert path.count("/") == 1
    assert unquote(path[1:]) == (name or "t")


@given(st.lists(st.text(max_size=63), unique=True, max_size=80))
def test_all_columns_are_asked_for_once_in_urls_under_4_kb(columns: list[str]) -> None:
    probes = relation_probes(T, tuple(columns))
    asked = [name for probe in probes for name in (columns_of(probe) if columns else [])]
    assert asked == columns
    assert all(len(probe.path) < 4000 for probe in probes)
    assert probes


def test_no_columns_ask_for_the_relation_alone() -> None:
    assert RelationProbe(T).path == "/t?select=%2A&limit=0"


def test_a_chunk_of_nothing_but_colliding_names_gets_a_partner() -> None:
    assert relation_probes(T, ("count",), "id") == (RelationProbe(T, ("count", "id")),)
    assert relation_probes(T, ("count", "id"), "id") == (RelationProbe(T, ("count", "id")),)
    assert relation_probes(T, ("count", "name"), "id") == (RelationProbe(T, ("count", "name")),)


def test_names_that_lie_and_names_that_tell_are_apart() -> None:
    assert not TELLTALE_NAMES & LYING_NAMES
    assert {"count", "rank", "mode", "lead"} <= TELLTALE_NAMES
    assert {"concat", "xmin", "to_json"} <= LYING_NAMES


def test_foreign_keys_are_embedded_by_name_and_ordered_by_to_prove_their_direction() -> None:
    probe = EmbedProbe(T, (Embed("optimizations", "t_a_fkey", "id"), Embed("odd,name", None, None)))
    query = parse_qs(urlsplit(probe.path).query, strict_parsing=True)
    assert query == {
        "select": ['f0:"optimizations"!"t_a_fkey"(),f1:"odd,name"()'],
        "order": ['f0("id")'],
        "limit": ["0"],
    }


@given(st.text(min_size=1), st.lists(st.text(min_size=1), unique=True))
def test_a_function_is_never_asked_for_without_the_guard(name: str, arguments: list[str]) -> None:
    probe = FunctionProbe(QName("public", name), tuple(arguments))
    query = parse_qs(urlsplit(probe.path).query, strict_parsing=True)
    if probe.can_be_asked:
        assert query["select"] == [quoted(GUARD)]


@pytest.mark.parametrize(
    "argument", ["select", "order", "limit", "offset", "columns", "and", "or", "on_conflict"]
)
def test_a_function_whose_argument_is_a_query_parameter_is_not_asked_for(argument: str) -> None:
    assert not FunctionProbe(QName("public", "f"), (argument,)).can_be_asked


def test_each_question_names_its_schema() -> None:
    other = QName("api2", "t")
    probes = (RootProbe("api2"), RelationProbe(other), EmbedProbe(other, ()), FunctionProbe(other))
    assert {probe.schema for probe in probes} == {"api2"}


@pytest.mark.parametrize(
    ("name", "written"), [("plain_1", "plain_1"), ("Mixed", '"Mixed"'), ('q"q', '"q""q"'), ("1st", '"1st"')]
)
def test_sql_names_are_quoted_where_they_must_be(name: str, written: str) -> None:
    assert sql_name(name) == written
