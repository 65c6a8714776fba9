"""The JSON of what migration files make: the `feature` of a report."""

from dataclasses import asdict

from supa_deploy.model import AlteredTable, Feature, FileAccount, Impact, Other, Renamed
from supa_deploy.schema import (
    Column,
    Constraint,
    ConstraintKind,
    Doubt,
    Dropped,
    ForeignKey,
    Function,
    Index,
    Policy,
    QName,
    Table,
    Trigger,
    UserType,
    View,
)

_Object = dict[str, object]


def feature(told: Feature) -> _Object:
    """The files of a report and what they make."""
    return {
        "whole": told.whole,
        "files": [_file(account) for account in told.files],
        "impact": _impact(told.impact),
        "touched": [{**_named(table.name), "assumed": table.assumed} for table in told.touched],
    }


def _file(account: FileAccount) -> _Object:
    return {
        "version": account.version,
        "name": account.name,
        "file": account.file,
        "purpose": account.purpose,
        "tables": [_table(table) for table in account.tables],
        "altered": [_altered(altered) for altered in account.altered],
        "views": [_view(view) for view in account.views],
        "functions": [_function(function) for function in account.functions],
        "types": [_type(user_type) for user_type in account.types],
        "others": [_other(other) for other in account.others],
        "renamed": [_renamed(renamed) for renamed in account.renamed],
        "dropped": [_dropped(gone) for gone in account.dropped],
        "doubts": [_doubt(doubt) for doubt in account.doubts],
    }


def _impact(impact: Impact) -> _Object:
    return {"before": asdict(impact.before), "after": asdict(impact.after), "sure": impact.sure}


def _named(name: QName) -> _Object:
    return {"schema": name.schema, "name": name.name}


def _table(table: Table) -> _Object:
    everything = AlteredTable(
        table,
        columns=tuple(table.columns.values()),
        constraints=tuple(table.constraints.values()),
        foreign_keys=tuple(table.foreign_keys.values()),
        indexes=tuple(table.indexes.values()),
        policies=tuple(table.policies.values()),
        triggers=tuple(table.triggers.values()),
    )
    return {
        **_named(table.name),
        "kind": table.kind.value,
        "comment": table.comment,
        "rls": table.rls is not None,
        "columns_known": table.columns_known,
        **_members(everything),
    }


def _altered(altered: AlteredTable) -> _Object:
    return {
        **_named(altered.table.name),
        "assumed": altered.table.assumed,
        "rls": altered.rls,
        **_members(altered),
    }


def _members(part: AlteredTable) -> _Object:
    table, primary = part.table, part.table.primary_key
    unique = {
        constraint.columns[0]
        for constraint in table.constraints.values()
        if constraint.kind is ConstraintKind.UNIQUE and len(constraint.columns) == 1
    }
    return {
        "columns": [_column(c, primary_key=c.name in primary, unique=c.name in unique) for c in part.columns],
        "constraints": [_constraint(constraint) for constraint in part.constraints],
        "foreign_keys": [_foreign_key(key) for key in part.foreign_keys],
        "indexes": [_index(index) for index in part.indexes],
        "policies": [_policy(policy) for policy in part.policies],
        "triggers": [_trigger(trigger) for trigger in part.triggers],
    }


def _column(column: Column, *, primary_key: bool, unique: bool) -> _Object:
    return {
        "name": column.name,
        "type": column.type,
        "nullable": column.nullable,
        "default": column.default,
        "generated": column.generated,
        "identity": column.identity,
        "comment": column.comment,
        "primary_key": primary_key,
        "unique": unique,
    }


def _constraint(constraint: Constraint) -> _Object:
    return {
        "name": constraint.name,
        "kind": constraint.kind.value,
        "columns": list(constraint.columns),
        "expression": constraint.expression,
        "valid": constraint.valid,
    }


def _foreign_key(key: ForeignKey) -> _Object:
    return {
        "name": key.name,
        "columns": list(key.columns),
        "target": {**_named(key.target), "columns": list(key.target_columns)},
        "on_delete": key.on_delete,
        "on_update": key.on_update,
        "valid": key.valid,
    }


def _index(index: Index) -> _Object:
    return {
        "name": index.name,
        "keys": list(index.keys),
        "unique": index.unique,
        "method": index.method,
        "where": index.where,
    }


def _policy(policy: Policy) -> _Object:
    return {
        "name": policy.name,
        "command": policy.command,
        "roles": list(policy.roles),
        "permissive": policy.permissive,
        "using": policy.using,
        "check": policy.check,
    }


def _trigger(trigger: Trigger) -> _Object:
    return {
        "name": trigger.name,
        "fires": trigger.fires,
        "function": _named(trigger.function),
        "enabled": trigger.enabled,
    }


def _view(view: View) -> _Object:
    return {
        **_named(view.name),
        "materialized": view.materialized,
        "columns": list(view.columns) if view.columns is not None else None,
        "indexes": [_index(index) for index in view.indexes.values()],
        "comment": view.comment,
    }


def _function(function: Function) -> _Object:
    return {
        **_named(function.name),
        "signature": function.signature,
        "kind": function.kind,
        "returns": function.returns,
        "language": function.language,
        "security_definer": function.security_definer,
        "comment": function.comment,
    }


def _type(user_type: UserType) -> _Object:
    return {
        **_named(user_type.name),
        "kind": user_type.kind,
        "labels": list(user_type.labels),
        "base": user_type.base,
        "attributes": [{"name": name, "type": text} for name, text in user_type.attributes.items()],
        "comment": user_type.comment,
    }


def _other(other: Other) -> _Object:
    return {"kind": other.kind, "name": other.name, "table": _named(other.table) if other.table else None}


def _renamed(renamed: Renamed) -> _Object:
    return {
        "object": renamed.kind.value,
        "old": renamed.old,
        "new": renamed.new,
        "table": _named(renamed.table) if renamed.table else None,
    }


def _dropped(gone: Dropped) -> _Object:
    """As a check tells it: `name` is the object's own, `table` the relation it belonged to."""
    return {
        "object": gone.kind.value,
        "schema": gone.name.schema,
        "name": gone.member if gone.member is not None else gone.name.name,
        "table": gone.name.name if gone.member is not None else None,
    }


def _doubt(doubt: Doubt) -> _Object:
    return {"file": doubt.origin.file, "line": doubt.origin.line, "reason": doubt.reason}
