"""What each kind of statement makes, so that what used it before did so too early."""

from collections.abc import Callable

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.order.eye import Eye
from supa_deploy.rules.order.ledger import Kind
from supa_deploy.schema import QName

_RELATIONS = frozenset(
    {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE"}
)
_FUNCTIONS = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"})
_TYPES = frozenset({"OBJECT_TYPE", "OBJECT_DOMAIN"})
_DROPS = _RELATIONS | _TYPES | {"OBJECT_SCHEMA"}
_SWITCHED_OFF = frozenset({"off", "false", "no", "0", "f", "n"})
_NOT_ALL_READ = (b"function", b"procedure", b"schema", b"extension", b"execute")


def _made(eye: Eye, kind: Kind, name: QName, member: str = "", *, plain: bool = True) -> None:
    line = eye.statement.line
    eye.ledger.made(kind, name, member, file=eye.script.migration.file, line=line, plain=plain)


def _relation(eye: Eye, relation: Node | None, *, plain: bool = True) -> QName | None:
    """A relation is made; one that the fold took as there before counts as there from now on."""
    if relation is None or eye.state.is_temporary(relation):
        return None
    name = eye.state.new_name(relation)
    draft = eye.state.tables.get(name)
    if draft is not None and draft.assumed:
        eye.ledger.there.add(name)
    _made(eye, Kind.RELATION, name, plain=plain)
    return name


def _table(eye: Eye, node: Node) -> None:
    plain = not node.flag("if_not_exists")
    name = _relation(eye, node.child("relation"), plain=plain)
    if name in eye.ledger.lacking:
        for element in node.nodes("tableElts"):
            if element.kind == "ColumnDef" and plain:
                _made(eye, Kind.COLUMN, name, element.text("colname"))


def _foreign_table(eye: Eye, node: Node) -> None:
    base = node.child("base")
    if base is not None:
        _table(eye, base)


def _view(eye: Eye, node: Node) -> None:
    _relation(eye, node.child("view"), plain=not node.flag("replace"))


def _from_query(eye: Eye, node: Node) -> None:
    into = node.child("into") or node.child("intoClause")
    if into is not None:
        _relation(eye, into.child("rel"), plain=not node.flag("if_not_exists"))


def _select(eye: Eye, node: Node) -> None:
    if node.has("intoClause"):
        _from_query(eye, node)
    for target in node.nodes("targetList"):
        call = target.child("val")
        if call is None or call.kind != "FuncCall" or call.strings("funcname")[-1:] != ("set_config",):
            continue
        values = [argument.child("sval") for argument in call.nodes("args")]
        texts = [value.text("sval").lower() if value is not None else "" for value in values]
        if texts[:1] == ["check_function_bodies"]:
            eye.ledger.bodies_checked = texts[1] not in _SWITCHED_OFF


def _sequence(eye: Eye, node: Node) -> None:
    _relation(eye, node.child("sequence"), plain=not node.flag("if_not_exists"))


def _type(eye: Eye, node: Node) -> None:
    _type_named(eye, eye.state.new_parts(node.strings("typeName") or node.strings("domainname")))


def _type_named(eye: Eye, name: QName) -> None:
    _made(eye, Kind.TYPE, name)


def _composite(eye: Eye, node: Node) -> None:
    _type_named(eye, eye.state.new_name(node.child("typevar")))


def _define(eye: Eye, node: Node) -> None:
    kind, name = node.text("kind"), eye.state.new_parts(node.strings("defnames"))
    if kind == "OBJECT_TYPE":
        eye.ledger.types.add(name)
        _type_named(eye, name)
    elif kind == "OBJECT_AGGREGATE":
        _function_named(eye, name, plain=not node.flag("replace"))


def _function(eye: Eye, node: Node) -> None:
    name = eye.state.new_parts(node.strings("funcname"))
    _function_named(eye, name, plain=not node.flag("replace"))


def _function_named(eye: Eye, name: QName, *, plain: bool) -> None:
    eye.ledger.functions.add(name)
    _made(eye, Kind.FUNCTION, name, plain=plain)


def _schema(eye: Eye, node: Node) -> None:
    role = node.child("authrole")
    name = node.text("schemaname") or (role.text("rolename") if role is not None else "")
    eye.ledger.dropped_schemas.pop(name, None)
    _made(eye, Kind.SCHEMA, QName(name, ""), plain=not node.flag("if_not_exists"))
    path, eye.state.search_path = eye.state.search_path, (name, *eye.state.search_path)
    for element in node.nodes("schemaElts"):
        maker = MAKERS.get(element.kind)
        if maker is not None:
            maker(eye, element)
    eye.state.search_path = path


def _extension(eye: Eye, node: Node) -> None:
    file, line = eye.script.migration.file, eye.statement.line
    eye.ledger.extension_made(node.text("extname"), file=file, line=line)


def _rename(eye: Eye, node: Node) -> None:
    kind, new, relation = node.text("renameType"), node.text("newname"), node.child("relation")
    target = node.child("object")
    if kind == "OBJECT_COLUMN" and relation is not None:
        _column(eye, eye.state.relation(relation), new)
    elif kind in _RELATIONS and relation is not None:
        name = eye.state.relation(relation)
        _moved(eye, kind, name, QName(name.schema, new))
    elif kind == "OBJECT_SCHEMA":
        _made(eye, Kind.SCHEMA, QName(new, ""))
        eye.ledger.blind = True  # everything in it has another name
    elif target is not None:
        parts = target.strings("objname") or target.strings("items")
        _moved(eye, kind, eye.state.new_parts(parts), eye.state.new_parts((*parts[:-1], new)))


def _set_schema(eye: Eye, node: Node) -> None:
    kind, schema, relation = node.text("objectType"), node.text("newschema"), node.child("relation")
    target = node.child("object")
    if relation is not None:
        name = eye.state.relation(relation)
        _moved(eye, kind, name, QName(schema, name.name))
    elif target is not None:
        parts = target.strings("objname") or target.strings("items")
        if parts:
            _moved(eye, kind, eye.state.new_parts(parts), QName(schema, parts[-1]))


def _moved(eye: Eye, kind: str, old: QName, new: QName) -> None:
    """Something under another name: if it was not there before, that was told, and now it is taken as there."""
    if kind in _RELATIONS:
        draft = eye.state.tables.get(old)
        if draft is None or draft.assumed:
            eye.ledger.there.add(new)
        _made(eye, Kind.RELATION, new)
    elif kind in _FUNCTIONS:
        _function_named(eye, new, plain=False)
    elif kind in _TYPES:
        if old not in eye.state.types:
            eye.ledger.types.add(new)
        _type_named(eye, new)


def _alter_table(eye: Eye, node: Node) -> None:
    if not eye.ledger.lacking or node.text("objtype") != "OBJECT_TABLE":
        return
    table = eye.state.relation(node.child("relation"))
    for command in node.nodes("cmds"):
        definition = command.child("def")
        if command.text("subtype") == "AT_AddColumn" and definition is not None:
            _column(eye, table, definition.text("colname"), plain=not command.flag("missing_ok"))


def _column(eye: Eye, table: QName, column: str, *, plain: bool = True) -> None:
    """A column is made, in the tables below too."""
    _made(eye, Kind.COLUMN, table, column, plain=plain)
    for child in eye.state.children(table):
        _column(eye, child.name, column, plain=plain)


def _drop(eye: Eye, node: Node) -> None:
    kind, state = node.text("removeType"), eye.state
    if kind not in _DROPS:
        return
    for target in node.nodes("objects"):
        if kind in _RELATIONS:
            eye.ledger.there.discard(state.relation_parts(target.strings("items")))
        elif kind in _TYPES:
            eye.ledger.types.discard(state.new_parts(target.strings("names")))
        elif kind == "OBJECT_SCHEMA":
            eye.ledger.dropped_schemas[target.text("sval")] = state.origin


def _set(eye: Eye, node: Node) -> None:
    if node.text("name") != "check_function_bodies":
        return
    for argument in node.nodes("args"):
        text, number = argument.child("sval"), argument.child("ival")
        word = text.text("sval").lower() if text is not None else ""
        off = number is not None and text is None and number.number("ival") == 0
        eye.ledger.bodies_checked = not (off or word in _SWITCHED_OFF)


def _do(eye: Eye, node: Node) -> None:
    del node
    text = eye.script.source.data[eye.statement.start : eye.statement.end].lower()
    if any(word in text for word in _NOT_ALL_READ):
        eye.ledger.see_text(text)


def _path(eye: Eye, node: Node) -> None:
    setting = node.child("setstmt")
    if setting is not None and setting.text("name") == "search_path":
        eye.ledger.path_unsure = True


MAKERS: dict[str, Callable[[Eye, Node], None]] = {
    "AlterDatabaseSetStmt": _path,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterRoleSetStmt": _path,
    "AlterTableStmt": _alter_table,
    "CompositeTypeStmt": _composite,
    "CreateDomainStmt": _type,
    "CreateEnumStmt": _type,
    "CreateExtensionStmt": _extension,
    "CreateForeignTableStmt": _foreign_table,
    "CreateFunctionStmt": _function,
    "CreateRangeStmt": _type,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": _sequence,
    "CreateStmt": _table,
    "CreateTableAsStmt": _from_query,
    "DefineStmt": _define,
    "DoStmt": _do,
    "DropStmt": _drop,
    "RenameStmt": _rename,
    "SelectStmt": _select,
    "VariableSetStmt": _set,
    "ViewStmt": _view,
}
"""By kind of statement: notes in the ledger what it makes, and what it changes about looking."""
