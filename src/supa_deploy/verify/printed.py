"""Reads apart what PostgreSQL prints in the catalog's facts, as far as a promise is about parts of it.

Sources: ruleutils.c of PostgreSQL 15 to 17 (pg_get_constraintdef, pg_get_indexdef); the catalog query prints with
an empty search path, so every name outside pg_catalog is qualified.
"""

import json
import re
from collections.abc import Iterator, Mapping

from supa_deploy.catalog.values import Entry, Kind

_NAME = r'(?:"(?:[^"]|"")*"|[^\s",().]+)'
_LIST = rf"\(({_NAME}(?:, {_NAME})*)\)"
_KEY = re.compile(rf"(?:PRIMARY KEY|UNIQUE)(?: NULLS NOT DISTINCT)? {_LIST}")
_FOREIGN = re.compile(rf"FOREIGN KEY {_LIST} REFERENCES ({_NAME})\.({_NAME}){_LIST}")
_ACTION = re.compile(r" ON (DELETE|UPDATE) (CASCADE|SET NULL|SET DEFAULT|RESTRICT)")
_METHOD = re.compile(r" USING ([a-z_0-9]+) \(")
_VISIBLE = re.compile(r'(?<![\w."])(?:public|extensions)\.')
OFF = frozenset({"disabled", "replica"})
"""What a trigger's `enabled` says when it does not fire for ordinary sessions."""


def plain_type(printed: str) -> str:
    """A type (or list of types) as format_type prints it with Supabase's search path: `public.mood` is `mood`."""
    return _VISIBLE.sub("", printed)


def readable(entry: Entry) -> Mapping[str, str]:
    """The entry's facts as promises name them: types with the usual search path, and what definitions hold."""
    return {**entry.facts, **dict(_parts(entry))}


def _parts(entry: Entry) -> Iterator[tuple[str, str]]:
    facts, definition = entry.facts, entry.facts.get("definition", "")
    if entry.key.kind is Kind.CONSTRAINT:
        yield from _constraint(definition)
    elif entry.key.kind is Kind.INDEX:
        method = _METHOD.search(definition)
        yield from [("method", method[1])] if method else []
    elif entry.key.kind is Kind.TRIGGER:
        yield "fires", "no" if facts.get("enabled") in OFF else "yes"
    elif entry.key.kind is Kind.COLUMN:
        yield "type", plain_type(facts.get("type", ""))
    elif entry.key.kind is Kind.TYPE and "labels" in facts:
        yield "labels", json.dumps(json.loads(facts["labels"]), ensure_ascii=False)


def _constraint(definition: str) -> Iterator[tuple[str, str]]:
    key, foreign = _KEY.match(definition), _FOREIGN.match(definition)
    if key:
        yield "columns", _names(key[1])
    if foreign:
        actions = dict(_ACTION.findall(definition, foreign.end()))
        yield "columns", _names(foreign[1])
        yield "target", f"{_names(foreign[2])}.{_names(foreign[3])}"
        yield "target columns", _names(foreign[4])
        yield "on delete", actions.get("DELETE", "NO ACTION")
        yield "on update", actions.get("UPDATE", "NO ACTION")


def _names(printed: str) -> str:
    names = (found[0] for found in re.finditer(_NAME, printed))
    return ", ".join(name[1:-1].replace('""', '"') if name.startswith('"') else name for name in names)
