"""Which findings a person is shown, in which order, and how they are counted. `check` shows them all; the commands
that are about something else show what stops or changes a push, and count the rest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from supa_deploy.model import Finding, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.text import count, listing

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_RANKS = {severity: rank for rank, severity in enumerate(_NOUNS)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Findings to be shown with their line, as one line each, and only as a number."""

    shown: tuple[Finding, ...] = ()
    short: tuple[Finding, ...] = ()
    folded: tuple[Finding, ...] = ()


def select(report: Report, *, everything: bool = False) -> Selection:
    """What the report's command has to show; each part in order of path and line."""
    found = by_place(report.findings)
    if everything or report.command == "check" or all(f.severity is Severity.ERROR for f in found):
        return Selection(shown=found)
    from supa_deploy.rules.book import (
        RULES,  # the rules cost more than all of this; most runs have no finding
    )
    from supa_deploy.rules.values import Topic

    about_push = {Topic.SYNTAX, Topic.ORDER, Topic.SENDING}
    shown, short, folded = [], [], []
    for finding in found:
        rule = RULES.get(finding.rule)
        if finding.severity is Severity.ERROR or rule is None or rule.topic in about_push:
            shown.append(finding)
        elif report.command == "plan" and rule.topic is Topic.DANGER:
            short.append(finding)
        else:
            folded.append(finding)
    return Selection(tuple(shown), tuple(short), tuple(folded))


def says_it_all(report: Report) -> bool:
    """True where the findings are what the command is about: its failure is the first of them once more."""
    return report.command == "check" and report.outcome is Outcome.FINDINGS


def by_place(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In order of path, line and column; the worst first where several are about one place."""
    return tuple(sorted(findings, key=lambda f: (f.file, f.line, f.column, _RANKS[f.severity], f.rule)))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; each in order of path and line."""
    return tuple(sorted(by_place(findings), key=lambda f: _RANKS[f.severity]))


def numbers(findings: Iterable[Finding]) -> str:
    """`3 errors, 12 warnings, 4 notes`: those that there are, the worst first."""
    return ", ".join(_counts(findings))


def folded_line(report: Report, folded: tuple[Finding, ...]) -> str:
    """`12 warnings and 3 notes on pending files: supa-deploy check shows them`; empty where there are none."""
    if not folded:
        return ""
    files = "pending files" if report.pending else "the migration files"
    them = "it" if len(folded) == 1 else "them"
    return f"{listing(_counts(folded))} on {files}: supa-deploy check shows {them}"


def by_rule(findings: Iterable[Finding]) -> list[tuple[Severity, str, int, int]]:
    """Severity, rule, how many findings, in how many files; the worst and most frequent first."""
    amounts: Counter[tuple[Severity, str]] = Counter()
    files: dict[tuple[Severity, str], set[str]] = {}
    for finding in findings:
        key = (finding.severity, finding.rule)
        amounts[key] += 1
        files.setdefault(key, set()).add(finding.file)
    rows = [
        (severity, rule, number, len(files[severity, rule])) for (severity, rule), number in amounts.items()
    ]
    return sorted(rows, key=lambda row: (_RANKS[row[0]], -row[2], row[1]))


def _counts(findings: Iterable[Finding]) -> list[str]:
    amounts = Counter(finding.severity for finding in findings)
    return [count(amounts[severity], noun) for severity, noun in _NOUNS.items() if amounts[severity]]
