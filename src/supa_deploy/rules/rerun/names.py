"""Names of things as keys, found through the search_path as a file sets it."""

from collections.abc import Iterable

from supa_deploy.migrations import Statement
from supa_deploy.migrations.fold.state import DEFAULT_PATH
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Key
from supa_deploy.rules.sight import Sight
from supa_deploy.schema import QName

_LEANT_ON = frozenset(
    {
        *(
            "OBJECT_TABLE",
            "OBJECT_VIEW",
            "OBJECT_MATVIEW",
            "OBJECT_SEQUENCE",
            "OBJECT_FOREIGN_TABLE",
            "OBJECT_SCHEMA",
        ),
        *(
            "OBJECT_TYPE",
            "OBJECT_DOMAIN",
            "OBJECT_FUNCTION",
            "OBJECT_PROCEDURE",
            "OBJECT_AGGREGATE",
            "OBJECT_ROUTINE",
        ),
    }
)
_TOUCHING = frozenset(
    {
        *("AT_AddColumn", "AT_AddConstraint", "AT_AddIdentity", "AT_AddInherit", "AT_AttachPartition"),
        *("AT_DetachPartition", "AT_DropColumn", "AT_DropConstraint", "AT_DropIdentity", "AT_DropInherit"),
    }
)
_NOT_FOR_CREATION = frozenset({"$user", "pg_catalog", "pg_temp"})


class Names:
    """The names of one file, statement by statement."""

    def __init__(self, sight: Sight) -> None:
        self.source = sight.script.source
        self.state = sight.state
        self.temporary: set[str] = set()
        self.path: tuple[str, ...] = DEFAULT_PATH
        self.statement: Statement
        self._made: set[Key] = set()
        # Most files drop nothing that anything could lean on, and touch no column that they make themselves: then
        # nobody has to know who leans on what, and what a table is made of.
        self._drops = any(_drops(statement) for statement in sight.script.statements)
        self.parts_matter = self._drops or any(_touches(one) for one in sight.script.statements)

    def start(self, statement: Statement) -> None:
        """A statement begins."""
        self.statement = statement

    def set_variable(self, node: Node) -> None:
        """SET and RESET: a new search_path."""
        if node.text("name") != "search_path" and node.text("kind") != "VAR_RESET_ALL":
            return
        if node.text("kind") != "VAR_SET_VALUE":
            self.path = DEFAULT_PATH
            return
        values = (argument.child("sval") for argument in node.nodes("args"))
        self.path = tuple(value.text("sval") for value in values if value is not None)

    @property
    def schema(self) -> str:
        """Where an unqualified new thing goes."""
        return next((schema for schema in self.path if schema not in _NOT_FOR_CREATION), "public")

    def made(self, key: Key) -> Key:
        """Notes a new thing, so that later statements find it by its bare name."""
        self._made.add(key)
        return key

    def is_temporary(self, node: Node | None) -> bool:
        """True for what ends with the session."""
        if node is None:
            return False
        if node.text("relpersistence") == "t" or node.text("schemaname") == "pg_temp":
            return True
        return not node.text("schemaname") and node.text("relname") in self.temporary

    def new_relation(self, node: Node | None) -> Key:
        """The key of a relation to be made."""
        if node is None:
            return Key("relation", self.schema, "", "")
        return self.made(Key("relation", node.text("schemaname") or self.schema, "", node.text("relname")))

    def relation(self, node: Node | None) -> Key:
        """The key of a relation that is referred to."""
        if node is None:
            return Key("relation", self.schema, "", "")
        return self.find("relation", (node.text("schemaname"), node.text("relname")))

    def new(self, space: str, parts: tuple[str, ...]) -> Key:
        """The key of a thing to be made, from `schema.name` or `name`."""
        return self.made(
            Key(space, parts[-2] if len(parts) > 1 else self.schema, "", parts[-1] if parts else "")
        )

    def find(self, space: str, parts: tuple[str, ...]) -> Key:
        """The key of a thing that is referred to, from `schema.name` or `name` (an empty schema counts as none)."""
        name = parts[-1] if parts else ""
        if len(parts) > 1 and parts[-2]:
            return Key(space, parts[-2], "", name)
        for schema in self.path:
            key = Key(space, schema, "", name)
            if key in self._made or (space == "relation" and self._stands(QName(schema, name))):
                return key
        return Key(space, self.schema, "", name)

    def function(self, node: Node, *, new: bool = False) -> Key:
        """The key of a function that a statement names with its types (ObjectWithArgs): `f(integer)`, or `f`."""
        parts = node.strings("objname")
        types = ", ".join(self.state.type_text(one, modifiers=False).text for one in node.nodes("objargs"))
        name = parts[-1] if node.flag("args_unspecified") else f"{parts[-1]}({types})"
        return (self.new if new else self.find)("function", (*parts[:-1], name))

    def part(self, space: str, owner: Key, name: str) -> Key:
        """The key of a part of a relation or type."""
        return Key(space, owner.schema, owner.name, name)

    def leans(self, *nodes: Node | None) -> frozenset[Key]:
        """What these parts of a statement name, and so lean on: relations, types and functions. Nothing in a file that
        drops none of these."""
        found: set[Key] = set()
        if not self._drops:
            return frozenset()
        for top in nodes:
            for node in top.walk() if top is not None else ():
                if node.has("relname"):
                    found.add(self.relation(node))
                elif node.kind == "FuncCall":
                    found.add(self.called(node.strings("funcname")))
                elif node.has("names") and node.has("typemod"):
                    found |= self.type_leans(node)
        return frozenset(found)

    def called(self, parts: tuple[str, ...]) -> Key:
        """What a call of a function leans on: any function of that name."""
        return self.find("function", parts)._replace(space="call")

    def type_leans(self, node: Node | None) -> frozenset[Key]:
        """What a type's name leans on: the type, or the table that it is the row of."""
        parts = node.strings("names") if node is not None and self._drops else ()
        if not parts or parts[0] == "pg_catalog":
            return frozenset()
        return frozenset({self.find("type", parts), self.find("relation", parts)})

    def _stands(self, name: QName) -> bool:
        state = self.state
        return any(name in place for place in (state.tables, state.views, state.sequences, state.indexes))


def _drops(statement: Statement) -> bool:
    return statement.kind == "DoStmt" or (
        statement.kind == "DropStmt" and statement.tree.text("removeType") in _LEANT_ON
    )


def _touches(statement: Statement) -> bool:
    if statement.kind == "AlterTableStmt":
        return any(command.text("subtype") in _TOUCHING for command in statement.tree.nodes("cmds"))
    return statement.kind == "RenameStmt"


def words(kind: str, key: Key) -> str:
    """A thing for people: `table public.notes`, `policy p on public.notes`."""
    if key.table:
        return f"{kind} {key.name} on {key.schema}.{key.table}"
    return f"{kind} {key.schema}.{key.name}" if key.schema else f"{kind} {key.name}"


def simple(space: str, name: str) -> Key:
    """The key of a thing that stands in no schema."""
    return Key(space, "", "", name)


def options(nodes: Iterable[Node]) -> dict[str, Node]:
    """The options of a statement (DefElem) by name, those that have a value."""
    return {n.text("defname"): arg for n in nodes if (arg := n.child("arg")) is not None}
