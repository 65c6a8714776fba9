"""GitHub's annotations: at most ten of each level, worst first, at file and line."""

from collections.abc import Iterable
from dataclasses import dataclass

from supa_deploy.model import Check, Finding, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render import drift, selection
from supa_deploy.render.checks import MARKS, Mark, label, line
from supa_deploy.render.text import safe_lines

_DETAIL = 10  # lines of one difference
LIMIT = 10  # GitHub drops what a step writes beyond ten of a level
_LEVELS = ("error", "warning", "notice")
_LEVEL_OF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation; `line` and `column` are 1-based, `file` relative to the repository."""

    level: str
    title: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


def annotations(report: Report, prefix: str = "") -> str:
    """Every annotation of a run as workflow commands, errors first. `prefix` is the project folder relative to
    the repository."""
    found = _collect(report, prefix)
    return "".join(_level(level, [a for a in found if a.level == level]) for level in _LEVELS)


def command(name: str, message: str, properties: dict[str, str] | None = None) -> str:
    """One workflow command as a line: `::error file=a.sql,line=3::message`, escaped as the runner reads it."""
    shown = ",".join(f"{key}={_escape_property(value)}" for key, value in (properties or {}).items())
    return f"::{name}{' ' if shown else ''}{shown}::{_escape(message)}\n"


def _collect(report: Report, prefix: str) -> list[Annotation]:
    files = {m.version: m.file for m in report.migrations if m.file} | {
        m.version: m.file for m in report.pending
    }
    selected = selection.select(report)
    found = [*_failure(report, prefix)]
    found.extend(_finding(finding, prefix) for finding in (*selected.shown, *selected.short))
    found.extend(_check(check, files.get(check.migration), prefix) for check in _notable(report.checks))
    found.extend(_drift(report))
    found.extend(_finding(finding, prefix) for finding in selected.folded)
    found.extend(Annotation("notice", "supa-deploy", notice) for notice in report.notices)
    return found


def _failure(report: Report, prefix: str) -> Iterable[Annotation]:
    failure = report.failure
    if failure is None or selection.says_it_all(report):
        return
    state = f"\nSQLSTATE {failure.sqlstate}" if failure.sqlstate else ""
    hint = f"\n{failure.hint}" if failure.hint else ""
    where = f" ({report.environment})" if report.environment else ""
    level = "warning" if report.outcome in {Outcome.UNVERIFIED, Outcome.DECLINED} else "error"
    yield Annotation(
        level,
        f"supa-deploy{where}: {report.outcome.label}",
        f"{failure.message}{state}{hint}",
        _placed(failure.file, prefix),
        failure.line,
    )


def _finding(finding: Finding, prefix: str) -> Annotation:
    help_text = f"\n{finding.help}" if finding.help else ""
    return Annotation(
        _LEVEL_OF[finding.severity],
        finding.rule,
        f"{finding.message}{help_text}",
        _placed(finding.file, prefix),
        finding.line,
        finding.column,
    )


def _notable(checks: Iterable[Check]) -> list[Check]:
    """Failures, then what is closed to the Data API. A table speaks for its own columns and keys."""
    notable = [c for c in checks if MARKS[c.verdict] in {Mark.NO, Mark.WARN}]
    whole = {(c.schema, c.name, c.verdict) for c in notable if c.table is None and c.column is None}
    own = [c for c in notable if c.table is None or (c.schema, c.table, c.verdict) not in whole]
    return sorted(own, key=lambda c: MARKS[c.verdict] is not Mark.NO)


def _check(check: Check, file: str | None, prefix: str) -> Annotation:
    said = line(check)
    level = "error" if MARKS[check.verdict] is Mark.NO else "warning"
    return Annotation(level, label(check), "\n".join((said.says, *said.below)), _placed(file, prefix))


def _drift(report: Report) -> Iterable[Annotation]:
    """Each difference from the files, worst first; an error only where drift is what the run ended with."""
    level = "error" if report.outcome is Outcome.DRIFT else "warning"
    changes = report.drift.changes if report.drift else ()
    for said in drift.lines(changes):
        yield Annotation(level, "supa-deploy: drift", "\n".join((said.says, *said.below[:_DETAIL])))


def _placed(file: str | None, prefix: str) -> str | None:
    return f"{prefix}/{file}" if file and prefix else file


def _level(level: str, found: list[Annotation]) -> str:
    shown = found if len(found) <= LIMIT else found[: LIMIT - 1]
    text = "".join(_one(annotation) for annotation in shown)
    if len(shown) < len(found):
        text += command(
            level, f"{len(found) - len(shown)} more: see the log of this step.", {"title": "supa-deploy"}
        )
    return text


def _one(annotation: Annotation) -> str:
    properties: dict[str, str] = {}
    if annotation.file:
        properties["file"] = annotation.file
        if annotation.line:
            properties["line"] = str(annotation.line)
        if annotation.line and annotation.column:
            properties["col"] = str(annotation.column)
    properties["title"] = annotation.title
    return command(annotation.level, "\n".join(safe_lines(annotation.message)), properties)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
