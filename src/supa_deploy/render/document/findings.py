"""The sections on the files themselves: what is claimed of them, what was found in them, what `--fix` mends."""

from collections.abc import Iterable, Sequence

from supa_deploy.model import Finding, Report
from supa_deploy.render import selection
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import (
    Block,
    Code,
    Folded,
    Inline,
    Line,
    Script,
    Section,
    Small,
    Strong,
)
from supa_deploy.render.document.pieces import base, cut, grid, more, paragraph, raw_lines, script, sign
from supa_deploy.render.findings import fix_title, untrue
from supa_deploy.render.paragraphs import WORDS, point
from supa_deploy.render.text import count

_MOST_SHOWN = 50
_MOST_FILES = 20
_LONGEST = 600
_HEAD = ("Place", "Severity", "Rule", "What is wrong, and what to write")


def claims(report: Report) -> Section | None:
    """The five claims, and the line that proves otherwise."""
    rows: list[tuple[Line, ...]] = []
    for verdict in report.claims:
        said, place, line = untrue(verdict)
        mark = sign(Mark.YES, "holds") if verdict.holds else sign(Mark.NO, "does not hold")
        proof: list[Inline] = [Code(place)] if place else []
        if line:
            proof += [" ", Code(cut(line))]
        rows.append(((mark, f" {said}"), tuple(proof)))
    title = "What is claimed of these files"
    return Section("claims", (title,), grid(title, ("Claim", "Proof"), rows)) if rows else None


def findings(report: Report) -> Section | None:
    """`check`: all of them. Any other command: what is about the push with its line, the rest folded away."""
    if not report.findings:
        return None
    title: Line = (f"Findings ({selection.numbers(report.findings)})",)
    if report.command == "check":
        return Section("findings", title, _grid("Findings", selection.worst_first(report.findings)))
    selected = selection.select(report)
    blocks: list[Block] = []
    for finding in selected.shown[:_MOST_SHOWN]:
        blocks.extend(_with_line(finding))
    if len(selected.shown) > _MOST_SHOWN:
        blocks.append(more(len(selected.shown) - _MOST_SHOWN))
    blocks.extend(_grid("Dangers", selection.worst_first(selected.short)))
    if selected.folded:
        stop = "stops" if len(selected.folded) == 1 else "stop"
        name = f"{selection.numbers(selected.folded)} that {stop} nothing"
        blocks.append(Folded(name, _grid("Findings", selection.worst_first(selected.folded))))
    return Section("findings", title, tuple(blocks))


def fixes(report: Report) -> Section | None:
    """Each file that `--fix` mends, its diff behind a click."""
    if not report.fixes:
        return None
    blocks: list[Block] = [
        Folded(fix_title(fix), script(fix.diff, "diff")) for fix in report.fixes[:_MOST_FILES]
    ]
    if len(report.fixes) > _MOST_FILES:
        blocks.append(more(len(report.fixes) - _MOST_FILES))
    written = all(fix.written for fix in report.fixes)
    files = count(len(report.fixes), "file")
    title = f"What check --fix mended ({files})" if written else f"What check --fix can mend ({files})"
    return Section("fixes", (title,), tuple(blocks))


def _grid(caption: str, found: Sequence[Finding]) -> tuple[Block, ...]:
    rows: list[tuple[Line, ...]] = [
        (
            (Code(f"{base(finding.file)}:{finding.line}:{finding.column}"),),
            (WORDS[finding.severity],),
            (Code(finding.rule),),
            _words(finding),
        )
        for finding in found
    ]
    return grid(caption, _HEAD, rows)


def _words(finding: Finding) -> Line:
    said = cut(finding.message, _LONGEST)
    return (f"{said} → {cut(finding.help, _LONGEST)}",) if finding.help else (said,)


def _with_line(finding: Finding) -> Iterable[Block]:
    place = f"{finding.file}:{finding.line}:{finding.column}"
    said = cut(finding.message, _LONGEST)
    yield paragraph(Strong(WORDS[finding.severity]), " ", Code(place), f" {said} (", Code(finding.rule), ")")
    if finding.excerpt is not None:
        pointed = point(finding.excerpt, finding.column)
        yield Script(f"{pointed.line}\n{' ' * pointed.indent}^")
    for line in raw_lines(finding.help or ""):
        yield paragraph(Small(f"→ {line}"))
