"""A run as Markdown for GitHub's step summary. Names from files and databases are never read as Markdown."""

import re
from collections.abc import Iterable

from supa_deploy.model import Report
from supa_deploy.render import verdict
from supa_deploy.render.checks import Line, Mark, groups, titles_of
from supa_deploy.render.paragraphs import place_of, point
from supa_deploy.render.tables import PENDING, mark_of
from supa_deploy.render.text import safe, safe_lines

SUMMARY_LIMIT = 1024 * 1024  # bytes a step; GitHub refuses a longer summary whole
_CUT = "\n… cut here: the rest is in the step's log.\n"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~<>&@:-])")


def markdown(report: Report) -> str:
    """The summary: the last line as heading, what went wrong, migrations, checks, findings, diagnostics."""
    parts = [f"### supa-deploy {_md(report.command)}", _md(verdict.last_line(report))]
    sections = (
        _failure(report),
        _migrations(report),
        _checks(report),
        _findings(report),
        _diagnostics(report),
    )
    parts.extend(section for section in sections if section)
    if report.steps:
        parts.append(f"<sub>{_md(verdict.steps_in_words(report))}</sub>")
    return "\n\n".join(parts) + "\n\n"


def fitted(text: str, limit: int) -> str:
    """The text, or as many of its lines as fit into `limit` bytes with a word that it was cut."""
    if len(text.encode("utf-8", errors="replace")) <= limit:
        return text
    room = limit - len(_CUT.encode())
    if room < 0:
        return ""
    head = text.encode("utf-8", errors="replace")[:room]
    return head[: head.rfind(b"\n") + 1].decode("utf-8") + _CUT


def _failure(report: Report) -> str:
    if report.failure is None:
        return ""
    lines = [_md(said) for said in safe_lines(report.failure.message)]
    place = place_of(report.failure)
    if place:
        lines.append(_code(place))
    lines.extend(
        f"**Next:** {_md(said)}" if n == 0 else _md(said) for n, said in _numbered(report.failure.hint)
    )
    return "\n".join(f"> {said}<br>" for said in lines)


def _migrations(report: Report) -> str:
    if report.migrations:
        rows = [
            (
                _cell(m.version),
                _cell(m.name or ""),
                Mark.YES.value if m.local else f"{Mark.NO} no file here",
                Mark.YES.value if m.remote or m.version in report.applied else f"{PENDING} pending",
            )
            for m in report.migrations
        ]
        return _table(("Version", "Name", "Local", "Remote"), rows)
    planned = [
        (
            _cell(m.version),
            _cell(m.name),
            f"{Mark.YES} applied" if m.version in report.applied else f"{PENDING} pending",
        )
        for m in report.pending
    ]
    return _table(("Version", "Name", "Status"), planned) if planned else ""


def _checks(report: Report) -> str:
    made = groups(report.checks, titles_of(report))
    return "\n\n".join(f"**{_md(group.title)}**\n\n{_list(group.lines)}" for group in made)


def _list(lines: Iterable[Line]) -> str:
    rows = []
    for said in lines:
        rows.append(f"- {said.mark} {_md(said.says)}")
        if said.mark in {Mark.NO, Mark.WARN}:
            rows.extend(f"  - {_code(below)}" for below in said.below)
    return "\n".join(rows)


def _findings(report: Report) -> str:
    blocks = []
    for finding in report.findings:
        place = f"{finding.file}:{finding.line}:{finding.column}"
        message = "<br>".join(_md(said) for said in safe_lines(finding.message))
        block = f"**{finding.severity.value}** {_code(safe(place))} {message} ({_code(safe(finding.rule))})"
        if finding.excerpt is not None:
            pointed = point(finding.excerpt, finding.column)
            fence = _fence(pointed.line, at_least=3)
            block += f"\n\n{fence}sql\n{pointed.line}\n{' ' * pointed.indent}^\n{fence}"
        blocks.append(block)
    return "\n\n".join(blocks)


def _diagnostics(report: Report) -> str:
    rows = [
        (
            f"{mark_of(d)} {_cell(d.check)}",
            "<br>".join(_md(said) for said in safe_lines(d.detail)),
            "<br>".join(_md(said) for said in safe_lines(d.next or "")),
        )
        for d in report.diagnostics
    ]
    return _table(("Check", "Found", "Next"), rows) if rows else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _numbered(text: str | None) -> Iterable[tuple[int, str]]:
    return enumerate(safe_lines(text or ""))


def _cell(text: str) -> str:
    return _md(safe(text))


def _md(text: str) -> str:
    """Text that Markdown shows as it is; already safe, one line."""
    return _MARKDOWN.sub(r"\\\1", text)


def _code(text: str) -> str:
    """Text as a code span, whatever backticks it holds."""
    fence = _fence(text, at_least=1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _fence(text: str, *, at_least: int) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(at_least, longest + 1)
