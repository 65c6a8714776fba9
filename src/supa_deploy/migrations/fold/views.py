"""Views and materialized views."""

from supa_deploy.migrations.fold.drafts import ViewDraft
from supa_deploy.migrations.fold.grants import apply_defaults
from supa_deploy.migrations.fold.queries import query_columns
from supa_deploy.migrations.fold.state import State
from supa_deploy.migrations.fold.tables import create_table_as
from supa_deploy.migrations.tree import Node


def create_view(state: State, node: Node) -> None:
    """CREATE [OR REPLACE] VIEW; OR REPLACE keeps comment and grants."""
    relation = node.child("view")
    if relation is None:
        return
    if state.is_temporary(relation):
        state.temporary.add(relation.text("relname"))
        return
    _put(state, relation, node.strings("aliases"), node.child("query"), materialized=False)


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
) -> None:
    name = state.new_name(relation)
    found = query_columns(state, query)
    columns = None
    if found is not None:
        columns = (*names, *(column.name for column in found[len(names) :]))
    draft = ViewDraft(name, state.origin, materialized, columns, mention=state.mention(query))
    before = state.views.get(name)
    if before is not None:
        draft.comment, draft.grants = before.comment, before.grants
    else:
        apply_defaults(state, draft.grants, name.schema, "OBJECT_TABLE")
    state.views[name] = draft
