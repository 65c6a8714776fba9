"""Squawk's rules about columns: types that rewrite, values that must be there, types that run out."""

import re

from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.squawk.mapped import Mapped, danger
from supa_deploy.rules.squawk.subject import Subject

_TYPE = re.compile(r"([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( with(?:out)? time zone)?")
_TEXTS = frozenset({"text", "character varying"})
_WIDENED = frozenset({"character varying", "bit varying", "timestamp", "time", "interval"})
"""Types whose values stay as they are when the number in brackets grows or goes (numeric: see `_stays`)."""
_INTEGERS = frozenset({"integer", "serial", "serial4"})


def stays(old: str, new: str) -> bool:
    """True when PostgreSQL changes a column from one type to the other without touching the rows (types as
    format_type prints them)."""
    if old == new or (old, new) == ("cidr", "inet"):
        return True
    was, becomes = _TYPE.fullmatch(old), _TYPE.fullmatch(new)
    if was is None or becomes is None:
        return False
    if becomes[1] in _TEXTS and becomes[2] is None:
        return was[1] in _TEXTS
    if was[1] != becomes[1] or was[4] != becomes[4]:
        return False
    if was[1] == "numeric":
        return becomes[2] is None or (was[3] == becomes[3] and _grows(was[2], becomes[2]))
    return was[1] in _WIDENED and (becomes[2] is None or _grows(was[2], becomes[2]))


def _grows(old: str | None, new: str | None) -> bool:
    return old is not None and new is not None and int(old) <= int(new)


def _no_rewrite(subject: Subject) -> bool:
    column = subject.known_column()
    definition = subject.command.child("def") if subject.command is not None else None
    if column is None or column.type is None or definition is None:
        return False
    using = definition.child("raw_default")
    if using is not None and not _only_cast(using, subject.column):
        return False
    return stays(column.type, subject.sight.state.type_text(definition.child("typeName")).text)


def _only_cast(node: Node, column: str) -> bool:
    inner = node.child("arg") if node.kind == "TypeCast" else node
    return inner is not None and inner.kind == "ColumnRef" and inner.strings("fields")[-1:] == (column,)


def _proven(subject: Subject) -> bool:
    """True when a valid CHECK (column IS NOT NULL) spares the server the reading of all rows."""
    table = subject.sight.state.tables.get(subject.relations[0]) if subject.relations else None
    wanted = re.compile(rf'\(*\s*"?{re.escape(subject.column)}"?\s+is\s+not\s+null\s*\)*', re.IGNORECASE)
    return table is not None and any(
        one.valid and one.expression is not None and wanted.fullmatch(one.expression)
        for one in table.constraints.values()
    )


def _no_key(subject: Subject) -> bool:
    """True for a number that does not count rows: only keys run out."""
    column = subject.command
    if column is not None and column.kind == "AlterTableCmd":
        column = column.child("def")
    if column is None or column.kind != "ColumnDef":
        return True
    kinds = {part.text("contype") for part in column.nodes("constraints")}
    name = column.child("typeName")
    serial = name is not None and name.strings("names")[-1].startswith("serial")
    return not serial and not kinds & {"CONSTR_PRIMARY", "CONSTR_IDENTITY"}


def _assigned_in_parts(subject: Subject) -> bool:
    """True when what is set twice are parts of a column (`a[1] = …, a[2] = …`), which is fine."""
    targets = subject.tree.nodes("targetList")
    whole = [target.text("name") for target in targets if not target.has("indirection")]
    return len(whole) == len(set(whole))


def _style(rule: str, origin: str, why: str, fix: str, says: str) -> Mapped:
    quiet = _no_key if rule == "prefer-bigint" else None
    return Mapped(danger(rule, origin, why, fix, Severity.INFO), says, quiet=quiet, on_new=True)


MAPPED = {
    "changing-column-type": Mapped(
        danger(
            "type-change",
            "changing-column-type",
            "A type change that rewrites the table locks it against reads and writes until every row is written anew.",
            "Add a column of the new type, fill it in steps, move the clients over, and drop the old one later.",
        ),
        "{target} gets another type: unless both are stored alike, every row is written anew under a full lock.",
        quiet=_no_rewrite,
    ),
    "adding-not-nullable-field": Mapped(
        danger(
            "set-not-null",
            "adding-not-nullable-field",
            "SET NOT NULL reads every row under a full lock, and fails when one of them holds NULL.",
            "Add CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a later file, then SET NOT NULL: that reads no row.",
        ),
        "Every row is read for this while reads and writes wait; one NULL in {target} makes it fail.",
        quiet=_proven,
    ),
    "adding-required-field": Mapped(
        danger(
            "required-column",
            "adding-required-field",
            "A NOT NULL column without a default cannot be added to a table that has rows; old clients' inserts fail.",
            "Give the column a DEFAULT, or add it without NOT NULL, fill it, and set NOT NULL later.",
        ),
        "{target} is NOT NULL without a default: this fails when the table has a row.",
    ),
    "adding-field-with-default": Mapped(
        danger(
            "volatile-default",
            "adding-field-with-default",
            "A default that differs from row to row makes the server write every row anew under a full lock.",
            "Add the column without it, set the default in a second statement, and fill old rows in steps.",
        ),
        "{target} has a value of its own in each row: the whole table is written anew under a full lock.",
    ),
    "prefer-bigint-over-int": _style(
        "prefer-bigint",
        "prefer-bigint-over-int",
        "A key of type integer runs out after 2,147,483,647 rows, and widening it then rewrites the table.",
        "Write bigint (or bigserial).",
        "The key {target} is an integer: it runs out at 2,147,483,647.",
    ),
    "prefer-identity": _style(
        "prefer-identity",
        "prefer-identity",
        "A serial column's sequence has grants and an owner of its own, and inserts with explicit numbers break it.",
        "Write GENERATED ALWAYS AS IDENTITY (or BY DEFAULT).",
        "{target} is a serial column.",
    ),
    "prefer-text-field": _style(
        "prefer-text",
        "prefer-text-field",
        "Shortening a varchar later rewrites or reads the whole table; the limit saves no space.",
        "Write text, with a CHECK on its length where there is a limit.",
        "{target} is a varchar with a limit.",
    ),
    "prefer-timestamp-tz": _style(
        "prefer-timestamptz",
        "prefer-timestamp-tz",
        "A timestamp without time zone does not say which moment it means: each client reads it in its own zone.",
        "Write timestamptz.",
        "{target} has no time zone.",
    ),
    "ban-char-field": _style(
        "no-char",
        "ban-char-field",
        "char(n) pads what is shorter with blanks, which comparisons and clients then stumble over.",
        "Write text, with a CHECK on its length where there is a limit.",
        "{target} is padded with blanks.",
    ),
    "identifier-too-long": Mapped(
        danger(
            "identifier-too-long",
            "identifier-too-long",
            "PostgreSQL cuts names after 63 bytes, so two long names can become the same one.",
            "Choose a name of at most 63 bytes.",
        ),
        "A name here is longer than 63 bytes: the server cuts it.",
        on_new=True,
    ),
    "ban-duplicate-column-assignments": Mapped(
        danger(
            "assigned-twice",
            "ban-duplicate-column-assignments",
            "An UPDATE that sets a column twice is refused by the server.",
            "Set each column once.",
            Severity.ERROR,
        ),
        "This UPDATE of {name} sets a column twice: the server refuses it.",
        quiet=_assigned_in_parts,
        on_new=True,
        once=True,
    ),
}
