"""What a statement does to the things in a database, as values: enough to play a file twice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from supa_deploy.rules.values import Rule


class Key(NamedTuple):
    """A thing: `space` is the kind of name (`relation`, `column`, `policy`, `function`…); `table` the relation, type
    or publication that it is a part of, empty when it stands alone; a function's name holds its input types."""

    space: str
    schema: str
    table: str
    name: str

    @property
    def owner(self) -> "Key | None":
        """What it is a part of; it goes when that goes."""
        if not self.table:
            return None
        space = self.space if self.space in _PARTS_OF_OTHERS else ""
        return Key(_PARTS_OF_OTHERS.get(space, "relation"), self.schema, "", self.table)


_PARTS_OF_OTHERS = {
    "value": "type",
    "attribute": "type",
    "domain constraint": "type",
    "published": "publication",
    "mapping": "OBJECT_TSCONFIGURATION",
}


class Verb(StrEnum):
    """What an act does with its thing."""

    MAKE = "make"
    TAKE = "take"
    MOVE = "move"
    EMPTY = "empty"
    FILL = "fill"
    ALWAYS = "always"
    DOUBT = "doubt"
    FORGET = "forget"


NOTHING = Key("", "", "", "")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a statement: on which thing (`words` names it for people), at which byte of the file.

    `rule` is the one that a second run may break; `guarded`: the statement says IF [NOT] EXISTS or OR REPLACE;
    `to` where a thing is moved; `cascade` as written; `hangs` what it goes with; `leans` what cannot be dropped while
    it is there; `inner` what is made with it; `on` a table without which IF EXISTS skips the act; `unnamed`: a second
    run makes another one under a new name. `message` where the rule's usual one will not do.
    """

    verb: Verb
    key: Key
    byte: int
    words: str = ""
    rule: Rule | None = None
    guarded: bool = False
    to: Key | None = None
    cascade: bool = False
    hangs: tuple[Key, ...] = ()
    leans: frozenset[Key] = frozenset()
    inner: "tuple[Act, ...]" = ()
    on: Key | None = None
    unnamed: bool = False
    message: str | None = None
