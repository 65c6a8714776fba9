"""A DO block's statements, and which of them run whenever the block does."""

from collections.abc import Iterator
from typing import NamedTuple

from supa_deploy.migrations.bodies import body_of, constant_query, readable
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.source import Source
from supa_deploy.migrations.tree import Node, plpgsql_functions, statements


class BlockStatement(NamedTuple):
    """A statement in a DO block. `guarded`: a condition, a loop or an exception handler stands around it, or the
    block may have returned before it."""

    tree: Node
    guarded: bool


class Block(NamedTuple):
    """A DO block: its statements in order, and whether it runs SQL made at run time."""

    statements: tuple[BlockStatement, ...]
    dynamic: bool


def block_of(source: Source, statement: Statement) -> Block | None:
    """What a DO block does; None when its body cannot be read (another language, SQL that does not parse)."""
    from pgparse import PGQueryError, parse, parse_pgsql

    body = body_of(source, statement)
    if body is None or body.language != "plpgsql":
        return None
    found: list[BlockStatement] = []
    dynamic = False
    try:
        for function in plpgsql_functions(parse_pgsql(source.text(statement.start, statement.end))):
            action = function.child("action")
            for node, guarded in _walk(action, guarded=False) if action is not None else ():
                text = constant_query(node)
                dynamic = dynamic or (node.kind == "PLpgSQL_stmt_dynexecute" and text is None)
                for query in readable(node, text):
                    found += [BlockStatement(tree, guarded) for tree, _, _ in statements(parse(query))]
    except PGQueryError:
        return None
    return Block(tuple(found), dynamic)


def _walk(block: Node, *, guarded: bool) -> Iterator[tuple[Node, bool]]:
    """Each PL/pgSQL statement of a block, and those below it."""
    guarded = guarded or block.has("exceptions")
    for node in block.nodes("body"):
        if node.kind == "PLpgSQL_stmt_block":
            yield from _walk(node, guarded=guarded)
            continue
        yield node, guarded
        below = [
            inner
            for child in node.children()
            for inner in child.walk()
            if inner.kind.startswith("PLpgSQL_stmt")
        ]
        yield from ((inner, True) for inner in reversed(below))
        guarded = guarded or any(
            inner.kind in {"PLpgSQL_stmt_return", "PLpgSQL_stmt_exit"} for inner in below
        )


def declared_types(source: Source, statement: Statement) -> tuple[str, ...] | None:
    """The types of a PL/pgSQL body's variables as written; None when the body cannot be read."""
    from pgparse import PGQueryError, parse_pgsql

    try:
        functions = plpgsql_functions(parse_pgsql(source.text(statement.start, statement.end)))
    except PGQueryError:
        return None
    datums = [datum for function in functions for datum in function.nodes("datums")]
    types = (datum.child("datatype") for datum in datums)
    return tuple(found.text("typname") for found in types if found is not None)
