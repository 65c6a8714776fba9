"""What a promise says in the catalog's own words: under which key to look, and which facts the files settle.

The facts are those that static reading knows exactly; what only PostgreSQL can print (expressions, definitions)
is claimed to be there or not to be there, never word for word. Names of facts: `catalog/sql`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import cast

from supa_deploy.catalog.values import Key, Kind
from supa_deploy.model import ObjectKind
from supa_deploy.schema import (
    Column,
    Constraint,
    ForeignKey,
    Function,
    Index,
    Policy,
    QName,
    Schema,
    Table,
    Trigger,
    UserType,
    View,
)
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.shape import is_exact


class Some(Enum):
    """A fact that is there, whatever it says."""

    VALUE = "something"


Facts = Mapping[str, str | Some | None]
"""Facts by name; None: it is not there."""
Grants = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """`key` in the catalog; `facts` that the files settle. `elsewhere` are facts that another promise is about.
    `has_grants`: privileges on it belong to the promise; `grants` are those that the files grant, by role;
    `private`: nobody but those may execute it. `columns` must be there as well.
    `is_rls`: nothing but that row-level security is on."""

    key: Key
    facts: Facts = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: frozenset[str] = frozenset()
    has_grants: bool = False
    grants: Grants = field(default_factory=lambda: MappingProxyType({}))
    private: bool = False
    columns: tuple[str, ...] = ()
    is_rls: bool = False


def claim_of(promise: Promise, schema: Schema) -> Claim:
    """What the promise of something that is there claims. `schema` is all that the files promise."""
    return _CLAIMS[promise.object](promise, schema)


def _table(promise: Promise, schema: Schema) -> Claim:
    del schema
    table = cast("Table", promise.subject)
    elsewhere = frozenset({"rls"}) if table.rls else frozenset()
    key = Key(Kind.TABLE, promise.schema, promise.name)
    return Claim(key, _comment(table.comment), elsewhere, True, table.grants)


def _rls(promise: Promise, schema: Schema) -> Claim:
    del schema
    return Claim(Key(Kind.TABLE, promise.schema, promise.name), {"rls": "true"}, is_rls=True)


def _column(promise: Promise, schema: Schema) -> Claim:
    column = cast("Column", promise.subject)
    name = QName(promise.schema, promise.table or "")
    made_here = name in schema.tables and schema.tables[name].columns_known
    facts: dict[str, str | Some | None] = dict(_comment(column.comment))
    if column.type is not None and is_exact(column):
        facts["type"] = column.type
    if made_here or not column.nullable:
        facts["not_null"] = None if column.nullable else "true"
    if made_here or column.identity:
        facts["identity"] = column.identity.replace("_", " ") if column.identity else None
    if made_here or column.generated:
        facts["generated"] = Some.VALUE if column.generated else None
    if made_here or column.default:
        facts["default"] = Some.VALUE if column.default else None
    key = Key(Kind.COLUMN, promise.schema, column.name, promise.table)
    return Claim(key, facts, has_grants=True, grants=column.grants)


def _constraint(promise: Promise, schema: Schema) -> Claim:
    del schema
    constraint = cast("Constraint", promise.subject)
    facts: dict[str, str | Some | None] = {
        "type": constraint.kind.value,
        "validated": _unless(constraint.valid),
    }
    if constraint.kind in {"primary key", "unique"}:
        facts["columns"] = ", ".join(constraint.columns)
    return Claim(Key(Kind.CONSTRAINT, promise.schema, promise.name, promise.table), facts)


def _foreign_key(promise: Promise, schema: Schema) -> Claim:
    key = cast("ForeignKey", promise.subject)
    target = schema.tables.get(key.target)
    facts: dict[str, str | Some | None] = {
        "type": "foreign key",
        "validated": _unless(key.valid),
        "columns": ", ".join(key.columns),
        "target": str(key.target),
        "on delete": key.on_delete,
        "on update": key.on_update,
    }
    columns = key.target_columns or (target.primary_key if target else ())
    if columns:
        facts["target columns"] = ", ".join(columns)
    return Claim(Key(Kind.CONSTRAINT, promise.schema, promise.name, promise.table), facts)


def _index(promise: Promise, schema: Schema) -> Claim:
    del schema
    index = cast("Index", promise.subject)
    facts = {"unique": "true" if index.unique else None, "method": index.method, "valid": None, "ready": None}
    return Claim(Key(Kind.INDEX, promise.schema, promise.name, promise.table), facts)


def _policy(promise: Promise, schema: Schema) -> Claim:
    del schema
    policy = cast("Policy", promise.subject)
    facts: dict[str, str | Some | None] = {
        "command": policy.command.lower(),
        "restrictive": _unless(policy.permissive, "true"),
        "using": Some.VALUE if policy.using else None,
        "check": Some.VALUE if policy.check else None,
    }
    roles = {"public"} if "public" in policy.roles else set(policy.roles)
    if not roles & {"current_user", "session_user"}:
        facts["roles"] = ", ".join(sorted(roles))
    return Claim(Key(Kind.POLICY, promise.schema, promise.name, promise.table), facts)


def _trigger(promise: Promise, schema: Schema) -> Claim:
    trigger = cast("Trigger", promise.subject)
    facts: dict[str, str | Some | None] = {"fires": "yes" if trigger.enabled else "no"}
    if any(function.name == trigger.function for function in schema.functions.values()):
        facts["function"] = str(trigger.function)
    return Claim(Key(Kind.TRIGGER, promise.schema, promise.name, promise.table), facts)


def _view(promise: Promise, schema: Schema) -> Claim:
    del schema
    view = cast("View", promise.subject)
    facts = {"kind": "materialized view" if view.materialized else None, **_comment(view.comment)}
    key = Key(Kind.VIEW, promise.schema, promise.name)
    return Claim(key, facts, has_grants=True, grants=view.grants, columns=view.columns or ())


def _function(promise: Promise, schema: Schema) -> Claim:
    del schema
    function = cast("Function", promise.subject)
    name = function.signature.removeprefix(f"{promise.schema}.")
    facts: dict[str, str | Some | None] = {
        "kind": None if function.kind == "function" else function.kind,
        "security": "definer" if function.security_definer else None,
        **_comment(function.comment),
    }
    if function.language is not None:
        facts["language"] = function.language
    key = Key(Kind.FUNCTION, promise.schema, name)
    return Claim(key, facts, has_grants=True, grants=function.grants, private=not function.public_execute)


def _type(promise: Promise, schema: Schema) -> Claim:
    del schema
    own = cast("UserType", promise.subject)
    kinds = {"composite": "composite type", "range": "range type"}
    facts: dict[str, str | Some | None] = {"kind": kinds.get(own.kind, own.kind), **_comment(own.comment)}
    if own.kind == "enum":
        facts["labels"] = json.dumps(own.labels, ensure_ascii=False)
    return Claim(Key(Kind.TYPE, promise.schema, promise.name), facts)


def _extension(promise: Promise, schema: Schema) -> Claim:
    """That it is there: its version and schema are the platform's to choose where it had it already."""
    del schema
    return Claim(Key(Kind.EXTENSION, "", promise.name), elsewhere=frozenset({"version", "schema", "comment"}))


def _publication(promise: Promise, schema: Schema) -> Claim:
    del schema
    return Claim(Key(Kind.PUBLICATION, promise.schema, promise.name, promise.table))


def _comment(text: str | None) -> Facts:
    return {} if text is None else {"comment": text}


def _unless(plain: bool, otherwise: str = "false") -> str | None:
    return None if plain else otherwise


_CLAIMS: dict[ObjectKind, Callable[[Promise, Schema], Claim]] = {
    ObjectKind.TABLE: _table,
    ObjectKind.COLUMN: _column,
    ObjectKind.FUNCTION: _function,
    ObjectKind.FOREIGN_KEY: _foreign_key,
    ObjectKind.INDEX: _index,
    ObjectKind.POLICY: _policy,
    ObjectKind.RLS: _rls,
    ObjectKind.CONSTRAINT: _constraint,
    ObjectKind.TRIGGER: _trigger,
    ObjectKind.VIEW: _view,
    ObjectKind.TYPE: _type,
    ObjectKind.EXTENSION: _extension,
    ObjectKind.PUBLICATION: _publication,
}
