"""Texts that are very deep or very long: nothing dies, what cannot be read is told, the rest keeps its place."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import describe, fold, grammar
from supa_deploy.migrations.depth import MOST_LEVELS, is_deep, may_be_deep
from supa_deploy.migrations.pieces import UNREAD
from supa_deploy.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script

_SHAPES = {
    "sums": ("select 1", "+1", ""),
    "texts joined": ("create view v as select 'a'", "||'a'", " as x"),
    "unions": ("create view v as select 1 as x", " union select 1", ""),
    "casts": ("create view v as select a", "::int", " from t"),
    "collations": ("create view v as select a", ' collate "C"', " from t"),
    "joins": ("create view v as select * from t", " join t using (a)", ""),
    "defaults": ("create table d (a int default 1", " + 1", ")"),
    "policies": ("create policy p on t using (a = 1", " + 1", ")"),
    "indexes": ("create index i on t ((a", " + 1", "))"),
}
_NESTED = {
    "brackets": ("create view v as select ", "(", "1", ")", ""),
    "calls": ("create view v as select ", "f(", "1", ")", ""),
    "subqueries": ("create view v as select * from ", "(select * from ", "t", ") x", ""),
    "cases": ("create view v as select ", "case when a then 1 else ", "b", " end", " from t"),
    "not": ("create view v as select ", "not ", "a", "", " from t"),
    "arrays": ("create view v as select array", "[", "1", "]", ""),
}
_AROUND = "create table t (a int);\n\n  {};\n/* é */ create table u (b int);"


def _texts(count: int) -> list[str]:
    texts = [first + more * count + last for first, more, last in _SHAPES.values()]
    return texts + [
        first + opening * count + inner + closing * count + last
        for first, opening, inner, closing, last in _NESTED.values()
    ]


def _under(frames: int, call: Callable[[], None]) -> None:
    """Calls it with so many frames on the stack."""
    if frames:
        _under(frames - 1, call)
    else:
        call()


@pytest.mark.parametrize("count", [20, 60, 100, 140, 150, 156, 157, 158, 159, 160, 200, 330, 600, 1500, 4000])
def test_deep_statements_are_read_or_set_apart(script: Callable[..., Script], count: int) -> None:
    def look() -> None:
        for text in _texts(count):
            parsed = script(_AROUND.format(text))
            describe(parsed)
            promised = fold([parsed])
            if any(problem.rule == "syntax" for problem in parsed.problems):
                assert parsed.problems[0].message.startswith("memory exhausted")  # as the server says then
                continue
            first, middle, last = parsed.statements
            assert (first.kind, first.line, last.kind) == ("CreateStmt", 1, "CreateStmt")
            assert (last.line, last.column) == (4, 9)
            assert (middle.line, middle.column, parsed.statement_text(middle)) == (3, 3, text)
            told = [(problem.rule, problem.severity, problem.line) for problem in parsed.problems]
            unread = middle.kind == UNREAD
            assert told == ([("too-deep", Severity.INFO, 3)] if unread else [])
            assert len(promised.doubts) == unread

    _under(200, look)


@pytest.mark.parametrize(
    "text",
    [
        "select 1" + "+1" * 200_000,
        "select 1" + " union select 1" * 100_000,
        "select " + "/*" * 100_000 + "*/" * 100_000 + " 1",
        "select " + "-+" * 100_000 + " 1",
        "create function f() returns int language sql as $$ select 1" + "+1" * 200_000 + "$$",
        "do $$ begin perform 1" + "+1" * 200_000 + "; end $$",
        "do $$ begin " + "if true then " * 3000 + "null; " + "end if; " * 3000 + "end $$",
    ],
    ids=["sums", "unions", "comments", "operators", "SQL body", "PL/pgSQL body", "blocks"],
)
def test_a_process_with_a_small_stack_survives_any_length(text: str) -> None:
    """In a process of its own: without the guard it dies of a full stack."""
    look = (
        "import sys, threading; from pathlib import Path\n"
        "from supa_deploy.migrations import Migration, describe, fold\n"
        "from supa_deploy.migrations.parse import parse_text\n"
        "def look():\n"
        "    script = parse_text(Migration('1', 'x', 'x.sql', Path('x.sql')), sys.stdin.read())\n"
        "    fold([script]); describe(script)\n"
        "    print([problem.rule for problem in script.problems], len(script.statements))\n"
        "threading.stack_size(1 << 20); thread = threading.Thread(target=look); thread.start(); thread.join()\n"
        "assert threading.stack_size() == 1 << 20\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look], input=text, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip() in {"['too-deep'] 1", "[] 1"}


def test_a_body_in_sql_of_its_own_syntax_is_cut_as_a_whole(script: Callable[..., Script]) -> None:
    deep = "select 1" + "+1" * 400
    text = (
        f"create function f() returns int begin atomic select 2; {deep}; end;\ncreate table t (a int); {deep}"
    )
    parsed = script(text)
    assert [(s.kind, s.line, s.column) for s in parsed.statements] == [
        (UNREAD, 1, 1),
        ("CreateStmt", 2, 1),
        (UNREAD, 2, 25),
    ]
    assert [statement.index for statement in parsed.statements] == [0, 1, 2]


def test_a_file_that_is_wrong_elsewhere_is_still_a_syntax_error(script: Callable[..., Script]) -> None:
    parsed = script("select 1" + "+1" * 400 + ";\nselct 1;")
    assert [(p.rule, p.line, p.column) for p in parsed.problems] == [("syntax", 2, 1)]


def test_a_machine_without_room_for_the_stack_says_so(
    script: Callable[..., Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    parsed = script("select 1" + ",1" * 40_000)
    assert [s.kind for s in parsed.statements] == [UNREAD]
    assert "not even its syntax" in parsed.problems[0].message


def test_the_quick_bound_never_misses_a_deep_tree() -> None:
    for count in range(0, 400, 7):
        for text in _texts(count):
            try:
                deep = is_deep(grammar.tree(text))
            except grammar.TooDeep:
                deep = True
            assert may_be_deep(text.encode()) or not deep, text[:60]
    assert MOST_LEVELS < 330, "Python 3.11 reads 1,000 levels of JSON and frames together"


@pytest.mark.parametrize("text", ["select '\ud800';", "select 1;\n\udfff"])
def test_half_a_surrogate_pair_is_a_syntax_error(script: Callable[..., Script], text: str) -> None:
    (problem,) = script(text).problems
    assert (problem.rule, problem.severity) == ("syntax", Severity.ERROR)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (r"select 1;" + "\n" + r"select 'é', E'\xff';", 2, 13),
        ("select 1;\n  alter table t add constraint c foreign key (a) references u no inherit;", 2, 3),
        (
            r"create function f() returns int language sql as $$ select 1;" + "\n" + r" select E'\xff' $$",
            2,
            9,
        ),
    ],
)
def test_errors_for_which_the_parser_gives_no_place_have_one(
    script: Callable[..., Script], text: str, line: int, column: int
) -> None:
    (problem,) = script(text).problems
    assert (problem.rule, problem.line, problem.column) == ("syntax", line, column)


def test_where_backslashes_may_mean_something_else_nothing_is_certain(script: Callable[..., Script]) -> None:
    right = r"set standard_conforming_strings = off; create table t (a text default 'it\'s');"
    parsed = script(right)
    assert [(p.rule, p.severity) for p in parsed.problems] == [("syntax", Severity.WARNING)]
    assert [s.kind for s in parsed.statements] == [UNREAD]
    assert len(fold([parsed]).doubts) == 1
    assert [p.severity for p in script(right.replace("off", "on")).problems] == [Severity.ERROR]
