"""One walk over the files: parse, show each statement to the rules, fold it, and say what was found."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from supa_deploy.migrations import Script
from supa_deploy.migrations.fold import apply
from supa_deploy.migrations.fold.state import State
from supa_deploy.model import Finding
from supa_deploy.rules import squawk
from supa_deploy.rules.book import RULES, TOPICS
from supa_deploy.rules.ignoring import Comments, unused
from supa_deploy.rules.order import Order
from supa_deploy.rules.sight import FileRule, Sight, StatementRule, Whole, WholeRule
from supa_deploy.rules.squawk import Violation
from supa_deploy.rules.terms import Terms
from supa_deploy.rules.values import Found, FoundAt

_BY_KIND: dict[str, tuple[StatementRule, ...]] = {}
for _topic in TOPICS:
    for _kind, _rules in _topic.READERS.statements.items():
        _BY_KIND[_kind] = (*_BY_KIND.get(_kind, ()), *_rules)
_FILES: tuple[FileRule, ...] = tuple(rule for topic in TOPICS for rule in topic.READERS.files)
_WHOLE: tuple[WholeRule, ...] = tuple(rule for topic in TOPICS for rule in topic.READERS.whole)


class Walk:
    """A walk in hand: files are given in the CLI's order, one by one, and need not be kept afterwards."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._state = State()
        self._order = Order()
        self._comments: dict[str, Comments] = {}
        self._files: list[str] = []

    def read(self, script: Script, violations: Sequence[Violation] = ()) -> list[Finding]:
        """What the rules say of one file, in the order of its lines. `violations` are squawk's words about it."""
        file = script.migration.file
        self._files.append(file)
        comments = Comments.of(script)
        if comments:
            self._comments[file] = comments
        self._state.start_script(script)
        self._order.file(script)
        sight = Sight(script, self._state, self._terms)
        found = [self._kept(finding, comments) for finding in script.problems]
        found += [
            self._finding(script, one, comments)
            for one in (*self._statements(sight, violations), *comments.found(RULES))
        ]
        return sorted((f for f in found if f is not None), key=lambda f: (f.line, f.column, f.rule))

    def end(self) -> list[Finding]:
        """What only the whole of the files shows; to be called once, after the last file."""
        whole = Whole(self._state.freeze(), self._terms, tuple(self._files), self._state)
        places = [place for rule in _WHOLE for place in rule(whole)]
        places += self._order.end(whole)
        found = [self._finding_at(place) for place in places]
        found += [self._finding_at(place) for place in unused(self._comments, RULES)]
        return [finding for finding in found if finding is not None]

    def folder(self, problems: Iterable[Finding]) -> list[Finding]:
        """What discovery said of the folder and its files, as the project's settings and comments leave it. To be
        called after the files were read."""
        kept = (self._kept(problem, self._comments.get(problem.file)) for problem in problems)
        return [finding for finding in kept if finding is not None]

    def _statements(self, sight: Sight, violations: Sequence[Violation]) -> list[Found]:
        script, state = sight.script, self._state
        said = _by_statement(script, violations)
        found: list[Found] = []
        for statement in script.statements:
            state.start_statement(statement)
            for rule in _BY_KIND.get(statement.kind, ()):
                found.extend(rule(sight, statement))
            self._order.statement(sight, statement)
            words = said.get(statement.index)
            if words is not None:
                found.extend(squawk.found(sight, statement, words))
            apply(state, statement.tree)
        for at_the_end in _FILES:
            found.extend(at_the_end(sight))
        return found

    def _finding(self, script: Script, found: Found, comments: Comments) -> Finding | None:
        line, column = script.source.place(found.byte)
        return self._kept(
            Finding(
                rule=found.rule.id,
                severity=found.severity or found.rule.severity,
                file=script.migration.file,
                line=line,
                column=column,
                message=found.message,
                help=found.help or found.rule.fix,
            ),
            comments,
        )

    def _finding_at(self, place: FoundAt) -> Finding | None:
        severity = place.severity or place.rule.severity
        advice = place.help or place.rule.fix
        finding = Finding(
            place.rule.id, severity, place.file, place.line, place.column, place.message, advice
        )
        return self._kept(finding, self._comments.get(place.file))

    def _kept(self, finding: Finding, comments: Comments | None) -> Finding | None:
        """The finding with the severity that the project chose; None where it is switched off."""
        if finding.rule in self._terms.ignore or (comments and comments.covers(finding.rule, finding.line)):
            return None
        chosen = self._terms.severity.get(finding.rule)
        if chosen is None or chosen is finding.severity:
            return finding
        from dataclasses import replace

        return replace(finding, severity=chosen)


def _by_statement(script: Script, violations: Sequence[Violation]) -> dict[int, list[Violation]]:
    """Squawk's words by the index of the statement they are about."""
    said: dict[int, list[Violation]] = {}
    if not script.statements or not violations:
        return said
    starts = [statement.start for statement in script.statements]
    place = script.source.byte
    for violation in violations:
        index = bisect_right(starts, place(violation.line, violation.column)) - 1
        said.setdefault(max(index, 0), []).append(violation)
    return said
