"""Squawk's rules about what goes away or gets another name."""

from supa_deploy.model import Severity
from supa_deploy.rules.squawk.mapped import Mapped, danger
from supa_deploy.rules.squawk.subject import LOOK_AHEAD, Subject, names_of

_MADE_BY = {
    "CreateFunctionStmt": ("funcname",),
    "DefineStmt": ("defnames",),
    "CreateDomainStmt": ("domainname",),
    "CreateEnumStmt": ("typeName",),
    "CreateRangeStmt": ("typeName",),
}
_CLIENTS_SEE = frozenset(
    {
        "OBJECT_VIEW",
        "OBJECT_MATVIEW",
        "OBJECT_FUNCTION",
        "OBJECT_PROCEDURE",
        "OBJECT_ROUTINE",
        "OBJECT_TYPE",
        "OBJECT_DOMAIN",
        "OBJECT_SCHEMA",
    }
)


def _made_again(subject: Subject) -> bool:
    """True when the file makes everything anew that it drops here: a replacement."""
    names = {name.rpartition(".")[2] for name in names_of(subject.tree)}
    following = subject.sight.script.statements[
        subject.statement.index + 1 : subject.statement.index + LOOK_AHEAD
    ]
    for statement in following:
        tree = statement.tree
        for field in _MADE_BY.get(tree.kind, ()):
            names.discard((tree.strings(field) or ("",))[-1])
        for field in ("view", "typevar"):
            relation = tree.child(field)
            if relation is not None:
                names.discard(relation.text("relname"))
        into = tree.child("into") if tree.kind == "CreateTableAsStmt" else None
        relation = into.child("rel") if into is not None else None
        if relation is not None:
            names.discard(relation.text("relname"))
    return not names


def _no_type(subject: Subject) -> bool:
    """Squawk counts operators, casts, … in."""
    return subject.tree.text("removeType") != "OBJECT_TYPE" or _made_again(subject)


def _constraint_made_again(subject: Subject) -> bool:
    """True when the file puts a constraint of that name back."""
    if subject.tree.kind != "AlterTableStmt" or subject.command is None:
        return False
    return subject.command.text("name") in subject.constraints_ahead()


def _unseen_by_clients(subject: Subject) -> bool:
    """True for renamed indexes, constraints, policies, … that no client calls by name."""
    return subject.tree.kind == "RenameStmt" and subject.tree.text("renameType") not in _CLIENTS_SEE


MAPPED = {
    "ban-drop-table": Mapped(
        danger(
            "drop-table",
            "ban-drop-table",
            "Dropping a table deletes its rows for good, and every request that still names it fails.",
            "Stop using the table first, keep it for one release (or rename it), and drop it when a backup holds it.",
        ),
        "This deletes {name} with all its rows.",
    ),
    "ban-drop-column": Mapped(
        danger(
            "drop-column",
            "ban-drop-column",
            "Dropping a column deletes its values for good, and clients that still select it get errors.",
            "Release clients that do not use the column first, then drop it in a later release.",
        ),
        "This deletes {target} with all its values.",
    ),
    "ban-drop-schema": Mapped(
        danger(
            "drop-schema",
            "ban-drop-schema",
            "Dropping a schema deletes everything in it, or fails while anything is left in it.",
            "Drop what is in the schema one by one, so that each loss can be read in the file.",
        ),
        "This deletes the schema {name}.",
    ),
    "ban-drop-view": Mapped(
        danger(
            "drop-view",
            "ban-drop-view",
            "Requests that still read the view fail from now on, and its grants are lost.",
            "Use CREATE OR REPLACE VIEW to change it, or drop it after the last client that reads it.",
        ),
        "This deletes the view {name}, and the file does not make it again.",
        quiet=_made_again,
    ),
    "ban-drop-function": Mapped(
        danger(
            "drop-function",
            "ban-drop-function",
            "Calls of the function fail from now on: RPC calls, triggers, policies and defaults that use it.",
            "Use CREATE OR REPLACE FUNCTION to change it, or drop it after the last caller.",
        ),
        "This deletes the function {name}, and the file does not make it again.",
        quiet=_made_again,
    ),
    "ban-drop-type": Mapped(
        danger(
            "drop-type",
            "ban-drop-type",
            "Columns and functions of the type stand in the way of the drop, or go with it under CASCADE.",
            "Change the columns to another type first, then drop the type without CASCADE.",
            Severity.INFO,
        ),
        "This deletes the type {name}.",
        quiet=_no_type,
    ),
    "ban-drop-domain": Mapped(
        danger(
            "drop-domain",
            "ban-drop-domain",
            "Columns of the domain stand in the way of the drop, or go with it under CASCADE.",
            "Change the columns to another type first, then drop the domain without CASCADE.",
            Severity.INFO,
        ),
        "This deletes the domain {name}.",
        quiet=_made_again,
    ),
    "ban-drop-sequence": Mapped(
        danger(
            "drop-sequence",
            "ban-drop-sequence",
            "Defaults that take their numbers from the sequence stop working, and where it stood is lost.",
            "Change the column's default first, or let an identity column keep its own sequence.",
            Severity.INFO,
        ),
        "This deletes the sequence {name}.",
    ),
    "ban-drop-extension": Mapped(
        danger(
            "drop-extension",
            "ban-drop-extension",
            "Types, functions and indexes of the extension go with it, or stand in the way of the drop.",
            "Drop or change what uses the extension first, and drop it without CASCADE.",
        ),
        "This removes the extension {name} and everything that it brought.",
    ),
    "ban-drop-database": Mapped(
        danger(
            "drop-database",
            "ban-drop-database",
            "Dropping a database deletes everything in it for good.",
            "Take the statement out of the migrations and do it by hand, after a backup.",
        ),
        "This deletes the database {name}.",
    ),
    "ban-drop-constraint": Mapped(
        danger(
            "drop-constraint",
            "ban-drop-constraint",
            "From now on rows are accepted that the constraint refused, and it cannot come back while they are there.",
            "Keep the constraint, or put its replacement into the same file.",
            Severity.INFO,
        ),
        "This takes the constraint {target} away, and the file puts none of that name back.",
        quiet=_constraint_made_again,
    ),
    "ban-drop-not-null": Mapped(
        danger(
            "drop-not-null",
            "ban-drop-not-null",
            "Clients that never met a NULL here will meet one, and NOT NULL cannot come back while there is one.",
            "Keep NOT NULL and give the column a default, or release clients that expect NULL first.",
            Severity.INFO,
        ),
        "{target} may be NULL from now on.",
    ),
    "renaming-column": Mapped(
        danger(
            "rename-column",
            "renaming-column",
            "Clients that were released before still ask for the old name, and fail until the new ones are out.",
            "Add a column with the new name, fill both for one release, and drop the old one later.",
        ),
        "Whoever still asks for {target} gets an error from now on.",
    ),
    "renaming-table": Mapped(
        danger(
            "rename-table",
            "renaming-table",
            "Clients that were released before still ask for the old name, and fail until the new ones are out.",
            "Leave a view with the old name behind for one release, in the same file.",
        ),
        "Whoever still asks for {name} gets an error from now on.",
    ),
    "renaming-object": Mapped(
        danger(
            "rename-object",
            "renaming-object",
            "Clients that were released before still use the old name of the view, function, type, value or schema.",
            "Make a second one with the new name, and drop the old one in a later release.",
        ),
        "Whoever still uses {name} by its old name gets an error from now on.",
        quiet=_unseen_by_clients,
    ),
    "ban-set-schema": Mapped(
        danger(
            "set-schema",
            "ban-set-schema",
            "Clients look for it in the schema where it was, and the Data API may not show the new one.",
            "Leave a view (or a function that calls it) in the old schema for one release.",
        ),
        "Whoever still looks for {name} in its old schema gets an error from now on.",
    ),
    "ban-truncate-cascade": Mapped(
        danger(
            "truncate-cascade",
            "ban-truncate-cascade",
            "TRUNCATE … CASCADE empties every table that refers to this one too, whichever they are by then.",
            "Name each table that is to be emptied, without CASCADE.",
        ),
        "This empties {name} and every table with a foreign key to it.",
    ),
}
