"""Bodies of functions and DO blocks: their syntax, and the SQL that can be read inside them.

PostgreSQL checks SQL and PL/pgSQL bodies when a function is created (check_function_bodies is on), so a body
that does not parse is a file that is refused.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from supa_deploy.migrations import lexer
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node, plpgsql_functions, statements
from supa_deploy.model import Severity

_STATEMENT_MODE, _EXPRESSION_MODE = 0, 2
_SURE = ("syntax error", "unterminated", "unexpected end", "missing ", "mismatched", "duplicate declaration")
"""The PL/pgSQL parser has no catalog: `r.a := 1` for a row variable of a table's type is `"r.a" is not a known
variable` to it. Only what it cannot be wrong about counts."""


class BodyError(NamedTuple):
    """A body that does not parse: what the parser says, and where in the file as far as it can be told."""

    message: str
    line: int
    column: int
    severity: Severity = Severity.ERROR


class Body(NamedTuple):
    """A function's text in another language: the language in lower case, the text, and the byte of the file
    where it begins (the one after the opening quote)."""

    language: str
    text: str
    start: int


class Inside(NamedTuple):
    """What can be read inside a PL/pgSQL body: its SQL statements, and whether it runs SQL made at run time."""

    statements: tuple[Node, ...]
    dynamic: bool


def body_of(source: Source, statement: Statement) -> Body | None:
    """The body of a CREATE FUNCTION, CREATE PROCEDURE or DO; None when it has none as text (BEGIN ATOMIC)."""
    options_field = "args" if statement.kind == "DoStmt" else "options"
    language = "plpgsql" if statement.kind == "DoStmt" else "sql"
    text: str | None = None
    place = statement.start
    for option in statement.tree.nodes(options_field):
        argument = option.child("arg")
        if option.text("defname") == "language" and argument is not None:
            language = argument.text("sval").lower()
        elif option.text("defname") == "as" and argument is not None:
            items = argument.nodes("items") if argument.kind == "List" else [argument]
            text = items[0].text("sval") if len(items) == 1 else None
            place = option.location
    if text is None:
        return None
    for token in lexer.tokens(source.data, place, statement.end):
        if token.kind == "string":
            opening = source.data[token.start : token.end]
            quote = opening.index(b"$", 1) + 1 if opening.startswith(b"$") else opening.index(b"'") + 1
            return Body(language, text, token.start + quote)
    return Body(language, text, place)


def errors(source: Source, found: Sequence[Statement]) -> Iterator[BodyError]:
    """The bodies in a file that do not parse; warnings where the file turned the server's own check off."""
    checked = True
    for statement in found:
        if statement.kind == "VariableSetStmt" and statement.tree.text("name") == "check_function_bodies":
            checked = not _is_off(statement.tree)
        elif statement.kind in {"CreateFunctionStmt", "DoStmt"}:
            severity = Severity.ERROR if checked or statement.kind == "DoStmt" else Severity.WARNING
            error = _error(source, statement)
            if error:
                yield error._replace(severity=severity)


def _is_off(node: Node) -> bool:
    values = [
        (argument.child("sval") or argument).text("sval")
        or str((argument.child("ival") or argument).number("ival"))
        for argument in node.nodes("args")
    ]
    return bool(values) and values[0].lower() in {"off", "false", "no", "0", "f", "n"}


def _error(source: Source, statement: Statement) -> BodyError | None:
    body = body_of(source, statement)
    if body is None:
        return None
    if body.language == "sql":
        return _sql_error(source, body)
    if body.language == "plpgsql":
        return _plpgsql_error(source, statement, body)
    return None


def _sql_error(source: Source, body: Body) -> BodyError | None:
    from pgparse import PGQueryError, parse

    try:
        parse(body.text)
    except PGQueryError as error:
        before = body.text[: max(error.position - 1, 0)].encode()
        return BodyError(error.message, *source.place(body.start + len(before)))
    return None


def _plpgsql_error(source: Source, statement: Statement, body: Body) -> BodyError | None:
    from pgparse import PGQueryError, parse, parse_pgsql

    try:
        tree = parse_pgsql(source.text(statement.start, statement.end))
    except PGQueryError as error:
        if not error.message.startswith(_SURE):
            return None
        return BodyError(error.message, *_place_of_word(source, body, error.message))
    for line, mode, query in _queries(plpgsql_functions(tree)):
        if mode not in {_STATEMENT_MODE, _EXPRESSION_MODE}:
            continue
        try:
            parse(query if mode == _STATEMENT_MODE else f"SELECT {query}")
        except PGQueryError as error:
            first = source.line(body.start)
            return BodyError(error.message, *_place_of_query(source, body, first + max(line, 1) - 1, query))
    return None


def _place_of_word(source: Source, body: Body, message: str) -> tuple[int, int]:
    """The parser's PL/pgSQL errors have no position: the word they name is looked up, if it stands there once."""
    quoted = message.partition(' near "')[2].rpartition('"')[0]
    data = body.text.encode()
    first = data.find(quoted.encode()) if quoted else -1
    if first >= 0 and data.find(quoted.encode(), first + 1) < 0:
        return source.place(body.start + first)
    return source.place(body.start)


def _place_of_query(source: Source, body: Body, line: int, query: str) -> tuple[int, int]:
    found = body.text.find(query)
    if found >= 0 and body.text.find(query, found + 1) < 0:
        return source.place(body.start + len(body.text[:found].encode()))
    return line, 1


def _queries(functions: Sequence[Node]) -> Iterator[tuple[int, int, str]]:
    """Each SQL text of a parsed body: its line in the body, its parse mode, the text."""
    for function in functions:
        for node in function.walk():
            line = node.number("lineno")
            for below in node.children():
                if below.kind == "PLpgSQL_expr":
                    yield line, below.number("parseMode"), below.text("query")


def inside(source: Source, statement: Statement) -> Inside | None:
    """The SQL statements in a PL/pgSQL body; None when the body cannot be read."""
    from pgparse import PGQueryError, parse, parse_pgsql

    body = body_of(source, statement)
    if body is None or body.language != "plpgsql":
        return None
    found: list[Node] = []
    dynamic = False
    try:
        functions = plpgsql_functions(parse_pgsql(source.text(statement.start, statement.end)))
        for function in functions:
            for node in function.walk():
                text = _constant_query(node)
                if node.kind == "PLpgSQL_stmt_dynexecute" and text is None:
                    dynamic = True
                for query in _readable(node, text):
                    found.extend(inner for inner, _, _ in statements(parse(query)))
    except PGQueryError:
        return None
    return Inside(tuple(found), dynamic)


def _readable(node: Node, constant: str | None) -> Iterator[str]:
    if constant is not None:
        yield constant
    for below in node.children():
        if below.kind == "PLpgSQL_expr" and node.kind != "PLpgSQL_stmt_dynexecute":
            mode = below.number("parseMode")
            if mode == _STATEMENT_MODE:
                yield below.text("query")
            elif mode == _EXPRESSION_MODE:
                yield f"SELECT {below.text('query')}"


def _constant_query(node: Node) -> str | None:
    """The text of an `EXECUTE 'literal'`."""
    if node.kind != "PLpgSQL_stmt_dynexecute":
        return None
    from pgparse import parse

    query = node.child("query")
    if query is None:
        return None
    for select, _, _ in statements(parse(f"SELECT {query.text('query')}")):
        for target in select.nodes("targetList"):
            value = target.child("val")
            literal = value.child("sval") if value is not None and value.kind == "A_Const" else None
            if literal is not None:
                return literal.text("sval")
    return None
