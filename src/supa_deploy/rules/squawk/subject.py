"""What squawk's words are about: the relations, the column and the name behind a place in a statement."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from supa_deploy.migrations import Statement, lexer
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.sight import Sight
from supa_deploy.schema import Column, QName

_RELATIONS = frozenset(
    {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"}
)
LOOK_AHEAD = 200
"""A replacement follows soon after the drop; a long file must not be read once per drop."""
_PARTS = ("items", "objname", "names")


@dataclass(frozen=True, slots=True)
class Subject:
    """`command`: the part of an ALTER TABLE that is meant, or the column's definition in a CREATE TABLE; `relations`:
    the tables, views, … that it touches; `name` in words, empty where there is none; `constraints_ahead`: the names
    that this and the next statements give to constraints."""

    sight: Sight
    statement: Statement
    command: Node | None
    relations: tuple[QName, ...]
    column: str
    name: str
    constraints_ahead: Callable[[], frozenset[str]]

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
        return touches_only_new(self.sight, self.relations)


def relations_of(sight: Sight, statement: Statement) -> tuple[QName, ...]:
    """The tables, views, … that a statement touches, each once."""
    return tuple(dict.fromkeys(_relations(sight, statement.tree)))


def touches_only_new(sight: Sight, relations: tuple[QName, ...]) -> bool:
    """True when all of them are the file's own, temporary, or Supabase's; False for none."""
    return bool(relations) and not any(
        sight.is_old(name) and not sight.is_platform(name) for name in relations
    )


class Subjects:
    """What the places in one statement are about: a statement can have thousands of parts, and a word for each."""

    def __init__(self, sight: Sight, statement: Statement) -> None:
        self._sight = sight
        self._statement = statement
        self._relations = relations_of(sight, statement)
        self._name: str | None = None
        self._parts: list[Node] = []
        self._places: list[int] = []
        self._constraints: frozenset[str] | None = None

    def touches_only_new(self) -> bool:
        """As of each subject: they all stand in the one statement."""
        return touches_only_new(self._sight, self._relations)

    def at(self, byte: int) -> Subject:
        """What a place (byte of the file) is about."""
        if self._name is None:
            relations = self._relations
            self._name = ", ".join(map(str, relations) if relations else _names(self._statement.tree))
            self._parts, self._places = self._cut()
        index = bisect_right(self._places, byte)
        if self._statement.kind == "CreateStmt":
            index -= 1
        part = self._parts[index] if 0 <= index < len(self._parts) else None
        column = _column(self._statement.tree, part)
        return Subject(
            self._sight, self._statement, part, self._relations, column, self._name, self.constraints_ahead
        )

    def constraints_ahead(self) -> frozenset[str]:
        """The names that this ALTER TABLE and those soon after it give to constraints."""
        if self._constraints is None:
            first = self._statement.index
            following = self._sight.script.statements[first : first + LOOK_AHEAD]
            self._constraints = frozenset(
                definition.text("conname")
                for statement in following
                if statement.kind == "AlterTableStmt"
                for command in statement.tree.nodes("cmds")
                if (definition := command.child("def")) is not None
            )
        return self._constraints

    def _cut(self) -> tuple[list[Node], list[int]]:
        """The parts, and where each begins (CREATE TABLE) or ends (ALTER TABLE)."""
        tree = self._statement.tree
        if tree.kind == "CreateStmt":
            elements = [element for element in tree.nodes("tableElts") if element.location >= 0]
            elements.sort(key=lambda element: element.location)
            return elements, [element.location for element in elements]
        commands = tree.nodes("cmds") if tree.kind == "AlterTableStmt" else []
        if len(commands) < 2:
            return commands, [self._statement.end] * len(commands)
        # Parts of an ALTER TABLE have no place of their own in the tree: they are what stands between its commas.
        data = self._sight.script.source.data
        ranges = lexer.split_list(data, self._statement.start, self._statement.end)
        return (commands, [end for _, end in ranges]) if len(ranges) == len(commands) else ([], [])


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
    if tree.kind == "CreateStmt":
        yield state.new_name(tree.child("relation"))
    elif tree.kind == "DropStmt":
        kind = tree.text("removeType")
        if kind in _RELATIONS or kind == "OBJECT_INDEX":
            for target in tree.nodes("objects"):
                name = state.relation_parts(_parts(target))
                yield state.indexes.get(name, name) if kind == "OBJECT_INDEX" else name
    elif tree.kind == "TruncateStmt":
        for target in tree.nodes("relations"):
            yield state.relation(target)
    elif (relation := tree.child("relation")) is not None:
        name = state.relation(relation)
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
