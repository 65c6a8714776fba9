"""From the CLI's words to the line of the file; the words have the shape that the real CLI prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import Caret, ErrorPlace, locate_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script

TEXT = """create table b (id int); -- comment here
insert into
  nope_table values (1); create table b2 (id int);

select 1;
select 1; -- again
"""
SHOWN = "-- comment here\ninsert into\n  nope_table values (1)"


@pytest.mark.parametrize(
    ("index", "shown", "caret", "place"),
    [
        (1, f"{SHOWN}\n  ^", None, ErrorPlace(3, 3)),
        (2, f"{SHOWN}\n  ^", None, ErrorPlace(3, 3)),  # 2.99.0 counts wrong after statements that give rows
        (None, f"{SHOWN}\n  ^", None, ErrorPlace(3, 3)),
        (1, SHOWN, Caret(3, 3), ErrorPlace(3, 3)),
        (1, SHOWN, None, ErrorPlace(2, None)),
        (1, "-- comment here   \ninsert into   \n  nope_table values (1)      ", None, ErrorPlace(2, None)),
        (1, "\n-- comment here\ninsert into\n  nope_table values (1)\n  ^\n", None, ErrorPlace(3, 3)),
        (0, "create table b (id int)\n             ^", None, ErrorPlace(1, 14)),
        (2, "create table b2 (id int)\n             ^", None, ErrorPlace(3, 39)),
        (3, "select 1", None, ErrorPlace(5, None)),
        (4, "select 1\n       ^", None, ErrorPlace(6, 8)),
        (1, None, None, ErrorPlace(2, None)),
        (1, "something else", None, ErrorPlace(2, None)),
        (9, "something else", None, None),
        (None, None, None, None),
        (5, "INSERT INTO supabase_migrations.schema_migrations(version, name) VALUES($1, $2)", None, None),
    ],
)
def test_the_place_of_an_error(
    script: Callable[..., Script],
    index: int | None,
    shown: str | None,
    caret: Caret | None,
    place: ErrorPlace | None,
) -> None:
    assert locate_error(script(TEXT), index, shown, caret) == place


def test_windows_line_ends_and_wide_characters(script: Callable[..., Script]) -> None:
    text = "-- ünï 🙂\r\nselect 1;\r\n-- é\r\nselect '🙂',\r\n  nope;\r\n"
    assert locate_error(script(text), 1, "-- é\nselect '🙂',\n  nope\n  ^") == ErrorPlace(5, 3)


def test_tabs_that_2_99_shows_as_spaces_cost_the_column_and_not_the_line(
    script: Callable[..., Script],
) -> None:
    text = "select 1;\n\tselect 1,\n\t\tnope;\n"
    assert locate_error(script(text), 0, "select 1,     \n        nope  \n        ^") == ErrorPlace(3, None)


def test_a_file_that_does_not_parse_is_still_searched(script: Callable[..., Script]) -> None:
    assert locate_error(script("select 1;\nselct 2;"), 1, "selct 2\n^") == ErrorPlace(2, 1)
