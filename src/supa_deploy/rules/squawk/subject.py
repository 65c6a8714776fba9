"""What squawk's words are about: the relations, the column and the name behind a place in a statement."""

from collections.abc import Iterator
from dataclasses import dataclass

from supa_deploy.migrations import Statement, lexer
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.sight import Sight
from supa_deploy.schema import Column, QName

_RELATIONS = frozenset(
    {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"}
)
_PARTS = ("items", "objname", "names")


@dataclass(frozen=True, slots=True)
class Subject:
    """`command`: the part of an ALTER TABLE that is meant, or the column's definition in a CREATE TABLE; `relations`:
    the tables, views, … that it touches; `name` in words, empty where there is none."""

    sight: Sight
    statement: Statement
    command: Node | None
    relations: tuple[QName, ...]
    column: str
    name: str

    @property
    def tree(self) -> Node:
        """The statement."""
        return self.statement.tree

    @property
    def target(self) -> str:
        """The column where one is meant, else the name."""
        return f"{self.name}.{self.column}" if self.column else self.name

    def known_column(self) -> Column | None:
        """The column as the statements before left it; None where the files do not say."""
        table = self.sight.state.tables.get(self.relations[0]) if self.relations else None
        return table.columns.get(self.column) if table is not None else None

    def touches_only_new(self) -> bool:
        """True when all that it touches is this file's own, temporary, or Supabase's (another rule's subject)."""
        return bool(self.relations) and all(
            not self.sight.is_old(name) or self.sight.is_platform(name) for name in self.relations
        )


def subject_of(sight: Sight, statement: Statement, byte: int) -> Subject:
    """What a place (byte of the file) in a statement is about."""
    tree = statement.tree
    command = _command(sight, statement, byte)
    relations = tuple(dict.fromkeys(_relations(sight, tree)))
    name = ", ".join(map(str, relations)) if relations else ", ".join(_names(tree))
    return Subject(sight, statement, command, relations, _column(tree, command), name)


def _command(sight: Sight, statement: Statement, byte: int) -> Node | None:
    tree = statement.tree
    if tree.kind == "CreateStmt":
        before = [element for element in tree.nodes("tableElts") if 0 <= element.location <= byte]
        return max(before, key=lambda element: element.location, default=None)
    commands = tree.nodes("cmds") if tree.kind == "AlterTableStmt" else []
    if len(commands) < 2:
        return commands[0] if commands else None
    # Parts of an ALTER TABLE have no place of their own in the tree: they are what stands between its commas.
    ranges = lexer.split_list(sight.script.source.data, statement.start, statement.end)
    if len(ranges) != len(commands):
        return None
    return next((command for command, (_, end) in zip(commands, ranges, strict=True) if byte < end), None)


def _column(tree: Node, command: Node | None) -> str:
    if tree.kind == "RenameStmt":
        return tree.text("subname") if tree.child("relation") is not None else ""
    if command is None or command.kind == "ColumnDef":
        return command.text("colname") if command is not None else ""
    definition = command.child("def")
    if definition is not None and definition.kind == "ColumnDef" and definition.text("colname"):
        return definition.text("colname")
    return command.text("name")


def _relations(sight: Sight, tree: Node) -> Iterator[QName]:
    state = sight.state
    kind = tree.text("removeType") if tree.kind == "DropStmt" else ""
    if tree.kind == "CreateStmt":
        yield state.new_name(tree.child("relation"))
    elif kind in _RELATIONS:
        for target in tree.nodes("objects"):
            yield state.relation_parts(_parts(target))
    elif kind == "OBJECT_INDEX":
        for target in tree.nodes("objects"):
            index = state.relation_parts(_parts(target))
            yield state.indexes.get(index, index)
    elif tree.kind == "TruncateStmt":
        for target in tree.nodes("relations"):
            yield state.relation(target)
    elif tree.child("relation") is not None:
        name = state.relation(tree.child("relation"))
        yield state.indexes.get(name, name)


def _names(tree: Node) -> Iterator[str]:
    """The names of what is no relation: types, functions, schemas, extensions, a database."""
    if tree.strings("typeName"):
        yield ".".join(tree.strings("typeName"))
        return
    for field in ("dbname", "name", "subname"):
        if tree.text(field):
            yield tree.text(field)
    single = tree.child("object")
    for target in (*tree.nodes("objects"), *((single,) if single is not None else ())):
        parts = _parts(target)
        if parts:
            yield ".".join(parts)


def _parts(target: Node) -> tuple[str, ...]:
    """The words of a dotted name in whichever node holds it."""
    if target.kind == "String":
        return (target.text("sval"),)
    for field in _PARTS:
        found = target.strings(field)
        if found:
            return found
    return ()


names_of = _names
"""The dotted names that a DROP, RENAME or SET SCHEMA gives."""
