"""What a bundle's page says: where the script is, and what to do with it."""

import shlex
from typing import TYPE_CHECKING

from supa_deploy.model import Report, Runner
from supa_deploy.render.text import count, safe

if TYPE_CHECKING:
    from rich.console import RenderableType


def lines(report: Report) -> "list[RenderableType]":
    """The next steps, in order; none without a script."""
    from rich.text import Text

    bundle = report.bundle
    if bundle is None:
        return []
    file = safe(bundle.file) if bundle.file else "the script"
    if bundle.runner is Runner.DASHBOARD:
        where = f" ({safe(bundle.url)})" if bundle.url else ""
        run = f"Paste all of {file} into the Dashboard's SQL editor{where}, as the role postgres."
    else:
        run = f'psql "$SUPABASE_DB_URL" -X -f {shlex.quote(safe(bundle.file)) if bundle.file else "-"}'
    said = (run, "Every line of its last result should have a ✅.", "Then: supa-deploy verify")
    return [Text(), *(Text(f"{number}. {line}") for number, line in enumerate(said, 1))]


def in_short(report: Report) -> str:
    """`3 migrations in release.sql, one transaction`."""
    bundle = report.bundle
    if bundle is None:
        return "nothing pending" if report.command == "bundle" and report.outcome.is_success else ""
    number = bundle.transactions
    parts = "one transaction" if number == 1 else f"{number} transactions"
    where = f" in {safe(bundle.file)}" if bundle.file else ""
    return f"{count(len(bundle.versions), 'migration')}{where}, {parts}, {bundle.size:,} bytes"
