"""CREATE statements in words; what belongs to a table of the same file is silent, its line counts it."""

from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.book import Book, count, locks, parts_words, relation_words, table_line

_READ_ONLY = frozenset({"set_config", "current_setting", "version", "now", "count", "pg_sleep"})


def create_table(book: Book, statement: Statement) -> None:
    """CREATE TABLE, CREATE FOREIGN TABLE."""
    node = statement.tree.child("base") or statement.tree
    relation = node.child("relation")
    book.fresh.add(book.table(relation))
    if relation is not None and relation.text("relpersistence") != "t":
        _table_made(book, relation)


def _table_made(book: Book, relation: Node) -> None:
    found = [t for t in book.after.tables.values() if t.name.name == relation.text("relname")]
    schema = relation.text("schemaname")
    chosen = [t for t in found if not schema or t.name.schema == schema]
    if chosen:
        book.say(table_line(chosen[0]))
    else:
        book.say(f"creates table {relation_words(relation)}, and takes it away again or renames it")


def create_from_query(book: Book, statement: Statement) -> None:
    """CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW."""
    into = statement.tree.child("into") or statement.tree.child("intoClause")
    relation = into.child("rel") if into is not None else None
    if relation is None:
        _call(book, statement.tree)
        return
    book.fresh.add(book.table(relation))
    if relation.text("relpersistence") == "t":
        return
    if statement.tree.text("objtype") == "OBJECT_MATVIEW":
        book.say(_view_line(book, relation, "materialized view"))
    else:
        _table_made(book, relation)


def _call(book: Book, node: Node) -> None:
    """SELECT that is written for what its function does: `select cron.schedule(…)`."""
    for target in node.nodes("targetList"):
        value = target.child("val")
        name = value.strings("funcname") if value is not None and value.kind == "FuncCall" else ()
        at_work = len(name) > 1 or not node.has("fromClause")
        if name and at_work and name[-1] not in _READ_ONLY and name[0] != "pg_catalog":
            book.say(f"calls {'.'.join(name)}()")


def _view_line(book: Book, relation: Node, kind: str, word: str = "creates") -> str:
    view = next((v for v in book.after.views.values() if v.name.name == relation.text("relname")), None)
    columns = f": {count(len(view.columns), 'column')}" if view is not None and view.columns else ""
    return f"{word} {kind} {relation_words(relation)}{columns}"


def create_view(book: Book, statement: Statement) -> None:
    """CREATE VIEW."""
    relation = statement.tree.child("view")
    if relation is not None:
        word = "creates or replaces" if statement.tree.flag("replace") else "creates"
        book.say(_view_line(book, relation, "view", word))
        book.fresh.add(book.table(relation))


def create_index(book: Book, statement: Statement) -> None:
    """CREATE INDEX."""
    relation = statement.tree.child("relation")
    table = book.table(relation)
    if table in book.made:
        return
    unique = "unique index" if statement.tree.flag("unique") else "index"
    article = "a" if unique.startswith("unique") else "an"
    name = statement.tree.text("idxname")
    heavy = not statement.tree.flag("concurrent") and relation is not None and relation.flag("inh")
    mark = locks("out writes while it is built") if heavy else ""
    book.warn(
        f"adds {unique} {name} on {table}" if name else f"adds {article} {unique} on {table}", mark, table
    )


def create_policy(book: Book, statement: Statement) -> None:
    """CREATE POLICY."""
    table = book.table(statement.tree.child("table"))
    name = statement.tree.text("policy_name")
    if table not in book.made:
        word = "replaces" if (table, name) in book.policies_replaced else "adds"
        book.say(f'{word} policy "{name}" on {table}')


def create_trigger(book: Book, statement: Statement) -> None:
    """CREATE TRIGGER."""
    table = book.table(statement.tree.child("relation"))
    if table not in book.made:
        book.say(f"adds trigger {statement.tree.text('trigname')} on {table}")


def create_function(book: Book, statement: Statement) -> None:
    """CREATE FUNCTION, CREATE PROCEDURE."""
    kind = "procedure" if statement.tree.flag("is_procedure") else "function"
    word = "creates or replaces" if statement.tree.flag("replace") else "creates"
    book.say(f"{word} {kind} {parts_words(statement.tree.strings('funcname'))}()")


def create_type(book: Book, statement: Statement) -> None:
    """CREATE TYPE, CREATE DOMAIN."""
    node, values = statement.tree, ""
    if node.kind == "CompositeTypeStmt":
        name = relation_words(node.child("typevar"))
    elif node.kind == "CreateDomainStmt":
        name = parts_words(node.strings("domainname"))
    else:
        name = parts_words(node.strings("typeName"))
        values = f": {', '.join(node.strings('vals'))}" if node.has("vals") else ""
    book.fresh.add(name)
    book.say(f"creates {'domain' if node.kind == 'CreateDomainStmt' else 'type'} {name}{values}")


def create_named(book: Book, statement: Statement) -> None:
    """CREATE EXTENSION, SCHEMA, SEQUENCE."""
    node = statement.tree
    if node.kind == "CreateExtensionStmt":
        book.say(f"creates extension {node.text('extname')}")
    elif node.kind == "CreateSchemaStmt":
        book.say(f"creates schema {node.text('schemaname')}")
    else:
        name = relation_words(node.child("sequence"))
        book.fresh.add(name)
        book.say(f"creates sequence {name}")
