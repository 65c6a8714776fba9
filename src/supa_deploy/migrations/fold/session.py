"""What a statement does to the session (search_path), and statements whose effect cannot be read."""

from collections.abc import Iterable

from supa_deploy.migrations.bodies import inside
from supa_deploy.migrations.fold.functions import function_name
from supa_deploy.migrations.fold.state import DEFAULT_PATH, State
from supa_deploy.migrations.fold.tables import select_into
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName

_HARMLESS = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "LockStmt", "NotifyStmt"}
)
_TYPE_FIELDS = ("typeName", "domainname")


def set_variable(state: State, node: Node) -> None:
    """SET and RESET: only search_path matters here."""
    if node.text("name") != "search_path" and node.text("kind") != "VAR_RESET_ALL":
        return
    if node.text("kind") != "VAR_SET_VALUE":
        state.search_path = DEFAULT_PATH
        return
    values = (argument.child("sval") for argument in node.nodes("args"))
    state.search_path = tuple(value.text("sval") for value in values if value is not None)


def select(state: State, node: Node) -> None:
    """SELECT: INTO makes a table, set_config may set the search_path, and a called function may do anything."""
    if node.has("intoClause"):
        select_into(state, node)
    data_changing(state, node)


def data_changing(state: State, node: Node) -> None:
    """SELECT, INSERT and their like: what matters is the functions that they call."""
    for call in node.walk():
        if call.kind == "FuncCall":
            _called(state, call)


def _called(state: State, call: Node) -> None:
    parts = call.strings("funcname")
    if parts[-1] == "set_config":
        values = [argument.child("sval") for argument in call.nodes("args")]
        texts = [value.text("sval") if value is not None else "" for value in values]
        if len(texts) > 1 and texts[0].lower() == "search_path":
            names = (name.strip() for name in texts[1].split(","))
            state.search_path = tuple(_unquoted(name) for name in names if name)
        return
    name = function_name(state, parts)
    if any(draft.changes_schema for draft in state.functions.named(name)):
        state.doubt(f"calls {name}(), which may change the schema")


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def call_procedure(state: State, node: Node) -> None:
    """CALL: what the procedure does is not read."""
    function = node.child("funccall")
    name = function_name(state, function.strings("funcname")) if function is not None else ""
    state.doubt(f"CALL {name}()")


def do_block(state: State, node: Node) -> None:
    """DO: no doubt when its body only reads and writes rows; otherwise a doubt about the names it shows."""
    del node
    body = inside(state.script.source, state.statement)
    if body is None:
        state.doubt("DO block")
        return
    changing = [found for found in body.statements if found.kind not in _HARMLESS]
    for found in body.statements:
        if found.kind in _HARMLESS:
            data_changing(state, found)
    if changing or body.dynamic:
        reason = "DO block with dynamic SQL" if body.dynamic else "DO block"
        state.doubt(reason, _names(state, changing), frozenset() if body.dynamic else _acts(changing))


def _acts(found: Iterable[Node]) -> frozenset[str]:
    """What statements do, in the parser's words."""
    acts: set[str] = set()
    for statement in found:
        acts.add(statement.kind)
        acts.update(command.text("subtype") for command in statement.nodes("cmds"))
        if statement.kind == "DropStmt":
            acts.add(statement.text("removeType"))
    return frozenset(acts)


def _names(state: State, found: Iterable[Node]) -> frozenset[QName]:
    """The relations and types that statements create, alter or drop, or hang something on."""
    names: set[QName] = set()
    for statement in found:
        if statement.kind == "DropStmt":
            names.update(_dropped(state, statement))
        for node in statement.walk():
            if node.has("relname") and not state.is_temporary(node):
                names.add(state.relation(node))
        for field in _TYPE_FIELDS:
            parts = statement.strings(field)
            if parts:
                names.add(state.type_parts(parts))
    return frozenset(names)


def _dropped(state: State, node: Node) -> Iterable[QName]:
    on_table = node.text("removeType") in {"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE"}
    for target in node.nodes("objects"):
        parts = target.strings("items") or target.strings("names") or target.strings("objname")
        parts = parts[:-1] if on_table else parts
        if parts:
            yield state.relation_parts(parts)


def unreadable(state: State, node: Node) -> None:
    """A statement whose effect is not read: what it does elsewhere is not in the files."""
    words = state.script.statement_text(state.statement).split()
    reason = " ".join(words[:3]).upper()
    names = frozenset(state.relation(n) for n in node.walk() if n.has("relname"))
    state.doubt(reason, names, frozenset() if node.kind == "ExecuteStmt" else frozenset({node.kind}))


def unread(state: State, node: Node) -> None:
    """A statement whose tree is too deep to be read. Its words are not told: a value may stand among the first."""
    del node
    state.doubt("a statement too long or nested too deep to be read")
