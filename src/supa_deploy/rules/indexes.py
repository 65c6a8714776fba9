"""Foreign keys and policy columns that no index serves."""

from collections.abc import Iterator, Sequence

from supa_deploy.migrations.expressions import expression
from supa_deploy.migrations.fold.drafts import TableDraft
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Claim, Severity
from supa_deploy.rules.doubts import RELATION_GONE, Doubts
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.security.conditions import looked_up
from supa_deploy.rules.sight import Readers, Whole
from supa_deploy.rules.values import FoundAt, Rule, Topic
from supa_deploy.schema import ConstraintKind, ForeignKey, QName, RelationKind

AUTH_USERS = Rule(
    "auth-users-key-without-index",
    Topic.INDEXES,
    Severity.WARNING,
    "Deleting a user reads the whole table for each foreign key to auth.users that no index leads with, and so does "
    "finding a user's rows.",
    "Make an index on the key's columns, with `concurrently` where the table is in use already.",
    claim=Claim.INDEXED,
)
FOREIGN_KEY = Rule(
    "foreign-key-without-index",
    Topic.INDEXES,
    Severity.WARNING,
    "PostgreSQL makes no index for a foreign key, so each delete in the table it points to, and each join, reads the "
    "whole table.",
    "Make an index that begins with the key's columns, with `concurrently` where the table is in use already.",
    claim=Claim.INDEXED,
)
POLICY_COLUMN = Rule(
    "policy-column-without-index",
    Topic.INDEXES,
    Severity.WARNING,
    "Every query is narrowed by the policy's condition, so a column that it looks up without an index makes each query "
    "read the whole table.",
    "Make an index that begins with the column, with `concurrently` where the table is in use already.",
    claim=Claim.INDEXED,
)
RULES = (AUTH_USERS, FOREIGN_KEY, POLICY_COLUMN)

_USERS = QName("auth", "users")
_KEYED = frozenset({ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUSION})
_NO_LOOKUP = frozenset({"brin"})
_INDEXES = frozenset({"IndexStmt", "AT_AddConstraint", "AT_DropConstraint", "AT_DropColumn"}) | RELATION_GONE
_POLICIES = frozenset({"OBJECT_POLICY", "AlterPolicyStmt"})


def _read(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    for table in whole.state.tables.values():
        if table.assumed or table.kind is RelationKind.FOREIGN or is_platform_schema(table.name.schema):
            continue
        if not (table.foreign_keys or table.policies) or doubts.since(table.origin, _INDEXES, table.name):
            continue
        without = [key for key in _own_keys(whole, table) if not is_served(table, key.columns)]
        for key in without:
            yield _key(whole, table, key)
        told = {key.columns[0] for key in without if len(key.columns) == 1}
        yield from _policy_columns(whole, table, doubts, told)


def _own_keys(whole: Whole, table: TableDraft) -> Iterator[ForeignKey]:
    """A partition's copy of its parent's key is told of the parent."""
    above = [whole.state.tables[name] for name in table.parents if name in whole.state.tables]
    inherited = {key.columns for parent in above for key in parent.foreign_keys.values()}
    for key in table.foreign_keys.values():
        if table.kind is not RelationKind.PARTITION or key.columns not in inherited:
            yield key


def _key(whole: Whole, table: TableDraft, key: ForeignKey) -> FoundAt:
    columns = ", ".join(key.columns)
    return FoundAt(
        AUTH_USERS if key.target == _USERS else FOREIGN_KEY,
        key.origin.file,
        key.origin.line,
        f"No index of {table.name} leads with {columns}, which points to {key.target}.",
        _create(whole, table, key.columns),
    )


def _create(whole: Whole, table: TableDraft, columns: Sequence[str]) -> str:
    quoted = (whole.state.quoted(QName("", column)).partition(".")[2] for column in columns)
    return f"create index on {whole.state.quoted(table.name)} ({', '.join(quoted)});"


def _policy_columns(whole: Whole, table: TableDraft, doubts: Doubts, told: set[str]) -> Iterator[FoundAt]:
    """Each column once, at the first policy that looks it up. INSERT's condition looks nothing up."""
    if table.rls is None:
        return
    for policy in table.policies.values():
        if policy.using is None or doubts.since(policy.origin, _POLICIES, table.name):
            continue
        for column in sorted(looked_up(expression(policy.using), table.name.name, table.columns)):
            if column in told or is_served(table, (column,)):
                continue
            told.add(column)
            yield FoundAt(
                POLICY_COLUMN,
                policy.origin.file,
                policy.origin.line,
                f'Policy "{policy.name}" looks up {column}, and no index of {table.name} leads with it.',
                _create(whole, table, (column,)),
            )


def is_served(table: TableDraft, columns: Sequence[str]) -> bool:
    """True when an index, or the one behind a key, begins with these columns in any order and holds all rows that are
    not null there."""
    wanted = set(columns)
    count = len(wanted)
    for constraint in table.constraints.values():
        if constraint.kind in _KEYED and set(constraint.columns[:count]) == wanted:
            return True
    for index in table.indexes.values():
        if (
            wanted.issuperset(index.keys[:1])  # most lead with another column
            and set(index.keys[:count]) == wanted
            and index.method not in _NO_LOOKUP
            and (index.where is None or _is_not_null(expression(index.where), wanted))
        ):
            return True
    return False


def _is_not_null(predicate: Node | None, columns: set[str]) -> bool:
    """True for `a is not null`, also joined by AND, about these columns only."""
    if predicate is None:
        return False
    if predicate.kind == "BoolExpr" and predicate.text("boolop") == "AND_EXPR":
        return all(_is_not_null(arm, columns) for arm in predicate.nodes("args"))
    column = predicate.child("arg")
    return (
        predicate.kind == "NullTest"
        and predicate.text("nulltesttype") == "IS_NOT_NULL"
        and column is not None
        and column.strings("fields")[-1:] in {(name,) for name in columns}
    )


READERS = Readers(whole=(_read,))
