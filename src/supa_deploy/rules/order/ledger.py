"""What was used and was not there: kept small until a later statement makes it, or all files are read."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from supa_deploy.migrations.fold.state import State
from supa_deploy.rules.order.names import brought_by
from supa_deploy.schema import Origin, QName


class Kind(StrEnum):
    """What a name stands for, in words."""

    RELATION = "table or view"
    COLUMN = "column"
    TYPE = "type"
    FUNCTION = "function"
    SCHEMA = "schema"


_WORD = re.compile(rb"[\w$\x80-\xff]+")
_PUTS_TOGETHER = re.compile(
    rb"""\bexecute\s+(?!format\b|'|\$|\(|immediate\b|function\b|procedure\b|on\b)
    | \bcreate\s+(?:[a-z]+\s+){0,3}?
        (?:table|view|type|domain|sequence|schema|function|procedure|extension)\s+(?:if\s+not\s+exists\s+)?
        [\w."]*(?:%|'\s*\|\|)
    | \bcreate\s+(?:%|'\s*\|\|)
    | \badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[\w"]*(?:%|'\s*\|\|)
    | \b(?:rename|set\s+schema)\s[^;']{0,80}(?:%|'\s*\|\|)""",
    re.VERBOSE,
)
"""Names that are put together when the text runs, where they may be those of something new."""

Key = tuple[Kind, QName, str]


@dataclass(slots=True)
class Miss:
    """The first use of something that is not there, and how many followed. `member`: the column. `doubtful`: a
    statement before it that cannot be read may have made it. `certain`: nothing but the files can bring it, so it may
    be said that none does. `bare`: no schema was written, so PostgreSQL or an extension may have one of that name.
    `gone`: the statement that took it away."""

    kind: Kind
    name: QName
    member: str
    file: str
    line: int
    column: int
    doubtful: bool
    certain: bool
    bare: bool
    gone: Origin | None
    count: int = 1

    @property
    def words(self) -> str:
        """The thing by name, to begin a sentence with."""
        match self.kind:
            case Kind.COLUMN:
                return f"Column {self.member} of {self.name}"
            case Kind.SCHEMA:
                return f"Schema {self.name.schema}"
            case Kind.FUNCTION:
                return f"Function {self.name}()"
            case Kind.TYPE:
                return f"Type {self.name}"
            case _:
                return f"Table or view {self.name}"


@dataclass(frozen=True, slots=True)
class Late:
    """A miss, and the statement that made the thing afterwards. `plain`: it fails where the thing exists already.
    `extension`: the one that brings it."""

    miss: Miss
    file: str
    line: int
    plain: bool
    extension: str | None = None


@dataclass(slots=True)
class Ledger:
    """What the walk remembers of order. `there`: relations that stand as the outcome of an order which was told
    already; `types`: types that the fold does not keep; `functions`: every function ever made, by name; `lacking`:
    tables of which a column was used that was not there."""

    pending: dict[Key, Miss] = field(default_factory=dict)
    late: list[Late] = field(default_factory=list)
    there: set[QName] = field(default_factory=set)
    types: set[QName] = field(default_factory=set)
    functions: set[QName] = field(default_factory=set)
    lacking: set[QName] = field(default_factory=set)
    extensions: set[str] = field(default_factory=set)
    dropped_schemas: dict[str, Origin] = field(default_factory=dict)
    bodies_checked: bool = True
    path_unsure: bool = False
    blind: bool = False
    touched: set[QName] = field(default_factory=set)
    words: set[bytes] = field(default_factory=set)
    _doubts: int = 0

    def see_doubts(self, state: State) -> None:
        """Takes over what the fold could not read since the last look."""
        if len(state.doubts) == self._doubts:
            return
        for doubt in state.doubts[self._doubts :]:
            if not doubt.reason.startswith("DO block"):  # of those, `see_text` has seen more
                self.blind |= not doubt.may_touch or doubt.reason.startswith("IMPORT")
            self.touched |= doubt.may_touch
        self._doubts = len(state.doubts)

    def see_text(self, text: bytes) -> None:
        """Takes over a text that is not read as statements: what it makes, it has to name, or to put together."""
        text = text.lower()
        self.words.update(_WORD.findall(text))
        self.blind |= _PUTS_TOGETHER.search(text) is not None

    def is_doubtful(self, kind: Kind, name: QName) -> bool:
        """True when a statement so far that cannot be read may have made it."""
        if self.blind or name in self.touched:
            return True
        last = name.schema if kind is Kind.SCHEMA else name.name
        return bool(self.words) and self.words.issuperset(_WORD.findall(last.lower().encode()))

    def made(
        self, kind: Kind, name: QName, member: str = "", *, file: str, line: int, plain: bool = True
    ) -> None:
        """A statement makes something: what used it before did so too early."""
        miss = self.pending.pop((kind, name, member), None)
        if miss is not None:
            self.late.append(Late(miss, file, line, plain))
        if kind is Kind.RELATION and (Kind.TYPE, name, "") in self.pending:
            self.made(Kind.TYPE, name, file=file, line=line, plain=plain)

    def extension_made(self, extension: str, *, file: str, line: int) -> None:
        """An extension is created: what used its types and relations before did so too early."""
        if extension in self.extensions:
            return
        self.extensions.add(extension)
        for kind, sort in ((Kind.TYPE, "types"), (Kind.RELATION, "relations")):
            names = brought_by(extension, sort) if self.pending else ()
            for key in [key for key in self.pending if key[0] is kind and key[1].name in names]:
                if key[1].schema in {"public", "extensions"}:
                    miss = self.pending.pop(key)
                    self.late.append(Late(miss, file, line, plain=False, extension=extension))
