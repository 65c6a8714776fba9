"""One altered table: what a file adds to a table that another file made."""

from collections.abc import Iterable

from supa_deploy.model import AlteredTable
from supa_deploy.render.document import tables
from supa_deploy.render.document.blocks import Block, Code, Item, Line, Section, Strong
from supa_deploy.render.document.pieces import bullets, listed, shown
from supa_deploy.render.document.policies import by_command
from supa_deploy.render.document.tables import constraint, foreign_key, indexes, told_apart, trigger
from supa_deploy.schema import ConstraintKind


def altered(value: AlteredTable, number: int, file: str) -> Section:
    """The section of one altered table; `file` is the file that alters it."""
    title: Line = (f"{number}. ", Code(shown(value.table.name)))
    blocks: list[Block] = []
    blocks.extend(bullets([Item(("In ", Code(file))), *_gains(value)]))
    blocks.extend(tables.columns(value.table, value.columns))
    return Section(f"altered-table-{number}", title, tuple(blocks))


def _gains(value: AlteredTable) -> Iterable[Item]:
    if value.columns:
        title = "New or changed column" + ("s" if len(value.columns) > 1 else "")
        yield Item((Strong(f"{title}:"), f" {len(value.columns):,}"))
    if value.indexes:
        yield Item((Strong("Indexes:"), " ", *indexes(value.indexes)))
    if value.policies:
        yield Item((Strong("RLS policies:"), f" {by_command(value.policies)}"))
    if value.rls:
        yield Item((Strong("Row-level security:"), " switched on"))
    yield from _lists(value)


def _lists(value: AlteredTable) -> Iterable[Item]:
    rows = {column.name for column in value.columns}
    apart = {found.name for found in told_apart(value.table)}
    own = [
        found
        for found in value.constraints
        if found.name in apart
        or not rows.issuperset(found.columns)
        or found.kind is ConstraintKind.PRIMARY_KEY
    ]
    if own:
        yield listed("Constraints", [constraint(found) for found in own])
    if value.foreign_keys:
        yield listed("Foreign keys", [foreign_key(key) for key in value.foreign_keys])
    if value.triggers:
        yield listed("Triggers", [trigger(found) for found in value.triggers])
