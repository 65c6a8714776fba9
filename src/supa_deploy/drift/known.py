"""What is already told: changes by identity, so that each statement of the engine finds its own at once."""

import re
from collections.abc import Iterable

from supa_deploy.drift.engine import key_of
from supa_deploy.migrations.acts import Act, Deed
from supa_deploy.model import Change, ChangeKind

_RELATIONS = frozenset(
    {"table", "foreign table", "partitioned table", "view", "materialized view", "sequence", "index"}
)
_FAMILIES = (
    ("routine", ("function", "procedure", "aggregate", "routine")),
    ("type", ("type", "domain", "enum", "attribute")),
    ("constraint", ("constraint", "key", "check", "unique", "exclusion")),
    ("publication", ("publication",)),
    ("row-level security", ("row-level", "row level")),
)
_VISIBLE = re.compile(r"\b(?:public|extensions|pg_catalog)\.")
_RENAMED = re.compile(r"renamed: (?P<old>.+) → (?P<new>.+)")
"""How the catalog says it (`supa_deploy.catalog.words`)."""
_Identity = tuple[str, str, str]


class Known:
    """The changes that are told already."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._told: set[tuple[str, str, str]] = set()
        self._loose: set[str] = set()
        self._whole: set[tuple[str, str]] = set()
        self._schemas: set[str] = set()
        self._publications: set[str] = set()
        self._sequences: set[tuple[str, str]] = set()
        self._grants: set[tuple[str, str, str]] = set()
        self._defaults: set[tuple[str, str]] = set()
        for change in changes:
            self.add(change)

    def add(self, change: Change) -> None:
        """One more change that is told."""
        schema, name = change.schema or "", _plain(change.name)
        if "default privileges" in change.object:
            self._defaults.add((schema, change.name))
            return
        if "grant" in change.object or "privilege" in change.object:
            on = _plain(change.table or "")
            self._grants.update({(schema, on, name), (schema, on.partition(".")[0], name)})
            return
        family = _family(change.object)
        # Relations and statistics share the names of their schema: whatever they hang on, the name tells them.
        table = None if family in {"relation", "statistics"} else change.table
        self._told.add((family, schema, _member(name, table)))
        if family == "column" and change.table:
            self._sequences.add((schema, f"{change.table}_{name}_seq"))
        self._loose.update({_loose(name), _loose(change.object + name), _loose(f"{schema}.{name}")})
        self._add_whole(change, schema, name, family)
        renamed = _RENAMED.fullmatch(change.detail or "")
        if renamed is not None:
            # The engine drops the one name and makes the other.
            new = renamed["new"]
            self._told.add((family, schema, _member(_plain(new), table)))
            if family == "relation":
                self._whole.update({(schema, name), (schema, new)})

    def _add_whole(self, change: Change, schema: str, name: str, family: str) -> None:
        if change.change is ChangeKind.CHANGED or change.table is not None:
            return
        if change.object == "schema":
            self._schemas.add(name)
        elif change.object == "publication":
            self._publications.add(name)
        elif family in {"relation", "routine", "type"}:
            self._whole.add((schema, name))

    def covers(self, act: Act) -> bool:
        """True when this deed is about something that is told, or about a part of something that is told as new
        or as gone. A grant is only covered by a grant, or by an object that is new or gone."""
        if self.is_part(act):
            return True
        if act.object == "default privileges":
            return any((act.schema, role) in self._defaults for role in act.roles)
        if act.deed in {Deed.GRANT, Deed.REVOKE}:
            key = key_of(act)
            return (key.schema, _plain(key.table or ""), _plain(key.name)) in self._grants
        return any(identity in self._told for identity in _identities(act)) or self._covers_loosely(act)

    def is_part(self, act: Act) -> bool:
        """True for what stands in, hangs on or is something that is told as new, gone or renamed."""
        schema = act.name if act.object == "schema" else act.schema
        if schema in self._schemas or (act.schema, act.table or _plain(act.name)) in self._whole:
            return True
        if act.object == "publication member" and act.name in self._publications:
            return True
        return act.object == "sequence" and self._comes_with_a_column(act)

    def _comes_with_a_column(self, act: Act) -> bool:
        """The sequence of a serial or identity column, told by the name that PostgreSQL gives it."""
        if (act.schema, act.name) in self._sequences:
            return True
        parts = act.name.removesuffix("_seq").split("_")
        tables = ("_".join(parts[:length]) for length in range(1, len(parts)))
        return act.name.endswith("_seq") and any((act.schema, table) in self._whole for table in tables)

    def _covers_loosely(self, act: Act) -> bool:
        """What no family of names holds (operators, casts, servers): by its kind and name as one text."""
        if _family(act.object) != act.object:
            return False
        qualified = f"{act.schema}.{act.name}"
        return any(
            _loose(text) in self._loose
            for text in (act.object + act.name, act.object + qualified, act.object + _plain(qualified))
        )


def _identities(act: Act) -> Iterable[_Identity]:
    family = _family(act.object)
    name = _plain(act.name)
    if act.object == "attribute":
        yield ("type", act.schema, act.table or name)
    elif family == "row-level security":
        yield from ((family, act.schema, _member(name, table)) for table in (None, act.table))
        yield ("relation", act.schema, name)
    elif family == "constraint" and act.table:
        yield (family, act.schema, _member(name, act.table))
        yield ("type", act.schema, act.table)  # a domain's constraint stands in the domain
    elif act.object in {"index", "statistics"}:
        yield (family, act.schema, name)
        if act.table:
            yield ("constraint", act.schema, _member(name, act.table))
    else:
        yield (family, act.schema, _member(name, act.table))
        if act.object == "publication member" and act.table == "*":
            yield (family, act.schema, name)


def _family(words: str) -> str:
    """Kinds that share their names, by one word for all of them."""
    if words in _RELATIONS or words.endswith(" index") or "partition" in words:
        return "relation"
    for family, beginnings in _FAMILIES:
        if any(beginning in words for beginning in beginnings):
            return family
    return words


def _member(name: str, table: str | None) -> str:
    return f"{table} > {name}" if table else name


def _plain(name: str) -> str:
    """A name with its argument types written one way: no quotes, no spaces after commas, no visible schemas."""
    base, bracket, types = name.partition("(")
    if not bracket:
        return name
    return f"{base}({_VISIBLE.sub('', types).replace(' ', '').replace(chr(34), '')}"


def _loose(text: str) -> str:
    return re.sub(r"[\s\"()]|\bpublic\.", "", text)
