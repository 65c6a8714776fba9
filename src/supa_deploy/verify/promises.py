"""What the files promise, as a list of questions in the order of the files: each with the judge that answers it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial

from supa_deploy.model import ObjectKind
from supa_deploy.postgrest.names import LYING_NAMES, TELLTALE_NAMES
from supa_deploy.schema import (
    Column,
    ConstraintKind,
    Dropped,
    DroppedKind,
    ForeignKey,
    Origin,
    QName,
    RelationKind,
    Schema,
    Table,
    View,
)
from supa_deploy.verify.dropped import judge_dropped
from supa_deploy.verify.evidence import Evidence, Opinion
from supa_deploy.verify.functions import judge_function
from supa_deploy.verify.keys import Key, judge_foreign_key, judge_primary_key
from supa_deploy.verify.relations import Relation, judge_column, judge_relation, judge_view
from supa_deploy.verify.types import judge_type
from supa_deploy.verify.visitor import concerns_visitors, judge_policies
from supa_deploy.verify.words import not_checkable

Judge = Callable[[Evidence], Opinion | None]
_InScope = Callable[[Origin], bool]

_DROPPED = {
    DroppedKind.TABLE: ObjectKind.TABLE,
    DroppedKind.VIEW: ObjectKind.VIEW,
    DroppedKind.COLUMN: ObjectKind.COLUMN,
    DroppedKind.FUNCTION: ObjectKind.FUNCTION,
    DroppedKind.FOREIGN_KEY: ObjectKind.FOREIGN_KEY,
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One object that the files promise, and who judges it. `about` are the names by which a doubtful statement
    may have touched it; `uncertain` says why static reading is not sure of it."""

    object: ObjectKind
    schema: str
    name: str
    origin: Origin
    judge: Judge = field(repr=False, compare=False)
    column: str | None = None
    table: str | None = None
    about: frozenset[QName] = frozenset()
    uncertain: str | None = None
    dropped: bool = False


def promises_of(schema: Schema, versions: Collection[str] | None) -> tuple[Promise, ...]:
    """Everything promised (`versions` None), or what these versions made, by migration and line."""

    def in_scope(origin: Origin) -> bool:
        return versions is None or origin.version in versions

    promises: list[Promise] = []
    for user_type in schema.types.values():
        if in_scope(user_type.origin):
            judge = partial(judge_type, user_type=user_type, users=_users(schema, user_type.name))
            promises.append(
                _named(ObjectKind.TYPE, user_type.name, user_type.origin, judge, user_type.uncertain)
            )
    for table in schema.tables.values():
        promises.extend(_of_table(schema, table, in_scope))
    for view in schema.views.values():
        promises.extend(_of_view(view, in_scope))
    promises.extend(_functions(schema, in_scope))
    promises.extend(
        _of_dropped(dropped)
        for dropped in schema.dropped
        if in_scope(dropped.origin) and _is_gone(schema, dropped)
    )
    promises.sort(key=lambda promise: (promise.origin.version, promise.origin.file, promise.origin.line))
    return tuple(promises)


def _of_table(schema: Schema, table: Table, in_scope: _InScope) -> Iterator[Promise]:
    columns = [column for column in table.columns.values() if in_scope(column.origin)]
    relation = _relation(schema, table, columns)
    if in_scope(table.origin) and not table.assumed:
        judge: Judge = partial(judge_relation, relation=relation)
        yield _named(ObjectKind.TABLE, table.name, table.origin, judge, table.uncertain)
    for column in columns:
        judge = partial(judge_column, relation=relation, column=column, schema=schema)
        yield _on(table, ObjectKind.COLUMN, table.name.name, column.origin, judge, column=column.name)
    for promise in (*_constraints(schema, table, relation, in_scope), *_security(table, relation)):
        if in_scope(promise.origin):
            yield promise
    for index in table.indexes.values():
        if in_scope(index.origin):
            yield _on(table, ObjectKind.INDEX, index.name, index.origin, _unseen("indexes"))
    for trigger in table.triggers.values():
        if in_scope(trigger.origin):
            yield _on(table, ObjectKind.TRIGGER, trigger.name, trigger.origin, _unseen("triggers"))


def _constraints(schema: Schema, table: Table, relation: Relation, in_scope: _InScope) -> Iterator[Promise]:
    for constraint in table.constraints.values():
        judge = _unseen(f"{constraint.kind.value} constraints")
        if constraint.kind is ConstraintKind.PRIMARY_KEY:
            judge = partial(judge_primary_key, relation=relation, constraint=constraint)
        yield _on(table, ObjectKind.CONSTRAINT, constraint.name, constraint.origin, judge)
    keys = tuple(_key(schema, table, key) for key in table.foreign_keys.values() if in_scope(key.origin))
    for key in keys:
        judge = partial(judge_foreign_key, relation=relation, key=key, beside=keys)
        yield _on(table, ObjectKind.FOREIGN_KEY, key.foreign_key.name, key.foreign_key.origin, judge)


def _security(table: Table, relation: Relation) -> Iterator[Promise]:
    if table.rls is not None:
        judge = _unseen("whether row-level security is on")
        yield _on(table, ObjectKind.RLS, table.name.name, table.rls, judge)
    for policy in table.policies.values():
        judge = _unseen("policies")
        if concerns_visitors(policy):
            judge = partial(judge_policies, relation=relation, reason=_reason("policies"))
        yield _on(table, ObjectKind.POLICY, policy.name, policy.origin, judge)


def _of_view(view: View, in_scope: _InScope) -> Iterator[Promise]:
    if in_scope(view.origin):
        judge = partial(
            judge_view, relation=Relation(view.name, view.columns or (), _partner(view.columns or ()))
        )
        yield _named(ObjectKind.VIEW, view.name, view.origin, judge, view.uncertain)
    for index in view.indexes.values():
        if in_scope(index.origin):
            about = frozenset({view.name})
            yield Promise(
                ObjectKind.INDEX,
                view.name.schema,
                index.name,
                index.origin,
                _unseen("indexes"),
                None,
                view.name.name,
                about,
            )


def _functions(schema: Schema, in_scope: _InScope) -> Iterator[Promise]:
    everything = tuple(schema.functions.values())
    for function in everything:
        if in_scope(function.origin):
            others = tuple(each for each in everything if each.name == function.name and each is not function)
            judge = partial(judge_function, function=function, overloads=others)
            yield _named(ObjectKind.FUNCTION, function.name, function.origin, judge, function.uncertain)


def _of_dropped(dropped: Dropped) -> Promise:
    judge = partial(judge_dropped, dropped=dropped)
    is_key, is_column = dropped.kind is DroppedKind.FOREIGN_KEY, dropped.kind is DroppedKind.COLUMN
    return Promise(
        _DROPPED[dropped.kind],
        dropped.name.schema,
        (dropped.member or "") if is_key else dropped.name.name,
        dropped.origin,
        judge,
        column=dropped.member if is_column else None,
        table=dropped.name.name if is_key or is_column else None,
        dropped=True,
        about=frozenset({dropped.name}),
    )


def _is_gone(schema: Schema, dropped: Dropped) -> bool:
    """False when the files have made something of that name again."""
    table, member = schema.tables.get(dropped.name), dropped.member or ""
    if dropped.kind is DroppedKind.COLUMN:
        return table is None or member not in table.columns
    if dropped.kind is DroppedKind.FOREIGN_KEY:
        return table is None or member not in table.foreign_keys
    if dropped.kind is DroppedKind.FUNCTION:
        return all(function.name != dropped.name for function in schema.functions.values())
    return table is None and dropped.name not in schema.views


def _relation(schema: Schema, table: Table, columns: list[Column]) -> Relation:
    row_functions = frozenset(
        function.name.name
        for function in schema.functions.values()
        if len(function.arguments) == 1 and function.arguments[0].type in {table.name.name, str(table.name)}
    )
    return Relation(
        table.name,
        tuple(column.name for column in columns),
        _partner(table.columns),
        table.kind is RelationKind.PARTITION,
        row_functions,
    )


def _partner(columns: Collection[str]) -> str | None:
    return next((name for name in columns if name not in TELLTALE_NAMES and name not in LYING_NAMES), None)


def _key(schema: Schema, table: Table, key: ForeignKey) -> Key:
    target = schema.tables.get(key.target)
    columns = key.target_columns or (target.primary_key if target else ())
    return Key(table.name, key, columns[0] if columns else None)


def _users(schema: Schema, name: QName) -> tuple[tuple[QName, str], ...]:
    return tuple(
        (table.name, column.name)
        for table in schema.tables.values()
        for column in table.columns.values()
        if column.own_type == name
    )


def _on(
    table: Table, kind: ObjectKind, name: str, origin: Origin, judge: Judge, *, column: str | None = None
) -> Promise:
    schema, own = table.name
    return Promise(kind, schema, name, origin, judge, column, own, frozenset({table.name}), table.uncertain)


def _named(kind: ObjectKind, name: QName, origin: Origin, judge: Judge, uncertain: str | None) -> Promise:
    return Promise(kind, name.schema, name.name, origin, judge, about=frozenset({name}), uncertain=uncertain)


def _reason(what: str) -> str:
    return f"the Data API does not show {what}"


def _unseen(what: str) -> Judge:
    return lambda _: not_checkable(_reason(what))
