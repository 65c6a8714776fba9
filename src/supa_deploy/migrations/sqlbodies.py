"""What the server reads of a function's body in SQL when the function is made (fmgr_sql_validator of PostgreSQL 17):
its queries; statements that are no queries are only parsed."""

from typing import NamedTuple

from supa_deploy.migrations.bodies import body_of
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node, statements

_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


class SqlBody(NamedTuple):
    """The queries of a body, and the byte of the file that their positions count from. `path`: the search_path that
    the function sets for itself, None when it sets none (then the session's counts)."""

    queries: tuple[Node, ...]
    start: int
    path: tuple[str, ...] | None


def sql_body(source: Source, statement: Statement) -> SqlBody | None:
    """The body of a CREATE FUNCTION … LANGUAGE sql as text; None for other languages, for one that does not parse, and
    for functions of polymorphic types (the server only parses those)."""
    if _is_polymorphic(statement.tree):
        return None
    body = body_of(source, statement)
    if body is None or body.language != "sql":
        return None
    from pgparse import PGQueryError, parse

    try:
        found = tuple(node for node, _, _ in statements(parse(body.text)) if node.kind in _QUERIES)
    except PGQueryError:
        return None
    return SqlBody(found, body.start, _own_path(statement.tree))


def _is_polymorphic(function: Node) -> bool:
    for parameter in function.nodes("parameters"):
        written = parameter.child("argType")
        names = written.strings("names") if written is not None else ()
        if names and names[-1].startswith("any"):
            return True
    return False


def _own_path(function: Node) -> tuple[str, ...] | None:
    for option in function.nodes("options"):
        setting = option.child("arg")
        if option.text("defname") == "set" and setting is not None and setting.text("name") == "search_path":
            if setting.text("kind") != "VAR_SET_VALUE":
                return None
            values = (argument.child("sval") for argument in setting.nodes("args"))
            return tuple(value.text("sval") for value in values if value is not None)
    return None
