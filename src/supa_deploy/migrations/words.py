"""A migration file in words: a few short lines that say what it does to the schema."""

from collections.abc import Callable
from dataclasses import dataclass, field

from supa_deploy.migrations.fold import fold
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName, RelationKind, Schema, Table, View

_DATA = {
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


_PLURALS = {"policy": "policies", "index": "indexes"}


@dataclass(slots=True)
class _Book:
    """Lines in the order of the file, each once; what is counted comes last."""

    script: Script
    after: Schema
    made: set[str]
    lines: dict[str, None] = field(default_factory=dict)
    grants: int = 0
    comments: int = 0
    policies_replaced: set[tuple[str, str]] = field(default_factory=set)

    def say(self, line: str) -> None:
        self.lines.setdefault(line)


def describe(script: Script) -> tuple[str, ...]:
    """What the file does, a line for each table or object; indexes, policies and RLS of a table that the same file
    creates stand in its line. Empty for a file without statements."""
    after = fold([script])
    made = {shown(name) for name, table in after.tables.items() if not table.assumed}
    book = _Book(script, after, made)
    for statement in script.statements:
        handler = _HANDLERS.get(statement.kind)
        if handler is not None:
            handler(book, statement)
    for line in _counted(book):
        book.say(line)
    return tuple(book.lines)


def shown(name: QName) -> str:
    """A name for people: the schema left out when it is `public`."""
    return name.name if name.schema == "public" else str(name)


def _counted(book: _Book) -> list[str]:
    lines = []
    if book.grants:
        lines.append(f"changes grants ({_count(book.grants, 'statement')})")
    if book.comments:
        lines.append(f"sets {_count(book.comments, 'comment')}")
    doubts = book.after.doubts
    if doubts:
        places = ", ".join(f"{doubt.reason}, line {doubt.origin.line}" for doubt in doubts)
        lines.append(f"{_count(len(doubts), 'statement')} whose effect cannot be read ({places})")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else _PLURALS.get(word, f'{word}s')}"


def _relation(node: Node | None) -> str:
    if node is None:
        return "?"
    return shown(QName(node.text("schemaname") or "public", node.text("relname")))


def _parts(parts: tuple[str, ...]) -> str:
    return shown(QName(parts[-2] if len(parts) > 1 else "public", parts[-1])) if parts else "?"


def table_line(table: Table) -> str:
    """A table in words: how many columns, indexes, policies, keys; row-level security."""
    kind = "table" if table.kind is RelationKind.TABLE else str(table.kind)
    facts = [_count(len(table.columns), "column") if table.columns_known else "columns not read"]
    first = (("index", len(table.indexes)), ("policy", len(table.policies)))
    facts.extend(_count(number, word) for word, number in first if number)
    facts.append("RLS on" if table.rls else "RLS off")
    then = (("foreign key", len(table.foreign_keys)), ("trigger", len(table.triggers)))
    facts.extend(_count(number, word) for word, number in then if number)
    return f"creates {kind} {shown(table.name)}: {', '.join(facts)}"


def _create_table(book: _Book, statement: Statement) -> None:
    node = statement.tree.child("base") or statement.tree
    relation = node.child("relation")
    if relation is not None and relation.text("relpersistence") != "t":
        _table_made(book, relation)


def _table_made(book: _Book, relation: Node) -> None:
    found = [t for t in book.after.tables.values() if t.name.name == relation.text("relname")]
    schema = relation.text("schemaname")
    chosen = [t for t in found if not schema or t.name.schema == schema]
    if chosen:
        book.say(table_line(chosen[0]))
    else:
        book.say(f"creates table {_relation(relation)}, and takes it away again or renames it")


def _created_as(book: _Book, statement: Statement) -> None:
    into = statement.tree.child("into") or statement.tree.child("intoClause")
    relation = into.child("rel") if into is not None else None
    if relation is None or relation.text("relpersistence") == "t":
        return
    if statement.tree.text("objtype") == "OBJECT_MATVIEW":
        book.say(_view_line(book, relation, "materialized view"))
    else:
        _table_made(book, relation)


def _view_line(book: _Book, relation: Node, kind: str) -> str:
    view: View | None = next(
        (v for v in book.after.views.values() if v.name.name == relation.text("relname")), None
    )
    columns = f": {_count(len(view.columns), 'column')}" if view is not None and view.columns else ""
    return f"creates {kind} {_relation(relation)}{columns}"


def _view(book: _Book, statement: Statement) -> None:
    relation = statement.tree.child("view")
    if relation is not None:
        book.say(_view_line(book, relation, "view"))


def _index(book: _Book, statement: Statement) -> None:
    table = _relation(statement.tree.child("relation"))
    if table in book.made:
        return
    unique = "unique index" if statement.tree.flag("unique") else "index"
    name = statement.tree.text("idxname")
    book.say(f"adds {unique} {name} on {table}" if name else f"adds an {unique} on {table}")


def _policy(book: _Book, statement: Statement) -> None:
    table = _relation(statement.tree.child("table"))
    name = statement.tree.text("policy_name")
    if table not in book.made:
        word = "replaces" if (table, name) in book.policies_replaced else "adds"
        book.say(f'{word} policy "{name}" on {table}')


def _alter_policy(book: _Book, statement: Statement) -> None:
    book.say(
        f'changes policy "{statement.tree.text("policy_name")}" on {_relation(statement.tree.child("table"))}'
    )


def _trigger(book: _Book, statement: Statement) -> None:
    table = _relation(statement.tree.child("relation"))
    if table not in book.made:
        book.say(f"adds trigger {statement.tree.text('trigname')} on {table}")


def _function(book: _Book, statement: Statement) -> None:
    kind = "procedure" if statement.tree.flag("is_procedure") else "function"
    word = "creates or replaces" if statement.tree.flag("replace") else "creates"
    book.say(f"{word} {kind} {_parts(statement.tree.strings('funcname'))}()")


def _type(book: _Book, statement: Statement) -> None:
    node = statement.tree
    if node.kind == "CompositeTypeStmt":
        book.say(f"creates type {_relation(node.child('typevar'))}")
    elif node.kind == "CreateDomainStmt":
        book.say(f"creates domain {_parts(node.strings('domainname'))}")
    else:
        values = f": {', '.join(node.strings('vals'))}" if node.has("vals") else ""
        book.say(f"creates type {_parts(node.strings('typeName'))}{values}")


def _alter_enum(book: _Book, statement: Statement) -> None:
    name, new, old = (
        _parts(statement.tree.strings("typeName")),
        statement.tree.text("newVal"),
        statement.tree.text("oldVal"),
    )
    book.say(f"renames value {old} of type {name} to {new}" if old else f"adds value {new} to type {name}")


def _named(book: _Book, statement: Statement) -> None:
    node = statement.tree
    if node.kind == "CreateExtensionStmt":
        book.say(f"creates extension {node.text('extname')}")
    elif node.kind == "CreateSchemaStmt":
        book.say(f"creates schema {node.text('schemaname')}")
    else:
        book.say(f"creates sequence {_relation(node.child('sequence'))}")


def _data(book: _Book, statement: Statement) -> None:
    book.say(f"{_DATA[statement.kind]} {_relation(statement.tree.child('relation'))}")


def _truncate(book: _Book, statement: Statement) -> None:
    for relation in statement.tree.nodes("relations"):
        book.say(f"empties table {_relation(relation)} (loses its rows)")


def _drop(book: _Book, statement: Statement) -> None:
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
            book.say(f"drops {_DROPPED.get(kind, 'an object:')} {_parts(parts)}{lost}")


def _dropped_on_table(book: _Book, kind: str, parts: tuple[str, ...]) -> None:
    table, name = _parts(parts[:-1]), parts[-1]
    again = next((t for n, t in book.after.tables.items() if shown(n) == table), None)
    members = (again.policies if kind == "policy" else again.triggers) if again is not None else {}
    if name in members:
        book.policies_replaced.add((table, name))
    else:
        book.say(f'drops {kind} "{name}" on {table}')


def _grant(book: _Book, statement: Statement) -> None:
    del statement
    book.grants += 1


def _comment(book: _Book, statement: Statement) -> None:
    del statement
    book.comments += 1


def _rename(book: _Book, statement: Statement) -> None:
    node = statement.tree
    member, new = node.text("subname"), node.text("newname")
    target = node.child("object")
    if node.child("relation") is not None:
        name = _relation(node.child("relation"))
    elif target is not None:
        name = _parts(target.strings("items") or target.strings("objname"))
    else:
        name, member = member, ""
    book.say(f"renames {name}.{member} to {new}" if member else f"renames {name} to {new}")


def _alter_table(book: _Book, statement: Statement) -> None:
    table = _relation(statement.tree.child("relation"))
    for command in statement.tree.nodes("cmds"):
        line = _command(book, table, command)
        if line:
            book.say(line)


def _command(book: _Book, table: str, command: Node) -> str | None:
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
    phrase = _PHRASES.get(subtype)
    return phrase.format(column=f"{table}.{name}", name=name, table=table) if phrase else None


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
_HANDLERS: dict[str, Callable[[_Book, Statement], None]] = {
    **dict.fromkeys(("CreateStmt", "CreateForeignTableStmt"), _create_table),
    **dict.fromkeys(("CreateTableAsStmt", "SelectStmt"), _created_as),
    **dict.fromkeys(("CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateRangeStmt"), _type),
    **dict.fromkeys(("CreateExtensionStmt", "CreateSchemaStmt", "CreateSeqStmt"), _named),
    **dict.fromkeys(("GrantStmt", "AlterDefaultPrivilegesStmt"), _grant),
    **dict.fromkeys(_DATA, _data),
    "AlterEnumStmt": _alter_enum,
    "AlterPolicyStmt": _alter_policy,
    "AlterTableStmt": _alter_table,
    "CommentStmt": _comment,
    "CreateFunctionStmt": _function,
    "CreatePolicyStmt": _policy,
    "CreateTrigStmt": _trigger,
    "DropStmt": _drop,
    "IndexStmt": _index,
    "RenameStmt": _rename,
    "TruncateStmt": _truncate,
    "ViewStmt": _view,
}
