"""The section on the database as it is: each promised object with its sign and who saw it, and what follows from it."""

from collections.abc import Iterable, Mapping, Sequence

from supa_deploy.model import Check, Report, StepStatus, Verdict
from supa_deploy.render.checks import MARKS, Group, Mark, groups, headline, label, titles_of
from supa_deploy.render.checks import Line as Said
from supa_deploy.render.counts import summary, tally
from supa_deploy.render.document.blocks import Block, Folded, Item, Line, Paragraph, Section, Small, Strong
from supa_deploy.render.document.pieces import (
    MOST_ROWS,
    bullets,
    cut,
    grid,
    item,
    paragraph,
    seen_by,
    sign,
)
from supa_deploy.render.document.standing import Standing, versions
from supa_deploy.render.text import count

MARK_SAYS: Mapping[Mark, str] = {
    Mark.YES: "confirmed",
    Mark.NO: "not there as promised",
    Mark.WARN: "closed to the Data API",
    Mark.UNSEEN: "not visible to any witness",
    Mark.MORE: "added",
    Mark.WAIT: "pending",
}
SAYS: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: "confirmed",
    Verdict.MISSING: "missing",
    Verdict.MISMATCH: "not as promised",
    Verdict.NOT_VISIBLE: "not visible to the Data API",
    Verdict.NOT_GRANTED: "not granted to the Data API",
    Verdict.NOT_EXPOSED: "not exposed to the Data API",
    Verdict.NOT_CHECKABLE: "no witness here can see it",
}
_ORDER = {verdict: rank for rank, verdict in enumerate(sorted(Verdict, key=lambda v: not v.is_failure))}
_VERIFYING = frozenset({"deploy", "rehearse", "onboard", "verify", "status", "report", "rollback"})


def state(report: Report) -> Section | None:
    """What witnesses saw; None where the command does not ask any."""
    if report.checks_before:
        return _before_and_after(report)
    if not report.checks:
        return _nobody_looked(report)
    return Section("state", ("Current database state",), tuple(_blocks(report)))


def pending_versions(report: Report) -> frozenset[str]:
    """The versions whose objects are not expected to be there."""
    waiting = {Standing.PENDING, Standing.UNDONE}
    return frozenset(version.version for version in versions(report) if version.standing in waiting)


def conclusion(report: Report) -> str:
    """What follows from the checks and the history, in one or two sentences."""
    standings = {version.version: version.standing for version in versions(report)}
    pending = pending_versions(report)
    ahead = [check for check in report.checks if check.migration in pending]
    unsure = [c for c in report.checks if standings.get(c.migration) is Standing.UNSURE]
    told = {*ahead, *unsure}
    own = [check for check in report.checks if check not in told]
    parts = [_of_applied(own)] if own else []
    if unsure:
        parts.append(f"Of files that may be applied or not: {summary(unsure)}.")
    if ahead:
        parts.extend(_of_pending(ahead, len(pending), len(standings)))
    return " ".join(parts)


def _of_pending(ahead: Sequence[Check], pending: int, all_of_them: int) -> Iterable[str]:
    if pending == all_of_them:
        none = "None of the migrations has" if pending > 1 else "The migration has not"
        said = f"{none} been applied yet"
    else:
        said = f"{pending} of {all_of_them} migrations {'is' if pending == 1 else 'are'} pending"
    yield f"{said}: that their objects do not exist is what is to be expected."
    early = [c for c in ahead if c.verdict is Verdict.CONFIRMED and not c.dropped and _is_relation(c)]
    if early:
        yield f"{tally(early)} of pending files {'is' if len(early) == 1 else 'are'} there already."


def _is_relation(check: Check) -> bool:
    return check in headline((check,), (check.migration,))


def _of_applied(checks: Sequence[Check]) -> str:
    failing = [check for check in checks if check.verdict.is_failure]
    closed = [c for c in checks if c.verdict in {Verdict.NOT_GRANTED, Verdict.NOT_EXPOSED}]
    unseen = [check for check in checks if check.verdict is Verdict.NOT_CHECKABLE]
    if failing:
        return f"The database does not show what applied files promise: {summary(failing)}."
    if len(unseen) == len(checks):
        return "No witness could look at anything that the applied files promise: nothing is confirmed."
    said = "Everything that the applied files promise was confirmed"
    if closed:
        said = f"What the applied files promise is there; {summary(closed)}"
    if unseen:
        return (
            f"{said}, except {count(len(unseen), 'object')} that no witness here can see ({tally(unseen)})."
        )
    return f"{said}."


def _blocks(report: Report) -> Iterable[Block]:
    who = seen_by(check.witness for check in report.checks)
    if who:
        yield paragraph(f"Seen by {who}.")
    made = groups(report.checks, titles_of(report))
    total = sum(len(group.lines) for group in made)
    if total > MOST_ROWS:
        yield from _notable(made)
    else:
        for group in made:
            yield from _group(group, pending_versions(report))
    yield _conclusion(report)
    yield _every_object("Every promised object", report.checks)


def _conclusion(report: Report) -> Paragraph:
    return paragraph(Strong("Conclusion:"), " ", conclusion(report))


def _group(group: Group, pending: frozenset[str]) -> Iterable[Block]:
    waits = group.version in pending
    yield paragraph(Strong(group.title), *((" ", Small("(pending)")) if waits else ()))
    yield from bullets([_item(line) for line in group.lines])


def _notable(made: Sequence[Group]) -> Iterable[Block]:
    """Where there is too much for a list: only what is not as it should be."""
    lines = [line for group in made for line in group.lines]
    notable = [line for line in lines if line.mark in {Mark.NO, Mark.WARN}]
    yield from bullets([_item(line) for line in notable])
    quiet = len(lines) - len(notable)
    if quiet:
        yield paragraph(sign(Mark.YES, MARK_SAYS[Mark.YES]), f" {count(quiet, 'object')} as promised")


def _item(line: Said) -> Item:
    who = seen_by(line.witnesses)
    return item(line, MARK_SAYS, f"· {who}" if who else "")


def _every_object(title: str, checks: Sequence[Check]) -> Folded:
    rows: list[tuple[Line, ...]] = [
        (
            (label(check),),
            (sign(MARKS[check.verdict], SAYS[check.verdict]), f" {_said(check)}"),
            (seen_by((check.witness,)) or "nobody",),
            (check.migration,),
        )
        for check in sorted(checks, key=lambda check: _ORDER[check.verdict])
    ]
    head = ("Object", "State", "Seen by", "Migration")
    return Folded(f"{title} ({len(checks):,})", grid(title, head, rows))


def _said(check: Check) -> str:
    said = (
        "gone, as promised" if check.dropped and check.verdict is Verdict.CONFIRMED else SAYS[check.verdict]
    )
    return f"{said}: {cut(check.detail)}" if check.detail else said


def _before_and_after(report: Report) -> Section:
    """A rehearsal: the headline of what the files bring, before its deploy and after it."""
    sections = [_moment("state-before", "Before", report.checks_before, report)]
    if report.checks:
        sections.append(_moment("state-after", "After", report.checks, report))
        follows = (_conclusion(report), _every_object("Every promised object, after", report.checks))
        sections.append(Section("state-conclusion", ("What follows",), follows))
    title = "Database state, before and after" if report.checks else "Database state before"
    return Section("state", (title,), (), tuple(sections))


def _moment(key: str, title: str, checks: Sequence[Check], report: Report) -> Section:
    wanted = [m.version for m in report.pending] or sorted({check.migration for check in checks})
    short = headline(checks, wanted)
    told = [line for group in groups(short, {}, unseen=True, fold=False) for line in group.lines]
    wrong = [c for c in checks if c.verdict.is_failure and c not in short] if title == "After" else []
    lines = [*told, *(line for group in groups(wrong, {}, fold=False) for line in group.lines)]
    found = [_item(line) for line in lines]
    return Section(key, (title,), (*bullets(found), paragraph(Small(f"{summary(checks)}."))))


def _nobody_looked(report: Report) -> Section | None:
    """A command that verifies and did not: said as such, where the run came so far."""
    skipped = [s for s in report.steps if s.name == "verify" and s.status is not StepStatus.OK]
    if report.command not in _VERIFYING or not skipped:
        return None
    why = next((f" ({step.note})" for step in skipped if step.note), "")
    return Section(
        "state",
        ("Current database state",),
        (
            paragraph(
                sign(Mark.UNSEEN),
                f" No witness was asked{why}: whether the database holds what the files promise is not known.",
            ),
        ),
    )
