"""Which statements PostgreSQL refuses in a transaction, and which of them the CLI runs apart from the rest."""

import re

from supa_deploy.migrations import Script, Statement
from supa_deploy.migrations.tree import Node

_HEADER = "-- pg-delta: transaction=false"
_ALWAYS = frozenset(
    {
        "AlterSystemStmt",
        "CreateTableSpaceStmt",
        "CreatedbStmt",
        "DropTableSpaceStmt",
        "DropdbStmt",
    }
)
_WHOLE = frozenset({"REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"})
_CUT = re.compile(
    rb"create\s+(?:unique\s+)?index\s+concurrently\b|drop\s+index\s+concurrently\b"
    rb"|reindex\s+\w+\s+concurrently\b|vacuum\b|cluster\b|alter\s+system\b",
    re.IGNORECASE,
)
"""How CLI 3.1.0 knows what to run apart: by the words, so that a comment between them, or CONCURRENTLY in brackets,
keeps it in the transaction (run)."""


def refused_in_transaction(node: Node) -> bool:
    """True for what the server refuses in a transaction block (SQLSTATE 25001)."""
    kind = node.kind
    if kind in _ALWAYS:
        return True
    if kind == "VacuumStmt":
        return node.flag("is_vacuumcmd")
    if kind == "ClusterStmt":
        return not node.has("relation")
    if kind == "DiscardStmt":
        return node.text("target") in {"", "DISCARD_ALL"}
    return _concurrent(node)


def _concurrent(node: Node) -> bool:
    if node.kind == "IndexStmt":
        return node.flag("concurrent")
    if node.kind == "DropStmt":
        return node.text("removeType") == "OBJECT_INDEX" and node.flag("concurrent")
    if node.kind == "ReindexStmt":
        return node.text("kind") in _WHOLE or any(
            option.text("defname") == "concurrently" and option.child("arg") is None
            for option in node.nodes("params")
        )
    if node.kind == "AlterTableStmt":
        definitions = (command.child("def") for command in node.nodes("cmds"))
        return any(definition is not None and definition.flag("concurrent") for definition in definitions)
    return False


def runs_apart(script: Script, statement: Statement) -> bool:
    """True for a statement before and after which the CLI (2.122.1, 3.1.0) cuts the file."""
    return _CUT.match(script.source.data, statement.start, statement.end) is not None


def is_switched_off(script: Script) -> bool:
    """True when the file's first line tells the CLI to use no transaction."""
    return script.text.partition("\n")[0].removesuffix("\r") == _HEADER
