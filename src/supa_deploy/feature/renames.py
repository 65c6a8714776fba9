"""Renames: the fold remembers an old name as dropped, and nothing was lost."""

from dataclasses import dataclass, field

from supa_deploy.migrations import Script
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Renamed
from supa_deploy.schema import Dropped, Origin, QName

_MEMBERS = frozenset({"OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_POLICY", "OBJECT_TRIGGER"})
_KINDS = frozenset({"RenameStmt", "AlterObjectSchemaStmt"})


@dataclass(slots=True)
class Renames:
    """The statements of one file that give something another name or schema, by line."""

    script: Script
    _by_line: dict[int, list[Node]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for statement in self.script.statements:
            if statement.kind in _KINDS:
                self._by_line.setdefault(statement.line, []).append(statement.tree)

    def of(self, gone: Dropped) -> Renamed | None:
        """How something that is gone under its old name is called now; None when it was really dropped."""
        for node in self._by_line.get(gone.origin.line, ()):
            if gone.member is not None:
                new = _member(node, gone.member)
                if new is not None:
                    return Renamed(gone.kind, gone.member, new, gone.name)
            elif (name := _whole(node, gone.name)) is not None:
                return Renamed(gone.kind, str(gone.name), str(name))
        return None

    def gave(self, name: QName, origin: Origin) -> bool:
        """True when a statement there gave a relation the name or the schema that it has now."""
        return any(_gave(node, name) for node in self._by_line.get(origin.line, ()))


def _gave(node: Node, name: QName) -> bool:
    kind = node.text("renameType")
    if kind in _MEMBERS:
        return False
    if kind == "OBJECT_SCHEMA":
        return node.text("newname") == name.schema
    if node.kind == "RenameStmt":
        return node.text("newname") == name.name
    return (node.text("newschema"), _named(node)) == name


def _member(node: Node, old: str) -> str | None:
    """The new name of a table's member (a constraint may be renamed through its index, a publication by itself)."""
    kind = node.text("renameType")
    if kind in _MEMBERS:
        return node.text("newname") if node.text("subname") == old else None
    relation = node.child("relation")
    if kind == "OBJECT_INDEX" and relation is not None:
        return node.text("newname") if relation.text("relname") == old else None
    target = node.child("object")
    if kind == "OBJECT_PUBLICATION" and target is not None:
        return node.text("newname") if target.text("sval") == old else None
    return None


def _whole(node: Node, old: QName) -> QName | None:
    """The new name of a table, view, index, function or type."""
    kind = node.text("renameType")
    if kind in _MEMBERS:
        return None
    if kind == "OBJECT_SCHEMA":
        return QName(node.text("newname"), old.name) if node.text("subname") == old.schema else None
    if _named(node) != old.name:
        return None
    if node.kind == "RenameStmt":
        return QName(old.schema, node.text("newname"))
    return QName(node.text("newschema"), old.name)


def _named(node: Node) -> str:
    """The last part of the name that the statement gives for what it renames."""
    relation, target = node.child("relation"), node.child("object")
    if relation is not None:
        return relation.text("relname")
    parts = (target.strings("objname") or target.strings("items")) if target is not None else ()
    return parts[-1] if parts else ""
