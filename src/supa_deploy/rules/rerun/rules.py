"""The rules about statements that fail, or act twice, when their file runs a second time."""

from supa_deploy.model import Claim, Severity
from supa_deploy.rules.values import Rule, Topic


def _rule(name: str, why: str, fix: str, *, fixable: bool = False) -> Rule:
    return Rule(name, Topic.RERUN, Severity.WARNING, why, fix, claim=Claim.RERUN, fixable=fixable)


CREATE = _rule(
    "create-twice",
    "A CREATE without IF NOT EXISTS fails, or makes a second one, when its file runs again.",
    "Write IF NOT EXISTS (an index needs a name for it), or drop the object with IF EXISTS earlier in the file.",
    fixable=True,
)
REPLACE = _rule(
    "replace-twice",
    "A CREATE without OR REPLACE fails when its file runs again, because the function, view, trigger or rule is there.",
    "Write CREATE OR REPLACE, or drop the object with IF EXISTS right before.",
    fixable=True,
)
DEFINE = _rule(
    "define-twice",
    "Types, domains, publications, roles, operators and casts know no IF NOT EXISTS, so a second run fails.",
    "Put it in a DO block that catches duplicate_object, or drop it with IF EXISTS earlier in the file.",
)
POLICY = _rule(
    "policy-twice",
    "CREATE POLICY knows neither IF NOT EXISTS nor OR REPLACE, so a second run of the file fails on it.",
    "Write DROP POLICY IF EXISTS … ON … right before it.",
    fixable=True,
)
CONSTRAINT = _rule(
    "constraint-twice",
    "ADD CONSTRAINT fails on a second run because the name is taken, and without a name it adds the constraint again.",
    "Give it a name, and write DROP CONSTRAINT IF EXISTS of that name before it, in the same ALTER TABLE if you like.",
)
COLUMN = _rule(
    "column-twice",
    "ADD COLUMN fails on a second run because the column is there.",
    "Write ADD COLUMN IF NOT EXISTS (an attribute of a composite type needs a DO block that catches duplicate_column).",
    fixable=True,
)
ENUM_VALUE = _rule(
    "enum-value-twice",
    "ADD VALUE fails on a second run because the enum has the value.",
    "Write ADD VALUE IF NOT EXISTS.",
    fixable=True,
)
DROP = _rule(
    "drop-twice",
    "A DROP without IF EXISTS fails on a second run because the object is gone.",
    "Write DROP … IF EXISTS.",
    fixable=True,
)
DROP_IN_USE = _rule(
    "drop-in-use-twice",
    "On a second run the DROP is refused, because something that a later statement makes depends on the object.",
    "Drop what depends on it first, or write CASCADE where the file makes all of that again.",
)
RENAME = _rule(
    "rename-twice",
    "RENAME and SET SCHEMA fail on a second run because the old name is gone.",
    "Put it in a DO block that asks the catalog for the old name first.",
)
ATTACH = _rule(
    "attach-twice",
    "What is added already (a table to a publication, a partition, an identity, a mapping) cannot be added again.",
    "Put it in a DO block that asks the catalog first or catches duplicate_object.",
)
INSERT = _rule(
    "insert-twice",
    "An INSERT or COPY fails on its key or adds the same rows again on a second run.",
    "Write ON CONFLICT for a key whose values stand in the file, or INSERT … SELECT … WHERE NOT EXISTS.",
)
UPDATE = _rule(
    "update-twice",
    "An UPDATE that computes a column from its own old value changes the rows again on every run.",
    "Let WHERE name the rows that still have the old value, or set a value that does not depend on it.",
)
CALL = _rule(
    "call-twice",
    "The called function does its work again, or fails, on every run.",
    "Call it in a SELECT with WHERE NOT EXISTS, or in a DO block that asks first.",
)
RETYPE = _rule(
    "retype-twice",
    "USING turns the column's old value into the new type; on a second run it meets a value that is new already.",
    "Put it in a DO block that asks information_schema for the column's type first.",
)
GONE = _rule(
    "gone-twice",
    "The statement needs a table or column that the same file drops or renames later: a second run has it no more.",
    "Put both into a DO block that asks the catalog whether the old name is there.",
)

RULES = (
    CREATE,
    REPLACE,
    DEFINE,
    POLICY,
    CONSTRAINT,
    COLUMN,
    ENUM_VALUE,
    DROP,
    DROP_IN_USE,
    RENAME,
    ATTACH,
    INSERT,
    UPDATE,
    CALL,
    RETYPE,
    GONE,
)
