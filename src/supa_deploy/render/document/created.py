"""The section on what the files make: a diagram, each new table, each altered one, and everything else."""

from collections.abc import Iterable, Sequence

from supa_deploy.model import Feature, FileAccount, Report
from supa_deploy.render.document import kinds
from supa_deploy.render.document.altered import altered
from supa_deploy.render.document.blocks import Block, Code, Diagram, Folded, Line, Section
from supa_deploy.render.document.pieces import base, grid, paragraph, shown
from supa_deploy.render.document.policies import by_command
from supa_deploy.render.document.tables import table
from supa_deploy.schema import Table

_MOST_TABLES = 100
"""Tables that are told column by column; a report of a thousand tables is read by nobody, and weighs megabytes."""


def created(report: Report) -> Section | None:
    """What the files make, as the files say it; None without a feature, or where its files make nothing."""
    feature = report.feature
    if feature is None:
        return None
    parts = (_tables(feature), _altered(feature), *kinds.sections(feature))
    sections = tuple(part for part in parts if part is not None)
    if not sections:
        return None
    told: tuple[Block, ...] = (
        paragraph(
            "As the files say it, read with PostgreSQL's own parser; each as it stands after all of them."
        ),
    )
    drawn: tuple[Block, ...] = (Diagram(feature),) if feature.touched else ()
    title = "What gets created" if feature.tables else "What gets changed"
    return Section("created", (title,), (*told, *drawn), sections)


def _tables(feature: Feature) -> Section | None:
    made = [(found, account) for account in feature.files for found in account.tables]
    if not made:
        return None
    sections = [
        table(found, number, _purpose(found, account))
        for number, (found, account) in enumerate(made[:_MOST_TABLES], start=1)
    ]
    rest = _in_short([found for found, _ in made[_MOST_TABLES:]])
    return Section("new-tables", (f"New tables ({len(made):,})",), tuple(rest), tuple(sections))


def _purpose(found: Table, account: FileAccount) -> str:
    """The file's purpose, where the table is all that the file makes; a file's words do not fit each of many."""
    return account.purpose if len(account.tables) == 1 and found.comment is None else ""


def _in_short(rest: Sequence[Table]) -> Iterable[Block]:
    rows: list[tuple[Line, ...]] = [
        (
            (Code(shown(found.name)),),
            (f"{len(found.columns):,}",),
            (f"{len(found.indexes):,}",),
            (by_command(list(found.policies.values())),),
            ("on" if found.rls else "off",),
        )
        for found in rest
    ]
    head = ("Table", "Columns", "Indexes", "Policies", "RLS")
    if rows:
        title = f"The other {len(rows):,} tables"
        yield Folded(title, grid(title, head, rows, most=1000))


def _altered(feature: Feature) -> Section | None:
    made = [(change, account) for account in feature.files for change in account.altered]
    if not made:
        return None
    sections = [
        altered(change, number, base(account.file))
        for number, (change, account) in enumerate(made[:_MOST_TABLES], start=1)
    ]
    more = len(made) - _MOST_TABLES
    rest = (paragraph(f"… and {more:,} more changes of tables"),) if more > 0 else ()
    tables = len({change.table.name for change, _ in made})
    return Section("altered-tables", (f"Modified tables ({tables:,})",), rest, tuple(sections))
