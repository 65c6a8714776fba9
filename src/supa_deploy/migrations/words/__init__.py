"""A migration file in words: a few short lines that say what it does to the schema."""

import re
from collections.abc import Callable

from supa_deploy.migrations.fold import fold
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.transactions import RiskKind, transaction_risks
from supa_deploy.migrations.words import changes, creates
from supa_deploy.migrations.words.book import Book, count, shown, table_line

__all__ = ["describe", "shown", "table_line"]


def describe(script: Script) -> tuple[str, ...]:
    """What the file does, a line for each table or object. Empty for a file without statements.

    Indexes, policies and row-level security of a table that the same file creates stand in its line. A statement
    that has no words of its own is told by how it begins.
    """
    after = fold([script])
    made = {shown(name) for name, table in after.tables.items() if not table.assumed}
    book = Book(script, after, made)
    doubtful = {doubt.origin.line for doubt in after.doubts}
    for statement in script.statements:
        handler = _HANDLERS.get(statement.kind)
        if handler is not None:
            handler(book, statement)
        elif statement.kind not in _CHANGES_NOTHING and statement.line not in doubtful:
            book.say(f"runs {_beginning(script.statement_text(statement))}")
    for line in _counted(book):
        book.say(line)
    return tuple(book.lines)


def _counted(book: Book) -> list[str]:
    lines = []
    if book.grants:
        lines.append(f"changes grants ({count(book.grants, 'statement')})")
    if book.comments:
        lines.append(f"sets {count(book.comments, 'comment')}")
    doubts = book.after.doubts
    if doubts:
        places = "; ".join(f"{doubt.reason}, line {doubt.origin.line}" for doubt in doubts)
        lines.append(f"{count(len(doubts), 'statement')} whose effect cannot be read ({places})")
    risks = [risk for risk in transaction_risks(book.script) if risk.kind not in _TOLD_ELSEWHERE]
    if risks:
        places = "; ".join(f"{_beginning(risk.text)}, line {risk.line}" for risk in risks)
        lines.append(f"not one transaction, what comes before a failure stays ({places})")
    return lines


def _beginning(sql: str) -> str:
    """The first words of a statement, up to where a value could stand: values may be secrets."""
    plain = re.split(r"['($]|--|/\*", sql, maxsplit=1)[0].rstrip(" \t\n;").split()
    return " ".join(plain[:_WORDS]) + (
        " …" if len(plain) > _WORDS or plain != sql.rstrip("; \n").split() else ""
    )


_WORDS = 8
_CHANGES_NOTHING = frozenset(
    {
        "CallStmt",
        "DoStmt",
        "TransactionStmt",
        "VariableSetStmt",
        "VariableShowStmt",
        "LockStmt",
        "ExplainStmt",
    }
)
"""Statements that leave nothing behind; CALL and DO are told as doubts where they may."""
_TOLD_ELSEWHERE = frozenset(
    {RiskKind.OWN_BEGIN, RiskKind.OWN_COMMIT, RiskKind.OWN_ROLLBACK, RiskKind.PROCEDURE}
)
"""Risks that are findings of their own, or doubts."""


_HANDLERS: dict[str, Callable[[Book, Statement], None]] = {
    **dict.fromkeys(("CreateStmt", "CreateForeignTableStmt"), creates.create_table),
    **dict.fromkeys(("CreateTableAsStmt", "SelectStmt"), creates.create_from_query),
    **dict.fromkeys(
        ("CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateRangeStmt"), creates.create_type
    ),
    **dict.fromkeys(("CreateExtensionStmt", "CreateSchemaStmt", "CreateSeqStmt"), creates.create_named),
    **dict.fromkeys(("GrantStmt", "AlterDefaultPrivilegesStmt"), changes.count_grant),
    **dict.fromkeys(changes.DATA_STATEMENTS, changes.change_rows),
    "AlterEnumStmt": changes.alter_enum,
    "AlterPolicyStmt": changes.alter_policy,
    "AlterTableStmt": changes.alter_table,
    "CommentStmt": changes.count_comment,
    "CreateFunctionStmt": creates.create_function,
    "CreatePolicyStmt": creates.create_policy,
    "CreateTrigStmt": creates.create_trigger,
    "DropStmt": changes.drop,
    "IndexStmt": creates.create_index,
    "RenameStmt": changes.rename,
    "TruncateStmt": changes.truncate,
    "ViewStmt": creates.create_view,
}
