"""The OpenAPI description that PostgREST gives of a schema, as typed values (facts/postgrest.md, section 1).

It is served from the schema cache and says nothing of privileges; what it does not mention is unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from supa_deploy.http import Reply, TransportFailure
from supa_deploy.postgrest.answers import ProbeAnswer, Said, code_of, read_answer, words_of

_PRIMARY_KEY = re.compile(r"(?:^|\n)Note:\nThis is a Primary Key\.<pk/>")
_FOREIGN_KEY = re.compile(
    r"\nThis is a Foreign Key to `[^`]*`\.<fk table='(?P<table>.*?)' column='(?P<column>.*?)'/>"
)


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column as the root shows it. `format` is format_type's text without typmod (`int32`/`int64` for integers
    from 14.8), `default` None means unknown, not absent; `foreign_key` is (table, column)."""

    name: str
    format: str | None = None
    max_length: int | None = None
    required: bool = False
    default: str | None = None
    enum: tuple[str, ...] | None = None
    primary_key: bool = False
    foreign_key: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ShownRelation:
    """A table, view, materialized view or foreign table."""

    name: str
    columns: Mapping[str, ShownColumn]

    @property
    def primary_key(self) -> frozenset[str]:
        """The columns marked as primary key."""
        return frozenset(column.name for column in self.columns.values() if column.primary_key)


@dataclass(frozen=True, slots=True)
class ShownFunction:
    """One of a function's overloads: its parameters' names, and those that have no default."""

    name: str
    parameters: frozenset[str]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class Root:
    """The description of one schema. `version` is PostgREST's own."""

    version: str
    relations: Mapping[str, ShownRelation] = field(default_factory=lambda: MappingProxyType({}))
    functions: Mapping[str, ShownFunction] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RootClosed:
    """The root does not answer this key, or is switched off; tables can still be asked one by one."""

    reason: str


RootReading = Root | RootClosed | ProbeAnswer


def read_root(reply: Reply) -> RootReading:
    """What a reply to a `RootProbe` means; a `ProbeAnswer` when the schema is not exposed, the key is refused or
    the API is unavailable."""
    if isinstance(reply, TransportFailure):
        return read_answer(reply)
    if reply.status == 200:
        root = parse_root(reply.json)
        return root or ProbeAnswer(
            Said.UNAVAILABLE, "HTTP 200 with a body that is not an OpenAPI description"
        )
    answer = read_answer(reply)
    if answer.said in {Said.NOT_EXPOSED, Said.REFUSED, Said.UNAVAILABLE} and code_of(reply) not in {
        None,
        "PGRST125",
    }:
        return answer
    closed = reply.status in {401, 403, 404, 405, 406, 415} or answer.said not in {
        Said.UNAVAILABLE,
        Said.REFUSED,
    }
    return RootClosed(words_of(reply)) if closed else answer


def parse_root(document: object) -> Root | None:
    """The Swagger 2.0 document as values; None when it is none."""
    info, definitions, paths = (_mapping(_get(document, key)) for key in ("info", "definitions", "paths"))
    version = info.get("version") if info is not None else None
    if (definitions is None and paths is None) or not isinstance(version, str):
        return None
    relations = {name: _relation(name, entry) for name, entry in (definitions or {}).items()}
    functions = {
        path.removeprefix("/rpc/"): _function(path.removeprefix("/rpc/"), entry)
        for path, entry in (paths or {}).items()
        if path.startswith("/rpc/")
    }
    return Root(version, MappingProxyType(relations), MappingProxyType(functions))


def _relation(name: str, entry: object) -> ShownRelation:
    required = _strings(_get(entry, "required"))
    properties = _mapping(_get(entry, "properties")) or {}
    columns = {column: _column(column, shown, column in required) for column, shown in properties.items()}
    return ShownRelation(name, MappingProxyType(columns))


def _column(name: str, shown: object, required: bool) -> ShownColumn:
    shown_format, length, default = (_get(shown, key) for key in ("format", "maxLength", "default"))
    enum, description = _get(shown, "enum"), _get(shown, "description")
    notes = description if isinstance(description, str) else ""
    foreign_key = _FOREIGN_KEY.search(notes)
    return ShownColumn(
        name=name,
        format=shown_format if isinstance(shown_format, str) else None,
        max_length=length if isinstance(length, int) else None,
        required=required,
        default=None
        if default is None
        else str(default).lower()
        if isinstance(default, bool)
        else str(default),
        enum=tuple(str(label) for label in enum) if isinstance(enum, list) else None,
        primary_key=_PRIMARY_KEY.search(notes) is not None,
        foreign_key=(foreign_key["table"], foreign_key["column"]) if foreign_key else None,
    )


def _function(name: str, entry: object) -> ShownFunction:
    post = _get(_get(entry, "post"), "parameters")
    for parameter in post if isinstance(post, list) else ():
        body = _get(parameter, "schema")
        if body is not None:
            properties = _mapping(_get(body, "properties")) or {}
            return ShownFunction(name, frozenset(properties), _strings(_get(body, "required")))
    listed = _get(_get(entry, "get"), "parameters")
    queries = [p for p in listed if _get(p, "in") == "query"] if isinstance(listed, list) else []
    names = {str(_get(query, "name")): _get(query, "required") is True for query in queries}
    return ShownFunction(name, frozenset(names), frozenset(key for key, needed in names.items() if needed))


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _mapping(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, dict) else None


def _strings(value: object) -> frozenset[str]:
    return (
        frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
    )
