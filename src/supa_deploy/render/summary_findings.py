"""The step summary's sections on the files: the five claims, the findings, and what `--fix` mends."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from supa_deploy.model import Finding, Report
from supa_deploy.render import selection
from supa_deploy.render.checks import Mark
from supa_deploy.render.findings import fix_title, untrue
from supa_deploy.render.markdown import block, cell, code, folded, plain, table
from supa_deploy.render.paragraphs import WORDS, point
from supa_deploy.render.text import safe, safe_lines

_ROWS = 200
_BLOCKS = 50
_FILES = 20
_DIFF_LINES = 200


def claims(report: Report) -> str:
    """The five claims and the line that proves otherwise."""
    rows = []
    for verdict in report.claims:
        said, place, line = untrue(verdict)
        mark = Mark.YES if verdict.holds else Mark.NO
        rows.append(
            (f"{mark} {plain(said)}", f"{code(place)} {code(line)}" if line else code(place) if place else "")
        )
    return table(("Claim", "Proof"), [(claim, _in_cell(proof)) for claim, proof in rows]) if rows else ""


def findings(report: Report) -> str:
    """`check`: a table, the worst first. Any other command: what is about the push, each with its line, and the rest
    as a number."""
    if report.command == "check":
        return _table(selection.worst_first(report.findings))
    selected = selection.select(report)
    parts = [_with_line(finding) for finding in selected.shown[:_BLOCKS]]
    if len(selected.shown) > _BLOCKS:
        parts.append(_more(len(selected.shown) - _BLOCKS))
    parts.append(_table(selected.short))
    parts.append(plain(selection.folded_line(report, selected.folded)))
    return "\n\n".join(part for part in parts if part)


def fixes(report: Report) -> str:
    """Each file that `--fix` mends, its diff behind a click."""
    parts = []
    for fix in report.fixes[:_FILES]:
        rows = safe_lines(fix.diff)
        shown = rows[:_DIFF_LINES] + (["…"] if len(rows) > _DIFF_LINES else [])
        parts.append(f"{plain(fix_title(fix))}\n\n{folded('the change', block(shown, 'diff'))}")
    if len(report.fixes) > _FILES:
        parts.append(_more(len(report.fixes) - _FILES))
    return "\n\n".join(parts)


def _table(found: tuple[Finding, ...]) -> str:
    if not found:
        return ""
    rows = [
        (
            _in_cell(code(safe(f"{PurePosixPath(finding.file).name}:{finding.line}:{finding.column}"))),
            WORDS[finding.severity],
            _in_cell(code(safe(finding.rule))),
            "<br>".join(_lines(finding)),
        )
        for finding in found[:_ROWS]
    ]
    shown = table(("Place", "Severity", "Rule", "What is wrong, and what to write"), rows)
    return shown if len(found) <= _ROWS else f"{shown}\n\n{_more(len(found) - _ROWS)}"


def _lines(finding: Finding) -> Iterable[str]:
    yield from (cell(line) for line in safe_lines(finding.message))
    yield from (f"→ {cell(line)}" for line in safe_lines(finding.help or ""))


def _with_line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}:{finding.column}"
    message = "<br>".join(plain(part) for part in safe_lines(finding.message))
    said = f"**{WORDS[finding.severity]}** {code(safe(place))} {message} ({code(safe(finding.rule))})"
    if finding.excerpt is not None:
        pointed = point(finding.excerpt, finding.column)
        said += "\n\n" + block((pointed.line, f"{' ' * pointed.indent}^"))
    return said


def _in_cell(text: str) -> str:
    """Markdown for a table's cell: GitHub ends a cell at a bar even inside a code span."""
    return text.replace("|", "\\|")


def _more(number: int) -> str:
    return f"… {number:,} more: see the log of this step, or `--output json`"
