"""What the history recorded, as `db query` gives it."""

import json
from xml.sax.saxutils import escape

import pytest

from supa_deploy.supabase.answers import Row
from supa_deploy.supabase.statements import read_statements


def answer(value: object) -> tuple[Row, ...]:
    """One row as PostgreSQL's query_to_xml writes it."""
    cell = escape(json.dumps(value), {"\r": "&#x0d;"})
    return ({"statements": f'<table xmlns:xsi="x">\n\n<row>\n  <cell>{cell}</cell>\n</row>\n\n</table>\n'},)


def test_statements_come_out_as_they_were_sent() -> None:
    sent = ["select '<a> & \"b\" &amp; &lt;'", "do $$\r\n\x01 é ]]> </cell> $$"]
    assert read_statements(answer({"1": sent, "2": []})) == {"1": tuple(sent), "2": ()}


def test_a_version_without_a_record_is_left_out() -> None:
    assert read_statements(answer({"1": None, "2": ["select 1", None]})) == {"2": ("select 1",)}


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ({"statements": None},),
        ({"statements": '<table xmlns:xsi="x">\n<row>\n</row>\n</table>'},),
        ({"other": "x"},),
    ],
)
def test_no_history_is_nothing(rows: tuple[Row, ...]) -> None:
    assert read_statements(rows) == {}
