"""The words for single facts: what a changed one says, and what is said of an object that came or went (pure)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from supa_deploy.catalog.pair import Pair
from supa_deploy.catalog.values import Entry, Kind

Facts = Mapping[str, str]
_LONGEST = 160
# Words for a fact that is there or not: what is said when it came, and when it went.
_FLAGS = {
    "not_null": ("NOT NULL added", "NOT NULL dropped"),
    "valid": ("is INVALID", "is valid again"),
    "ready": ("is not ready for writes", "is ready for writes again"),
    "validated": ("is not validated", "is validated"),
    "strict": ("now strict", "no longer strict"),
    "leakproof": ("now leakproof", "no longer leakproof"),
    "cycle": ("now cycles", "no longer cycles"),
    "unique": ("now unique", "no longer unique"),
    "clustered": ("table is clustered on it", "table is no longer clustered on it"),
    "via_root": ("now publishes by the partition root", "no longer publishes by the partition root"),
    "restrictive": ("tightened: permissive → restrictive", "loosened: restrictive → permissive"),
    "identity_sequence": ("now of an identity column", "no longer of an identity column"),
}
# Facts whose absence is a value of its own.
_DEFAULTS = {
    "volatility": "volatile",
    "security": "invoker",
    "parallel": "unsafe",
    "persistence": "permanent",
    "replica_identity": "default",
    "storage": "default",
    "start": "1",
    "increment": "1",
    "min": "1",
    "cache": "1",
    "max": "the type's",
    "kind": "plain",
    "access_method": "heap",
}
_LABELS = {
    "options": "parameters",
    "config": "settings",
    "partition_key": "partition key",
    "partition_bound": "partition bound",
    "replica_identity": "replica identity",
    "generated": "generated as",
    "owned_by": "owned by",
    "result": "returns",
    "of_type": "of type",
    "access_method": "access method",
    "where": "rows where",
    "publish": "publishes",
    "not_null": "NOT NULL",
    "parents": "inherits from",
}
_STATES = {
    "disabled": "disabled",
    "replica": "fires on replicas only",
    "always": "fires always",
    None: "enabled",
}
_ARGUMENTS = re.compile(r"(EXECUTE (?:FUNCTION|PROCEDURE) .*?)\(.+\)$", re.DOTALL)


def fact_phrases(pair: Pair, facts: Sequence[str]) -> Iterator[str]:
    """What is said of each fact that differs."""
    for fact in facts:
        if fact == "ready" and "valid" in facts:
            continue  # the worse half of one state
        before, after = pair.values(fact)
        yield from _phrases(pair.key.kind, fact, before, after)


def describe(entry: Entry) -> str:
    """What is said of an object that was added or lost: the facts that a person asks for first."""
    say = _DESCRIBED.get(entry.key.kind)
    return shorten(say(entry.facts)) if say else ""


def shorten(text: str) -> str:
    """A text on one line that a screen has room for."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def without_arguments(definition: str) -> str:
    """A trigger's definition without what it hands its function: webhooks keep keys there."""
    return _ARGUMENTS.sub(r"\1(…)", definition)


def _phrases(kind: Kind, fact: str, before: str | None, after: str | None) -> Iterator[str]:
    if fact in {"using", "check"} and kind is Kind.POLICY:
        yield _expression("USING" if fact == "using" else "WITH CHECK", before, after)
    elif fact == "roles":
        yield _roles(before or "", after or "")
    elif fact == "enabled":
        yield _STATES.get(after, str(after))
    elif fact == "labels":
        yield from _labels(json.loads(before or "[]"), json.loads(after or "[]"))
    elif fact == "body":
        yield _body(before or "", after or "")
    elif fact == "privileges":
        yield from _privileges(before or "", after or "")
    elif fact == "definition":
        yield _definition(kind, before or "", after or "")
    elif fact == "options" and kind is Kind.OTHER:
        yield "options changed"
    elif fact in _FLAGS:
        yield _FLAGS[fact][0 if after is not None else 1]
    else:
        yield _plain(fact, before, after)


def _plain(fact: str, before: str | None, after: str | None) -> str:
    label = _LABELS.get(fact, fact.replace("_", " "))
    if fact in _DEFAULTS:
        before, after = before or _DEFAULTS[fact], after or _DEFAULTS[fact]
    quote = "'" if fact == "comment" else ""
    if before is None:
        return f"{label} {quote}{shorten(after or '')}{quote} added"
    if after is None:
        return f"{label} {quote}{shorten(before)}{quote} dropped"
    return f"{label} {quote}{shorten(before)}{quote} → {quote}{shorten(after)}{quote}"


def _expression(clause: str, before: str | None, after: str | None) -> str:
    open_now = after in {"true", None} and before not in {"true", None}
    closed_now = before in {"true", None} and after not in {"true", None}
    word = "loosened: " if open_now else "tightened: " if closed_now else ""
    return f"{word}{clause} {_shown(before)} → {_shown(after)}"


def _shown(expression: str | None) -> str:
    if expression is None:
        return "none"
    return shorten(expression)


def _roles(before: str, after: str) -> str:
    wider = set(before.split(", ")) < set(after.split(", ")) or (after == "public" != before)
    narrower = set(after.split(", ")) < set(before.split(", ")) or (before == "public" != after)
    word = "loosened: " if wider else "tightened: " if narrower else ""
    return f"{word}roles {before} → {after}"


def _labels(before: list[str], after: list[str]) -> Iterator[str]:
    changed = [(old, new) for old, new in zip(before, after, strict=False) if old != new]
    if len(before) == len(after) and not {old for old, _ in changed} & set(after):
        yield from (f"value '{old}' renamed to '{new}'" for old, new in changed)
        return
    for at, label in enumerate(after):
        if label not in before:
            where = f"after '{after[at - 1]}'" if at else "at the beginning"
            yield f"value '{label}' added {where}"
    for label in before:
        if label not in after:
            yield f"value '{label}' gone"
    kept = [label for label in before if label in after]
    if kept != [label for label in after if label in before]:
        yield "order of values changed"


def _body(before: str, after: str) -> str:
    old, new = before.splitlines(), after.splitlines()
    blocks = [
        code for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"
    ]
    lines = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in blocks)
    return f"body changed ({lines} line{'' if lines == 1 else 's'})" if lines else "body changed (line ends)"


def _privileges(before: str, after: str) -> Iterator[str]:
    old, new = before.split(", "), after.split(", ")
    added, gone = [word for word in new if word not in old], [word for word in old if word not in new]
    if added:
        yield f"{', '.join(added)} added"
    if gone:
        yield f"{', '.join(gone)} revoked"


def _definition(kind: Kind, before: str, after: str) -> str:
    if kind in {Kind.VIEW, Kind.RULE}:
        return "redefined"
    if kind is Kind.TRIGGER:
        before, after = without_arguments(before), without_arguments(after)
        if before == after:
            return "arguments of its function changed"
    return f"{shorten(before)} → {shorten(after)}" if before else shorten(after)


def _described_column(facts: Facts) -> str:
    return facts["type"] + (" not null" if "not_null" in facts else "")


def _described_definition(facts: Facts) -> str:
    unsure = ", INVALID" if "valid" in facts else ", not validated" if "validated" in facts else ""
    return facts["definition"] + unsure


def _described_policy(facts: Facts) -> str:
    words = ["restrictive"] if "restrictive" in facts else []
    words.append(f"for {facts['command']} to {facts['roles']}")
    words += [f"USING {facts['using']}"] if "using" in facts else []
    words += [f"WITH CHECK {facts['check']}"] if "check" in facts else []
    return " ".join(words)


def _described_type(facts: Facts) -> str:
    if "labels" in facts:
        return ", ".join(json.loads(facts["labels"]))
    return facts.get("attributes") or facts.get("base") or facts.get("subtype", "")


_DESCRIBED: Mapping[Kind, Callable[[Facts], str]] = {
    Kind.COLUMN: _described_column,
    Kind.CONSTRAINT: _described_definition,
    Kind.INDEX: _described_definition,
    Kind.STATISTICS: _described_definition,
    Kind.POLICY: _described_policy,
    Kind.TRIGGER: lambda facts: without_arguments(facts["definition"]),
    Kind.GRANT: lambda facts: facts["privileges"],
    Kind.DEFAULT_PRIVILEGES: lambda facts: facts["privileges"],
    Kind.TYPE: _described_type,
    Kind.FUNCTION: lambda facts: "security definer" if "security" in facts else "",
    Kind.EXTENSION: lambda facts: f"in schema {facts['schema']}",
}
