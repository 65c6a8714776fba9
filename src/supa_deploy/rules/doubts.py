"""Statements whose effect cannot be read, asked by what they may have undone or done already."""

from collections.abc import Iterable

from supa_deploy.rules.sight import Whole
from supa_deploy.schema import Origin, QName

Place = tuple[int, int]

RELATION_GONE = frozenset(
    {
        "OBJECT_TABLE",
        "OBJECT_VIEW",
        "OBJECT_MATVIEW",
        "OBJECT_SCHEMA",
        "AlterObjectSchemaStmt",
        "DropOwnedStmt",
    }
)
"""What takes a relation away, or out of an exposed schema."""


class Doubts:
    """The doubts of all files. A question costs the same however many there are."""

    def __init__(self, whole: Whole) -> None:
        self._files = {file: number for number, file in enumerate(whole.files)}
        self._anything: Place = (-1, 0)
        self._acts: dict[str, Place] = {}
        self._nameless: dict[str, Place] = {}
        self._named: dict[QName, list[tuple[Place, frozenset[str]]]] = {}
        for doubt in whole.schema.doubts:
            place = self.place(doubt.origin)
            if not doubt.acts:
                self._anything = max(self._anything, place)
                continue
            for name in doubt.may_touch:
                self._named.setdefault(name, []).append((place, doubt.acts))
            _note(self._acts, doubt.acts, place)
            if not doubt.may_touch:
                _note(self._nameless, doubt.acts, place)

    def place(self, origin: Origin) -> Place:
        """Where an origin stands in the order of the files."""
        return self._files.get(origin.file, -1), origin.line

    def since(self, origin: Origin, acts: frozenset[str], name: QName | None = None) -> bool:
        """True when a statement at or after `origin` may do one of `acts` (the parser's names) to the relation `name`,
        or, without a name, to anything."""
        start = self.place(origin)
        if self._anything >= start:
            return True
        known = self._acts if name is None else self._nameless
        if known and any(known.get(act, (-1, 0)) >= start for act in acts):
            return True
        named = self._named.get(name, ()) if self._named and name is not None else ()
        return any(place >= start and acts & done for place, done in named)


def _note(places: dict[str, Place], acts: Iterable[str], place: Place) -> None:
    for act in acts:
        places[act] = max(places.get(act, place), place)
