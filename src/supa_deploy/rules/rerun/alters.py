"""ALTER TABLE and its like as acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from supa_deploy.migrations import lexer
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.constraints import column_acts, constraint_act
from supa_deploy.rules.rerun.defines import published, tables_of
from supa_deploy.rules.rerun.names import Names, simple, words
from supa_deploy.rules.rerun.rules import ATTACH, COLUMN, CONSTRAINT, DROP, ENUM_VALUE, RENAME, RETYPE

Acts = list[Act]


@dataclass(frozen=True, slots=True)
class _Command:
    """One command of an ALTER TABLE: its table, its node and where it stands."""

    table: Key
    node: Node
    byte: int
    composite: bool

    @property
    def definition(self) -> Node:
        """What it adds or changes."""
        return self.node.child("def") or self.node


def alter_table(names: Names, node: Node) -> Acts:
    """ALTER TABLE, and ALTER of whatever else takes its commands."""
    relation = node.child("relation")
    if names.is_temporary(relation):
        return []
    composite = node.text("objtype") == "OBJECT_TYPE"
    table = names.relation(relation)
    if composite and relation is not None:
        table = names.find("type", (relation.text("schemaname"), relation.text("relname")))
    commands = node.nodes("cmds")
    places = places_of(names, len(commands))
    found: Acts = []
    for one, byte in zip(commands, places, strict=True):
        reader = _COMMANDS.get(one.text("subtype"))
        if reader is not None:
            found += reader(names, _Command(table, one, byte, composite))
    on = table if node.flag("missing_ok") else None
    return [replace(act, on=on) for act in found] if on else found


def places_of(names: Names, count: int) -> list[int]:
    """Where each command of an ALTER TABLE stands; the first where the statement does."""
    statement = names.statement
    if count == 1:
        return [statement.start]
    ranges = lexer.split_list(names.source.data, statement.start, statement.end)
    if len(ranges) != count:
        return [statement.start] * count
    return [first for first, _ in ranges]


def _add_column(names: Names, command: _Command) -> Acts:
    node, guarded = command.definition, command.node.flag("missing_ok")
    if command.composite:
        key = names.part("attribute", command.table, node.text("colname"))
        return [Act(Verb.MAKE, key, command.byte, words("attribute", key), COLUMN, guarded)]
    column, *others = column_acts(names, command.table, node, command.byte)
    return [replace(column, rule=COLUMN, guarded=guarded, inner=tuple(others))]


def _drop_column(names: Names, command: _Command) -> Acts:
    space = "attribute" if command.composite else "column"
    return _drop(names, command, space)


def _drop_constraint(names: Names, command: _Command) -> Acts:
    return _drop(names, command, "constraint")


def _drop_identity(names: Names, command: _Command) -> Acts:
    return _drop(names, command, "identity")


def _drop_expression(names: Names, command: _Command) -> Acts:
    return _drop(names, command, "expression")


def _drop(names: Names, command: _Command, space: str) -> Acts:
    key = names.part(space, command.table, command.node.text("name"))
    cascade = command.node.text("behavior") == "DROP_CASCADE"
    guarded = command.node.flag("missing_ok")
    return [Act(Verb.TAKE, key, command.byte, words(space, key), DROP, guarded, cascade=cascade)]


def _add_constraint(names: Names, command: _Command) -> Acts:
    act = constraint_act(names, command.table, command.definition, command.byte)
    return [act] if act is not None else []


def _add_identity(names: Names, command: _Command) -> Acts:
    column = names.part("column", command.table, command.node.text("name"))
    key = names.part("identity", command.table, command.node.text("name"))
    return [Act(Verb.MAKE, key, command.byte, words("identity", key), ATTACH, hangs=(column,))]


def _child(names: Names, command: _Command) -> tuple[Key, Key]:
    """The key of a table's place below another, and the table below."""
    other = command.definition.child("name") or command.definition
    partition = command.node.text("subtype").endswith("Partition")
    below = names.relation(other) if partition else command.table
    above = command.table if partition else names.relation(other)
    return names.part("child", below, f"{above.schema}.{above.name}"), below


def _attach(names: Names, command: _Command) -> Acts:
    key, below = _child(names, command)
    said = f"{below.schema}.{below.name} as a child of {key.name}"
    return [Act(Verb.MAKE, key, command.byte, said, ATTACH)]


def _detach(names: Names, command: _Command) -> Acts:
    key, below = _child(names, command)
    said = f"{below.schema}.{below.name} as a child of {key.name}"
    return [Act(Verb.TAKE, key, command.byte, said, ATTACH)]


def _retype(names: Names, command: _Command) -> Acts:
    using = command.definition.child("raw_default")
    plain = using
    while plain is not None and plain.kind in {"TypeCast", "CollateClause"}:
        plain = plain.child("arg")
    if using is None or plain is None or plain.kind == "ColumnRef":
        return []
    column = command.node.text("name")
    if not any(n.kind == "ColumnRef" and n.strings("fields")[-1:] == (column,) for n in using.walk()):
        return []
    key = names.part("column", command.table, column)
    said = f"USING works on the old values of {words('column', key)}; a second run meets the new ones."
    return [Act(Verb.FILL, command.table, command.byte, "", RETYPE, message=said)]


def _options(_names: Names, command: _Command) -> Acts:
    return option_acts(
        command.definition.nodes("items") or command.node.nodes("def"), command.byte, command.table
    )


def option_acts(items: list[Node], byte: int, of: Key) -> Acts:
    """OPTIONS (ADD …, DROP …) of foreign things: each fails when it is done already."""
    found: Acts = []
    for item in items:
        key = Key("option", of.schema, of.name, item.text("defname"))
        said = f"option {item.text('defname')} of {of.name}"
        if item.text("defaction") in {"DEFELEM_ADD", "DEFELEM_UNSPEC"}:
            found.append(Act(Verb.MAKE, key, byte, said, ATTACH))
        elif item.text("defaction") == "DEFELEM_DROP":
            found.append(Act(Verb.TAKE, key, byte, said, ATTACH))
    return found


_COMMANDS: dict[str, Callable[[Names, _Command], Acts]] = {
    "AT_AddColumn": _add_column,
    "AT_AddConstraint": _add_constraint,
    "AT_AddIdentity": _add_identity,
    "AT_AddInherit": _attach,
    "AT_AlterColumnType": _retype,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_DropColumn": _drop_column,
    "AT_DropConstraint": _drop_constraint,
    "AT_DropExpression": _drop_expression,
    "AT_DropIdentity": _drop_identity,
    "AT_DropInherit": _detach,
    "AT_GenericOptions": _options,
}
COMMANDS = frozenset(_COMMANDS)
"""The commands of ALTER TABLE that are acts; the others change what a second run changes again to the same."""


def alter_enum(names: Names, node: Node) -> Acts:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    owner = names.find("type", node.strings("typeName"))
    new = names.part("value", owner, node.text("newVal"))
    byte = names.statement.start
    if node.has("oldVal"):
        old = names.part("value", owner, node.text("oldVal"))
        return [Act(Verb.MOVE, old, byte, f"A value of {words('type', owner)}", RENAME, to=new)]
    said = f"The new value of {words('type', owner)}"
    return [Act(Verb.MAKE, new, byte, said, ENUM_VALUE, node.flag("skipIfNewValExists"))]


def alter_domain(names: Names, node: Node) -> Acts:
    """ALTER DOMAIN ADD and DROP CONSTRAINT."""
    owner = names.find("type", node.strings("typeName"))
    byte = names.statement.start
    definition = node.child("def")
    if (
        node.text("subtype") == "C"
        and definition is not None
        and definition.text("contype") == "CONSTR_CHECK"
    ):
        given = definition.text("conname")
        key = names.part("domain constraint", owner, given or f"{owner.name}_check")
        said = words("constraint", key) if given else f"The constraint on domain {owner.schema}.{owner.name}"
        return [Act(Verb.MAKE, key, byte, said, CONSTRAINT, unnamed=not given)]
    if node.text("subtype") == "X":
        key = names.part("domain constraint", owner, node.text("name"))
        return [Act(Verb.TAKE, key, byte, words("constraint", key), DROP, node.flag("missing_ok"))]
    return []


def alter_publication(names: Names, node: Node) -> Acts:
    """ALTER PUBLICATION ADD and DROP TABLE."""
    owner = simple("publication", node.text("pubname"))
    action = node.text("action")
    if action not in {"AP_AddObjects", "AP_DropObjects"}:
        return []
    verb = Verb.MAKE if action == "AP_AddObjects" else Verb.TAKE
    found: Acts = []
    for relation in tables_of(node):
        key, byte = published(names, owner, relation)
        said = f"table {key.name} in publication {owner.name}"
        found.append(Act(verb, key, byte, said, ATTACH, hangs=(names.relation(relation),)))
    return found


def alter_server(names: Names, node: Node) -> Acts:
    """ALTER SERVER, FOREIGN DATA WRAPPER and USER MAPPING: their options."""
    of = simple("OBJECT_FOREIGN_SERVER", node.text("servername") or node.text("fdwname"))
    return option_acts(node.nodes("options"), names.statement.start, of)


_MAPPINGS = {"ALTER_TSCONFIG_ADD_MAPPING": Verb.MAKE, "ALTER_TSCONFIG_DROP_MAPPING": Verb.TAKE}


def alter_text_search(names: Names, node: Node) -> Acts:
    """ALTER TEXT SEARCH CONFIGURATION ADD and DROP MAPPING."""
    verb = _MAPPINGS.get(node.text("kind"))
    if verb is None:
        return []
    owner = names.find("OBJECT_TSCONFIGURATION", node.strings("cfgname"))
    keys = [names.part("mapping", owner, token) for token in node.strings("tokentype")]
    byte = names.statement.start
    guarded = node.flag("missing_ok")
    return [
        Act(verb, key, byte, f"The mapping of {key.name} in {owner.name}", ATTACH, guarded) for key in keys
    ]


def alter_contents(names: Names, node: Node) -> Acts:
    """ALTER EXTENSION ADD and DROP of a member, ALTER OPERATOR FAMILY."""
    said = "What is added or dropped here is so already when this file runs a second time, and the statement fails."
    byte = names.statement.start
    return [Act(Verb.ALWAYS, simple("extension", node.text("extname")), byte, "", ATTACH, message=said)]


ALTERS: dict[str, Callable[[Names, Node], Acts]] = {
    "AlterDomainStmt": alter_domain,
    "AlterEnumStmt": alter_enum,
    "AlterExtensionContentsStmt": alter_contents,
    "AlterFdwStmt": alter_server,
    "AlterForeignServerStmt": alter_server,
    "AlterOpFamilyStmt": alter_contents,
    "AlterPublicationStmt": alter_publication,
    "AlterTSConfigurationStmt": alter_text_search,
    "AlterTableStmt": alter_table,
    "AlterUserMappingStmt": alter_server,
}
