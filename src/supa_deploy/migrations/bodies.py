"""Bodies of functions and DO blocks: where they stand in the file, and the SQL that can be read inside them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from supa_deploy.migrations import grammar, lexer
from supa_deploy.migrations.grammar import Refused, TooDeep
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node, plpgsql_functions, statements

_STATEMENT_MODE, _EXPRESSION_MODE = 0, 2
_ESCAPES = re.compile(
    r"''|\\[0-7]{1,3}|\\x[0-9A-Fa-f]{1,2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\.|.", re.DOTALL
)
_DOUBLED = re.compile(r"''|.", re.DOTALL)


class Body(NamedTuple):
    """A function's text in another language: the language in lower case, the text, the byte of the file where it
    begins (the one after the opening quote), and the bytes of the literal around it."""

    language: str
    text: str
    start: int
    literal: tuple[int, int]


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
            return Body(language, text, token.start + quote, (token.start, token.end))
    return Body(language, text, place, (place, place))


def byte_of(source: Source, body: Body, character: int) -> int:
    """The byte of the file where a 0-based character of a body stands; the body's first byte where quotes and
    escapes do not tell (`U&'…'`, a text in several parts)."""
    raw = source.text(body.start, body.literal[1])
    opening = source.text(body.literal[0], body.start)
    if opening.startswith("$"):
        return body.start + len(body.text[:character].encode())
    if opening not in {"'", "E'", "e'"}:
        return body.start
    position = -1
    for position, unit in enumerate((_DOUBLED if opening == "'" else _ESCAPES).finditer(raw)):
        if position == character:
            return body.start + len(raw[: unit.start()].encode())
    return body.start


def inside(source: Source, statement: Statement) -> Inside | None:
    """The SQL statements in a PL/pgSQL body; None when the body cannot be read."""
    body = body_of(source, statement)
    if body is None or body.language != "plpgsql":
        return None
    found: list[Node] = []
    dynamic = False
    try:
        functions = plpgsql_functions(grammar.plpgsql_tree(source.text(statement.start, statement.end)))
        for function in functions:
            for node in function.walk():
                text = constant_query(node)
                if node.kind == "PLpgSQL_stmt_dynexecute" and text is None:
                    dynamic = True
                for query in readable(node, text):
                    found.extend(inner for inner, _, _ in statements(grammar.shallow_tree(query)))
    except (Refused, TooDeep):
        return None
    return Inside(tuple(found), dynamic)


def readable(node: Node, constant: str | None) -> Iterator[str]:
    """The SQL texts right in one PL/pgSQL statement; `constant` is what `constant_query` says of it."""
    if constant is not None:
        yield constant
    for below in node.children():
        if below.kind == "PLpgSQL_expr" and node.kind != "PLpgSQL_stmt_dynexecute":
            mode = below.number("parseMode")
            if mode == _STATEMENT_MODE:
                yield below.text("query")
            elif mode == _EXPRESSION_MODE:
                yield f"SELECT {below.text('query')}"


def constant_query(node: Node) -> str | None:
    """The text of an `EXECUTE 'literal'`."""
    if node.kind != "PLpgSQL_stmt_dynexecute":
        return None
    query = node.child("query")
    if query is None:
        return None
    for select, _, _ in statements(grammar.shallow_tree(f"SELECT {query.text('query')}")):
        for target in select.nodes("targetList"):
            value = target.child("val")
            literal = value.child("sval") if value is not None and value.kind == "A_Const" else None
            if literal is not None:
                return literal.text("sval")
    return None
