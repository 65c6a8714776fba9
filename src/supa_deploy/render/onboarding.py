"""What to run next, once an environment stands."""

from typing import TYPE_CHECKING

from supa_deploy.model import Report
from supa_deploy.render.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType


def is_last(report: Report) -> bool:
    """True where what exists is told last, after everything that led there."""
    return report.command == "onboard"


def next_commands(report: Report) -> tuple[tuple[str, str], ...]:
    """Commands and what each is for; nothing for other runs, nor for one that did not end well."""
    if report.command != "onboard" or not report.outcome.is_success:
        return ()
    where = f" --env {safe(report.environment)}" if report.environment else ""
    return (
        ("supabase migration new NAME", "write the next change"),
        (f"supa-deploy deploy{where}", "apply it, and confirm it"),
        (f"supa-deploy status{where}", "see every migration and what it made"),
    )


def what_next(report: Report) -> "list[RenderableType]":
    """The same, for the screen."""
    from rich.table import Table
    from rich.text import Text

    commands = next_commands(report)
    if not commands:
        return []
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for command, purpose in commands:
        table.add_row(Text(f"  {command}", style="bold"), Text(purpose))
    return [Text(), Text("Next:"), table]
