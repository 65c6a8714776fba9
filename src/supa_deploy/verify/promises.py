"""What the files promise, as a list of questions in the order of the files: each with the judge that answers it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial

from supa_deploy.model import ObjectKind
from supa_deploy.postgrest.names import LYING_NAMES, TELLTALE_NAMES
from supa_deploy.schema import (
    Column,
    Constraint,
    ConstraintKind,
    Extension,
    ForeignKey,
    Function,
    Index,
    Origin,
    Policy,
    QName,
    RelationKind,
    Schema,
    Table,
    Trigger,
    UserType,
    View,
)
from supa_deploy.verify.dropped import promise_of_absence
from supa_deploy.verify.functions import judge_function
from supa_deploy.verify.keys import Key, judge_foreign_key, judge_primary_key
from supa_deploy.verify.promise import Judge, Promise
from supa_deploy.verify.relations import Relation, judge_column, judge_relation, judge_view
from supa_deploy.verify.types import judge_type
from supa_deploy.verify.visitor import concerns_visitors, judge_policies
from supa_deploy.verify.words import does_not_show, unseen

_InScope = Callable[[Origin], bool]
_Member = Column | Constraint | ForeignKey | Index | Policy | Trigger


def promises_of(schema: Schema, versions: Collection[str] | None) -> tuple[Promise, ...]:
    """Everything promised (`versions` None), or what these versions made, by migration and line."""

    def in_scope(origin: Origin) -> bool:
        return versions is None or origin.version in versions

    promises: list[Promise] = []
    for user_type in schema.types.values():
        if in_scope(user_type.origin):
            judge = partial(judge_type, user_type=user_type, users=_users(schema, user_type.name))
            promises.append(_named(ObjectKind.TYPE, user_type.name, user_type.origin, judge, user_type))
    for table in schema.tables.values():
        promises.extend(_of_table(schema, table, in_scope))
    for view in schema.views.values():
        promises.extend(_of_view(view, in_scope))
    promises.extend(_functions(schema, in_scope))
    promises.extend(_extension(each) for each in schema.extensions.values() if in_scope(each.origin))
    promises.extend(promise_of_absence(gone) for gone in schema.dropped if in_scope(gone.origin))
    promises.sort(key=lambda promise: (promise.origin.version, promise.origin.file, promise.origin.line))
    return tuple(promises)


def _of_table(schema: Schema, table: Table, in_scope: _InScope) -> Iterator[Promise]:
    columns = [column for column in table.columns.values() if in_scope(column.origin)]
    relation = _relation(schema, table, columns)
    if in_scope(table.origin) and not table.assumed:
        judge: Judge = partial(judge_relation, relation=relation)
        yield _named(ObjectKind.TABLE, table.name, table.origin, judge, table)
    for column in columns:
        judge = partial(judge_column, relation=relation, column=column, schema=schema)
        yield _on(table, ObjectKind.COLUMN, column, judge)
    for promise in (*_constraints(schema, table, relation, in_scope), *_security(table, relation)):
        if in_scope(promise.origin):
            yield promise
    for index in table.indexes.values():
        if in_scope(index.origin):
            yield _on(table, ObjectKind.INDEX, index, unseen("indexes"))
    for trigger in table.triggers.values():
        if in_scope(trigger.origin):
            yield _on(table, ObjectKind.TRIGGER, trigger, unseen("triggers"))
    for publication, origin in table.publications.items():
        if in_scope(origin):
            yield _part(table, ObjectKind.PUBLICATION, publication, origin, unseen("publications"))


def _constraints(schema: Schema, table: Table, relation: Relation, in_scope: _InScope) -> Iterator[Promise]:
    for constraint in table.constraints.values():
        judge = unseen(f"{constraint.kind.value} constraints")
        if constraint.kind is ConstraintKind.PRIMARY_KEY:
            judge = partial(judge_primary_key, relation=relation, constraint=constraint)
        yield _on(table, ObjectKind.CONSTRAINT, constraint, judge)
    keys = tuple(_key(schema, table, key) for key in table.foreign_keys.values() if in_scope(key.origin))
    for key in keys:
        judge = partial(judge_foreign_key, relation=relation, key=key, beside=keys)
        own = key.foreign_key
        yield _on(table, ObjectKind.FOREIGN_KEY, own, judge)


def _security(table: Table, relation: Relation) -> Iterator[Promise]:
    if table.rls is not None:
        judge = unseen("whether row-level security is on")
        yield _part(table, ObjectKind.RLS, table.name.name, table.rls, judge)
    for policy in table.policies.values():
        judge = unseen("policies")
        if concerns_visitors(policy):
            judge = partial(judge_policies, relation=relation, reason=does_not_show("policies"))
        yield _on(table, ObjectKind.POLICY, policy, judge)


def _of_view(view: View, in_scope: _InScope) -> Iterator[Promise]:
    if in_scope(view.origin):
        judge = partial(
            judge_view, relation=Relation(view.name, view.columns or (), _partner(view.columns or ()))
        )
        yield _named(ObjectKind.VIEW, view.name, view.origin, judge, view)
    for index in view.indexes.values():
        if in_scope(index.origin):
            about = frozenset({view.name})
            yield Promise(
                ObjectKind.INDEX,
                view.name.schema,
                index.name,
                index.origin,
                unseen("indexes"),
                None,
                view.name.name,
                about,
                subject=index,
            )


def _functions(schema: Schema, in_scope: _InScope) -> Iterator[Promise]:
    everything = tuple(schema.functions.values())
    for function in everything:
        if in_scope(function.origin):
            others = tuple(each for each in everything if each.name == function.name and each is not function)
            judge = partial(judge_function, function=function, overloads=others)
            yield _named(ObjectKind.FUNCTION, function.name, function.origin, judge, function)


def _extension(extension: Extension) -> Promise:
    schema = extension.schema or "public"
    judge = unseen("extensions")
    return Promise(ObjectKind.EXTENSION, schema, extension.name, extension.origin, judge, subject=extension)


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


def _on(table: Table, kind: ObjectKind, subject: _Member, judge: Judge) -> Promise:
    is_column = kind is ObjectKind.COLUMN
    name = table.name.name if is_column else subject.name
    part = _part(table, kind, name, subject.origin, judge)
    return replace(part, column=subject.name if is_column else None, subject=subject)


def _part(table: Table, kind: ObjectKind, name: str, origin: Origin, judge: Judge) -> Promise:
    schema, own = table.name
    about = frozenset({table.name})
    return Promise(kind, schema, name, origin, judge, None, own, about, table.uncertain)


def _named(
    kind: ObjectKind, name: QName, origin: Origin, judge: Judge, subject: Table | View | Function | UserType
) -> Promise:
    return Promise(
        kind,
        name.schema,
        name.name,
        origin,
        judge,
        about=frozenset({name}),
        uncertain=subject.uncertain,
        subject=subject,
    )
