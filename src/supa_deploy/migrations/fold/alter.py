"""ALTER TABLE: its many commands, in the order in which PostgreSQL takes them (drops first)."""

from collections.abc import Callable
from dataclasses import replace

from supa_deploy.migrations import lexer
from supa_deploy.migrations.fold.columns import add_column, add_constraints, drop_column, is_null
from supa_deploy.migrations.fold.constraints import (
    add_constraint,
    drop_constraint,
    set_not_null,
    validate_constraint,
)
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.fold.tables import inherit_rest
from supa_deploy.migrations.fold.usertypes import alter_composite
from supa_deploy.migrations.fold.views import set_options
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import Column, RelationKind

_DROPS = frozenset(
    {"AT_DropColumn", "AT_DropConstraint", "AT_DropNotNull", "AT_DropExpression", "AT_DropIdentity"}
)
_THEN = ("AT_AlterColumnType", "AT_AddColumn")
_IDENTITY = {"a": "always", "d": "by_default"}
_NOT_TABLES = frozenset({"OBJECT_INDEX", "OBJECT_SEQUENCE", "OBJECT_VIEW", "OBJECT_MATVIEW"})

_SWITCHED_ON = frozenset({"AT_EnableTrig", "AT_EnableTrigAll", "AT_EnableTrigUser", "AT_EnableAlwaysTrig"})

_Command = Callable[[State, TableDraft, Node], None]


def alter_table(state: State, node: Node) -> None:
    """ALTER TABLE (and ALTER TYPE of a composite type, which is the same statement to the parser)."""
    kind = node.text("objtype")
    if kind == "OBJECT_TYPE":
        alter_composite(state, node)
        return
    relation = node.child("relation")
    name = state.relation(relation)
    if name in state.views and not state.is_temporary(relation):
        set_options(state.views[name], node.nodes("cmds"))
    if kind in _NOT_TABLES or state.is_temporary(relation) or name in state.views:
        return
    unknown = name not in state.tables
    table = state.table(name)
    if unknown and node.flag("missing_ok"):
        table.uncertain = "the files only alter it if it exists"
    commands = node.nodes("cmds")
    defaults = _default_texts(state, commands)
    for command in sorted(commands, key=_pass):
        subtype = command.text("subtype")
        if subtype == "AT_ColumnDefault":
            _set_default(state, table, command.text("name"), defaults[commands.index(command)])
        elif subtype in _COMMANDS:
            _COMMANDS[subtype](state, table, command)


def _pass(command: Node) -> int:
    """Which of PostgreSQL's passes over the commands this one belongs to."""
    subtype = command.text("subtype")
    if subtype in _DROPS or (subtype == "AT_ColumnDefault" and not command.has("def")):
        return 0
    return _THEN.index(subtype) + 1 if subtype in _THEN else len(_THEN) + 1


def _default_texts(state: State, commands: list[Node]) -> dict[int, str | None]:
    """The texts of the SET DEFAULTs, by the command's place: the parser does not say where they begin."""
    places = [n for n, c in enumerate(commands) if c.text("subtype") == "AT_ColumnDefault"]
    if not places:
        return {}
    source, statement = state.script.source, state.statement
    starts = lexer.after_words(source.data, statement.start, statement.end, "SET", "DEFAULT")
    found: dict[int, str | None] = {}
    for n in places:
        definition = commands[n].child("def")
        start = next(starts, None) if definition is not None else None
        keep = start is not None and definition is not None and not is_null(definition)
        found[n] = source.expression(start, statement.end) if keep and start is not None else None
    return found


def _set_default(state: State, table: TableDraft, name: str, text: str | None) -> None:
    _change(state, table, name, lambda column: replace(column, default=text))


def _change(state: State, table: TableDraft, name: str, how: Callable[[Column], Column]) -> None:
    """Changes a column here and in the tables below; a column that no file made is taken as there."""
    column = table.columns.get(name)
    if column is not None:
        table.columns[name] = how(column)
    for child in state.children(table.name):
        _change(state, child, name, how)


def _add_column(state: State, table: TableDraft, command: Node) -> None:
    definition = command.child("def")
    if definition is None or (command.flag("missing_ok") and definition.text("colname") in table.columns):
        return
    add_constraints(state, table, add_column(state, table, definition))
    column = table.columns[definition.text("colname")]
    for child in state.children(table.name):
        _inherit_column(state, child, column)


def _inherit_column(state: State, table: TableDraft, column: Column) -> None:
    table.columns.setdefault(column.name, column)
    for child in state.children(table.name):
        _inherit_column(state, child, column)


def _drop_column(state: State, table: TableDraft, command: Node) -> None:
    drop_column(state, table, command.text("name"), cascade=command.text("behavior") == "DROP_CASCADE")


def _alter_type(state: State, table: TableDraft, command: Node) -> None:
    definition = command.child("def")
    name = command.text("name")
    if definition is None:
        return
    text = state.type_text(definition.child("typeName"))
    origin = state.origin_at(definition)
    if name not in table.columns and not table.columns_known:
        table.columns[name] = Column(name, text.text, origin, own_type=text.own)
    _change(state, table, name, lambda c: replace(c, type=text.text, own_type=text.own, origin=origin))


def _not_null(state: State, table: TableDraft, command: Node) -> None:
    nullable = command.text("subtype") == "AT_DropNotNull"
    set_not_null(table, (command.text("name"),), nullable=nullable)
    for child in state.children(table.name):
        _not_null(state, child, command)


def _identity(state: State, table: TableDraft, command: Node) -> None:
    definition = command.child("def")
    kind = command.text("subtype")
    if kind == "AT_DropIdentity":
        _set_identity(state, table, command, None)
    elif kind == "AT_AddIdentity" and definition is not None:
        _set_identity(state, table, command, _IDENTITY.get(definition.text("generated_when")))
    for option in command.nodes("def"):
        value = option.child("arg")
        if option.text("defname") == "generated" and value is not None:
            letter = value.number("ival")
            _set_identity(state, table, command, _IDENTITY.get(chr(letter)) if letter else None)


def _set_identity(state: State, table: TableDraft, command: Node, identity: str | None) -> None:
    _change(state, table, command.text("name"), lambda column: replace(column, identity=identity))


def _drop_expression(state: State, table: TableDraft, command: Node) -> None:
    _change(state, table, command.text("name"), lambda column: replace(column, generated=None))


def _set_expression(state: State, table: TableDraft, command: Node) -> None:
    source, statement = state.script.source, state.statement
    place = next(lexer.after_words(source.data, statement.start, statement.end, "SET", "EXPRESSION"), None)
    text = source.bracketed(place, statement.end) if place is not None else None
    _change(state, table, command.text("name"), lambda column: replace(column, generated=text))


def _add_constraint(state: State, table: TableDraft, command: Node) -> None:
    definition = command.child("def")
    if definition is not None:
        add_constraint(state, table, definition)


def _drop_constraint(state: State, table: TableDraft, command: Node) -> None:
    drop_constraint(state, table, command.text("name"), cascade=command.text("behavior") == "DROP_CASCADE")


def _validate(state: State, table: TableDraft, command: Node) -> None:
    validate_constraint(state, table, command.text("name"))


def _trigger(state: State, table: TableDraft, command: Node) -> None:
    subtype, name = command.text("subtype"), command.text("name")
    for trigger in list(table.triggers.values()) if not name else filter(None, [table.triggers.get(name)]):
        table.triggers[trigger.name] = replace(trigger, enabled=subtype in _SWITCHED_ON)
    for child in state.children(table.name):
        if child.kind is RelationKind.PARTITION:
            _trigger(state, child, command)


def _row_security(state: State, table: TableDraft, command: Node) -> None:
    enabled = command.text("subtype") == "AT_EnableRowSecurity"
    table.rls, table.rls_off = (state.origin, None) if enabled else (None, state.origin)


def _inherit(state: State, table: TableDraft, command: Node) -> None:
    parent = state.relation(command.child("def"))
    if command.text("subtype") == "AT_DropInherit":
        table.parents = [name for name in table.parents if name != parent]
    else:
        state.add_parent(table, parent)


def _partition(state: State, table: TableDraft, command: Node) -> None:
    definition = command.child("def")
    child = state.tables.get(state.relation(definition.child("name"))) if definition is not None else None
    if child is None:
        return
    if command.text("subtype") == "AT_AttachPartition":
        if state.add_parent(child, table.name):
            child.kind = RelationKind.PARTITION if child.kind is RelationKind.TABLE else child.kind
            inherit_rest(state, child, table.name)
    else:
        child.kind = RelationKind.TABLE if child.kind is RelationKind.PARTITION else child.kind
        child.parents = [name for name in child.parents if name != table.name]


_COMMANDS: dict[str, _Command] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AlterColumnType": _alter_type,
    "AT_SetNotNull": _not_null,
    "AT_DropNotNull": _not_null,
    "AT_AddIdentity": _identity,
    "AT_SetIdentity": _identity,
    "AT_DropIdentity": _identity,
    "AT_DropExpression": _drop_expression,
    "AT_SetExpression": _set_expression,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_EnableRowSecurity": _row_security,
    "AT_DisableRowSecurity": _row_security,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _inherit,
    "AT_AttachPartition": _partition,
    "AT_DetachPartition": _partition,
    "AT_ValidateConstraint": _validate,
    "AT_EnableTrig": _trigger,
    "AT_EnableTrigAll": _trigger,
    "AT_EnableTrigUser": _trigger,
    "AT_EnableAlwaysTrig": _trigger,
    "AT_EnableReplicaTrig": _trigger,
    "AT_DisableTrig": _trigger,
    "AT_DisableTrigAll": _trigger,
    "AT_DisableTrigUser": _trigger,
}
"""What each command does. Those that are not here (owner, storage, statistics, replica identity, tablespace,
options) change nothing that the files promise."""
