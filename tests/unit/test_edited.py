"""Edited after it was applied, or the same: files against what the history recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from supa_deploy.edited import RULE, find_edited
from supa_deploy.migrations import Migration, read
from supa_deploy.model import Finding, Severity

VERSION = "20250101000000"
Find = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """`find(file's text or bytes, *recorded statements)`."""

    def look(text: str | bytes, *recorded: str) -> tuple[Finding, ...]:
        path = tmp_path / f"{VERSION}_a.sql"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        script = read(Migration(VERSION, "a", f"supabase/migrations/{path.name}", path))
        return find_edited((script,), {VERSION: recorded})

    return look


# What CLI 3.1.0, 2.122.1 and 2.99.0 recorded of such files (tests/e2e/test_edited.py pushes them).
SAME = {
    "plain": (
        "create table a (id int);\ncreate table b (id int);\n",
        "create table a (id int)",
        "create table b (id int)",
    ),
    "comments": (
        "-- leading\n/* a /* nested ; */ ; */\ncreate table c (id int); -- trailing ; here\n\n-- at the end\n",
        "-- leading\n/* a /* nested ; */ ; */\ncreate table c (id int)",
        "-- trailing ; here\n\n-- at the end",
    ),
    "crlf": ("select 1;\r\nselect $$\r\nx$$;\r\n", "select 1", "select $$\r\nx$$"),
    "crlf became lf": ("select 1;\nselect $$\nx$$;\n", "select 1", "select $$\r\nx$$"),
    "byte order mark": (b"\xef\xbb\xbfselect 1;", "select 1"),
    "byte order mark recorded": (b"\xef\xbb\xbfselect 1;", "\ufeffselect 1"),
    "empty": ("",),
    "comments alone": ("-- nothing\n", "-- nothing"),
    "comment added to an empty one": ("-- nothing\n",),
    "no semicolon at the end": ("select 1;\nselect 2", "select 1", "select 2"),
    "empty statements": ("select 1;;\n;select 2;", "select 1", "select 2"),
    "whole file as one": ("select 1;\nselect 2;\n", "select 1;\nselect 2;\n"),
    "atomic body": (
        "create function k() returns int language sql begin atomic select 1; end;\nselect 2;",
        "create function k() returns int language sql begin atomic select 1; end",
        "select 2",
    ),
    "comment added": ("-- why\nselect 1; /* and */ select 2;", "select 1", "select 2"),
    "comment taken away": ("select 1;", "-- why\nselect /* what */ 1"),
    "white space": ("select\n   1 ;\n\n\n", "select 1"),
    "case of keywords": ("SELECT Id FROM a;", "select id from A"),
    "comment in a body": ("do $$ begin\n -- new\n null; end $$;", "do $$ begin null; end $$"),
    "semicolon in a string": ("select ';', E'\\';' ;", "select ';', E'\\';'"),
}  # fmt: skip
EDITED = {
    "value": ("select 1;\nselect 3;\n", (2, 8), "statement 2 of 2 is not what was applied", "select 1", "select 2"),
    "white space in a string": ("select 'ab';", (1, 8), "statement 1 of 1 is not what was applied", "select 'a b'"),
    "comment mark in a string": ("select '--b';", (1, 8), "statement 1 of 1 is not what was applied", "select '--a'"),
    "quoted name's case": ('select "A";', (1, 8), "statement 1 of 1 is not what was applied", 'select "a"'),
    "two statements became one": (
        "select 10;",
        (1, 8),
        "statement 1 of 1 is not what was applied (1 changed, 1 removed)",
        "select 1",
        "0",
    ),
    "body": (
        "create function f() returns int language sql as $$\nselect 2\n$$;",
        (2, 8),
        "statement 1 of 1 is not what was applied",
        "create function f() returns int language sql as $$\nselect 1\n$$",
    ),
    "statement added": (
        "select 1;\n-- new\nselect 2;\nselect 3;",
        (3, 1),
        "statement 2 of 3 was not in it when it was applied",
        "select 1",
        "select 3",
    ),
    "statement added at the end": (
        "select 1;\nselect 2;",
        (2, 1),
        "statement 2 of 2 was not in it when it was applied",
        "select 1",
    ),
    "written into an empty file": ("\nselect 1;", (2, 1), "statement 1 of 1 was not in it when it was applied"),
    "statement removed": (
        "select 1;\nselect 3;",
        (2, 1),
        "statement 2 of the 3 that were applied is not in it any more",
        "select 1",
        "select 2",
        "select 3",
    ),
    "last statement removed": (
        "select 1;\n",
        (1, 8),
        "statement 2 of the 2 that were applied is not in it any more",
        "select 1",
        "select 2",
    ),
    "everything removed": (
        "-- gone\n",
        (1, 1),
        "statement 1 of the 1 that were applied is not in it any more",
        "select 1",
    ),
    "several": (
        "select 2;\nselect 3;\nselect 4;",
        (1, 8),
        "statement 1 of 3 is not what was applied (1 changed, 2 added)",
        "select 1",
    ),
    "after line ends of another kind": (
        "select 1;\r\nselect\r\n 3;",
        (3, 2),
        "statement 2 of 2 is not what was applied",
        "select 1",
        "select\r\n 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(SAME))
def test_what_was_applied_is_no_finding(find: Find, case: str) -> None:
    text, *recorded = SAME[case]
    assert find(text, *recorded) == ()


@pytest.mark.parametrize("case", sorted(EDITED))
def test_an_edit_is_found_at_its_place(find: Find, case: str) -> None:
    text, place, words, *recorded = EDITED[case]
    (finding,) = find(text, *recorded)
    assert (finding.line, finding.column) == place
    assert finding.message == f"edited after it was applied: {words}"
    assert (finding.rule, finding.severity) == (RULE, Severity.WARNING)
    assert finding.file == f"supabase/migrations/{VERSION}_a.sql"


def test_the_lines_that_differ_are_shown_and_no_others(find: Find) -> None:
    (finding,) = find(
        "create table a (\n  id int,\n  secret text,\n  n bigint\n);",
        "create table a (\n  id int,\n  secret text,\n  n int\n)",
    )
    assert (finding.help or "").split("\n")[1:] == ["-  n int", "+  n bigint"]
    assert finding.excerpt == "  n bigint"


def test_what_is_shown_is_bounded_in_both_directions(find: Find) -> None:
    (finding,) = find("select 1" + "0" * 400 + ";" + "".join(f"\nselect {n};" for n in range(40)))
    lines = (finding.help or "").split("\n")[1:]
    assert len(lines) == 12
    assert len(lines[0]) == 160
    assert lines[-1] == "… and 30 more lines"


def test_a_file_of_thousands_of_statements_is_compared_as_one_change(find: Find) -> None:
    recorded = [f"comment on table a is '{n}'" for n in range(3000)]
    text = "".join(f"comment on table b is '{n}';\n" for n in range(3000))
    (finding,) = find(text, *recorded)
    assert finding.message.endswith("statement 1 of 3000 is not what was applied (3000 changed)")


def test_a_file_that_does_not_parse_is_compared_all_the_same(find: Find) -> None:
    assert find("creat table a;", "creat table a") == ()
    assert len(find("creat table b;", "creat table a")) == 1


def test_a_file_that_cannot_be_read_is_nobodys_edit(find: Find) -> None:
    assert find(b"select '\xff';", "select '\ufffd'") == ()


def test_what_the_history_has_no_record_of_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text("select 1;", "utf-8")
    script = read(Migration(VERSION, "a", "a.sql", path))
    assert find_edited((script,), {}) == ()
    assert find_edited((script,), {"20250102000000": ("select 2",)}) == ()
