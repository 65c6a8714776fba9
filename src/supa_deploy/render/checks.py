"""Checks in words: one line an object, grouped by migration; what belongs to a new table told with the table.

The lines are the ones of the status report the project grew out of: `✅ Table: ai_threads`.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from supa_deploy.model import Check, ObjectKind, Report, Verdict, Witness
from supa_deploy.render.counts import parts_of_a_table
from supa_deploy.render.text import safe, safe_lines


class Mark(StrEnum):
    """The sign a line begins with."""

    YES = "✅"
    NO = "❌"
    WARN = "⚠️"
    UNSEEN = "➖"
    MORE = "➕"
    WAIT = "⏳"


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what stands beneath it: `says` is safe text, `below` the detail and what would change it;
    `witnesses` who saw it and what the line also speaks for."""

    mark: Mark
    says: str
    below: tuple[str, ...] = ()
    witnesses: frozenset[Witness] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one migration: `title` is the file's name without its ending."""

    version: str
    title: str
    lines: tuple[Line, ...]


_LABELS = {
    ObjectKind.TABLE: "Table",
    ObjectKind.VIEW: "View",
    ObjectKind.COLUMN: "Column",
    ObjectKind.FOREIGN_KEY: "Foreign key",
    ObjectKind.FUNCTION: "Function",
    ObjectKind.TYPE: "Type",
    ObjectKind.CONSTRAINT: "Constraint",
    ObjectKind.INDEX: "Index",
    ObjectKind.RLS: "RLS",
    ObjectKind.POLICY: "Policy",
    ObjectKind.TRIGGER: "Trigger",
    ObjectKind.EXTENSION: "Extension",
    ObjectKind.PUBLICATION: "Publication",
}
_RELATIONS = frozenset({ObjectKind.TABLE, ObjectKind.VIEW})
_NAMED_WITH_TABLE = frozenset(
    {ObjectKind.FOREIGN_KEY, ObjectKind.CONSTRAINT, ObjectKind.INDEX, ObjectKind.POLICY, ObjectKind.TRIGGER}
)
_PARTS = _NAMED_WITH_TABLE | {ObjectKind.COLUMN, ObjectKind.RLS}

MARKS = {
    Verdict.CONFIRMED: Mark.YES,
    Verdict.MISSING: Mark.NO,
    Verdict.MISMATCH: Mark.NO,
    Verdict.NOT_VISIBLE: Mark.NO,
    Verdict.NOT_GRANTED: Mark.WARN,
    Verdict.NOT_EXPOSED: Mark.WARN,
    Verdict.NOT_CHECKABLE: Mark.UNSEEN,
}
_REASONS = {
    Verdict.MISSING: "does not exist",
    Verdict.MISMATCH: "is not what the file promises",
    Verdict.NOT_VISIBLE: "not visible to the Data API",
    Verdict.NOT_GRANTED: "exists, not granted to the Data API",
    Verdict.NOT_EXPOSED: "its schema is not exposed to the Data API",
    Verdict.NOT_CHECKABLE: "no witness here can see it",
}


def groups(
    checks: Iterable[Check], titles: dict[str, str], *, unseen: bool = False, fold: bool = True
) -> tuple[Group, ...]:
    """The checks grouped by migration, in the files' order.

    `titles` names the migrations (see `titles_of`). `unseen` lists what no witness can see, too; `fold` tells
    the columns and keys of a new table in the table's own line. Groups without a line are left out.
    """
    by_version: dict[str, list[Check]] = {}
    for check in checks:
        by_version.setdefault(check.migration, []).append(check)
    made = (
        Group(
            version, titles.get(version, safe(version)), _lines(by_version[version], unseen=unseen, fold=fold)
        )
        for version in sorted(by_version)
    )
    return tuple(group for group in made if group.lines)


def titles_of(report: Report) -> dict[str, str]:
    """What each version is called: `20250118000001_create_ai_threads`."""
    named = [(m.version, m.name) for m in report.migrations] + [(m.version, m.name) for m in report.pending]
    return {version: safe(f"{version}_{name}" if name else version) for version, name in named}


def label(check: Check) -> str:
    """`Table: ai_threads`, `Column: chat_sessions.openai_thread_id`, `Index: idx_a on ai_threads`."""
    noun = _LABELS[check.object]
    schema = "" if check.schema == "public" else f"{check.schema}."
    relation = schema + (check.table or check.name)
    if check.object is ObjectKind.COLUMN:
        return safe(f"{noun}: {relation}.{check.column or check.name}")
    if check.object in _NAMED_WITH_TABLE and check.table:
        return safe(f"{noun}: {check.name} on {relation}")
    if check.object is ObjectKind.RLS:
        return safe(f"{noun}: {relation}")
    if check.object is ObjectKind.PUBLICATION and check.table:
        return safe(f"{noun}: {check.name} of {relation}")
    if check.object is ObjectKind.EXTENSION:
        return safe(f"{noun}: {check.name}")
    return safe(f"{noun}: {schema}{check.name}")


def line(check: Check, folded: str = "") -> Line:
    """One check as a line; `folded` is what the line also speaks for (`11 columns and 3 foreign keys`). What a witness
    said of a confirmed object stands in the line, of any other beneath it."""
    if check.verdict is Verdict.CONFIRMED:
        said = " ".join(safe_lines(check.detail or ""))
        below: tuple[str, ...] = ()
    else:
        said = _REASONS[check.verdict]
        below = (
            tuple(safe_lines(check.detail.removeprefix(f"{said}: "))) if check.detail else what_changes(check)
        )
    aside = "; ".join(part for part in (said, folded) if part)
    says = f"{label(check)} ({aside})" if aside else label(check)
    return Line(MARKS[check.verdict], says, below, frozenset({check.witness}))


def what_changes(check: Check) -> tuple[str, ...]:
    """The statement or the setting that would open an object to the Data API, for a check whose witness gave
    none; empty where nothing is closed."""
    if check.verdict is Verdict.NOT_EXPOSED:
        setting = "add it to the API's exposed schemas (config.toml: [api] schemas)"
        return (safe(f"schema {_quoted(check.schema)} is not exposed: {setting}"),)
    if check.verdict is not Verdict.NOT_GRANTED:
        return ()
    relation = f"{_quoted(check.schema)}.{_quoted(check.table or check.name)}"
    privilege = {
        ObjectKind.COLUMN: f"SELECT ({_quoted(check.column or check.name)}) ON {relation}",
        ObjectKind.FUNCTION: f"EXECUTE ON FUNCTION {relation}",
    }.get(check.object, f"SELECT ON {relation}")
    return (safe(f"GRANT {privilege} TO service_role;"),)


def headline(checks: Iterable[Check], versions: Iterable[str]) -> tuple[Check, ...]:
    """What the given migrations bring, in short: their tables and views, and columns they add to older ones."""
    wanted = set(versions)
    mine = [check for check in checks if check.migration in wanted]
    new = {_relation(check) for check in mine if check.object in _RELATIONS}
    return tuple(
        check
        for check in mine
        if check.object in _RELATIONS or (check.object is ObjectKind.COLUMN and _relation(check) not in new)
    )


def _lines(checks: list[Check], *, unseen: bool, fold: bool) -> tuple[Line, ...]:
    shown = [c for c in checks if unseen or c.verdict is not Verdict.NOT_CHECKABLE]
    relations = {_relation(c): c for c in shown if c.object in _RELATIONS}
    folded: dict[tuple[str, str], list[Check]] = {}
    own: list[Check] = []
    for check in shown:
        parent = relations.get(_relation(check)) if fold and check.object in _PARTS else None
        if parent and _may_fold(check, parent):
            folded.setdefault(_relation(check), []).append(check)
        else:
            own.append(check)
    return tuple(
        _with_parts(check, folded.get(_relation(check), ())) if check.object in _RELATIONS else line(check)
        for check in own
    )


def _with_parts(check: Check, parts: Collection[Check]) -> Line:
    made = line(check, parts_of_a_table(parts))
    return replace(made, witnesses=made.witnesses.union(part.witness for part in parts))


def _may_fold(part: Check, parent: Check) -> bool:
    if part.verdict is Verdict.MISMATCH or part.dropped is not parent.dropped:
        return False
    return part.verdict in {Verdict.CONFIRMED, parent.verdict}


def _relation(check: Check) -> tuple[str, str]:
    return check.schema, check.table or check.name


def _quoted(name: str) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
