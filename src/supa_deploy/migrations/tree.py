"""Typed reading of pgparse's JSON tree: one small view class, so that no other module touches a dict.

The tree (libpg_query's JSON) leaves out every field that is zero, false or empty, and writes a node either
tagged (`{"ColumnDef": {...}}`) or, where the grammar allows one kind only, untagged (`"relation": {...}`).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from supa_deploy.migrations.depth import is_deep

_AFTER_CAPITALS = "["
"""Sorts after every name that begins with a capital letter and before all others."""


class Node:
    """One node: its `kind` (`CreateStmt`, `RangeVar`, … or empty for an untagged one) and its fields.

    A node keeps what it has given: the fold and a dozen rules ask each for the same fields. Reading is half of the
    time of a check, so classes are compared here (JSON has no subclasses) and what is common is tried first.
    """

    __slots__ = ("_children", "_fields", "_lists", "kind")

    def __init__(self, kind: str, fields: Mapping[str, object]) -> None:
        self.kind = kind
        self._fields = fields
        self._children: dict[str, Node] | None = None
        self._lists: dict[str, list[Node]] | None = None

    def __repr__(self) -> str:
        return f"Node({self.kind})"

    def has(self, name: str) -> bool:
        """True when the field is there (that is: not zero, false or empty)."""
        return name in self._fields

    def text(self, name: str) -> str:
        """A string field; empty when absent."""
        value = self._fields.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        """A boolean field; False when absent."""
        return self._fields.get(name) is True

    def number(self, name: str) -> int:
        """An integer field; 0 when absent, as in the tree."""
        value = self._fields.get(name, 0)
        return value if isinstance(value, int) else 0

    def child(self, name: str) -> "Node | None":
        """The node in a field, tagged or not."""
        children = self._children
        if children is not None and name in children:
            return children[name]
        value = self._fields.get(name)
        if not isinstance(value, dict) or not value:
            return None
        node = _node(value)
        if children is None:
            self._children = {name: node}
        else:
            children[name] = node
        return node

    def nodes(self, name: str) -> "list[Node]":
        """The nodes in a list field (or in a `List` node); empty when absent. Not to be changed: all get the same."""
        lists = self._lists
        if lists is not None and name in lists:
            return lists[name]
        if name not in self._fields:
            return []
        found = [_node(item) for item in _items(self._fields[name]) if item]
        if lists is None:
            self._lists = {name: found}
        else:
            lists[name] = found
        return found

    def strings(self, name: str) -> tuple[str, ...]:
        """The texts of a list of String nodes (names, keys, labels)."""
        value = self._fields.get(name)
        if value is None:
            return ()
        entries = [item.get("String") for item in _items(value)]
        return tuple([entry.get("sval", "") for entry in entries if entry is not None])

    def with_text(self, name: str, text: str) -> "Node":
        """The same node with one string field changed."""
        return Node(self.kind, {**self._fields, name: text})

    @property
    def location(self) -> int:
        """0-based byte where the node stands in the file; -1 when the parser does not say."""
        return self.number("location")

    def is_deep(self) -> bool:
        """True when there are more levels below than are read (`depth.MOST_LEVELS`)."""
        return is_deep(self._fields)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in no particular order."""
        yield self
        stack: list[object] = list(self._fields.values())
        while stack:
            value = stack.pop()
            if isinstance(value, dict):
                if value:
                    node = _node(value)
                    yield node
                    stack.extend(node._fields.values())
            elif isinstance(value, list):
                stack.extend(value)

    def find(self, kinds: Collection[str], field: str = "") -> Iterator["Node"]:
        """The nodes that `walk` gives, in its order, but only those of these kinds, and those that have this field:
        no view is made of all the others, most of them names and constants."""
        if self.kind in kinds or field in self._fields:
            yield self
        stack: list[object] = list(self._fields.values())
        pop, extend = stack.pop, stack.extend
        while stack:
            value = pop()
            if isinstance(value, list):
                extend(value)
            elif isinstance(value, dict) and value:
                kind = ""
                if len(value) == 1:
                    ((tag, inside),) = value.items()
                    if isinstance(inside, dict) and tag < _AFTER_CAPITALS:
                        kind, value = tag, inside
                if kind in kinds or field in value:
                    yield Node(kind, value)
                extend(value.values())

    def children(self) -> Iterator["Node"]:
        """The nodes right below this one."""
        for value in self._fields.values():
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, dict) and item:
                    yield _node(item)


def _items(value: object) -> list[dict[str, dict[str, str]]]:
    """What a list field holds; a `List` node counts as the list inside it, any other node as a list of one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        inner = value.get("List")
        value = inner.get("items") if isinstance(inner, dict) else [value]
    return value if isinstance(value, list) else []


def _node(value: Mapping[str, object]) -> Node:
    """Unwraps a tagged node (a single key that starts with a capital letter) or takes an untagged one as it is."""
    if len(value) == 1:
        ((tag, fields),) = value.items()
        if tag < _AFTER_CAPITALS and isinstance(fields, dict):
            return Node(tag, fields)
    return Node("", value)


def statements(parsed: object) -> Iterator[tuple[Node, int, int]]:
    """Each statement of what `pgparse.parse` gave: its node, its first byte and its length in bytes (0: to the
    end of the file). The first byte counts leading white space and comments in."""
    for raw in cast("list[dict[str, Any]]", parsed):
        statement = raw.get("stmt")
        if statement:
            yield _node(statement), raw.get("stmt_location", 0), raw.get("stmt_len", 0)


def plpgsql_functions(parsed: object) -> list[Node]:
    """The functions of what `pgparse.parse_pgsql` gave."""
    return [_node(entry) for entry in cast("list[Mapping[str, object]]", parsed) if entry]
