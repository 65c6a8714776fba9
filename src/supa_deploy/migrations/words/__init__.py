"""A migration file in words: a few short lines that say what it does to the schema."""

from collections.abc import Callable

from supa_deploy.migrations.fold import fold
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.transactions import RiskKind, transaction_risks
from supa_deploy.migrations.words import alters, changes, creates, drops, others, rows
from supa_deploy.migrations.words.book import Book, Hazard, count, hazard, shown, table_line
from supa_deploy.migrations.words.others import beginning
from supa_deploy.schema import Schema

__all__ = ["Hazard", "describe", "hazard", "shown", "table_line"]


def describe(script: Script) -> tuple[str, ...]:
    """What the file does, a line for each table or object. Empty for a file without statements.

    Indexes, policies and row-level security of a table that the same file creates stand in its line. A statement
    that has no words of its own is told by how it begins. What takes something away, and what keeps others from a
    table that was there before, ends with a mark that `hazard` reads.
    """
    after = fold([script])
    made = {shown(name) for name, table in after.tables.items() if not table.assumed}
    book = Book(script, after, made, elsewhere=_elsewhere(script, after))
    doubtful = {doubt.origin.line for doubt in after.doubts}
    for statement in script.statements:
        handler = _HANDLERS.get(statement.kind)
        if handler is not None:
            handler(book, statement)
        elif statement.kind not in _CHANGES_NOTHING and statement.line not in doubtful:
            others.tell(book, statement)
    for line in _counted(book):
        book.say(line)
    return tuple(book.lines)


def _elsewhere(script: Script, after: Schema) -> dict[str, str]:
    """What the file makes under a name without its schema, when it sets a `search_path`."""
    if not any(
        s.kind == "VariableSetStmt" and s.tree.text("name") == "search_path" for s in script.statements
    ):
        return {}
    return {name.name: shown(name) for name, table in after.tables.items() if not table.assumed}


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
        places = "; ".join(f"{beginning(risk.text)}, line {risk.line}" for risk in risks)
        lines.append(f"not one transaction, what comes before a failure stays ({places})")
    return lines


_CHANGES_NOTHING = frozenset(
    {
        "CallStmt",
        "CheckPointStmt",
        "ClosePortalStmt",
        "ConstraintsSetStmt",
        "DeallocateStmt",
        "DeclareCursorStmt",
        "DiscardStmt",
        "DoStmt",
        "FetchStmt",
        "ListenStmt",
        "PrepareStmt",
        "TransactionStmt",
        "VariableSetStmt",
        "VariableShowStmt",
        "ExplainStmt",
        "UnlistenStmt",
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
    **dict.fromkeys(("GrantStmt", "GrantRoleStmt", "AlterDefaultPrivilegesStmt"), changes.count_grant),
    "AlterDomainStmt": rows.change_domain,
    "AlterEnumStmt": changes.alter_enum,
    "AlterObjectSchemaStmt": changes.move,
    "AlterOwnerStmt": changes.own,
    "AlterPolicyStmt": changes.alter_policy,
    "AlterTableStmt": alters.alter_table,
    "ClusterStmt": rows.cluster,
    "CommentStmt": changes.count_comment,
    "CopyStmt": rows.copy,
    "CreateFunctionStmt": creates.create_function,
    "CreatePolicyStmt": creates.create_policy,
    "CreateTrigStmt": creates.create_trigger,
    "DeleteStmt": rows.delete,
    "DropOwnedStmt": drops.drop_owned,
    "DropRoleStmt": drops.drop_role,
    "DropStmt": drops.drop,
    "DropSubscriptionStmt": drops.drop_subscription,
    "DropdbStmt": drops.drop_database,
    "IndexStmt": creates.create_index,
    "InsertStmt": rows.insert,
    "LockStmt": rows.lock,
    "MergeStmt": rows.merge,
    "NotifyStmt": changes.notify,
    "ReassignOwnedStmt": changes.reassign,
    "RefreshMatViewStmt": rows.refresh,
    "ReindexStmt": rows.reindex,
    "RenameStmt": changes.rename,
    "TruncateStmt": rows.truncate,
    "UpdateStmt": rows.update,
    "VacuumStmt": rows.vacuum,
    "ViewStmt": creates.create_view,
}
