"""The place of an error in a function's body, in each of broken_bodies.sql: `«` stands where PostgreSQL 17 says it is
(tests/regress asks it)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script

_FILE = Path(__file__).with_name("broken_bodies.sql")
_PARTS = re.split(r"^--- (.*)\n", _FILE.read_text("utf-8"), flags=re.MULTILINE)[1:]
_CASES = [
    pytest.param(text.removesuffix("\n"), id=name)
    for name, text in zip(_PARTS[::2], _PARTS[1::2], strict=True)
]


def _place(marked: str) -> tuple[int, int]:
    before = marked[: marked.index("«")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("marked", _CASES)
def test_an_error_in_a_body_is_told_where_the_server_tells_it(
    script: Callable[..., Script], marked: str
) -> None:
    (problem,) = script(marked.replace("«", "")).problems
    assert (problem.rule, problem.severity) == ("syntax", Severity.ERROR)
    assert (problem.line, problem.column) == _place(marked)


@pytest.mark.parametrize("marked", _CASES)
def test_it_stays_right_below_other_text_and_with_other_line_ends(
    script: Callable[..., Script], marked: str
) -> None:
    line, column = _place(marked)
    text = "-- é 🙂\ncreate table t ();\r\n" + marked.replace("«", "").replace("\n", "\r\n")
    (problem,) = script(text).problems
    assert problem.line == line + 2
    assert problem.column == column or marked.splitlines()[line - 1].startswith("«")


@pytest.mark.parametrize(
    "body",
    [
        "$$begin open rc for select 1; end$$",
        "$$begin for r in select 1 loop continue; end loop; end$$",
        "$$<<a>> begin loop exit a; end loop; end a$$",
        "$$begin raise notice '%%'; raise notice 'a %', 1; raise exception using message = 'x'; end$$",
        "$$declare c cursor (a int, b int) for select a; begin open c(1, b := 2); end$$",
    ],
)
def test_what_is_right_stays_right(script: Callable[..., Script], body: str) -> None:
    assert script(f"create procedure f(rc refcursor) language plpgsql as {body}").problems == ()
