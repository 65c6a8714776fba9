"""Statements and files that the CLI, or Supabase, does not take as they are written."""

import re
from collections.abc import Iterable, Iterator

from supa_deploy.migrations import Script, Statement, lexer
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.sending.rules import (
    ALTER_SYSTEM,
    COMMIT_IN_BLOCK,
    COPY_FROM_STDIN,
    EMPTY_FILE,
    PLATFORM_SCHEMA,
    PSQL_COMMAND,
)
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.values import Found

_KEPT = frozenset(
    {
        "auth",
        "storage",
        "realtime",
        "vault",
        "graphql",
        "supabase_functions",
        "supabase_migrations",
        "pgbouncer",
        "pgsodium",
        "_realtime",
        "_analytics",
        "_supavisor",
    }
)
"""What Supabase's services keep to themselves; extensions' schemas, cron and pgmq are for projects to use."""
_NAME_FIELDS = ("funcname", "typeName", "domainname", "defnames", "objname", "names", "items")
_RELATION_ONLY = frozenset({"AlterTableStmt", "CreateStmt", "IndexStmt"})
"""The most frequent ones name their table and nothing else."""
_ON_TABLES = frozenset({"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_TABCONSTRAINT"})
_COPY = re.compile(rb"^[ \t]*copy\s[^;]*?\sfrom\s+stdin\b", re.IGNORECASE | re.MULTILINE)
_ENDS = frozenset({"COMMIT", "ROLLBACK"})


def copy(sight: Sight, statement: Statement) -> Iterator[Found]:
    """COPY … FROM STDIN in a file that parses (its rows stand elsewhere, or are missing)."""
    tree = statement.tree
    if tree.flag("is_from") and not tree.has("filename"):
        name = sight.relation(tree.child("relation"))
        yield Found(
            COPY_FROM_STDIN, statement.start, f"COPY {name} FROM STDIN: no rows are sent, the push fails."
        )


def unparsed(sight: Sight) -> Iterator[Found]:
    """What stands behind a syntax error: psql's commands, and rows below a COPY."""
    script = sight.script
    errors = [problem for problem in script.problems if problem.rule == "syntax"]
    if script.statements or not errors:
        return
    line = errors[0].line
    if script.source.line_text(line).lstrip().startswith("\\"):
        byte = script.source.byte(line - 1, 0)
        yield Found(PSQL_COMMAND, byte, "A command to psql: the server refuses the whole file for it.")
        return
    found = _COPY.search(script.source.data)
    if found is not None and script.source.line(found.end()) <= line:
        yield Found(
            COPY_FROM_STDIN, found.start(), "The rows below COPY are no SQL: the server refuses the file."
        )


def empty(sight: Sight) -> Iterator[Found]:
    """A file without a statement."""
    script = sight.script
    if not script.statements and not script.problems and (script.text or _is_empty(script)):
        yield Found(EMPTY_FILE, 0, "There is no statement in this file.")


def _is_empty(script: Script) -> bool:
    """A file that cannot be read, or is not UTF-8, gives an empty text too."""
    try:
        return script.migration.path.stat().st_size == 0
    except OSError:
        return False


def alter_system(sight: Sight, statement: Statement) -> Iterator[Found]:
    """ALTER SYSTEM."""
    del sight
    yield Found(ALTER_SYSTEM, statement.start, "ALTER SYSTEM: hosted projects refuse it.")


def commit_in_block(sight: Sight, statement: Statement) -> Iterator[Found]:
    """A DO block that commits, in a file that holds more than the block."""
    if len(sight.script.statements) < 2:
        return
    source = sight.script.source
    from supa_deploy.migrations.bodies import body_of

    body = body_of(source, statement)
    if body is None or not any(word in body.text.upper() for word in _ENDS):
        return
    before = ";"
    for token in lexer.tokens(source.data, body.start, body.start + len(body.text.encode())):
        if token.kind == "word" and token.text in _ENDS and before in {";", "BEGIN", "THEN", "ELSE", "LOOP"}:
            message = f"This {token.text} ends the transaction of the whole file, not of the block."
            yield Found(COMMIT_IN_BLOCK, token.start, message)
            return
        before = token.text


def platform_schema(sight: Sight, statement: Statement) -> Iterable[Found]:
    """What is made, changed or dropped in a schema of Supabase's; policies, triggers and rows are a project's own."""
    tree = statement.tree
    if (tree.text("removeType") or tree.text("renameType")) in _ON_TABLES:
        return ()
    for parts in _named(sight, tree):
        if len(parts) > 1 and parts[-2] in _KEPT:
            name = ".".join(parts[-2:])
            message = (
                f"{name} stands in a schema that Supabase keeps: hosted projects refuse this, or undo it."
            )
            return (Found(PLATFORM_SCHEMA, statement.start, message),)
    return ()


def _named(sight: Sight, tree: Node) -> Iterable[tuple[str, ...]]:
    if tree.kind in _RELATION_ONLY:
        return (sight.state.new_name(tree.child("relation")),)
    return _all_named(sight, tree)


def _all_named(sight: Sight, tree: Node) -> Iterator[tuple[str, ...]]:
    for field in ("relation", "view", "typevar", "sequence"):
        relation = tree.child(field)
        if relation is not None and relation.has("relname"):
            yield sight.state.new_name(relation)
    into = tree.child("into")
    if into is not None:
        yield sight.state.new_name(into.child("rel"))
    single = tree.child("object")
    for node in (tree, *tree.nodes("objects"), *((single,) if single is not None else ())):
        for field in _NAME_FIELDS:
            if node.has(field):
                yield node.strings(field)
    if tree.text("removeType") == "OBJECT_SCHEMA":
        yield from (("", target.text("sval"), "") for target in tree.nodes("objects"))
