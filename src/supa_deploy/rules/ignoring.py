"""Comments by which a file switches a rule off, each with its reason.

`-- supa-deploy: ignore RULE[, RULE]: REASON` at the end of a line counts for that line; on a line of its own for the
statement, or else the line, that follows. `ignore-file` counts for the whole file. One without a reason does not count.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from supa_deploy.migrations import Script
from supa_deploy.model import Severity
from supa_deploy.rules.values import Found, FoundAt, Rule, Topic

_MARK = b"supa-deploy:"
_COMMENT = re.compile(
    rb"^(?P<before>[^\n]*?)--[ \t]*supa-deploy:[ \t]*(?P<verb>[\w-]+)[ \t]*(?P<rules>[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)?"
    rb"(?:[ \t]*:[ \t]*(?P<reason>[^\n]*))?",
    re.MULTILINE,
)
_VERBS = frozenset({"ignore", "ignore-file"})

WITHOUT_REASON = Rule(
    "ignore-without-reason",
    Topic.COMMENTS,
    Severity.WARNING,
    "A rule that is switched off without a reason cannot be judged by the next reader, so the comment does not count.",
    "Write the reason behind a colon: `-- supa-deploy: ignore RULE: because …`.",
)
UNKNOWN_RULE = Rule(
    "ignore-unknown-rule",
    Topic.COMMENTS,
    Severity.WARNING,
    "The comment names a rule that does not exist, so it switches nothing off.",
    "Write the rule's name as findings show it; `supa-deploy check --list` has them all.",
)
UNUSED = Rule(
    "ignore-unused",
    Topic.COMMENTS,
    Severity.INFO,
    "The comment switches off a rule that finds nothing there.",
    "Take the comment away.",
)
RULES = (WITHOUT_REASON, UNKNOWN_RULE, UNUSED)


@dataclass(slots=True)
class _Ignore:
    """One comment: for which rules, from which line to which (1-based, both included)."""

    rules: tuple[str, ...]
    line: int
    first: int
    last: int
    reason: bool
    used: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Comments:
    """The comments of one file; false when there are none."""

    ignores: list[_Ignore] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.ignores)

    @classmethod
    def of(cls, script: Script) -> "Comments":
        """Reads the comments of a file."""
        comments = cls()
        data = script.source.data
        if _MARK not in data:
            return comments
        for match in _COMMENT.finditer(data):
            verb = match["verb"].decode()
            if verb not in _VERBS:
                continue
            line = script.source.line(match.start("verb"))
            names = tuple(re.findall(r"[\w-]+", (match["rules"] or b"").decode()))
            first, last = (1, _LAST) if verb == "ignore-file" else _span(script, line, match["before"])
            reason = bool((match["reason"] or b"").strip())
            comments.ignores.append(_Ignore(names, line, first, last, reason))
            comments.starts.append((match.start("verb"), line))
        return comments

    def covers(self, rule: str, line: int) -> bool:
        """True when a comment with a reason switches the rule off at this line."""
        covered = False
        for ignore in self.ignores:
            if ignore.reason and rule in ignore.rules and ignore.first <= line <= ignore.last:
                ignore.used.add(rule)
                covered = True
        return covered

    def found(self, known: Container[str]) -> Iterator[Found]:
        """What is wrong with the comments themselves; `known` are the rules that there are."""
        for ignore, (byte, _) in zip(self.ignores, self.starts, strict=True):
            names = ", ".join(ignore.rules) or "no rule"
            unknown = [rule for rule in ignore.rules if rule not in known]
            if unknown or not ignore.rules:
                shown = ", ".join(unknown) or "none"
                yield Found(UNKNOWN_RULE, byte, f"This comment names a rule that does not exist ({shown}).")
            elif not ignore.reason:
                yield Found(
                    WITHOUT_REASON, byte, f"This comment gives no reason, so {names} is not switched off."
                )


_LAST = 2**31


def unused(comments: Mapping[str, Comments], known: Container[str]) -> Iterator[FoundAt]:
    """The comments that switched nothing off, when all findings are known; `known` are the rules that there are."""
    for file, found in comments.items():
        for ignore in found.ignores:
            idle = [rule for rule in ignore.rules if rule in known and rule not in ignore.used]
            if idle and ignore.reason:
                yield FoundAt(UNUSED, file, ignore.line, f"Nothing here is found by {', '.join(idle)}.")


def _span(script: Script, line: int, before: bytes) -> tuple[int, int]:
    """From which line to which a comment counts."""
    if before.strip():
        return line, line
    following = line + 1
    total = script.source.data.count(b"\n") + 1
    while following <= total and script.source.line_text(following).lstrip().startswith("--"):
        following += 1
    for statement in script.statements:
        if statement.line == following:
            return line, script.source.line(statement.end - 1)
    return line, following
