"""The screen's sections on the files: findings with their source line, the five claims, and what `--fix` mends."""

from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from supa_deploy.model import Claim, ClaimVerdict, Finding, Fix, Report, Severity
from supa_deploy.render import paragraphs, selection
from supa_deploy.render.look import Look
from supa_deploy.render.paragraphs import STYLES, WORDS, broken, point
from supa_deploy.render.text import count, safe, safe_lines

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST = 100  # findings on a screen
_MOST_SHORT = 30
_GUTTER = 8  # cells before a source line
_LONGEST = 140
_SHORTEST = 20
_DIFF_LINES = 300
_PROOF = 60
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_UNTRUE = {
    Claim.SYNTAX: ("place is not", "places are not"),
    Claim.ORDER: ("place is not", "places are not"),
    Claim.RERUN: ("statement is not", "statements are not"),
    Claim.RLS: ("table is not", "tables are not"),
    Claim.INDEXED: ("column is not", "columns are not"),
}


def findings(report: Report, look: Look) -> "list[RenderableType]":
    """For `check` all of them, grouped by file; else those about the push, and the rest as a number. With -q the
    errors alone."""
    from rich.text import Text

    if look.quiet:
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        return _grouped(errors, look) if report.command == "check" else _one_by_one(errors)
    if report.command == "check":
        return _checked(report, look)
    selected = selection.select(report, everything=look.verbose)
    parts = _one_by_one(selected.shown)
    if selected.short:
        parts.append(Text())
        parts.extend(_in_short(finding, look) for finding in selected.short[:_MOST_SHORT])
    more = len(selected.short) - _MOST_SHORT
    if more > 0:
        parts.append(Text(f"… {more} more: -v shows all", style="dim"))
    line = selection.folded_line(report, selected.folded)
    return [*parts, Text(), Text(line, style="dim")] if line else parts


def claims(report: Report, look: Look) -> "list[RenderableType]":
    """The five claims, each with a sign, and the line that proves otherwise; other commands tell them in documents."""
    from rich.text import Text

    if look.quiet or not report.claims or report.command != "check":
        return []
    parts: list[RenderableType] = [Text(), Text("What is claimed of these files", style="bold")]
    for verdict in report.claims:
        sign, style = ("✓", "green") if verdict.holds else ("✗", "bold red")
        said, place, line = untrue(verdict)
        proof = f"{place} {line if len(line) <= _PROOF else line[:_PROOF] + '…'}" if place else ""
        if look.wrap is None:
            parts.append(Text(f"  {sign} {said}{f'; {proof}' if proof else ''}"))
            continue
        parts.append(Text.assemble("  ", (f"{sign} {said}", style)))
        if proof:
            fits = look.width >= len(place) + _SHORTEST
            shown = Text(f"      {proof if fits else place}", style="dim")
            if fits:
                shown.truncate(look.width, overflow="ellipsis")
            parts.append(shown)
    return parts


def untrue(verdict: ClaimVerdict) -> tuple[str, str, str]:
    """`idempotent: 3 statements are not`, `20250118000004_x.sql:12` and `create policy …`; the claim alone where it
    holds."""
    proof = verdict.proof
    if verdict.holds:
        return verdict.claim.value, "", ""
    one, many = _UNTRUE[verdict.claim]
    said = f"{verdict.claim}: {verdict.count:,} {one if verdict.count == 1 else many}"
    if proof is None:
        return said, "", ""
    words = " ".join(safe_lines(proof.message)) if proof.excerpt is None else safe(proof.excerpt.strip())
    return said, f"{safe(PurePosixPath(proof.file).name)}:{proof.line}", words


def fixes(report: Report, look: Look) -> "list[RenderableType]":
    """Each file that `--fix` mends, and its diff; with -q only the names of those that were changed."""
    from rich.text import Text

    parts: list[RenderableType] = []
    room = _DIFF_LINES
    for fix in report.fixes:
        if look.quiet and not fix.written:
            continue
        parts.extend((Text(), Text(fix_title(fix), style="bold")))
        rows = [] if look.quiet else safe_lines(fix.diff)
        shown = rows if look.verbose else rows[: max(room, 0)]
        room -= len(rows)
        parts.extend(Text(_no_command(row), style=_diff_style(row)) for row in shown)
        if len(shown) < len(rows):
            more = count(len(rows) - len(shown), "more line")
            parts.append(Text(f"… {more}: -v shows all", style="dim"))
    return parts


def fix_title(fix: Fix) -> str:
    """`would change supabase/migrations/x.sql (policy-twice, table-twice)`."""
    verb = "changed" if fix.written else "would change"
    rules = f" ({', '.join(safe(rule) for rule in fix.rules)})" if fix.rules else ""
    return f"{verb} {safe(fix.file)}{rules}"


def _checked(report: Report, look: Look) -> "list[RenderableType]":
    """Errors and warnings with their line, notes by rule; only errors with their line where there are very many."""
    found = selection.by_place(report.findings)
    if look.verbose:
        return _grouped(found, look)
    shown = [finding for finding in found if finding.severity is not Severity.INFO]
    if len(shown) > _MOST:
        shown = [finding for finding in shown if finding.severity is Severity.ERROR][:_MOST]
    told = set(map(id, shown))
    rest = [finding for finding in found if id(finding) not in told]
    return [*_grouped(shown, look), *(_by_rule(rest) if rest else [])]


def _grouped(found: "list[Finding] | tuple[Finding, ...]", look: Look) -> "list[RenderableType]":
    from rich.text import Text

    parts: list[RenderableType] = []
    for file, of_file in groupby(selection.by_place(found), key=lambda finding: finding.file):
        parts.extend((Text(), Text(safe(file), style="bold")))
        place: tuple[int, int] | None = None
        for finding in of_file:
            if place is not None:
                parts.append(Text())
            here = (finding.line, finding.column)
            parts.extend(_one(finding, look, with_source=here != place))
            place = here
    return parts


def _one(finding: Finding, look: Look, *, with_source: bool) -> "list[RenderableType]":
    """One finding beneath its file's name; the source line only once where several are about one place."""
    from rich.text import Text

    style = STYLES[finding.severity]
    head = Text.assemble(
        (f"  {finding.line}:{finding.column}", "bold"),
        "  ",
        (WORDS[finding.severity], style),
        "  ",
        (safe(finding.rule), "bold"),
    )
    parts: list[RenderableType] = [head]
    parts.extend(broken("    ", _no_command(line), look) for line in safe_lines(finding.message))
    if finding.excerpt is not None and with_source:
        longest = _LONGEST if look.wrap is None else min(_LONGEST, look.width - _GUTTER - 3)
        pointed = point(finding.excerpt, finding.column, max(_SHORTEST, longest))
        gutter = f"{finding.line:>{_GUTTER - 3}} │ "
        parts.append(Text.assemble((gutter, "dim"), pointed.line))
        below = f"{' ' * (len(gutter) - 2)}│ "
        parts.append(Text.assemble((below, "dim"), " " * pointed.indent, ("^", style)))
    for number, line in enumerate(safe_lines(finding.help or "")):
        parts.append(broken("    help: " if number == 0 else "          ", _no_command(line), look))
    return parts


def _one_by_one(found: "list[Finding] | tuple[Finding, ...]") -> "list[RenderableType]":
    from rich.text import Text

    parts: list[RenderableType] = []
    for finding in found:
        parts.extend((Text(), *paragraphs.finding(finding)))
    return parts


def _in_short(finding: Finding, look: Look) -> "RenderableType":
    place = safe(f"{finding.file}:{finding.line}:{finding.column}")
    message = " ".join(safe_lines(finding.message))
    return broken("⚠️ ", f"{place} {safe(finding.rule)} {message}", look)


def _by_rule(rest: list[Finding]) -> "list[RenderableType]":
    from rich.table import Table
    from rich.text import Text

    title = f"{selection.numbers(rest)}, by rule (-v shows all)"
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for severity, rule, number, files in selection.by_rule(rest):
        table.add_row(
            Text(f"  {number:,}"),
            Text(WORDS[severity], style=STYLES[severity]),
            Text(safe(rule), style="bold"),
            Text(f"in {files:,} {'file' if files == 1 else 'files'}", style="dim"),
        )
    return [Text(), Text(title, style="bold"), table]


def _no_command(line: str) -> str:
    """A line that GitHub's runner would take for a command, blanks before it or not, gets a bar in front."""
    return f"│{line}" if line.lstrip().startswith("::") else line


def _diff_style(row: str) -> str:
    return "bold" if row.startswith(("+++", "---")) else _DIFF_STYLES.get(row[:1], "")
