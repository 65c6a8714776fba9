"""The broken bodies of tests/unit/migrations/broken_bodies.sql, held against what a PostgreSQL 17 says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from supa_deploy.migrations.source import Source

if TYPE_CHECKING:
    from tests.regress.asking import Server

_FILE = Path(__file__).parents[1] / "unit" / "migrations" / "broken_bodies.sql"
_WITHOUT_PLACE = {"in an escape string", "empty", "too few parameters"}
"""The server does not find a body's text in the statement when escapes change it, nor when it is empty."""


def test_the_marks_stand_where_the_server_says(server: Server) -> None:
    parts = re.split(r"^--- (.*)\n", _FILE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(parts) >= 2 * 40
    for name, marked in zip(parts[::2], parts[1::2], strict=True):
        text = marked.removesuffix("\n").replace("«", "")
        (answer,) = server.define([text])
        assert answer.code == "42601", (name, answer)
        if name in _WITHOUT_PLACE:
            assert answer.position == 0, name
        else:
            place = Source(text.encode()).place_of_character(answer.position)
            assert place == Source(text.encode()).place_of_character(marked.index("«") + 1), (name, answer)
