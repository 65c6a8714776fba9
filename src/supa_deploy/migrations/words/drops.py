"""DROP of every kind in words, and what goes with the object."""

from supa_deploy.migrations.acts.targets import OBJECTS, named, qualified
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.book import Book, loses, shown
from supa_deploy.schema import QName

_ON_TABLE = frozenset({"policy", "trigger", "rule"})
_DEPENDENTS = "whatever depends on it"
_LOST = {
    "table": "its rows",
    "sequence": "its position",
    "extension": "all it brought, rows in tables of its own too",
}
"""What is lost with the object itself."""
_LOST_CASCADE = {
    "table": "its rows, and the views and foreign keys that depend on it",
    "view": "the views and functions that depend on it",
    "materialized view": "the views and functions that depend on it",
    "sequence": "its position, and the defaults that use it",
    "schema": "every table, row and function in it, and whatever depends on them",
    "type": "every column of this type with its values",
    "domain": "every column of this type with its values",
    "function": "the policies, triggers, defaults and views that use it",
    "extension": "all it brought, and every column of its types with its values",
    "server": "its foreign tables and user mappings",
    "foreign data wrapper": "its servers and their foreign tables",
}
"""What is lost with CASCADE."""
_NOTHING_DEPENDS = frozenset(
    {"policy", "trigger", "rule", "index", "publication", "event trigger", "statistics", "cast", "transform"}
)
_ROUTINES = {"OBJECT_ROUTINE": "routine"}


def drop(book: Book, statement: Statement) -> None:
    """DROP of every kind that names its objects one by one."""
    tag = statement.tree.text("removeType")
    kind = OBJECTS.get(tag, "object")
    cascade = statement.tree.text("behavior") == "DROP_CASCADE"
    for node in statement.tree.nodes("objects"):
        if kind in _ON_TABLE:
            _dropped_on_table(book, kind, node)
        else:
            name = _name(node, kind)
            mark = _mark(kind, cascade=cascade)
            book.warn(f"drops {_ROUTINES.get(tag, kind)} {name}", mark, name)
            book.fresh.discard(name)


def drop_owned(book: Book, statement: Statement) -> None:
    """DROP OWNED."""
    for role in statement.tree.nodes("roles"):
        book.warn(f"drops all that {_role(role)} owns", loses("its tables with their rows, and the rest"))


def drop_role(book: Book, statement: Statement) -> None:
    """DROP ROLE, USER, GROUP."""
    for role in statement.tree.nodes("roles"):
        book.say(f"drops role {_role(role)}")


def drop_subscription(book: Book, statement: Statement) -> None:
    """DROP SUBSCRIPTION."""
    book.say(f"drops subscription {statement.tree.text('subname')}")


def drop_database(book: Book, statement: Statement) -> None:
    """DROP DATABASE."""
    book.warn(f"drops database {statement.tree.text('dbname')}", loses("all it holds"))


def _mark(kind: str, *, cascade: bool) -> str:
    if cascade and kind not in _NOTHING_DEPENDS:
        return loses(
            _LOST_CASCADE.get("function" if kind in {"procedure", "aggregate"} else kind, _DEPENDENTS)
        )
    return loses(_LOST[kind]) if kind in _LOST else ""


def _name(node: Node, kind: str) -> str:
    target = qualified(node.strings("objname"), kind) if node.has("objname") else named(node, kind)
    return shown(QName(target.schema, target.name)) if target.schema else target.name


def _role(node: Node) -> str:
    return node.text("rolename") or node.text("roletype").removeprefix("ROLESPEC_").lower()


def _dropped_on_table(book: Book, kind: str, node: Node) -> None:
    target = named(node, kind)
    table, name = shown(QName(target.schema, target.table or "?")), target.name
    again = next((t for n, t in book.after.tables.items() if shown(n) == table), None)
    members = (again.policies if kind == "policy" else again.triggers) if again is not None else {}
    if name in members:
        book.policies_replaced.add((table, name))
    else:
        book.say(f'drops {kind} "{name}" on {table}')
