"""The query's text: one statement, small enough for argv, names quoted."""

from supa_deploy.catalog import catalog_query


def test_it_is_one_statement_on_one_line_that_fits_argv() -> None:
    query = catalog_query(["public"])
    assert query.startswith("select ")
    assert not {";", "\n", "\0", "--"} & {query, *query}
    assert "--" not in query
    assert len(query) < 30_000


def test_names_are_quoted_and_each_is_there_once() -> None:
    query = catalog_query(["b", "it's", "a", "b", "back\\slash"])
    assert r"array['a', 'b', E'back\\slash', 'it''s']::text[]" in query


def test_no_schema_at_all_still_reads_the_database() -> None:
    assert "array[]::text[]" in catalog_query([])
