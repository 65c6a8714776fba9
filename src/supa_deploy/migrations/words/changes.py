"""ALTER, DROP, RENAME and statements about rows in words, losses told as such."""

from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.book import Book, parts_words, relation_words, shown

DATA_STATEMENTS = {
    "InsertStmt": "inserts rows into",
    "UpdateStmt": "updates rows of",
    "DeleteStmt": "deletes rows of",
    "MergeStmt": "merges rows into",
    "CopyStmt": "copies rows into",
}
_DROPPED = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_INDEX": "index",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain",
    "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_ROUTINE": "routine",
    "OBJECT_AGGREGATE": "aggregate",
    "OBJECT_SCHEMA": "schema",
    "OBJECT_EXTENSION": "extension",
    "OBJECT_FOREIGN_TABLE": "foreign table",
}
_ON_TABLE = {"OBJECT_POLICY": "policy", "OBJECT_TRIGGER": "trigger", "OBJECT_RULE": "rule"}
_PHRASES = {
    "AT_DropColumn": "drops column {column} (loses its values)",
    "AT_DropConstraint": "drops constraint {name} of {table}",
    "AT_AlterColumnType": "changes the type of {column}",
    "AT_SetNotNull": "makes {column} NOT NULL",
    "AT_DropNotNull": "lets {column} be NULL",
    "AT_ColumnDefault": "changes the default of {column}",
    "AT_AttachPartition": "attaches a partition to {table}",
    "AT_DetachPartition": "detaches a partition from {table}",
}


def alter_policy(book: Book, statement: Statement) -> None:
    """ALTER POLICY."""
    book.say(
        f'changes policy "{statement.tree.text("policy_name")}" on {relation_words(statement.tree.child("table"))}'
    )


def alter_enum(book: Book, statement: Statement) -> None:
    """ALTER TYPE … ADD or RENAME VALUE."""
    name, new, old = (
        parts_words(statement.tree.strings("typeName")),
        statement.tree.text("newVal"),
        statement.tree.text("oldVal"),
    )
    book.say(f"renames value {old} of type {name} to {new}" if old else f"adds value {new} to type {name}")


def change_rows(book: Book, statement: Statement) -> None:
    """INSERT, UPDATE, DELETE, MERGE, COPY."""
    book.say(f"{DATA_STATEMENTS[statement.kind]} {relation_words(statement.tree.child('relation'))}")


def truncate(book: Book, statement: Statement) -> None:
    """TRUNCATE."""
    for relation in statement.tree.nodes("relations"):
        book.say(f"empties table {relation_words(relation)} (loses its rows)")


def drop(book: Book, statement: Statement) -> None:
    """DROP of every kind."""
    kind = statement.tree.text("removeType")
    for target in statement.tree.nodes("objects"):
        parts = (
            target.strings("items")
            or target.strings("names")
            or target.strings("objname")
            or (target.text("sval"),)
        )
        if kind in _ON_TABLE:
            _dropped_on_table(book, _ON_TABLE[kind], parts)
        else:
            lost = " (loses its rows)" if kind == "OBJECT_TABLE" else ""
            book.say(f"drops {_DROPPED.get(kind, 'an object:')} {parts_words(parts)}{lost}")


def _dropped_on_table(book: Book, kind: str, parts: tuple[str, ...]) -> None:
    table, name = parts_words(parts[:-1]), parts[-1]
    again = next((t for n, t in book.after.tables.items() if shown(n) == table), None)
    members = (again.policies if kind == "policy" else again.triggers) if again is not None else {}
    if name in members:
        book.policies_replaced.add((table, name))
    else:
        book.say(f'drops {kind} "{name}" on {table}')


def count_grant(book: Book, statement: Statement) -> None:
    """GRANT, REVOKE: counted."""
    del statement
    book.grants += 1


def count_comment(book: Book, statement: Statement) -> None:
    """COMMENT ON: counted."""
    del statement
    book.comments += 1


def rename(book: Book, statement: Statement) -> None:
    """ALTER … RENAME."""
    node = statement.tree
    member, new = node.text("subname"), node.text("newname")
    target = node.child("object")
    if node.child("relation") is not None:
        name = relation_words(node.child("relation"))
    elif target is not None:
        name = parts_words(target.strings("items") or target.strings("objname"))
    else:
        name, member = member, ""
    book.say(f"renames {name}.{member} to {new}" if member else f"renames {name} to {new}")


def alter_table(book: Book, statement: Statement) -> None:
    """ALTER TABLE, a line for each command."""
    table = relation_words(statement.tree.child("relation"))
    for command in statement.tree.nodes("cmds"):
        line = _command(book, table, command)
        if line:
            book.say(line)


def _command(book: Book, table: str, command: Node) -> str | None:
    subtype, name, definition = command.text("subtype"), command.text("name"), command.child("def")
    if subtype in {"AT_AddColumn", "AT_AddConstraint"} and definition is not None:
        if table in book.made:
            return None
        if subtype == "AT_AddColumn":
            return f"adds column {table}.{definition.text('colname')}"
        kind = definition.text("contype").removeprefix("CONSTR_").lower()
        words = {"foreign": "foreign key", "primary": "primary key", "notnull": "not null"}
        label = definition.text("conname")
        return f"adds {words.get(kind, kind)} constraint {label} to {table}".replace("  ", " ")
    if subtype in {"AT_EnableRowSecurity", "AT_DisableRowSecurity"}:
        if subtype == "AT_EnableRowSecurity" and table in book.made:
            return None
        return f"turns RLS {'on' if subtype == 'AT_EnableRowSecurity' else 'OFF'} for {table}"
    phrase = _PHRASES.get(subtype) or ("" if table in book.made else "alters {table}")
    return phrase.format(column=f"{table}.{name}", name=name, table=table) or None
