"""Positions of statements and of what PostgreSQL's parser refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from supa_deploy.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from supa_deploy.migrations import Script


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("select 1;\ncreate tabel t();", 2, 8, 'syntax error at or near "tabel"'),
        ("select 'é→🙂'; selct 1;", 1, 15, 'syntax error at or near "selct"'),
        ("-- ü\nselect '🙂',\n  ;\n", 3, 3, 'syntax error at or near ";"'),
        ("create table t (a int", 1, 22, "syntax error at end of input"),
        ("select 1;\nselect 'open", 2, 8, "unterminated quoted string"),
        ("create policy if not exists p on t;", 1, 18, "syntax error"),
        ("create table t (a int, unique (a) where a > 1);", 1, 35, "syntax error"),
        ("select 1; \0", 1, 11, "zero byte"),
    ],
)
def test_a_syntax_error_is_told_at_its_place_with_the_line(
    script: Callable[..., Script], text: str, line: int, column: int, message: str
) -> None:
    parsed = script(text)
    (problem,) = parsed.problems
    assert (problem.rule, problem.severity) == ("syntax", Severity.ERROR)
    assert (problem.line, problem.column) == (line, column)
    assert problem.message.startswith(message) or message in problem.message
    assert problem.excerpt == text.splitlines()[line - 1]
    assert parsed.statements == ()


def test_statements_begin_after_their_comments(script: Callable[..., Script]) -> None:
    text = '-- héllo\n/* a /* nested */ ; */ select 1;\r\n\r\n  -- x\n  create table "ü"();\n\nselect 2'
    parsed = script(text)
    assert [(s.index, s.kind, s.line, s.column) for s in parsed.statements] == [
        (0, "SelectStmt", 2, 24),
        (1, "CreateStmt", 5, 3),
        (2, "SelectStmt", 7, 1),
    ]
    assert [parsed.statement_text(s) for s in parsed.statements] == [
        "select 1",
        'create table "ü"()',
        "select 2",
    ]


@pytest.mark.parametrize("text", ["", "-- nothing\n", "/* nothing */ ;;"])
def test_files_without_statements_are_fine(script: Callable[..., Script], text: str) -> None:
    assert (script(text).statements, script(text).problems) == ((), ())


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("language sql as $$\n select é,\n frm from x frm y $$", 3, 17),
        ("language plpgsql as $$\nbegin\n  retrun new;\nend $$", 3, 3),
        ("language plpgsql as $$\nbegin\n  select é, from x;\nend $$", 3, 13),
        ("language plpgsql as $f$\nbegin\n  if then null; end if;\nend $f$", 3, 6),
        ("language sql as 'select 1,'", 1, 59),
    ],
)
def test_bodies_are_parsed_too(script: Callable[..., Script], body: str, line: int, column: int) -> None:
    (problem,) = script(f"create function f() returns int {body}").problems
    assert (problem.rule, problem.severity, problem.line, problem.column) == (
        "syntax",
        Severity.ERROR,
        line,
        column,
    )


def test_a_body_is_only_a_warning_where_the_file_turns_the_servers_check_off(
    script: Callable[..., Script],
) -> None:
    text = "set check_function_bodies = off; create function f() returns int language sql as 'selct 1';"
    assert [problem.severity for problem in script(text).problems] == [Severity.WARNING]
    assert [p.severity for p in script(text.replace("off", "on")).problems] == [Severity.ERROR]


@pytest.mark.parametrize(
    "body",
    [
        "declare r public.users%rowtype; begin r.name := 'x'; return new; end",
        "declare r public.users; begin select * into r from public.users; r.a := 1; return new; end",
        "begin new.updated_at = now(); return new; end",
        "begin insert into x values ($1) returning id into new.id; return new; end",
        "declare x text[]; begin foreach x slice 1 in array array[['a']] loop null; end loop; end",
        "begin execute format('alter table %I add column x int', tg_table_name); return null; end",
        "begin if (select auth.uid()) is null then raise exception 'no %', 1 using errcode = 'P0001'; end if; end",
        "begin return query select 1; exception when others then get stacked diagnostics x = message_text; end",
    ],
)
def test_bodies_that_a_catalog_would_be_needed_for_are_not_called_wrong(
    script: Callable[..., Script], body: str
) -> None:
    assert script(f"create function f() returns trigger language plpgsql as $$ {body} $$").problems == ()


@pytest.mark.parametrize("language", ["plv8", "c", "internal"])
def test_bodies_in_other_languages_are_left_alone(script: Callable[..., Script], language: str) -> None:
    assert (
        script(f"create function f() returns int language {language} as $$ not sql at all $$").problems == ()
    )


@pytest.mark.parametrize(
    "text",
    [
        "select 1 where a not -- one of\n in (1, 2);",
        "create table t (a timestamp with /* é */ time zone, b time without -- ü\n time zone);",
        "select a from t order by a nulls /* well */ last;",
        "do $$ begin\n if a not /* é */ in (1) then return; end if; end $$;",
        "create function f() returns int language sql as $$ select 1 where 'a' not -- x\n like 'b' $$;",
        "do 'begin if ''a'' not /* x */ in (''b'') then null; end if; end';",
    ],
)
def test_comments_after_words_that_look_ahead_are_no_errors(script: Callable[..., Script], text: str) -> None:
    parsed = script("-- é\n" + text)
    assert parsed.problems == ()
    assert [(statement.line, statement.column) for statement in parsed.statements] == [(2, 1)]


def test_a_mistake_behind_such_a_comment_is_told_at_its_place(script: Callable[..., Script]) -> None:
    (problem,) = script("select 1 where é not /* ü */ in (1);\n/* é */ selct 1;").problems
    assert (problem.line, problem.column, problem.message) == (2, 9, 'syntax error at or near "selct"')
