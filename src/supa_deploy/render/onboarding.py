"""The last screen of an onboarding: what exists, the lines that GitHub needs, and what to run next."""

from dataclasses import replace
from typing import TYPE_CHECKING

from supa_deploy.model import Report
from supa_deploy.render import tables
from supa_deploy.render.text import safe, safe_lines

if TYPE_CHECKING:
    from rich.console import RenderableType

_WORKFLOW = "workflow"


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


def last_screen(report: Report) -> "list[RenderableType]":
    """What exists as a table; below it, each on a line of its own that can be copied whole, the commands."""
    from rich.table import Table
    from rich.text import Text

    found = [replace(each, next=None) if each.check == _WORKFLOW else each for each in report.diagnostics]
    parts: list[RenderableType] = [Text(), tables.diagnostics(found)] if found else []
    of_github = next((each.next for each in report.diagnostics if each.check == _WORKFLOW and each.next), "")
    if of_github:
        title, *lines = safe_lines(of_github)
        parts += [
            Text(),
            Text(title),
            *(Text(f"  {line}", no_wrap=True, overflow="ignore") for line in lines),
        ]
    commands = next_commands(report)
    if commands:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for command, purpose in commands:
            table.add_row(Text(f"  {command}", style="bold"), Text(purpose))
        parts += [Text(), Text("Next:"), table]
    return parts
