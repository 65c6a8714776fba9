"""Whether a function's body would find all it names with an empty search_path."""

import re
from collections.abc import Iterable

from supa_deploy.migrations import Script, Statement
from supa_deploy.migrations.blocks import declared_types
from supa_deploy.migrations.bodies import body_of, inside
from supa_deploy.migrations.sqlbodies import sql_body
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.names import in_postgresql

_OPERATORS = frozenset(
    {
        *(
            "=",
            "<>",
            "!=",
            "<",
            ">",
            "<=",
            ">=",
            "+",
            "-",
            "*",
            "/",
            "%",
            "^",
            "|",
            "&",
            "#",
            "~",
            "<<",
            ">>",
            "||",
        ),
        *("->", "->>", "#>", "#>>", "@>", "<@", "?", "?|", "?&", "#-", "@@", "&&"),
        *("~~", "~~*", "!~~", "!~~*", "!~", "~*", "!~*"),
    }
)
"""PostgreSQL's own that no extension of note brings for types of its own alone."""
_BY_TEXT = frozenset({"nextval", "currval", "setval", "to_regclass", "to_regproc", "to_regtype"})
_CHANGES = re.compile(r"\b(?:create|alter|drop|execute|set|call|truncate|copy)\b", re.IGNORECASE)
_WORDS_OF_TYPES = frozenset(
    {
        *("integer", "int", "smallint", "bigint", "decimal", "real", "double", "boolean", "bit"),
        *("character", "char", "varchar", "timestamp", "time", "interval"),
    }
)


def finds_all(script: Script, statement: Statement) -> bool:
    """True when all that the body names is PostgreSQL's own or stands there with its schema; False also where that
    cannot be seen: SQL made at run time, other languages."""
    if statement.tree.has("sql_body"):
        return True  # BEGIN ATOMIC: the names were looked up when the function was made
    body = body_of(script.source, statement)
    if body is None:
        return False
    if body.language == "sql":
        read = sql_body(script.source, statement)
        return read is not None and _CHANGES.search(body.text) is None and _whole(read.queries)
    if body.language != "plpgsql":
        return False
    found = inside(script.source, statement)
    types = declared_types(script.source, statement)
    if found is None or found.dynamic or types is None:
        return False
    return all(_type_is_whole(written) for written in types) and _whole(found.statements)


def _whole(statements: Iterable[Node]) -> bool:
    return all(_statement_is_whole(statement) for statement in statements)


def _statement_is_whole(statement: Node) -> bool:
    nodes = list(statement.walk())
    named = {node.text("ctename") for node in nodes if node.has("ctename")}
    return all(_is_whole(node, named) for node in nodes)


def _is_whole(node: Node, named: set[str]) -> bool:
    if node.has("relname"):
        return node.has("schemaname") or node.text("relname") in named
    if node.kind == "FuncCall":
        name = node.strings("funcname")
        if name[-1] in _BY_TEXT:
            return all(
                "." in text.text("sval") for one in node.walk() if (text := one.child("sval")) is not None
            )
        return len(name) > 1 or in_postgresql("functions", name[0])
    if node.kind == "A_Expr":
        name = node.strings("name")
        return len(name) != 1 or name[0] in _OPERATORS or not _is_operator(name[0])
    if node.has("names") and node.has("typemod"):
        name = node.strings("names")
        return "reg" not in name[-1][:3] and (len(name) > 1 or in_postgresql("types", name[0]))
    return True


def _is_operator(name: str) -> bool:
    """True for a symbol: BETWEEN and its like have words there."""
    return not name[:1].isalpha()


def _type_is_whole(written: str) -> bool:
    """True for a type of PostgreSQL's own, and for one with its schema (`a.b`, `a.b%rowtype`, `a.b.c%type`)."""
    text = written.strip().lower()
    name, percent, kind = text.partition("%")
    parts = name.split(".")
    if percent:
        return len(parts) > (2 if kind.startswith("type") else 1)
    if len(parts) > 1:
        return True
    bare = re.sub(r"\(.*?\)|\[.*?\]|\barray\b.*", "", name).strip()
    return bare.split()[:1] != [] and (bare.split()[0] in _WORDS_OF_TYPES or in_postgresql("types", bare))
