"""What the words are written into, how names, numbers and tables are put, and the two marks that a line may end with.

A line that ends with `(loses …)` tells of a statement that takes rows, values or other objects away; one that ends
with `(locks …)` of one that keeps others from a relation for as long as its rows take. Which locks PostgreSQL 17
takes: its documentation of ALTER TABLE and of explicit locking. A lock of a moment has no mark.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from supa_deploy.migrations.script import Script
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName, RelationKind, Schema, Table

Hazard = Literal["loses", "locks"]
"""What a line warns of: something that is gone afterwards, or a lock that is held for long."""

_PLURALS = {"policy": "policies", "index": "indexes"}
_MARK = re.compile(r" \((loses|locks) [^()]*\)$")


@dataclass(slots=True)
class Book:
    """Lines in the order of the file, each once; what is counted comes last. `after` is the file folded by itself,
    `made` the names of the tables that it creates and keeps, `fresh` the names of what the statements so far have
    created: it is new and empty, so that no lock on it hurts and no loss of it counts. `elsewhere` maps what the file
    makes in the schema of its own `search_path` to that name with its schema."""

    script: Script
    after: Schema
    made: set[str]
    lines: dict[str, None] = field(default_factory=dict)
    grants: int = 0
    comments: int = 0
    policies_replaced: set[tuple[str, str]] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)

    def say(self, line: str) -> None:
        """Notes a line without a mark, once. A name from the file may look like a mark; a full stop ends that."""
        self.lines.setdefault(line if hazard(line) is None else f"{line}.")

    def warn(self, line: str, mark: str, *names: str) -> None:
        """Notes a line, with its mark unless the file itself created all that is named; without names, always."""
        if not mark or (names and self.fresh.issuperset(names)):
            self.say(line)
        else:
            self.lines.setdefault(line + mark)

    def table(self, node: Node | None) -> str:
        """A relation as the file names it; one that the file itself makes in the schema of its `search_path`, by
        that schema."""
        words = relation_words(node)
        if node is None or node.text("schemaname") or words in self.made or words in self.fresh:
            return words
        return self.elsewhere.get(node.text("relname"), words)

    def renamed(self, old: str, new: str) -> None:
        """What was fresh is so under its new name."""
        if old in self.fresh:
            self.fresh.discard(old)
            self.fresh.add(new)


def loses(what: str) -> str:
    """The mark of a line that tells of a loss."""
    return f" (loses {what})"


def locks(what: str) -> str:
    """The mark of a line that tells of a lock: `out writes while it is built`."""
    return f" (locks {what})"


def hazard(line: str) -> Hazard | None:
    """What a line of `describe` warns of: "loses", "locks" or None."""
    found = _MARK.search(line)
    if found is None:
        return None
    return "loses" if found[1] == "loses" else "locks"


def shown(name: QName) -> str:
    """A name for people: the schema left out when it is `public`."""
    return name.name if name.schema == "public" else str(name)


def count(number: int, word: str) -> str:
    """A number and its noun: `1 index`, `2 indexes`."""
    return f"{number} {word if number == 1 else _PLURALS.get(word, f'{word}s')}"


def relation_words(node: Node | None) -> str:
    """A relation as the file names it, for people."""
    if node is None:
        return "?"
    return shown(QName(node.text("schemaname") or "public", node.text("relname")))


def parts_words(parts: tuple[str, ...]) -> str:
    """As `relation_words`, from `schema.name` or `name`."""
    return shown(QName(parts[-2] if len(parts) > 1 else "public", parts[-1])) if parts else "?"


def table_line(table: Table) -> str:
    """A table in words: how many columns, indexes, policies, keys; row-level security."""
    kind = "table" if table.kind is RelationKind.TABLE else str(table.kind)
    facts = [count(len(table.columns), "column") if table.columns_known else "columns not read"]
    first = (("index", len(table.indexes)), ("policy", len(table.policies)))
    facts.extend(count(number, word) for word, number in first if number)
    facts.append("RLS on" if table.rls else "RLS off")
    then = (("foreign key", len(table.foreign_keys)), ("trigger", len(table.triggers)))
    facts.extend(count(number, word) for word, number in then if number)
    return f"creates {kind} {shown(table.name)}: {', '.join(facts)}"
