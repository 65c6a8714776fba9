"""Checks in numbers: how many of each kind, in one line that stays readable with many kinds."""

from collections import Counter
from collections.abc import Iterable

from supa_deploy.model import Check, ObjectKind, Verdict, Witness
from supa_deploy.render.text import count, listing

_NOUNS = {
    ObjectKind.TABLE: "table",
    ObjectKind.VIEW: "view",
    ObjectKind.COLUMN: "column",
    ObjectKind.FOREIGN_KEY: "foreign key",
    ObjectKind.FUNCTION: "function",
    ObjectKind.TYPE: "type",
    ObjectKind.CONSTRAINT: "constraint",
    ObjectKind.INDEX: "index",
    ObjectKind.RLS: "RLS flag",
    ObjectKind.POLICY: "policy",
    ObjectKind.TRIGGER: "trigger",
    ObjectKind.EXTENSION: "extension",
    ObjectKind.PUBLICATION: "publication",
}
_MOST_KINDS = 6
# What is asked after first; the rest is told as one number when there are more kinds than fit a line.
_FIRST = (
    ObjectKind.TABLE,
    ObjectKind.COLUMN,
    ObjectKind.INDEX,
    ObjectKind.POLICY,
    ObjectKind.VIEW,
    ObjectKind.FUNCTION,
    ObjectKind.FOREIGN_KEY,
    ObjectKind.TRIGGER,
)
_WORDS = {
    Verdict.MISSING: "missing",
    Verdict.MISMATCH: "not as promised",
    Verdict.NOT_VISIBLE: "not visible",
    Verdict.CONFIRMED: "confirmed",
    Verdict.NOT_GRANTED: "not granted to the Data API",
    Verdict.NOT_EXPOSED: "not exposed to the Data API",
}
_WITNESSES = {Witness.POSTGREST: "the Data API", Witness.CATALOG: "the catalog", Witness.DIFF: "the diff"}


def tally(checks: Iterable[Check], *, most: int | None = None) -> str:
    """`3 tables, 41 columns and 12 keys`, kinds in the order of the labels; empty for no checks.

    `most` is how many kinds are named; what is rarely asked after is then told as `14 others`.
    """
    numbers = Counter(check.object for check in checks)
    named = {kind for kind in _NOUNS if numbers[kind]}
    if most is not None and len(named) > most:
        named = set([kind for kind in (*_FIRST, *_NOUNS) if kind in named][: most - 1])
    parts = [count(numbers[kind], noun) for kind, noun in _NOUNS.items() if kind in named]
    others = numbers.total() - sum(numbers[kind] for kind in named)
    return listing([*parts, count(others, "other")] if others else parts)


def parts_of_a_table(checks: Iterable[Check]) -> str:
    """`11 columns, 3 foreign keys, 4 policies and RLS`: what the line of a table or view also speaks for."""
    numbers = Counter(check.object for check in checks)
    told = [
        count(numbers[kind], noun)
        for kind, noun in _NOUNS.items()
        if numbers[kind] and kind is not ObjectKind.RLS
    ]
    return listing([*told, "RLS"] if numbers[ObjectKind.RLS] else told)


def summary(checks: Iterable[Check]) -> str:
    """All checks in one sentence: what is wrong first, then what is confirmed, closed, and unseen."""
    by_verdict: dict[Verdict, list[Check]] = {verdict: [] for verdict in Verdict}
    gone: list[Check] = []
    for check in checks:
        is_gone = check.dropped and check.verdict is Verdict.CONFIRMED
        (gone if is_gone else by_verdict[check.verdict]).append(check)
    parts = [
        f"{tally(by_verdict[verdict], most=_MOST_KINDS)} {said}"
        for verdict, said in _WORDS.items()
        if by_verdict[verdict]
    ]
    if gone:
        parts.append(f"{tally(gone, most=_MOST_KINDS)} gone as promised")
    unseen = by_verdict[Verdict.NOT_CHECKABLE]
    if unseen:
        kinds = tally(unseen, most=_MOST_KINDS)
        parts.append(f"{count(len(unseen), 'object')} no witness here can see ({kinds})")
    return "; ".join(parts)


def by_witness(checks: Iterable[Check]) -> str:
    """`41 by the Data API, 63 by the catalog`: who confirmed how many; empty when nobody did."""
    numbers = Counter(check.witness for check in checks if check.verdict is Verdict.CONFIRMED)
    return ", ".join(f"{numbers[who]} by {name}" for who, name in _WITNESSES.items() if numbers[who])
