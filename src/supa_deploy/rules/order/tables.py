"""What CREATE TABLE and ALTER TABLE use: types, parents, the targets and columns of their constraints."""

from collections.abc import Collection

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.expressions import look, look_with_columns
from supa_deploy.rules.order.eye import Eye
from supa_deploy.schema import QName

_NOT_TABLES = frozenset({"OBJECT_INDEX", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"})
_OF_COLUMN = frozenset(
    {
        "AT_AlterColumnType",
        "AT_ColumnDefault",
        "AT_SetNotNull",
        "AT_DropNotNull",
        "AT_SetStatistics",
        "AT_SetStorage",
        "AT_AddIdentity",
        "AT_SetIdentity",
        "AT_DropIdentity",
        "AT_SetExpression",
        "AT_DropExpression",
        "AT_DropColumn",
    }
)
_PLAIN = frozenset({"CONSTR_NOTNULL", "CONSTR_NULL", "CONSTR_IDENTITY"})
_OF_PARTITION = frozenset({"AT_AttachPartition", "AT_DetachPartition"})
_OF_PARENT = frozenset({"AT_AddInherit", "AT_DropInherit"})


def create_table(eye: Eye, node: Node) -> None:
    """CREATE TABLE; nothing is looked up when IF NOT EXISTS finds the table."""
    relation = node.child("relation")
    if relation is None:
        return
    name = eye.state.new_name(relation)
    if node.flag("if_not_exists") and eye.state.name_taken(name.schema, name.name):
        return
    eye.schema(relation.text("schemaname"), relation.location)
    eye.type(node.child("ofTypename"))
    for parent in node.nodes("inhRelations"):
        eye.relation(parent)
    elements = node.nodes("tableElts")
    own: set[str] | None = {e.text("colname") for e in elements if e.kind == "ColumnDef"}
    if node.has("inhRelations") or node.has("ofTypename"):
        own = None
    for element in elements:
        if element.kind == "TableLikeClause":
            eye.relation(element.child("relation"))
            own = None
    for element in elements:
        if element.kind == "ColumnDef":
            _column(eye, name, own, element)
        elif element.kind == "Constraint":
            constraint(eye, name, own, element)


def create_foreign_table(eye: Eye, node: Node) -> None:
    """CREATE FOREIGN TABLE."""
    base = node.child("base")
    if base is not None:
        create_table(eye, base)


def _column(eye: Eye, table: QName, own: Collection[str] | None, node: Node) -> None:
    eye.type(node.child("typeName"))
    for one in node.nodes("constraints"):
        constraint(eye, table, own, one)


def constraint(eye: Eye, table: QName, own: Collection[str] | None, node: Node) -> None:
    """A constraint, of a column or of the table. `own`: the table's columns, None when they are not known."""
    kind = node.text("contype")
    if kind in _PLAIN:
        return
    expression = node.child("raw_expr")
    if expression is not None:
        if expression.kind != "A_Const":
            look_with_columns(eye, table, own if kind != "CONSTR_DEFAULT" else None, expression)
        return
    if own is not None:
        for field in ("keys", "fk_attrs", "including"):
            if node.has(field):
                eye.columns(table, node.strings(field), node.location, known=own)
    if node.has("exclusions"):
        _exclusions(eye, table, own, node)
    target = node.child("pktable")
    if target is not None:
        _target(eye, table, own, node, target)


def _exclusions(eye: Eye, table: QName, own: Collection[str] | None, node: Node) -> None:
    for excluded in node.nodes("exclusions"):
        for element in excluded.nodes("items"):
            if element.kind == "IndexElem":
                index_element(eye, table, own, element, node.location)


def _target(eye: Eye, table: QName, own: Collection[str] | None, node: Node, target: Node) -> None:
    """The table that a foreign key points to, and its columns."""
    byte = node.location
    name = eye.state.relation(target)
    if name == table:
        if own is not None:
            eye.columns(table, node.strings("pk_attrs"), byte, known=own)
        return
    eye.relation(target)
    eye.columns(name, node.strings("pk_attrs"), byte)


def index_element(eye: Eye, table: QName, own: Collection[str] | None, node: Node, byte: int) -> None:
    """A column or an expression of an index."""
    expression = node.child("expr")
    if node.has("name") and own is not None:
        eye.columns(table, (node.text("name"),), byte, known=own)
    if expression is not None:
        look_with_columns(eye, table, own, expression)


def create_index(eye: Eye, node: Node) -> None:
    """CREATE INDEX."""
    relation = node.child("relation")
    if relation is None:
        return
    eye.relation(relation)
    table = eye.state.relation(relation)
    name = QName(table.schema, node.text("idxname"))
    if node.flag("if_not_exists") and eye.state.name_taken(name.schema, name.name):
        return
    own = None if eye.state.is_temporary(relation) else eye.columns_of(table)
    where = node.child("whereClause")
    for element in (*node.nodes("indexParams"), *node.nodes("indexIncludingParams")):
        index_element(eye, table, own, element, relation.location)
    if where is not None:
        look_with_columns(eye, table, own, where)


def alter_table(eye: Eye, node: Node) -> None:
    """ALTER TABLE; nothing is looked up after IF EXISTS (a table of Supabase's own, too)."""
    relation, kind = node.child("relation"), node.text("objtype")
    if relation is None or kind == "OBJECT_INDEX" or node.flag("missing_ok"):
        return
    if kind == "OBJECT_TYPE":
        schema = relation.text("schemaname")
        eye.type_named((*([schema] if schema else []), relation.text("relname")), relation.location)
        for command in node.nodes("cmds"):
            definition = command.child("def")
            eye.type(definition.child("typeName") if definition is not None else None)
        return
    eye.relation(relation, certain=kind != "OBJECT_SEQUENCE")
    commands = [command for command in node.nodes("cmds") if command.has("def") or command.has("name")]
    if not commands:
        return
    table = eye.state.relation(relation)
    own: set[str] | None = None
    known = eye.columns_of(table)
    if known is not None and kind not in _NOT_TABLES and not eye.state.is_temporary(relation):
        own = set(known)
        for command in commands:
            definition = command.child("def")
            if command.text("subtype") == "AT_AddColumn" and definition is not None:
                own.add(definition.text("colname"))
    for command in commands:
        _command(eye, table, own, command, relation.location)


def _command(eye: Eye, table: QName, own: set[str] | None, command: Node, byte: int) -> None:
    subtype, definition = command.text("subtype"), command.child("def")
    if subtype in _OF_COLUMN and own is not None and command.has("name") and not command.flag("missing_ok"):
        eye.columns(table, (command.text("name"),), byte, known=own)
    if definition is None:
        return
    if subtype == "AT_AddColumn":
        if not (command.flag("missing_ok") and definition.text("colname") in (eye.columns_of(table) or ())):
            _column(eye, table, own, definition)
    elif subtype == "AT_AddConstraint":
        constraint(eye, table, own, definition)
    elif subtype == "AT_AlterColumnType":
        eye.type(definition.child("typeName"))
        look(eye, definition.child("raw_default"))
    elif subtype in {"AT_ColumnDefault", "AT_SetExpression"}:
        look(eye, definition)
    elif subtype in _OF_PARTITION:
        eye.relation(definition.child("name"))
    elif subtype in _OF_PARENT:
        eye.relation(definition)
