"""The top of a report: what it is about, and how it ended."""

from supa_deploy.model import Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.document.blocks import Callout, Code, Facts, Line, Strong, Tone
from supa_deploy.render.document.pieces import cut, lines_of, spaced
from supa_deploy.render.paragraphs import place_of
from supa_deploy.render.text import moment
from supa_deploy.render.verdict import differs_though_ok, last_line

_MOST_VERSIONS = 10
_QUIET = frozenset({Outcome.PENDING, Outcome.DECLINED, Outcome.UNVERIFIED})


def head(report: Report) -> Facts:
    """Feature, project, environment, date and command."""
    pairs: list[tuple[str, Line]] = []
    about = feature(report)
    if about:
        pairs.append(("Feature", about))
    if report.project_ref:
        pairs.append(("Project", (Code(report.project_ref),)))
    if report.target and report.target != f"project {report.project_ref}":
        pairs.append(("Database", (Code(report.target),)))
    if report.environment:
        pairs.append(("Environment", (Strong(report.environment),)))
    pairs.append(("Date", (moment(report.started_at),)))
    pairs.append(("Command", (Code(f"supa-deploy {report.command}"),)))
    return Facts(tuple(pairs))


def feature(report: Report) -> Line:
    """`all migrations`, or the files that the report is about; empty where no file was read for it."""
    found = report.feature
    if found is None:
        return ()
    if found.whole:
        return ("all migrations",)
    named = [
        (Code(f"{file.version}_{file.name}" if file.name else file.version),)
        for file in found.files[:_MOST_VERSIONS]
    ]
    left = len(found.files) - _MOST_VERSIONS
    return (*spaced(named), f" and {left:,} more") if left > 0 else spaced(named)


def status(report: Report) -> Callout:
    """The outcome in one line, and what went wrong: message, place, what to do next."""
    lines: list[Line] = [(last_line(report),)]
    failure = report.failure
    if failure is not None:
        lines.extend(lines_of(failure.message) or [(failure.code,)])
        place = place_of(failure)
        if place:
            lines.append((Code(cut(place)),))
        for number, line in enumerate(lines_of(failure.hint or "")):
            lines.append((Strong("Next:"), " ", *line) if number == 0 else line)
    return Callout(tone(report), tuple(lines))


def tone(report: Report) -> Tone:
    """Good where it ended well, a warning where nothing is known to be wrong and yet it is not done."""
    if report.outcome.is_success:
        return Tone.WARN if differs_though_ok(report) else Tone.GOOD
    return Tone.WARN if report.outcome in _QUIET else Tone.BAD
