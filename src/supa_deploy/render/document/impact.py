"""The section on the schema before and after the files, in numbers."""

from dataclasses import fields

from supa_deploy.model import Counts, Feature, Report
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Block, Code, Item, Line, Section
from supa_deploy.render.document.pieces import bullets, grid, paragraph, shown, sign
from supa_deploy.render.text import count
from supa_deploy.schema import QName

_ALWAYS = frozenset({"tables", "columns", "indexes", "policies"})
_NAMES = {"policies": "RLS policies"}


def impact(report: Report) -> Section | None:
    """Before and after, as the files say it; None without a feature."""
    feature = report.feature
    if feature is None or feature.impact.before == feature.impact.after:
        return None
    blocks: list[Block] = [
        *grid("The schema before and after", ("Objects", "Before", "After", "Change"), _rows(feature))
    ]
    if not feature.impact.sure:
        blocks.append(
            paragraph(
                sign(Mark.WARN),
                " A file does what reading it cannot tell: the numbers are those of what can be read.",
            )
        )
    blocks.append(paragraph(_counted(feature)))
    sections = (
        _added("columns-added", "Columns added to older tables", _columns(feature), "column"),
        _added("indexes-added", "Indexes added", _indexes(feature), "index"),
        _added("policies-added", "RLS policies added", _policies(feature), "policy"),
    )
    return Section("impact", ("Schema impact",), tuple(blocks), tuple(s for s in sections if s is not None))


def change(before: int, after: int) -> str:
    """`+3`, `-1`, `0`."""
    return f"{after - before:+,}" if after != before else "0"


def _rows(feature: Feature) -> list[tuple[Line, ...]]:
    before, after = feature.impact.before, feature.impact.after
    rows: list[tuple[Line, ...]] = []
    for field in fields(Counts):
        was, is_now = getattr(before, field.name), getattr(after, field.name)
        if field.name in _ALWAYS or was or is_now:
            name = _NAMES.get(field.name, field.name.replace("_", " ").capitalize())
            rows.append(((name,), (f"{was:,}",), (f"{is_now:,}",), (change(was, is_now),)))
    return rows


def _counted(feature: Feature) -> str:
    if feature.whole:
        return "Counted from the files: before is an empty project, after are all of its files."
    return "Counted from the files: before are those older than the first one here, after are these as well."


def _columns(feature: Feature) -> dict[QName, int]:
    numbers: dict[QName, int] = {}
    new = {table.name for table in feature.tables}
    for altered in feature.altered:
        if altered.columns and altered.table.name not in new:
            numbers[altered.table.name] = numbers.get(altered.table.name, 0) + len(altered.columns)
    return numbers


def _indexes(feature: Feature) -> dict[QName, int]:
    numbers = {table.name: len(table.indexes) for table in feature.tables if table.indexes}
    made = {(table.name, name) for table in feature.tables for name in table.indexes}
    for altered in feature.altered:
        own = [index for index in altered.indexes if (altered.table.name, index.name) not in made]
        if own:
            numbers[altered.table.name] = numbers.get(altered.table.name, 0) + len(own)
    return numbers


def _policies(feature: Feature) -> dict[QName, int]:
    numbers = {table.name: len(table.policies) for table in feature.tables if table.policies}
    made = {(table.name, name) for table in feature.tables for name in table.policies}
    for altered in feature.altered:
        own = [policy for policy in altered.policies if (altered.table.name, policy.name) not in made]
        if own:
            numbers[altered.table.name] = numbers.get(altered.table.name, 0) + len(own)
    return numbers


def _added(key: str, title: str, numbers: dict[QName, int], noun: str) -> Section | None:
    if not numbers:
        return None
    items = [Item((Code(shown(name)), f": {count(number, noun)}")) for name, number in numbers.items()]
    return Section(key, (f"{title}: {sum(numbers.values()):,} in total",), bullets(items))
