"""Files that plainly say of every statement what a second run shall do: nothing needs to be played for those."""

from collections.abc import Callable

from supa_deploy.migrations import Script, Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.alters import ALTERS, COMMANDS
from supa_deploy.rules.rerun.defines import CREATES
from supa_deploy.rules.rerun.drops import DROPS
from supa_deploy.rules.rerun.renames import RENAMES
from supa_deploy.rules.rerun.rows import ROWS

_ACTING = frozenset({"DoStmt", *ALTERS, *CREATES, *DROPS, *RENAMES, *ROWS})
_ON_TABLES = {"OBJECT_POLICY": "CreatePolicyStmt", "OBJECT_TRIGGER": "CreateTrigStmt"}
_NAMED_BY = {"CreatePolicyStmt": ("table", "policy_name"), "CreateTrigStmt": ("relation", "trigname")}

Part = tuple[str, str, str, str]


def is_guarded(script: Script) -> bool:
    """True when nothing in the file can fail or act twice: IF NOT EXISTS, OR REPLACE, and policies and triggers that
    are dropped IF EXISTS right here before they are made. False where it takes more to know."""
    gone: set[Part] = set()
    return all(_is_guarded(statement, gone) for statement in script.statements)


def _is_guarded(statement: Statement, gone: set[Part]) -> bool:
    kind, tree = statement.kind, statement.tree
    if kind == "VariableSetStmt":
        return tree.text("name") != "search_path" and tree.text("kind") != "VAR_RESET_ALL"
    if kind not in _ACTING:
        return True
    guard = _GUARDS.get(kind)
    if guard is not None and guard(tree):
        return True
    if kind == "DropStmt":
        return _is_dropped(tree, gone)
    if kind in _NAMED_BY:
        part = _part(kind, tree)
        if part in gone:
            gone.discard(part)
            return True
    return False


def _is_dropped(tree: Node, gone: set[Part]) -> bool:
    """DROP POLICY and DROP TRIGGER with IF EXISTS: nothing depends on those."""
    made_by = _ON_TABLES.get(tree.text("removeType"))
    if made_by is None or not tree.flag("missing_ok"):
        return False
    for target in tree.nodes("objects"):
        *schema, table, name = target.strings("items")
        gone.add((made_by, schema[-1] if schema else "", table, name))
    return True


def _part(kind: str, tree: Node) -> Part:
    on, name = _NAMED_BY[kind]
    relation = tree.child(on)
    schema, table = (
        (relation.text("schemaname"), relation.text("relname")) if relation is not None else ("", "")
    )
    return kind, schema, table, tree.text(name)


def _if_not_exists(tree: Node) -> bool:
    return tree.flag("if_not_exists")


def _or_replace(tree: Node) -> bool:
    return tree.flag("replace")


def _schema(tree: Node) -> bool:
    return tree.flag("if_not_exists") and not tree.has("schemaElts")


def _alter_table(tree: Node) -> bool:
    for command in tree.nodes("cmds"):
        subtype = command.text("subtype")
        if subtype in COMMANDS and not (subtype == "AT_AddColumn" and command.flag("missing_ok")):
            return False
    return True


_GUARDS: dict[str, Callable[[Node], bool]] = {
    "AlterTableStmt": _alter_table,
    "CreateExtensionStmt": _if_not_exists,
    "CreateFunctionStmt": _or_replace,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": _if_not_exists,
    "CreateStmt": _if_not_exists,
    "CreateTableAsStmt": _if_not_exists,
    "CreateTrigStmt": _or_replace,
    "IndexStmt": _if_not_exists,
    "ViewStmt": _or_replace,
}
