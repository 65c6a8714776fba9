"""Which files are not one transaction, and which of them make the CLI report a success that is none.

The Supabase CLI sends a file as one implicit transaction that ends with the row in the history (seen on 3.1.0,
2.122.1 and 2.99.0). A COMMIT inside ends it early. A BEGIN that nothing commits is worse: the CLI exits 0, and
the rest of the file is lost, with it the history's rows for this and every later file. 3.1.0 and 2.122.1 run
CONCURRENTLY, VACUUM and their like apart, so that a failure leaves part of such a file behind; 2.99.0 refuses
them in a file of several statements.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Finding, Severity

_NO_TRANSACTION = "-- pg-delta: transaction=false"


class RiskKind(StrEnum):
    """Why a file is not one transaction."""

    OWN_BEGIN = "own-begin"
    OWN_COMMIT = "own-commit"
    OWN_ROLLBACK = "own-rollback"
    CONCURRENTLY = "concurrently"
    VACUUM = "vacuum"
    NOT_IN_TRANSACTION = "not-in-transaction"
    SWITCHED_OFF = "switched-off"
    PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True)
class TransactionRisk:
    """A statement that keeps a file from being one transaction: its kind, 1-based line, and its first line."""

    kind: RiskKind
    line: int
    text: str


_TRANSACTION_KINDS = {
    "TRANS_STMT_BEGIN": RiskKind.OWN_BEGIN,
    "TRANS_STMT_START": RiskKind.OWN_BEGIN,
    "TRANS_STMT_COMMIT": RiskKind.OWN_COMMIT,
    "TRANS_STMT_PREPARE": RiskKind.OWN_COMMIT,
    "TRANS_STMT_ROLLBACK": RiskKind.OWN_ROLLBACK,
}
_MAY_COMMIT = re.compile(r"\b(?:commit|rollback|call)\b", re.IGNORECASE)
_ALONE = frozenset(
    {
        "AlterSystemStmt",
        "CreatedbStmt",
        "DropdbStmt",
        "CreateTableSpaceStmt",
        "DropTableSpaceStmt",
        "ClusterStmt",
    }
)


def transaction_risks(script: Script) -> tuple[TransactionRisk, ...]:
    """The statements that keep this file from being all or nothing; empty for an ordinary file."""
    risks = []
    if script.text.partition("\n")[0].removesuffix("\r") == _NO_TRANSACTION:
        risks.append(TransactionRisk(RiskKind.SWITCHED_OFF, 1, _NO_TRANSACTION))
    for statement in script.statements:
        kind = _risk(statement.tree) or _procedural(script, statement)
        if kind:
            text = script.statement_text(statement).splitlines()[0]
            risks.append(TransactionRisk(kind, statement.line, text))
    return tuple(risks)


def _risk(node: Node) -> RiskKind | None:
    if node.kind == "TransactionStmt":
        return _TRANSACTION_KINDS.get(node.text("kind"))
    if node.kind == "VacuumStmt" and node.flag("is_vacuumcmd"):
        return RiskKind.VACUUM
    if node.kind in _ALONE:
        return RiskKind.NOT_IN_TRANSACTION
    return RiskKind.CONCURRENTLY if _concurrent(node) else None


def _procedural(script: Script, statement: Statement) -> RiskKind | None:
    """Procedures and DO blocks may commit: in the CLI's implicit transaction they really do, and what follows
    fails without them (3.1.0, 2.122.1 and 2.99.0, run)."""
    if statement.kind == "CallStmt":
        return RiskKind.PROCEDURE
    if statement.kind == "DoStmt" and _MAY_COMMIT.search(script.statement_text(statement)):
        return RiskKind.PROCEDURE
    return None


def _concurrent(node: Node) -> bool:
    if node.kind == "IndexStmt":
        return node.flag("concurrent")
    if node.kind == "DropStmt":
        return node.text("removeType") == "OBJECT_INDEX" and node.flag("concurrent")
    if node.kind == "ReindexStmt":
        return any(option.text("defname") == "concurrently" for option in node.nodes("params"))
    if node.kind == "AlterTableStmt":
        definitions = (command.child("def") for command in node.nodes("cmds"))
        return any(definition is not None and definition.flag("concurrent") for definition in definitions)
    return False


def findings(script: Script) -> list[Finding]:
    """What a file's own transactions put at risk, told once a file.

    Errors: a transaction still open at the end, or a ROLLBACK: the CLI (3.1.0 and 2.99.0, run) exits 0 and the
    work is lost; a ROLLBACK that no BEGIN comes before does not do what is written either (on PostgreSQL 17.10 it
    undoes nothing). Warnings: a COMMIT that leaves no transaction open, which both apply and record rightly.
    """
    commands = [statement for statement in script.statements if statement.kind == "TransactionStmt"]
    opened: Statement | None = None
    committed: Statement | None = None
    for statement in commands:
        kind = _risk(statement.tree)
        if kind is RiskKind.OWN_ROLLBACK:
            return [
                _error(script, statement, "it undoes what stands before it, and the history records the file")
            ]
        if kind is RiskKind.OWN_BEGIN:
            opened = statement
        elif kind is RiskKind.OWN_COMMIT:
            committed = statement
            opened = statement if statement.tree.flag("chain") else None
    if opened is not None:
        return [
            _error(script, opened, "the transaction it opens is never committed, so what follows is lost")
        ]
    return [_warning(script, committed)] if committed is not None else []


def _warning(script: Script, statement: Statement) -> Finding:
    last = statement.index == len(script.statements) - 1
    kept = (
        "the history records it: two deploys at once both run it, though one of them then reports a failure"
        if last
        else "the rest of it runs; that much stays when the rest fails"
    )
    return Finding(
        rule="own-transaction" if last else "commit-inside",
        severity=Severity.WARNING,
        file=script.migration.file,
        line=statement.line,
        column=statement.column,
        message=f"The file commits by itself before {kept}.",
        help="Leave BEGIN and COMMIT out: the Supabase CLI runs each file as one transaction anyway.",
        excerpt=script.source.line_text(statement.line),
    )


def _error(script: Script, statement: Statement, reason: str) -> Finding:
    word = script.statement_text(statement).split(maxsplit=1)[0].upper()
    return Finding(
        rule="commit-inside",
        severity=Severity.ERROR,
        file=script.migration.file,
        line=statement.line,
        column=statement.column,
        message=f"{word} inside a migration: {reason}.",
        help="Take BEGIN, COMMIT and ROLLBACK out: the Supabase CLI runs each file as one transaction. As it is, "
        "it would report success although the work, and the rows of this and later files in the history, are lost.",
        excerpt=script.source.line_text(statement.line),
    )
