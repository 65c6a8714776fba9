"""Statements of the kinds that migrations use, printed in two styles and parsed: the same statements, the same promise,
the right lines, and texts that parse alone."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from supa_deploy.migrations import Migration, Script, fold
from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.parse import parse_text
from supa_deploy.schema import Origin


class Keywords(str):
    """Words in any case."""

    __slots__ = ()


class Name(str):
    """An identifier, to be quoted where it must, or where the style likes to."""

    __slots__ = ()


class Text(str):
    """A string literal, in any of its spellings."""

    __slots__ = ()


Tokens = list[str]


class Statement(NamedTuple):
    """A statement's kind as the parser calls it, and its tokens."""

    kind: str
    tokens: Tokens


_ODD = st.text(st.characters(codec="utf-8", exclude_characters="\0«»"), min_size=1, max_size=12)
_NAMES = st.sampled_from(
    ["t", "u", "user_id", "Größe", "select", "A b", 'q"q', "né", "日本", "🙂", "x.y", "$a$", "--"]
)
NAMES = (_NAMES | _ODD).map(Name)
TABLES = st.sampled_from(["t", "Orders", "naïve", "a b", "order"]).map(Name)
COLUMNS = st.sampled_from(["id", "a", "B", "ü", "table", "c d"]).map(Name)
TEXTS = (_ODD | st.sampled_from(["it's", "a;b", "$$", "\\", "--", "/*", "$body$", "'", "é\n;\n"])).map(Text)
TYPES = st.sampled_from(
    ["int", "bigint", "text", "numeric(10, 2)", "timestamp with time zone", "jsonb", "text[]"]
)
EXPRESSIONS = st.sampled_from(
    ["(a > 0)", "(now())", "('x' || 'ü; --')", "(case when true then 1 else 2 end)", "($$;$$)"]
)
_DOLLAR_TAGS = ("$$", "$body$", "$é$", "$_1$")


def _k(words: str) -> Keywords:
    return Keywords(words)


def _listed(items: list[Tokens]) -> Tokens:
    tokens: Tokens = ["("]
    for number, item in enumerate(items):
        tokens += [",", *item] if number else item
    return [*tokens, ")"]


@st.composite
def _column(draw: st.DrawFn, name: Name) -> Tokens:
    tokens: Tokens = [name, _k(draw(TYPES))]
    if draw(st.booleans()):
        tokens += [_k("default"), draw(EXPRESSIONS)]
    tokens += [_k(words) for words in draw(st.lists(st.sampled_from(["not null", "unique"]), unique=True))]
    if draw(st.booleans()):
        tokens += [_k("check"), draw(EXPRESSIONS)]
    return tokens


@st.composite
def _table(draw: st.DrawFn) -> Statement:
    columns = draw(st.lists(COLUMNS, min_size=1, unique=True))
    items = [draw(_column(name)) for name in columns]
    if draw(st.booleans()):
        items.append(
            [_k("constraint"), draw(NAMES), _k("primary key"), *_listed([[name] for name in columns[:2]])]
        )
    if draw(st.booleans()):
        items.append(
            [
                _k("foreign key"),
                *_listed([[columns[0]]]),
                _k("references"),
                draw(TABLES),
                _k("on delete cascade"),
            ]
        )
    start = [_k("create table"), *([_k("if not exists")] if draw(st.booleans()) else [])]
    return Statement("CreateStmt", [*start, _k("public"), ".", draw(TABLES), *_listed(items)])


@st.composite
def _index(draw: st.DrawFn) -> Statement:
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=3, unique=True))
    tokens = [
        _k(draw(st.sampled_from(["create index", "create unique index"]))),
        draw(NAMES),
        _k("on"),
        draw(TABLES),
    ]
    tokens += _listed([[name] for name in columns])
    return Statement("IndexStmt", tokens + ([_k("where"), draw(EXPRESSIONS)] if draw(st.booleans()) else []))


@st.composite
def _policy(draw: st.DrawFn) -> Statement:
    command = draw(st.sampled_from(["select", "delete", "update", "all"]))
    tokens = [
        _k("create policy"),
        draw(NAMES),
        _k("on"),
        draw(TABLES),
        _k("for"),
        _k(command),
        _k("to authenticated"),
    ]
    return Statement("CreatePolicyStmt", [*tokens, _k("using"), draw(EXPRESSIONS)])


@st.composite
def _function(draw: st.DrawFn) -> Statement:
    body = Text(
        draw(
            st.sampled_from(
                ["begin return 1; end", "begin\n  -- ü ' $$\n  return 'é;';\nend;\n", "BEGIN\nEND"]
            )
        )
    )
    tokens = [
        _k("create or replace function"),
        draw(NAMES),
        *_listed([[draw(COLUMNS), _k("int")]]),
        _k("returns"),
    ]
    return Statement("CreateFunctionStmt", [*tokens, _k(draw(TYPES)), _k("language plpgsql as"), body])


@st.composite
def _alter(draw: st.DrawFn) -> Statement:
    column = draw(COLUMNS)
    action: Tokens = draw(
        st.sampled_from(
            [
                [_k("add column"), column, _k("bigint")],
                [_k("drop column if exists"), column],
                [_k("alter column"), column, _k("set not null")],
                [_k("alter column"), column, _k("set default"), "(1)"],
                [_k("enable row level security")],
                [_k("add constraint"), Name("k k"), _k("check"), "(true)"],
            ]
        )
    )
    return Statement("AlterTableStmt", [_k("alter table"), draw(TABLES), *action])


@st.composite
def _small(draw: st.DrawFn) -> Statement:
    table, column = draw(TABLES), draw(COLUMNS)
    return draw(
        st.sampled_from(
            [
                Statement("CommentStmt", [_k("comment on table"), table, _k("is"), draw(TEXTS)]),
                Statement("GrantStmt", [_k("grant select , insert on"), table, _k("to anon")]),
                Statement(
                    "RenameStmt",
                    [_k("alter table"), table, _k("rename column"), column, _k("to"), Name("Z z")],
                ),
                Statement(
                    "InsertStmt",
                    [_k("insert into"), table, *_listed([[column]]), _k("values"), *_listed([[draw(TEXTS)]])],
                ),
                Statement(
                    "CreateEnumStmt",
                    [_k("create type"), draw(NAMES), _k("as enum"), *_listed([[draw(TEXTS)]])],
                ),
                Statement("DropStmt", [_k("drop table if exists"), table]),
            ]
        )
    )


STATEMENTS = st.lists(
    st.one_of(_table(), _table(), _index(), _policy(), _function(), _alter(), _small()),
    min_size=1,
    max_size=6,
)
_BLANKS = (
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\n\n  ",
    " /* ; ' */ ",
    " -- é ' ; $$\n",
    " /* /* nested */ \n */ ",
    " --\n",
)


def printed(found: list[Statement], chance: random.Random) -> tuple[str, list[tuple[int, int]]]:
    """The statements in a style of chance; the 1-based line and column of each."""
    text = "".join(chance.choice(_BLANKS) for _ in range(chance.randrange(3)))
    places = []
    for statement in found:
        places.append((text.count("\n") + 1, len(text) - text.rfind("\n")))
        words = [_spelt(token, chance) for token in statement.tokens]
        text += "".join(f"{word}{chance.choice(_BLANKS)}" for word in words[:-1]) + words[-1]
        text += chance.choice(("", " ", "\n")) + ";" + chance.choice(("", "\n", " ;", " -- end\n", "\n\n"))
        text += chance.choice(_BLANKS)
    return text, places


def _spelt(token: str, chance: random.Random) -> str:
    if isinstance(token, Keywords):
        how: Callable[[str], str] = chance.choice((str.upper, str.lower, str.title))
        return (
            how(token)
            if "(" in token
            else chance.choice(_BLANKS).join(how(word) for word in token.split(" "))
        )
    if isinstance(token, Name):
        if (
            re.fullmatch(r"[a-z_][a-z0-9_]*", token)
            and quote_identifier(token) == token
            and chance.random() < 0.6
        ):
            return chance.choice((token, token.upper(), token.title()))
        return '"' + token.replace('"', '""') + '"'
    if isinstance(token, Text):
        return _literal(token, chance)
    return token


def _literal(text: str, chance: random.Random) -> str:
    way = chance.randrange(3)
    if way == 0:
        return "'" + text.replace("'", "''") + "'"
    if way == 1:
        return (
            "E'"
            + text.replace("\\", "\\\\").replace("'", chance.choice(("\\'", "''"))).replace("\n", "\\n")
            + "'"
        )
    tag = next((tag for tag in chance.sample(_DOLLAR_TAGS, 4) if tag not in text + "$"), "$never$")
    return f"{tag}{text}{tag}"


def _parsed(text: str) -> Script:
    return parse_text(Migration("1", "x", "1_x.sql", Path("1_x.sql")), text)


def _plain(value: object) -> object:
    """A value without the places where things stand."""
    if isinstance(value, Origin):
        return None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, one.name)) for one in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return {repr(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


@given(STATEMENTS, st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=250, deadline=None)
def test_two_styles_are_one_script(found: list[Statement], one: int, other: int) -> None:
    texts = [printed(found, random.Random(seed)) for seed in (one, other)]  # noqa: S311  # a style, no secret
    scripts = [_parsed(text) for text, _ in texts]
    for (text, places), script in zip(texts, scripts, strict=True):
        assert script.problems == (), text
        assert [s.kind for s in script.statements] == [statement.kind for statement in found]
        assert [(s.line, s.column) for s in script.statements] == places
        for statement in script.statements:
            (alone,) = _parsed(script.statement_text(statement)).statements
            assert (alone.kind, alone.line, alone.column) == (statement.kind, 1, 1)
    assert _plain(fold(scripts[:1])) == _plain(fold(scripts[1:]))
