"""Views and materialized views."""

from collections.abc import Iterable

from supa_deploy.migrations.fold.drafts import ViewDraft
from supa_deploy.migrations.fold.grants import apply_defaults
from supa_deploy.migrations.fold.queries import query_columns
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.fold.tables import create_table_as
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName

_INVOKER = "security_invoker"
_TRUE = frozenset({"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"})


def create_view(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] VIEW; OR REPLACE keeps comment and grants."""
    relation = node.child("view")
    if relation is None:
        return
    if state.is_temporary(relation):
        state.temporary.add(relation.text("relname"))
        return
    name = _put(state, relation, node.strings("aliases"), node.child("query"), materialized=False)
    state.views[name].invoker = _invoker(node.nodes("options"))


def create_materialized_or_table(state: State, node: Node) -> None:
    """CREATE MATERIALIZED VIEW, or CREATE TABLE AS, which is the same statement to the parser."""
    if node.text("objtype") != "OBJECT_MATVIEW":
        create_table_as(state, node)
        return
    into = node.child("into")
    relation = into.child("rel") if into is not None else None
    if into is None or relation is None:
        return
    name = state.new_name(relation)
    if node.flag("if_not_exists") and state.name_taken(name.schema, name.name):
        return
    _put(state, relation, into.strings("colNames"), node.child("query"), materialized=True)


def _put(
    state: State, relation: Node, names: tuple[str, ...], query: Node | None, *, materialized: bool
) -> QName:
    name = state.new_name(relation)
    found = query_columns(state, query)
    columns = None
    if found is not None:
        columns = (*names, *(column.name for column in found[len(names) :]))
    draft = ViewDraft(name, state.origin, materialized, columns, mention=state.mention(query))
    before = state.views.get(name)
    if before is not None:
        draft.comment, draft.grants, draft.granted = before.comment, before.grants, before.granted
    else:
        apply_defaults(state, draft.grants, name.schema, "OBJECT_TABLE")
    state.views[name] = draft
    return name


def set_options(view: ViewDraft, commands: Iterable[Node]) -> None:
    """ALTER VIEW … SET (…) and RESET (…): of a view's options only security_invoker matters."""
    for command in commands:
        subtype = command.text("subtype")
        named = [option for option in command.nodes("def") if option.text("defname") == _INVOKER]
        if named and subtype in {"AT_SetRelOptions", "AT_ResetRelOptions"}:
            view.invoker = subtype == "AT_SetRelOptions" and _invoker(named)


def _invoker(options: Iterable[Node]) -> bool:
    """Whether options switch security_invoker on; one without a value is true."""
    return any(option.text("defname") == _INVOKER and _is_true(option.child("arg")) for option in options)


def _is_true(value: Node | None) -> bool:
    if value is None:
        return True
    return value.number("ival") == 1 or value.text("sval").lower() in _TRUE
