"""What the words are written into, and how names, numbers and tables are put."""

from dataclasses import dataclass, field

from supa_deploy.migrations.script import Script
from supa_deploy.migrations.tree import Node
from supa_deploy.schema import QName, RelationKind, Schema, Table

_PLURALS = {"policy": "policies", "index": "indexes"}


@dataclass(slots=True)
class Book:
    """Lines in the order of the file, each once; what is counted comes last. `after` is the file folded by itself,
    `made` the names of the tables that it creates."""

    script: Script
    after: Schema
    made: set[str]
    lines: dict[str, None] = field(default_factory=dict)
    grants: int = 0
    comments: int = 0
    policies_replaced: set[tuple[str, str]] = field(default_factory=set)

    def say(self, line: str) -> None:
        """Notes a line, once."""
        self.lines.setdefault(line)


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
