"""GRANT and REVOKE, on single objects, on all of a schema, and as default privileges."""

from collections.abc import Iterable

from supa_deploy.migrations.fold.drafts import FunctionDraft, Grants, TableDraft, ViewDraft
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.tree import Node

_ALL_OF_TABLE = frozenset(
    {"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"}
)
_ROLES = {
    "ROLESPEC_PUBLIC": "public",
    "ROLESPEC_CURRENT_USER": "current_user",
    "ROLESPEC_CURRENT_ROLE": "current_user",
    "ROLESPEC_SESSION_USER": "session_user",
}
_OURS = frozenset({"postgres", "current_user", "session_user"})
_TABLES, _FUNCTIONS = "OBJECT_TABLE", frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"})
_ANY_SCHEMA = ""
_ROUTINES = frozenset({"function", "aggregate", "procedure"})
_ALL_OF_KIND = {"OBJECT_FUNCTION": _ROUTINES - {"procedure"}, "OBJECT_PROCEDURE": frozenset({"procedure"})}


def role_names(roles: Iterable[Node]) -> tuple[str, ...]:
    """Role names as they are stored; PUBLIC is `public`."""
    return tuple(_ROLES.get(role.text("roletype")) or role.text("rolename") for role in roles)


def grant(state: State, node: Node) -> None:
    """GRANT or REVOKE on objects."""
    kind = node.text("objtype")
    if kind == _TABLES:
        for relation in _relations(state, node):
            _change_relation(state, node, relation)
    elif kind in _FUNCTIONS:
        for function in _functions(state, node):
            if not node.flag("is_grant") and "public" in role_names(node.nodes("grantees")):
                _set_public(function, allowed=False)
            elif node.flag("is_grant") and "public" in role_names(node.nodes("grantees")):
                _set_public(function, allowed=True)
            change(function.grants, node)


def _set_public(function: FunctionDraft, *, allowed: bool) -> None:
    from dataclasses import replace

    function.value = replace(function.value, public_execute=allowed)


def _relations(state: State, node: Node) -> list[TableDraft | ViewDraft]:
    found: list[TableDraft | ViewDraft] = []
    if node.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        schemas = node.strings("objects")
        found += [table for table in state.tables.values() if table.name.schema in schemas]
        return found + [view for view in state.views.values() if view.name.schema in schemas]
    for relation in node.nodes("objects"):
        name = state.relation(relation)
        if name in state.views:
            found.append(state.views[name])
        elif name not in state.sequences and not state.is_temporary(relation):
            found.append(state.table(name))
    return found


def _change_relation(state: State, node: Node, relation: TableDraft | ViewDraft) -> None:
    columns = relation.column_grants if isinstance(relation, TableDraft) else {}
    for privilege in node.nodes("privileges"):
        for column in privilege.strings("cols"):
            _apply(columns.setdefault(column, {}), node, {privilege.text("priv_name")})
    change(relation.grants, node)
    if node.flag("is_grant"):
        relation.granted.update(dict.fromkeys(role_names(node.nodes("grantees")), state.origin))


def change(grants: Grants, node: Node) -> None:
    """Applies a GRANT's or REVOKE's privileges on whole objects."""
    privileges = node.nodes("privileges")
    words = {privilege.text("priv_name") for privilege in privileges if not privilege.has("cols")}
    if words or not privileges:
        _apply(grants, node, words or {"all"})


def _apply(grants: Grants, node: Node, words: set[str]) -> None:
    for role in role_names(node.nodes("grantees")):
        held = grants.setdefault(role, set())
        if node.flag("is_grant"):
            held |= words
            if "all" in held:
                held.intersection_update({"all"})
        elif not node.flag("grant_option"):
            _take(held, words)


def _take(held: set[str], words: set[str]) -> None:
    if "all" in words:
        held.clear()
    elif "all" in held:
        held.clear()
        held.update(_ALL_OF_TABLE - words)
    else:
        held -= words


def _functions(state: State, node: Node) -> list[FunctionDraft]:
    if node.text("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        schemas = node.strings("objects")
        kinds = _ALL_OF_KIND.get(node.text("objtype"), _ROUTINES)
        known = state.functions.values()
        return [d for d in known if d.value.name.schema in schemas and d.value.kind in kinds]
    from supa_deploy.migrations.fold.functions import find_functions

    return [draft for reference in node.nodes("objects") for draft in find_functions(state, reference)]


def default_privileges(state: State, node: Node) -> None:
    """ALTER DEFAULT PRIVILEGES, as far as it is for the role that migrations run as."""
    action = node.child("action")
    if action is None:
        return
    schemas: tuple[str, ...] = (_ANY_SCHEMA,)
    for option in node.nodes("options"):
        argument = option.child("arg")
        if argument is None:
            continue
        if option.text("defname") == "schemas":
            schemas = argument.strings("items")
        elif not _OURS & set(role_names(argument.nodes("items"))):
            return
    for schema in schemas:
        change(state.default_grants.setdefault((schema, action.text("objtype")), {}), action)


def apply_defaults(state: State, grants: Grants, schema: str, kind: str) -> None:
    """Gives a new object what default privileges promise it."""
    for where in (_ANY_SCHEMA, schema):
        for role, words in state.default_grants.get((where, kind), {}).items():
            grants.setdefault(role, set()).update(words)


def public_by_default(state: State) -> bool:
    """Whether everybody may call a new function: PostgreSQL's own grant, unless default privileges take it away. Those
    of a schema cannot: they only add."""
    changed = state.default_grants.get((_ANY_SCHEMA, "OBJECT_FUNCTION"), {})
    return bool(changed.get("public", {"execute"}))
