"""Looks whether the names in a statement are there, in the database as the statements before it leave it."""

from collections.abc import Collection, Iterable

from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.script import Script, Statement
from supa_deploy.migrations.sqltypes import is_builtin, serial_base
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.ledger import Kind, Ledger, Miss
from supa_deploy.rules.order.names import brought_by, in_postgresql
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.schema import DroppedKind, Origin, QName

_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
_DEFAULT = frozenset({"$user", "public", "extensions", "pg_catalog", "pg_temp"})
_DROPPED = {
    Kind.RELATION: (DroppedKind.TABLE, DroppedKind.VIEW),
    Kind.TYPE: (DroppedKind.TYPE, DroppedKind.TABLE),
    Kind.FUNCTION: (DroppedKind.FUNCTION,),
}


class Eye:
    """Looks on behalf of one statement. `path` is the search_path that counts, `offset` where the text in hand begins
    in the file (a function's body), `own` the names that the statement itself makes."""

    def __init__(self, script: Script, statement: Statement, state: State, ledger: Ledger) -> None:
        self.script = script
        self.statement = statement
        self.state = state
        self.ledger = ledger
        self.path = tuple(filter(None, state.search_path))
        self.offset = 0
        self.own: set[QName] = set()

    # What statements name

    def relation(self, node: Node | None, *, certain: bool = True) -> None:
        """A table, view or sequence (a RangeVar)."""
        if node is not None and not node.has("catalogname"):
            self.relation_named(node.text("schemaname"), node.text("relname"), node.location, certain=certain)

    def relation_named(self, schema: str, name: str, byte: int = -1, *, certain: bool = True) -> None:
        """As `relation`, by its parts; no schema: found through the search_path."""
        if schema:
            found = QName(schema, name)
            if is_platform_schema(schema) or schema.startswith("pg_") or self._is_relation(found):
                return
        else:
            if name in self.state.temporary or name.startswith("pg_") or not self.path:
                return
            for candidate in self.path:
                if self._is_relation(QName(candidate, name)):
                    return
            found = self._unfound(name)
        self._miss(Kind.RELATION, found, byte=byte, certain=certain, bare=not schema)

    def parts(self, names: tuple[str, ...], byte: int = -1, *, certain: bool = True) -> QName:
        """As `relation`, from `schema.name` or `name`; gives back the name that was meant."""
        if names:
            self.relation_named(names[-2] if len(names) > 1 else "", names[-1], byte, certain=certain)
        return self.state.relation_parts(names)

    def columns(
        self, table: QName, names: Iterable[str], byte: int = -1, *, known: Collection[str] | None = None
    ) -> None:
        """Columns of a table; nothing is looked at where static reading does not know them all. `known`: they are these
        (a table that the statement makes or alters itself)."""
        if known is None:
            known = self.columns_of(table)
        if known is None:
            return
        for name in names:
            if name not in known and name not in _SYSTEM_COLUMNS:
                self._miss(Kind.COLUMN, table, name, byte=byte)

    def columns_of(self, table: QName) -> Collection[str] | None:
        """The columns of a table, None when they are not all known."""
        draft = self.state.tables.get(table)
        if draft is None or draft.assumed or not draft.columns_known or draft.uncertain:
            return None
        return draft.columns

    def type(self, node: Node | None) -> None:
        """A type (a TypeName)."""
        if node is None:
            return
        names = node.strings("names")
        if is_builtin(names[-1] if names else "") and (len(names) == 1 or names[:-1] == ("pg_catalog",)):
            return
        if node.flag("pct_type"):
            table = self.parts(names[:-1], node.location)
            self.columns(table, names[-1:], node.location)
            return
        if names:
            self.type_named(names, node.location, is_array_name=names[-1].startswith("_"), node=node)

    def type_named(
        self, names: tuple[str, ...], byte: int = -1, *, is_array_name: bool = False, node: Node | None = None
    ) -> None:
        """As `type`, from `schema.name` or `name`."""
        schema, name = (names[-2] if len(names) > 1 else ""), names[-1]
        if not schema and not self.path:
            return
        if schema in {"", "pg_catalog"} and (
            is_builtin(name) or is_array_name or (node is not None and serial_base(node))
        ):
            return
        if schema and is_platform_schema(schema) and schema != "extensions":
            return
        if name.startswith("pg_") or self._is_type(schema, name) or in_postgresql("types", name):
            return
        if any(name in brought_by(made, "types") for made in self.state.extensions):
            return
        self._miss(Kind.TYPE, QName(schema, name) if schema else self._unfound(name), byte=byte)

    def function(self, names: tuple[str, ...], byte: int = -1) -> None:
        """A function or procedure, whatever its arguments."""
        if not names or (len(names) == 1 and not self.path):
            return
        name = names[-1]
        if len(names) > 1:
            found = QName(names[-2], name)
            if is_platform_schema(found.schema) or self._is_function(found):
                return
        else:
            for candidate in self.path:
                if self._is_function(QName(candidate, name)):
                    return
            found = self._unfound(name)
        self._miss(Kind.FUNCTION, found, byte=byte, certain=len(names) > 1, bare=len(names) == 1)

    def schema(self, name: str, byte: int = -1) -> None:
        """A schema; empty: none is written."""
        if not name or name == "public" or name in self.state.schemas or name.startswith("pg_"):
            return
        if is_platform_schema(name) or any(
            name in brought_by(made, "schemas") for made in self.ledger.extensions
        ):
            return
        self._miss(Kind.SCHEMA, QName(name, ""), byte=byte)

    # What is there

    def _is_relation(self, name: QName) -> bool:
        state = self.state
        draft = state.tables.get(name)
        if draft is not None:
            return not draft.assumed or name in self.ledger.there
        return (
            name in state.views
            or name in state.sequences
            or name in state.owned_sequences
            or name in state.indexes
            or name in self.ledger.there
            or name in self.own
            or self._is_of_extension(name)
        )

    def _is_of_extension(self, name: QName) -> bool:
        """True for a relation of an extension (`spatial_ref_sys` of postgis)."""
        return any(
            name.name in brought_by(made, "relations")
            and name.schema in {"public", "extensions", extension.schema}
            for made, extension in self.state.extensions.items()
        )

    def _is_type(self, schema: str, name: str) -> bool:
        for candidate in (schema,) if schema else self.path:
            found = QName(candidate, name)
            places = (self.state.types, self.state.tables, self.state.views, self.ledger.types, self.own)
            if any(found in place for place in places):
                return True
        return False

    def _is_function(self, name: QName) -> bool:
        if name in self.own:
            return True
        if name not in self.ledger.functions:
            return False
        if (DroppedKind.FUNCTION, name, None) not in self.state.dropped:
            return True
        return any(True for _ in self.state.functions.named(name))

    # What is not

    def _unfound(self, name: str) -> QName:
        """Under which name an unqualified one is kept that is nowhere: where it would be made."""
        for schema in self.path:
            if schema not in {"$user", "pg_catalog", "pg_temp"}:
                return QName(schema, name)
        return QName("public", name)

    def _miss(
        self,
        kind: Kind,
        name: QName,
        member: str = "",
        *,
        byte: int,
        certain: bool = True,
        bare: bool = False,
    ) -> None:
        ledger = self.ledger
        key = (kind, name, member)
        before = ledger.pending.get(key)
        if before is not None and (before.certain or not certain):
            before.count += 1
            return
        if bare and (ledger.path_unsure or not _DEFAULT.issuperset(self.path)) and self._may_be_elsewhere():
            return
        if kind is Kind.COLUMN:
            ledger.lacking.add(name)
        line, column = self.script.source.place(max(self.statement.start, byte + self.offset))
        gone = self._gone(kind, name, member)
        doubtful = ledger.is_doubtful(kind, name)
        count = before.count + 1 if before is not None else 1
        file = self.script.migration.file
        ledger.pending[key] = Miss(
            kind, name, member, file, line, column, doubtful, certain, bare, gone, count
        )

    def _may_be_elsewhere(self) -> bool:
        """True when the search_path is not sure, or has a schema of the platform's, whose contents are not in the
        files."""
        return self.ledger.path_unsure or any(
            is_platform_schema(schema) for schema in self.path if schema not in _DEFAULT
        )

    def _gone(self, kind: Kind, name: QName, member: str) -> Origin | None:
        if kind is Kind.SCHEMA:
            return self.ledger.dropped_schemas.get(name.schema)
        if kind is Kind.COLUMN:
            dropped = self.state.dropped.get((DroppedKind.COLUMN, name, member))
            return dropped.origin if dropped is not None else None
        for dropped_kind in _DROPPED[kind]:
            dropped = self.state.dropped.get((dropped_kind, name, None))
            if dropped is not None:
                return dropped.origin
        return None
