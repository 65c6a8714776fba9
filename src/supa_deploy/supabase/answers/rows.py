"""Reading `db query`: rows of one statement that only reads."""

from collections.abc import Mapping
from types import MappingProxyType

from supa_deploy.supabase.answers.classify import failure_of
from supa_deploy.supabase.answers.failure import unreadable
from supa_deploy.supabase.answers.machine import value_in
from supa_deploy.supabase.command import Completed

Row = Mapping[str, object]
"""A row as the CLI's JSON gives it: integers as numbers, numeric as text, bytea as base64. 2.99 gives numeric and
arrays as inner structures: cast to text in the SQL."""


def read_rows(completed: Completed) -> tuple[Row, ...]:
    """The rows. Raises what the failure means, UnreadableAnswer for a success that is no array of objects."""
    if not completed.succeeded:
        raise failure_of(completed).as_error()
    rows = value_in(completed.result)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable(completed)
    return tuple(MappingProxyType(row) for row in rows)
