"""PostgreSQL's own regression SQL: what our parser says of each statement, and what a PostgreSQL 17 says of it.

The files come from `make regress` (fetch.py). The server parses each statement and runs none; functions it has to
make, in a transaction that is rolled back, for it checks their bodies then.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.regress.fetch import regression_folder
from tests.regress.psql import sent

from supa_deploy.migrations import Migration, Script, describe, fold, lexer
from supa_deploy.migrations.bodies import body_of
from supa_deploy.migrations.parse import parse_text
from supa_deploy.migrations.pieces import UNREAD
from supa_deploy.migrations.source import Source
from supa_deploy.model import Finding, Severity

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from tests.regress.asking import Answer, Server

_PARTS = 8
_FILES = sorted(regression_folder().glob("*/*.sql"))

_MISSED = ("trailing junk after parameter at or near",)
"""What the server's grammar refuses and ours takes: `$1a`, which pgparse's lexer allows for its own purposes."""
_MISSED_IN_BODIES = {
    'missing expression at or near ";"': "an empty RETURN: pgparse does not know what type is returned",
    "RETURN cannot have a parameter in a procedure": "pgparse does not tell procedures and functions apart there",
    "cursor FOR loop must use a bound cursor variable": "needs the variable's type: a refcursor may be an argument",
}


class Said(NamedTuple):
    """A statement of a file, what we say of it and what the server says."""

    where: str
    text: str
    script: Script
    answer: Answer

    @property
    def error(self) -> Finding | None:
        """Our first syntax error."""
        found = (p for p in self.script.problems if p.rule == "syntax" and p.severity is Severity.ERROR)
        return next(found, None)

    @property
    def place(self) -> tuple[int, int]:
        """Where the server says that the error is, as line and column."""
        return Source(self.text.encode()).place_of_character(self.answer.position)

    def __str__(self) -> str:
        return f"{self.where}: server {self.answer}, we {self.error}\n{self.text[:300]}"


@pytest.fixture(params=range(_PARTS), scope="module")
def files(request: pytest.FixtureRequest) -> Sequence[Path]:
    """A part of the files."""
    if not _FILES:
        pytest.skip("PostgreSQL's regression files are not here: run `make regress`")
    part: int = request.param
    return _FILES[part::_PARTS]


@pytest.fixture(scope="module")
def statements(files: Sequence[Path], server: Server) -> list[Said]:
    """The statements of these files, as psql would send them, each parsed by us and by the server."""
    found = [
        (f"{file.name}:{one.line}", one.text)
        for file in files
        for one in sent(file.read_bytes().decode(errors="replace"))
    ]
    answers = server.parse([text for _, text in found])
    return [Said(*one, _parsed(one[1]), answer) for one, answer in zip(found, answers, strict=True)]


def _parsed(text: str) -> Script:
    name = "20250101000000_regress.sql"
    return parse_text(Migration("20250101000000", "regress", name, Path(name)), text)


def test_the_grammar_refuses_what_the_server_refuses_and_nothing_else(
    statements: list[Said], count: Counter[str]
) -> None:
    false, missed, elsewhere = [], [], []
    for said in statements:
        refused = said.error is not None and not said.script.statements
        count["statements"] += 1
        count["statements that the server's grammar refuses"] += said.answer.by_grammar
        if refused and not said.answer.by_grammar:
            false.append(said)
        elif said.answer.by_grammar and not refused:
            count["of these not refused by us (`$1a`)"] += 1
            missed += [] if said.answer.message.startswith(_MISSED) else [said]
        elif said.error is not None and said.answer.by_grammar and said.answer.position:
            exact = (said.error.line, said.error.column) == said.place
            count["of these with the server's own line and column"] += exact
            elsewhere += [] if exact and said.error.message == said.answer.message else [said]
    assert _shown(false) == []
    assert _shown(missed) == []
    assert _shown(elsewhere) == []


def test_bodies_are_refused_where_the_server_refuses_them_and_nowhere_else(
    statements: list[Said], server: Server, count: Counter[str]
) -> None:
    functions = [(said.where, text) for said in statements for text in _function(said.script)]
    answers = server.define([text for _, text in functions])
    false, missed, elsewhere = [], [], []
    for (where, text), answer in zip(functions, answers, strict=True):
        said = Said(where, text, _parsed(text), answer)
        count["bodies"] += 1
        count["bodies that the server does not come to (a type or table is not there)"] += not (
            answer.accepted or answer.by_syntax
        )
        count["bodies that the server refuses"] += answer.by_syntax
        if said.error and not answer.by_syntax:
            false.append(said)
        elif answer.by_syntax and not said.error:
            count["of these bodies not refused by us (see _MISSED_IN_BODIES)"] += 1
            missed += [] if answer.message in _MISSED_IN_BODIES else [said]
        elif said.error and answer.position:
            count["of these bodies with the server's own line"] += said.error.line == said.place[0]
            count["of these bodies with its column too"] += (said.error.line, said.error.column) == said.place
            elsewhere += [] if said.error.line == said.place[0] else [said]
    assert _shown(false) == []
    assert _shown(missed) == []
    assert _shown(elsewhere) == []


def test_comments_between_words_change_nothing(
    statements: list[Said], server: Server, count: Counter[str]
) -> None:
    """pgparse alone refuses one in a hundred of these (see grammar.py); the server takes them."""
    texts = [_commented(said.text) for said in statements[::3]]
    for text, answer in zip(texts, server.parse(texts), strict=True):
        script = _parsed(text)
        count["statements with comments between all words"] += 1
        refused = not script.statements and bool(script.problems)
        assert refused == answer.by_grammar or answer.message.startswith(_MISSED), (
            text,
            answer,
            script.problems,
        )


def _commented(text: str) -> str:
    data = text.encode()
    parts, last = [], 0
    for token in lexer.tokens(data, 0, len(data)):
        gap = data[last : token.start]
        parts += [gap, b" /* c */ " if gap.isspace() else b"", data[token.start : token.end]]
        last = token.end
    return b"".join(parts).decode()


def test_every_file_is_folded_and_told(
    files: Sequence[Path], statements: list[Said], count: Counter[str]
) -> None:
    right: dict[str, list[str]] = {file.name: [] for file in files}
    for said in statements:
        if said.script.statements:
            right[said.where.partition(":")[0]].append(said.text)
    for file in files:
        for text in (file.read_bytes().decode(errors="replace"), "\n;\n".join(right[file.name])):
            script = _parsed(text)
            fold([script])
            describe(script)
        assert len(script.statements) >= len(right[file.name]), script.problems
        count["files folded and told"] += 1
        count["statements too deep to be read"] += sum(one.kind == UNREAD for one in script.statements)


def _function(script: Script) -> Iterator[str]:
    """A function's statement; a DO block's body as a function, so that it is not run."""
    if len(script.statements) != 1:
        return
    (statement,) = script.statements
    if statement.kind == "CreateFunctionStmt":
        yield script.text
    elif statement.kind == "DoStmt":
        body = body_of(script.source, statement)
        if body is not None and body.language == "plpgsql":
            literal = script.source.text(*body.literal)
            yield f"create function pg_temp.f() returns void language plpgsql as {literal}"


def _shown(found: Sequence[Said]) -> list[str]:
    return [str(said) for said in found]
