"""What the Supabase CLI does to files: transactions, locks, encodings, statements it cannot send (all run on 3.1.0)."""

from supa_deploy.rules.sending.blocks import blocks
from supa_deploy.rules.sending.contents import (
    alter_system,
    commit_in_block,
    copy,
    empty,
    platform_schema,
    unparsed,
)
from supa_deploy.rules.sending.enums import enum_values, seen_before
from supa_deploy.rules.sending.rules import RULES
from supa_deploy.rules.sight import Readers

_CHANGES = (
    "AlterFunctionStmt",
    "AlterObjectSchemaStmt",
    "AlterTableStmt",
    "CreateDomainStmt",
    "CreateEnumStmt",
    "CreateFunctionStmt",
    "CreateSeqStmt",
    "CreateStmt",
    "CreateTableAsStmt",
    "CompositeTypeStmt",
    "DropStmt",
    "IndexStmt",
    "RenameStmt",
    "ViewStmt",
)

READERS = Readers(
    statements={
        "AlterEnumStmt": (seen_before, platform_schema),
        "AlterSystemStmt": (alter_system,),
        "CopyStmt": (copy,),
        "DoStmt": (commit_in_block,),
        **dict.fromkeys(_CHANGES, (platform_schema,)),
    },
    files=(blocks, enum_values, unparsed, empty),
)

__all__ = ["READERS", "RULES"]
