"""The database as the statements so far leave it, and how names are found in it."""

from collections.abc import Iterator
from types import MappingProxyType

from supa_deploy.migrations.fold.drafts import Grants, Mention, TableDraft, ViewDraft
from supa_deploy.migrations.fold.lookup import Functions, Owned
from supa_deploy.migrations.keywords import quote_identifier
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.sqltypes import TypeText, format_type
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import (
    Doubt,
    Dropped,
    DroppedKind,
    Extension,
    Origin,
    QName,
    Schema,
    Sequence,
    UserType,
)

DEFAULT_PATH = ("$user", "public", "extensions")
"""What Supabase's postgres role has as search_path; the CLI resets it before each file."""

_NOT_FOR_CREATION = frozenset({"$user", "pg_catalog", "pg_temp"})

_MENTIONING = frozenset({"FuncCall", "ColumnRef"})


class State:
    """Everything made so far. `script`, `statement` and `origin` are those of the statement in hand."""

    def __init__(self) -> None:
        self.schemas: dict[str, Origin] = {}
        self.tables: dict[QName, TableDraft] = {}
        self.views: dict[QName, ViewDraft] = {}
        self.functions = Functions()
        self.types: dict[QName, UserType] = {}
        self.sequences: dict[QName, Sequence] = {}
        self.owned_sequences: Owned[tuple[QName, str]] = Owned(lambda column: column[0])
        self.extensions: dict[str, Extension] = {}
        self.indexes: Owned[QName] = Owned(lambda relation: relation)
        self._constraint_names: set[str] = set()
        self._parent_names: set[QName] = set()
        self.temporary: set[str] = set()
        self.dropped: dict[tuple[DroppedKind, QName, str | None], Dropped] = {}
        self.doubts: list[Doubt] = []
        self.default_grants: dict[tuple[str, str], Grants] = {}
        self.search_path: tuple[str, ...] = DEFAULT_PATH
        self.script: Script
        self.statement: Statement
        self.origin: Origin

    def start_script(self, script: Script) -> None:
        """A file begins: a new session's settings and no temporary tables."""
        self.script = script
        self.search_path = DEFAULT_PATH
        self.temporary = set()

    def start_statement(self, statement: Statement) -> None:
        """A statement begins."""
        self.statement = statement
        self.origin = self.script.origin(statement)

    def origin_at(self, node: Node) -> Origin:
        """Where a part of the statement in hand stands."""
        byte, origin = node.location, self.origin
        line = self.script.source.line(byte) if byte > self.statement.start else origin.line
        return origin if line == origin.line else Origin(origin.version, origin.file, line)

    # Names

    @property
    def creation_schema(self) -> str:
        """Where an unqualified new object goes: the first schema of the search_path."""
        for schema in self.search_path:
            if schema not in _NOT_FOR_CREATION:
                return schema
        return "public"

    def new_name(self, node: Node | None) -> QName:
        """The name of a relation to be made."""
        if node is None:
            return QName(self.creation_schema, "")
        return QName(node.text("schemaname") or self.creation_schema, node.text("relname"))

    def new_parts(self, parts: tuple[str, ...]) -> QName:
        """The name of an object to be made, from `schema.name` or `name`."""
        return QName(parts[-2] if len(parts) > 1 else self.creation_schema, parts[-1] if parts else "")

    def relation(self, node: Node | None) -> QName:
        """The name of a relation that is referred to, found through the search_path."""
        if node is None:
            return QName(self.creation_schema, "")
        return self.find_relation(node.text("schemaname") or None, node.text("relname"))

    def relation_parts(self, parts: tuple[str, ...]) -> QName:
        """As `relation`, from `schema.name` or `name`."""
        return self.find_relation(parts[-2] if len(parts) > 1 else None, parts[-1] if parts else "")

    def find_relation(self, schema: str | None, name: str) -> QName:
        """The relation of that name; when the files make none, where it would be made."""
        if schema is not None:
            return QName(schema, name)
        for candidate in self.search_path:
            found = QName(candidate, name)
            if (
                found in self.tables
                or found in self.views
                or found in self.sequences
                or found in self.indexes
            ):
                return found
        return QName(self.creation_schema, name)

    def find_type(self, schema: str | None, name: str) -> QName | None:
        """The user's own type (or table's row type) of that name."""
        for candidate in (schema,) if schema is not None else self.search_path:
            found = QName(candidate, name)
            if found in self.types or found in self.tables or found in self.views:
                return found
        return None

    def type_parts(self, parts: tuple[str, ...]) -> QName:
        """A type that is referred to; when the files make none, where it would be made."""
        found = self.find_type(parts[-2] if len(parts) > 1 else None, parts[-1]) if parts else None
        return found or self.new_parts(parts)

    def type_text(self, node: Node | None, *, modifiers: bool = True) -> TypeText:
        """A type in words, `table.column%TYPE` looked up; functions keep no `modifiers`."""
        if node is None:
            return TypeText("void")
        if node.flag("pct_type"):
            *relation, column = node.strings("names")
            table = self.tables.get(self.relation_parts(tuple(relation)))
            if table is not None and column in table.columns:
                return TypeText(table.columns[column].type or "unknown", table.columns[column].own_type)
        return format_type(node, self.find_type, modifiers=modifiers)

    def mention(self, *nodes: Node | None) -> Mention:
        """What expressions or queries name."""
        mention = Mention()
        for top in nodes:
            for node in top.find(_MENTIONING, "relname") if top is not None else ():
                if node.has("relname"):
                    mention.relations.add(self.relation(node))
                elif node.kind == "FuncCall":
                    mention.functions.add(node.strings("funcname")[-1])
                else:
                    fields = node.strings("fields")
                    mention.columns.add(fields[-1] if len(fields) == len(node.nodes("fields")) else "*")
        return mention

    # Relations

    def is_temporary(self, node: Node | None) -> bool:
        """True for a temporary table, view or sequence: it ends with the session."""
        if node is None:
            return False
        name, schema = node.text("relname"), node.text("schemaname")
        if node.text("relpersistence") == "t" or schema == "pg_temp":
            return True
        return not schema and name in self.temporary

    def table(self, name: QName) -> TableDraft:
        """The table of that name; one that the files do not make is taken as there, its columns unknown."""
        draft = self.tables.get(name)
        if draft is None:
            draft = TableDraft(name, self.origin, columns_known=False, assumed=True)
            self.tables[name] = draft
        return draft

    def add_parent(self, table: TableDraft, parent: QName) -> bool:
        """Puts a table below another; False, and nothing done, when that would close a circle (the server refuses)."""
        above = [parent]
        for name in above:
            if name == table.name:
                return False
            above.extend(known for known in self._parents(name) if known not in above)
        if parent not in table.parents:
            table.parents.append(parent)
            self.is_parent(parent)
        return True

    def _parents(self, name: QName) -> list[QName]:
        return self.tables[name].parents if name in self.tables else []

    def children(self, name: QName) -> Iterator[TableDraft]:
        """The tables that inherit from this one or are partitions of it."""
        if name not in self._parent_names:
            return iter(())
        return (table for table in list(self.tables.values()) if name in table.parents)

    def is_parent(self, name: QName) -> None:
        """Notes that a table has children, or had: all others are never searched for any."""
        self._parent_names.add(name)

    def constraint_named(self, name: str) -> None:
        """Notes that some table got a constraint of that name."""
        self._constraint_names.add(name)

    def name_taken(self, schema: str, name: str) -> bool:
        """True when a relation, index, sequence or composite type of that name exists in the schema."""
        found = QName(schema, name)
        return (
            found in self.tables
            or found in self.views
            or found in self.sequences
            or found in self.owned_sequences
            or found in self.indexes
            or (found in self.types and self.types[found].kind == "composite")
        )

    def constraint_taken(self, schema: str, name: str) -> bool:
        """True when any table of the schema has a constraint of that name."""
        return name in self._constraint_names and any(
            name in table.constraints or name in table.foreign_keys
            for table in self.tables.values()
            if table.name.schema == schema
        )

    def drop_record(self, kind: DroppedKind, name: QName, member: str | None = None) -> None:
        """Notes that something is gone."""
        self.dropped[kind, name, member] = Dropped(kind, name, self.origin, member)

    def doubt(
        self, reason: str, names: frozenset[QName] = frozenset(), acts: frozenset[str] = frozenset()
    ) -> None:
        """Notes a statement whose effect cannot be read, and marks the tables and views it names."""
        self.doubts.append(Doubt(self.origin, reason, names, acts))
        words = f"{reason} ({self.origin.file}:{self.origin.line})"
        for name in names:
            for place in (self.tables, self.views):
                if name in place:
                    place[name].uncertain = words

    def quoted(self, name: QName) -> str:
        """The name as SQL text."""
        return f"{quote_identifier(name.schema)}.{quote_identifier(name.name)}"

    # The end

    def freeze(self) -> Schema:
        """The whole as a value."""
        tables = {name: draft.freeze() for name, draft in self.tables.items()}
        return Schema(
            schemas=MappingProxyType(self.schemas),
            tables=MappingProxyType(tables),
            views=MappingProxyType({name: draft.freeze() for name, draft in self.views.items()}),
            functions=MappingProxyType({key: draft.freeze() for key, draft in self.functions.items()}),
            types=MappingProxyType(self.types),
            sequences=MappingProxyType(self.sequences),
            extensions=MappingProxyType(self.extensions),
            dropped=tuple(gone for gone in self.dropped.values() if not self._is_back(gone)),
            doubts=tuple(self.doubts),
        )

    def _is_back(self, gone: Dropped) -> bool:
        table = self.tables.get(gone.name)
        if gone.kind in {DroppedKind.TABLE, DroppedKind.VIEW}:
            return table is not None or gone.name in self.views
        if gone.kind is DroppedKind.FUNCTION:
            return any(True for _ in self.functions.named(gone.name))
        if gone.kind in {DroppedKind.INDEX, DroppedKind.TYPE}:
            return gone.name in (self.indexes if gone.kind is DroppedKind.INDEX else self.types)
        if gone.kind is DroppedKind.EXTENSION:
            return gone.name.name in self.extensions
        return table is None or gone.member in table.members(gone.kind)
