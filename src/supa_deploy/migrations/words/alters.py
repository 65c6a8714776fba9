"""ALTER TABLE and what shares its grammar (views, indexes, sequences, composite types), a line for each command."""

from supa_deploy.migrations.acts.targets import OBJECTS, type_words
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.adding import (
    CHECKED,
    REWRITTEN,
    column_mark,
    constraint_mark,
    is_cast_alone,
)
from supa_deploy.migrations.words.book import Book, locks, loses, relation_words

_PHRASES = {
    "AT_AddIdentity": "makes {column} an identity column",
    "AT_AddInherit": "lets {table} inherit from {other}",
    "AT_AddOf": "makes {table} a table of a type",
    "AT_AlterColumnGenericOptions": "changes options of {column}",
    "AT_AlterConstraint": "changes constraint {inner} of {table}",
    "AT_ClusterOn": "notes the index that {table} is ordered by",
    "AT_DetachPartition": "detaches partition {other} from {table}",
    "AT_DetachPartitionFinalize": "finishes detaching partition {other} from {table}",
    "AT_DisableRowSecurity": "turns RLS OFF for {table}",
    "AT_DisableRule": "switches rule {name} of {table} off",
    "AT_DisableTrig": "switches trigger {name} of {table} off",
    "AT_DisableTrigAll": "switches every trigger of {table} off, foreign keys too",
    "AT_DisableTrigUser": "switches the triggers of {table} off",
    "AT_DropCluster": "forgets the index that {table} is ordered by",
    "AT_DropExpression": "makes {column} an ordinary column that keeps its values",
    "AT_DropIdentity": "makes {column} no identity column any more",
    "AT_DropInherit": "ends that {table} inherits from {other}",
    "AT_DropNotNull": "lets {column} be NULL",
    "AT_DropOf": "makes {table} no table of a type any more",
    "AT_EnableAlwaysTrig": "switches trigger {name} of {table} on, on replicas too",
    "AT_EnableReplicaTrig": "switches trigger {name} of {table} on for replicas",
    "AT_EnableRowSecurity": "turns RLS on for {table}",
    "AT_EnableRule": "switches rule {name} of {table} on",
    "AT_EnableTrig": "switches trigger {name} of {table} on",
    "AT_EnableTrigAll": "switches every trigger of {table} on",
    "AT_EnableTrigUser": "switches the triggers of {table} on",
    "AT_ForceRowSecurity": "makes RLS bind the owner of {table} too",
    "AT_GenericOptions": "changes options of {table}",
    "AT_NoForceRowSecurity": "frees the owner of {table} from RLS",
    "AT_ReplicaIdentity": "changes what replicas are told of rows of {table}",
    "AT_ResetRelOptions": "resets options of {table}{options}",
    "AT_SetCompression": "changes the compression of {column}",
    "AT_SetIdentity": "changes the identity of {column}",
    "AT_SetOptions": "changes options of {column}",
    "AT_ResetOptions": "resets options of {column}",
    "AT_SetRelOptions": "sets options of {table}{options}",
    "AT_SetStatistics": "changes how many values of {column} the planner samples",
    "AT_SetStorage": "changes how {column} is stored",
    "AT_ValidateConstraint": "validates constraint {name} of {table} while others read and write",
}
_HEAVY = {
    "AT_SetAccessMethod": ("changes the access method of {table}", REWRITTEN),
    "AT_SetExpression": ("changes what {column} is generated from", REWRITTEN),
    "AT_SetLogged": ("makes {table} a logged table", REWRITTEN),
    "AT_SetNotNull": ("makes {column} NOT NULL", f"{CHECKED}, unless a valid CHECK says it already"),
    "AT_SetTableSpace": ("moves {table} to tablespace {name}", "out reads and writes while it is copied"),
    "AT_SetUnLogged": ("makes {table} an unlogged table, which a crash empties", REWRITTEN),
}
"""Commands that take as long as the table has rows, and what they lock."""
_HOLD_ROWS = frozenset({"table", "materialized view", "index"})
_CONSTRAINTS = {
    "CONSTR_FOREIGN": "foreign key",
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_NOTNULL": "not null",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_CHECK": "check",
    "CONSTR_EXCLUSION": "exclusion",
}


def alter_table(book: Book, statement: Statement) -> None:
    """ALTER TABLE, VIEW, INDEX, SEQUENCE, TYPE: what a table that the same file makes gets, its own line tells."""
    kind = OBJECTS.get(statement.tree.text("objtype"), "table")
    table = book.table(statement.tree.child("relation"))
    for command in statement.tree.nodes("cmds"):
        subtype = command.text("subtype")
        if subtype == "AT_DropColumn":
            _drop_column(book, kind, table, command)
        elif subtype == "AT_DropConstraint":
            _drop_constraint(book, table, command)
        elif subtype == "AT_AttachPartition":
            _attach(book, kind, table, command)
        elif subtype == "AT_DisableRowSecurity" or table not in book.made:
            _told(book, kind, table, command)


def _told(book: Book, kind: str, table: str, command: Node) -> None:
    subtype, definition = command.text("subtype"), command.child("def")
    if subtype == "AT_AddColumn" and definition is not None:
        word = "attribute" if kind == "type" else "column"
        mark = column_mark(definition) if kind == "table" else ""
        book.warn(f"adds {word} {table}.{definition.text('colname')}", mark, table)
    elif subtype == "AT_AddConstraint" and definition is not None:
        _add_constraint(book, table, definition)
    elif subtype == "AT_AlterColumnType" and definition is not None:
        _change_type(book, kind, table, command, definition)
    elif subtype == "AT_ColumnDefault":
        word = "changes" if definition is not None else "drops"
        book.say(f"{word} the default of {table}.{command.text('name')}")
    elif subtype == "AT_ChangeOwner":
        owner = command.child("newowner")
        book.say(f"gives {_noun(kind, table)} to {owner.text('rolename') or 'who runs it' if owner else '?'}")
    elif subtype in _HEAVY:
        phrase, lock = _HEAVY[subtype]
        mark = locks(lock) if kind in _HOLD_ROWS else ""
        book.warn(_filled(phrase, kind, table, command), mark, table)
    else:
        book.say(_filled(_PHRASES.get(subtype, "alters {table}"), kind, table, command))


def _filled(phrase: str, kind: str, table: str, command: Node) -> str:
    definition = command.child("def")
    inner, other = "?", "?"
    if definition is not None:
        inner = definition.text("conname")
        relation = definition.child("name") if definition.has("name") else definition
        other = relation_words(relation)
    names = [option.text("defname") for option in command.nodes("def") if option.has("defname")]
    name = command.text("name")
    return phrase.format(
        table=_noun(kind, table),
        column=f"{table}.{name}",
        name=name,
        inner=inner,
        other=other,
        options=f": {', '.join(names)}" if names else "",
    )


def _noun(kind: str, name: str) -> str:
    """A table by its name alone, anything else with what it is."""
    return name if kind == "table" else f"{kind} {name}"


def _drop_column(book: Book, kind: str, table: str, command: Node) -> None:
    cascade = command.text("behavior") == "DROP_CASCADE"
    lost = "its values, and the views, keys and policies that use it" if cascade else "its values"
    word = "attribute" if kind == "type" else "column"
    book.warn(f"drops {word} {table}.{command.text('name')}", loses(lost), table)


def _drop_constraint(book: Book, table: str, command: Node) -> None:
    cascade = command.text("behavior") == "DROP_CASCADE"
    mark = loses("the foreign keys of other tables that rely on it") if cascade else ""
    book.warn(f"drops constraint {command.text('name')} of {table}", mark, table)


def _add_constraint(book: Book, table: str, definition: Node) -> None:
    kind = _CONSTRAINTS.get(definition.text("contype"), "")
    words = " ".join(word for word in (kind, "constraint", definition.text("conname")) if word)
    later = ", not validated yet" if definition.flag("skip_validation") else ""
    book.warn(f"adds {words} to {table}{later}", constraint_mark(definition), table)


def _change_type(book: Book, kind: str, table: str, command: Node, definition: Node) -> None:
    column = command.text("name")
    using = definition.child("raw_default")
    certain = using is not None and not is_cast_alone(using, column)
    lock = REWRITTEN if certain else f"{REWRITTEN}, unless the values fit the new type as they are stored"
    new = type_words(definition.child("typeName"), modifiers=True)
    mark = locks(lock) if kind == "table" else ""
    book.warn(f"changes the type of {table}.{column} to {new}", mark, table)


def _attach(book: Book, kind: str, table: str, command: Node) -> None:
    definition = command.child("def")
    part = book.table(definition.child("name") if definition is not None else None)
    if part in book.made and table in book.made:
        return
    lock = "out reads and writes of the partition while its rows are checked, unless a CHECK proves them"
    mark = locks(lock) if kind == "table" else ""
    book.warn(f"attaches partition {part} to {_noun(kind, table)}", mark, part)
