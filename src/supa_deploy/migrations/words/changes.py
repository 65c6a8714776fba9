"""ALTER, RENAME and what is only counted, in words."""

from supa_deploy.migrations.acts.targets import OBJECTS, named
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.migrations.words.book import Book, parts_words, shown
from supa_deploy.schema import QName


def alter_policy(book: Book, statement: Statement) -> None:
    """ALTER POLICY."""
    node = statement.tree
    book.say(f'changes policy "{node.text("policy_name")}" on {book.table(node.child("table"))}')


def alter_enum(book: Book, statement: Statement) -> None:
    """ALTER TYPE … ADD or RENAME VALUE."""
    name, new, old = (
        parts_words(statement.tree.strings("typeName")),
        statement.tree.text("newVal"),
        statement.tree.text("oldVal"),
    )
    book.say(f"renames value {old} of type {name} to {new}" if old else f"adds value {new} to type {name}")


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
    relation = node.child("relation")
    if relation is not None or node.has("object"):
        name = _target(book, node, OBJECTS.get(node.text("renameType"), "object"))
    else:
        name, member = member, ""
    if relation is not None and not member:
        book.renamed(name, shown(QName(name.rpartition(".")[0] or "public", new)))
    book.say(f"renames {name}.{member} to {new}" if member else f"renames {name} to {new}")


def move(book: Book, statement: Statement) -> None:
    """ALTER … SET SCHEMA."""
    node = statement.tree
    kind, schema = OBJECTS.get(node.text("objectType"), "object"), node.text("newschema")
    name = _target(book, node, kind)
    book.renamed(name, shown(QName(schema, name.rpartition(".")[2])))
    book.say(f"moves {kind} {name} to schema {schema}")


def own(book: Book, statement: Statement) -> None:
    """ALTER … OWNER TO."""
    kind = OBJECTS.get(statement.tree.text("objectType"), "object")
    book.say(
        f"gives {kind} {_target(book, statement.tree, kind)} to {_role(statement.tree.child('newowner'))}"
    )


def reassign(book: Book, statement: Statement) -> None:
    """REASSIGN OWNED."""
    whom = statement.tree.child("newrole")
    for role in statement.tree.nodes("roles"):
        book.say(f"gives all that {_role(role)} owns to {_role(whom)}")


def notify(book: Book, statement: Statement) -> None:
    """NOTIFY: what it says may be a secret."""
    book.say(f"notifies {statement.tree.text('conditionname')}")


def _role(node: Node | None) -> str:
    """A role by its name; CURRENT_USER and its like are who runs the file."""
    return (node.text("rolename") if node is not None else "") or "who runs it"


def _target(book: Book, node: Node, kind: str) -> str:
    relation = node.child("relation")
    if relation is not None:
        return book.table(relation)
    found = node.child("object")
    if found is not None and found.has("objname"):
        return parts_words(found.strings("objname"))
    target = named(found, kind)
    return shown(QName(target.schema, target.name)) if target.schema else target.name
