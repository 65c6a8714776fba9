"""Drift in words: one line for each difference, worst first, and the counts behind it. Shared by screen and GitHub."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from supa_deploy.model import Change, ChangeKind, Drift, Report, StepStatus
from supa_deploy.render.checks import Line, Mark
from supa_deploy.render.text import count, listing, safe, safe_lines

_MARKS = {ChangeKind.LOST: Mark.NO, ChangeKind.CHANGED: Mark.WARN, ChangeKind.ADDED: Mark.MORE}
_LONGEST = 160  # characters of a detail that still stand in the line itself
_DIFF_STEPS = frozenset({"diff", "drift"})


class Telling(StrEnum):
    """Whose differences are told, and so by which verbs."""

    DRIFT = "drift"
    PUSH = "push"
    REMAINS = "remains"


_VERBS: Mapping[Telling, Mapping[ChangeKind, str]] = {
    Telling.DRIFT: {
        ChangeKind.LOST: "lost",
        ChangeKind.CHANGED: "changed",
        ChangeKind.ADDED: "added",
    },
    Telling.PUSH: {
        ChangeKind.LOST: "removes",
        ChangeKind.CHANGED: "changes",
        ChangeKind.ADDED: "adds",
    },
    Telling.REMAINS: {
        ChangeKind.LOST: "missing",
        ChangeKind.CHANGED: "different",
        ChangeKind.ADDED: "still there",
    },
}


def lines(changes: Iterable[Change], telling: Telling = Telling.DRIFT) -> tuple[Line, ...]:
    """One line for each difference: what is lost, then what is changed, then what is added."""
    return tuple(line(change, telling) for change in worst_first(changes))


def line(change: Change, telling: Telling = Telling.DRIFT) -> Line:
    """`changed: policy p on t: using …`; a detail that is long or has several lines stands beneath."""
    head = f"{_VERBS[telling][change.change]}: {subject(change)}"
    detail = safe_lines(change.detail or "")
    if len(detail) == 1 and len(detail[0]) <= _LONGEST:
        return Line(_MARKS[change.change], f"{head}: {detail[0]}")
    return Line(_MARKS[change.change], head, tuple(detail))


def worst_first(changes: Iterable[Change]) -> list[Change]:
    """Lost, changed, added; in the order given within each."""
    order = list(_MARKS)
    return sorted(changes, key=lambda change: order.index(change.change))


def subject(change: Change) -> str:
    """What differs: `table notes`, `column t.a`, `index i on t`, `grant to anon on t`, `row-level security of t`."""
    prefix = "" if change.schema in {None, "", "public"} else f"{change.schema}."
    relation = f"{prefix}{change.table}" if change.table else ""
    kind, name = change.object, _quoted(change.name)
    if kind == "object":  # its name begins with what it is, and holds its schema
        shown = change.name
    elif kind in {"schema", "extension"}:
        shown = f"{kind} {name}"
    elif kind == "default privileges":
        shown = f"{kind} of {change.table or 'every role'} {_inside(change.schema)} to {name}"
    elif kind.endswith("row-level security"):
        shown = f"{kind} of {relation or prefix + name}"
    elif "grant" in kind:
        shown = f"{kind} to {name} on {relation or f'schema {change.schema}'}"
    elif not relation:
        shown = f"{kind} {prefix}{name}"
    elif kind == "column":
        shown = f"{kind} {relation}.{name}"
    elif kind.startswith("publication"):
        shown = f"{'every table' if change.table == '*' else relation} in publication {name}"
    else:
        shown = f"{kind} {name} on {relation}"
    return safe(shown)


def counted(changes: Iterable[Change]) -> str:
    """`3 things differ from the files (1 lost, 1 changed and 1 added)`."""
    numbers = Counter(change.change for change in changes)
    total = numbers.total()
    kinds = [f"{numbers[kind]} {_VERBS[Telling.DRIFT][kind]}" for kind in _MARKS if numbers[kind]]
    return (
        f"{count(total, 'thing')} {'differs' if total == 1 else 'differ'} from the files ({listing(kinds)})"
    )


def none_found(drift: Drift) -> str:
    """The one line of an empty drift."""
    aside = f" ({left_out(drift)})" if drift.left_out else ""
    return f"no drift: the database holds what the files make{aside}"


def left_out(drift: Drift) -> str:
    """`left out: 14 differences that are the platform's own`."""
    whose = "that is" if drift.left_out == 1 else "that are"
    return f"left out: {count(drift.left_out, 'difference')} {whose} the platform's own"


def stand_ins(drift: Drift) -> str:
    """Which extensions the scratch server only pretended to have; empty for none."""
    names = listing([safe(name) for name in drift.stand_ins])
    is_one = len(drift.stand_ins) == 1
    return (
        f"{names}: {'a stand-in' if is_one else 'stand-ins'} on the scratch server, names and signatures only"
    )


def title(report: Report) -> str:
    """What stands above a report's drift."""
    if report.command == "plan":
        return "What is there already, outside the files"
    if report.command == "rollback" and report.rollback and not report.rollback.done:
        return "What is there outside the files, and would be gone too"
    return "Drift: where the database differs from the files"


def in_short(report: Report) -> str:
    """The drift's part of the last line; empty where nobody asked for it."""
    if report.drift is None:
        skipped = any(s.name in _DIFF_STEPS and s.status is StepStatus.SKIPPED for s in report.steps)
        return "drift not looked for" if skipped else ""
    return "no drift" if report.drift.empty else counted(report.drift.changes)


def _inside(schema: str | None) -> str:
    return f"in schema {schema}" if schema else "in every schema"


def _quoted(name: str) -> str:
    """A name with spaces in quotes; a function's arguments are no reason."""
    return f'"{name}"' if any(c.isspace() for c in name) and not name.endswith(")") else name
