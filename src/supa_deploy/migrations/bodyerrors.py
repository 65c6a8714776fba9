"""What PostgreSQL would not parse in the bodies of functions and DO blocks, and on which line.

PostgreSQL checks SQL and PL/pgSQL bodies when a function is created (check_function_bodies is on), so a body
that does not parse is a file that is refused.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from supa_deploy.migrations import grammar
from supa_deploy.migrations.bodies import Body, body_of, byte_of
from supa_deploy.migrations.bodyplace import place_in_body
from supa_deploy.migrations.grammar import Refused, TooDeep
from supa_deploy.migrations.pieces import refused_piece
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node

_SURE = (
    *("syntax error", "unterminated", "unexpected end", "missing ", "mismatched", "duplicate declaration"),
    *("too few parameters specified for RAISE", "too many parameters specified for RAISE"),
    *("EXIT cannot be used outside a loop", "CONTINUE cannot be used outside a loop"),
    *("there is no label ", "block label ", "end label "),
    *("value for parameter ", "not enough arguments for cursor ", "too many arguments for cursor "),
)
"""The PL/pgSQL parser has no catalog: `r.a := 1` for a row variable of a table's type is `"r.a" is not a known
variable` to it. Only what it cannot be wrong about counts."""


class BodyError(NamedTuple):
    """A body that does not parse: what the parser says, at which byte of the file as far as it can be told, and
    whether the server checks it. Without a message the body is too deep to be read, `sure` when its syntax is right.
    """

    statement: Statement
    message: str
    byte: int
    checked: bool = True
    sure: bool = True


def errors(source: Source, found: Sequence[Statement]) -> Iterator[BodyError]:
    """The bodies in a file that do not parse or cannot be read; `checked` is False where the file turned the
    server's own check off."""
    checked = True
    for statement in found:
        if statement.kind == "VariableSetStmt" and statement.tree.text("name") == "check_function_bodies":
            checked = not _is_off(statement.tree)
        elif statement.kind in {"CreateFunctionStmt", "DoStmt"}:
            error = _error(source, statement)
            if error:
                yield error._replace(checked=checked or statement.kind == "DoStmt")


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
    try:
        if body.language == "sql":
            return _sql_error(source, statement, body)
        if body.language == "plpgsql":
            return _plpgsql_error(source, statement, body)
    except TooDeep as error:
        return BodyError(statement, "", statement.start, sure=error.confirmed)
    return None


def _sql_error(source: Source, statement: Statement, body: Body) -> BodyError | None:
    try:
        grammar.accepts(body.text)
    except Refused as error:
        character = error.position - 1
        if character < 0:
            data = body.text.encode()
            character = len(data[: refused_piece(data)].decode())
        return BodyError(statement, error.message, byte_of(source, body, character))
    return None


def _plpgsql_error(source: Source, statement: Statement, body: Body) -> BodyError | None:
    try:
        grammar.plpgsql_tree(source.text(statement.start, statement.end))
    except Refused as error:
        if error.message.startswith(_SURE):
            return BodyError(statement, error.message, place_in_body(source, statement, body, error))
    return None
