"""Statements about rows, and about how tables are kept: what they lose, whom they keep waiting."""

from supa_deploy.migrations.acts.targets import qualified
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.adding import REWRITTEN
from supa_deploy.migrations.words.book import Book, locks, loses, shown
from supa_deploy.schema import QName

_TO_THE_END = "until the file is done"
_LOCK_MODES = {
    8: "out reads and writes",
    7: "out writes",
    6: "out writes",
    5: "out writes",
}
"""LOCK TABLE's modes that keep ordinary statements out, by the parser's number: ACCESS EXCLUSIVE down to SHARE."""
_REINDEXED = {
    "REINDEX_OBJECT_INDEX": "index",
    "REINDEX_OBJECT_TABLE": "table",
    "REINDEX_OBJECT_SCHEMA": "schema",
    "REINDEX_OBJECT_SYSTEM": "the system's catalogs of database",
    "REINDEX_OBJECT_DATABASE": "database",
}


def insert(book: Book, statement: Statement) -> None:
    """INSERT."""
    book.say(f"inserts rows into {book.table(statement.tree.child('relation'))}")


def update(book: Book, statement: Statement) -> None:
    """UPDATE: without WHERE it holds every row."""
    table = book.table(statement.tree.child("relation"))
    if _for_every_row(statement.tree):
        book.warn(f"updates every row of {table}", locks(f"out other writes to them {_TO_THE_END}"), table)
    else:
        book.say(f"updates rows of {table}")


def delete(book: Book, statement: Statement) -> None:
    """DELETE."""
    table = book.table(statement.tree.child("relation"))
    if _for_every_row(statement.tree):
        book.warn(f"deletes every row of {table}", loses("its rows"), table)
    else:
        book.warn(f"deletes rows of {table}", loses("those rows"), table)


def merge(book: Book, statement: Statement) -> None:
    """MERGE."""
    table = book.table(statement.tree.child("relation"))
    deletes = any(c.text("commandType") == "CMD_DELETE" for c in statement.tree.nodes("mergeWhenClauses"))
    book.warn(f"merges rows into {table}", loses("the rows it deletes") if deletes else "", table)


def copy(book: Book, statement: Statement) -> None:
    """COPY, in or out."""
    relation = statement.tree.child("relation")
    table = book.table(relation) if relation is not None else "a query"
    word = "copies rows into" if statement.tree.flag("is_from") else "copies rows out of"
    book.say(f"{word} {table}")


def truncate(book: Book, statement: Statement) -> None:
    """TRUNCATE."""
    cascade = statement.tree.text("behavior") == "DROP_CASCADE"
    lost = "its rows, and those of every table that refers to it" if cascade else "its rows"
    for relation in statement.tree.nodes("relations"):
        table = book.table(relation)
        book.warn(f"empties table {table}", loses(lost), table)


def refresh(book: Book, statement: Statement) -> None:
    """REFRESH MATERIALIZED VIEW."""
    view = book.table(statement.tree.child("relation"))
    if statement.tree.flag("skipData"):
        book.warn(f"empties materialized view {view}", loses("its rows until it is refreshed"), view)
        return
    mark = "" if statement.tree.flag("concurrent") else locks("out reads of it until it is filled")
    book.warn(f"refreshes materialized view {view}", mark, view)


def lock(book: Book, statement: Statement) -> None:
    """LOCK TABLE: the modes that let reads and writes through are not worth a line."""
    what = _LOCK_MODES.get(statement.tree.number("mode"))
    if what is not None:
        for relation in statement.tree.nodes("relations"):
            table = book.table(relation)
            book.warn(f"takes a lock on {table}", locks(f"{what} {_TO_THE_END}"), table)


def cluster(book: Book, statement: Statement) -> None:
    """CLUSTER."""
    relation = statement.tree.child("relation")
    if relation is None:
        book.warn("orders every clustered table anew", locks(REWRITTEN))
        return
    table = book.table(relation)
    book.warn(f"orders the rows of {table} by an index", locks(REWRITTEN), table)


def vacuum(book: Book, statement: Statement) -> None:
    """VACUUM, ANALYZE."""
    options = _options(statement.tree, "options")
    tables = [book.table(item.child("relation")) for item in statement.tree.nodes("rels")]
    full = "full" in options
    word = "analyzes" if not statement.tree.flag("is_vacuumcmd") else "packs" if full else "vacuums"
    mark = locks(REWRITTEN) if full else ""
    for table in tables:
        book.warn(f"{word} {table}", mark, table)
    if not tables:
        book.warn(f"{word} every table", mark)


def reindex(book: Book, statement: Statement) -> None:
    """REINDEX."""
    relation = statement.tree.child("relation")
    name = book.table(relation) if relation is not None else statement.tree.text("name")
    noun = _REINDEXED.get(statement.tree.text("kind"), "index")
    concurrently = "concurrently" in _options(statement.tree, "params")
    mark = "" if concurrently else locks("out writes, and reads by the index, while it is built anew")
    built = f"index {name}" if noun == "index" else f"the indexes of {noun} {name}"
    book.warn(f"builds {built} anew", mark, name)


def change_domain(book: Book, statement: Statement) -> None:
    """ALTER DOMAIN."""
    target = qualified(statement.tree.strings("typeName"), "domain")
    name = shown(QName(target.schema, target.name))
    definition = statement.tree.child("def")
    later = definition is not None and definition.flag("skip_validation")
    checks = statement.tree.text("subtype") in {"C", "O"} and not later
    mark = locks("out writes to every table that uses it while every row is checked") if checks else ""
    book.warn(_domain_line(statement.tree, name, definition), mark, name)


def _domain_line(node: Node, name: str, definition: Node | None) -> str:
    subtype, member = node.text("subtype"), node.text("name")
    if subtype == "C":
        label = definition.text("conname") if definition is not None else ""
        return " ".join(word for word in ("adds constraint", label, f"to domain {name}") if word)
    phrases = {
        "O": f"makes domain {name} NOT NULL",
        "N": f"lets domain {name} be NULL",
        "X": f"drops constraint {member} of domain {name}",
        "V": f"validates constraint {member} of domain {name}",
        "T": f"changes the default of domain {name}",
    }
    return phrases.get(subtype, f"changes domain {name}")


def _for_every_row(node: Node) -> bool:
    """True without a WHERE, or with one that is a constant: `where true`."""
    where = node.child("whereClause")
    sources = "usingClause" if node.kind == "DeleteStmt" else "fromClause"
    return (where is None and not node.has(sources)) or (where is not None and where.kind == "A_Const")


def _options(node: Node, field: str) -> set[str]:
    """The options that are given and not switched off."""
    on = set()
    for option in node.nodes(field):
        value = option.child("arg")
        said = value.text("sval") or str(value.number("ival")) if value is not None else "true"
        if said not in {"false", "off", "0"}:
            on.add(option.text("defname"))
    return on
