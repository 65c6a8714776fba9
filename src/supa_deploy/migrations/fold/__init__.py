"""Folds migration files, in order, into what they promise: one `schema.Schema`.

One table says which handler reads which kind of statement. A kind that is in no table changes nothing that
a witness could be asked about (roles, operators, casts, statistics, …); a kind whose effect
cannot be read from the file becomes a doubt.
"""

from collections.abc import Callable, Collection, Iterable

from supa_deploy.migrations.fold.alter import alter_table
from supa_deploy.migrations.fold.comments import comment_on
from supa_deploy.migrations.fold.drops import drop
from supa_deploy.migrations.fold.functions import alter_function, create_aggregate, create_function
from supa_deploy.migrations.fold.grants import default_privileges, grant
from supa_deploy.migrations.fold.indexes import create_index
from supa_deploy.migrations.fold.policies import alter_policy, create_policy, create_trigger
from supa_deploy.migrations.fold.publications import alter_publication, create_publication
from supa_deploy.migrations.fold.renames import rename, set_schema
from supa_deploy.migrations.fold.session import (
    call_procedure,
    data_changing,
    do_block,
    select,
    set_variable,
    unread,
    unreadable,
)
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.fold.tables import create_foreign_table, create_table
from supa_deploy.migrations.fold.usertypes import (
    alter_enum,
    alter_sequence,
    create_composite,
    create_domain,
    create_enum,
    create_extension,
    create_range,
    create_schema,
    create_sequence,
)
from supa_deploy.migrations.fold.views import create_materialized_or_table, create_view
from supa_deploy.migrations.script import Script
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Schema


def fold(scripts: Iterable[Script], until: Collection[str] | None = None) -> Schema:
    """What the files promise, taken together in the given order.

    With `until`, only the files of those versions count (those that the history has, say). A script that does
    not parse adds nothing. Never raises for what a file holds.
    """
    state = State()
    for script in scripts:
        if until is not None and script.migration.version not in until:
            continue
        state.start_script(script)
        for statement in script.statements:
            state.start_statement(statement)
            apply(state, statement.tree)
    return state.freeze()


def apply(state: State, node: Node) -> None:
    """Folds one statement into the state; a script and a statement must have been started."""
    handler = _HANDLERS.get(node.kind)
    if handler is not None:
        handler(state, node)


def _schema(state: State, node: Node) -> None:
    create_schema(state, node, apply)


_HANDLERS: dict[str, Callable[[State, Node], None]] = {
    "AlterDefaultPrivilegesStmt": default_privileges,
    "AlterEnumStmt": alter_enum,
    "AlterFunctionStmt": alter_function,
    "AlterObjectSchemaStmt": set_schema,
    "AlterPolicyStmt": alter_policy,
    "AlterPublicationStmt": alter_publication,
    "AlterSeqStmt": alter_sequence,
    "AlterTableStmt": alter_table,
    "CallStmt": call_procedure,
    "CommentStmt": comment_on,
    "CompositeTypeStmt": create_composite,
    "CreateDomainStmt": create_domain,
    "CreateEnumStmt": create_enum,
    "CreateExtensionStmt": create_extension,
    "CreateForeignTableStmt": create_foreign_table,
    "CreateFunctionStmt": create_function,
    "CreatePolicyStmt": create_policy,
    "CreatePublicationStmt": create_publication,
    "CreateRangeStmt": create_range,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": create_sequence,
    "CreateStmt": create_table,
    "CreateTableAsStmt": create_materialized_or_table,
    "CreateTrigStmt": create_trigger,
    "DefineStmt": create_aggregate,
    "DeleteStmt": data_changing,
    "DoStmt": do_block,
    "DropOwnedStmt": unreadable,
    "DropStmt": drop,
    "ExecuteStmt": unreadable,
    "GrantStmt": grant,
    "ImportForeignSchemaStmt": unreadable,
    "IndexStmt": create_index,
    "InsertStmt": data_changing,
    "RenameStmt": rename,
    "SelectStmt": select,
    "UnreadStmt": unread,
    "UpdateStmt": data_changing,
    "VariableSetStmt": set_variable,
    "ViewStmt": create_view,
}
