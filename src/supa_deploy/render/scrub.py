"""The last look for secrets: takes them out of a report before anything is made of it.

It has to be done on the values: a secret that a renderer has escaped, broken into lines or spelled out is no
longer found in its text.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import cast

from supa_deploy.model import Report
from supa_deploy.schema import QName
from supa_deploy.secret import Redactor

_OURS = frozenset(
    {"command", "tool_version", "started_at"}
)  # never from outside, and the contract has their form


def scrub(report: Report, redact: Redactor) -> Report:
    """The same report with each secret in any of its texts replaced."""
    scrubber = _Scrubber(redact)
    changes = {
        field.name: scrubber.clean(getattr(report, field.name))
        for field in fields(report)
        if field.name not in _OURS
    }
    return replace(report, **changes)  # type: ignore[arg-type]  # each value keeps its type


_Values = tuple[object, ...] | frozenset[object] | Mapping[object, object]


class _Scrubber:
    """Cleans values of every kind that a report holds. What is cleaned once is not cleaned again: a table stands
    in the account of every file that altered it."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._cleaned: dict[int, tuple[object, object]] = {}

    def clean(self, value: object) -> object:
        """The same value with its texts cleaned."""
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self._redact(value)
        if isinstance(value, tuple | frozenset | Mapping):
            return self._gathered(value)
        if is_dataclass(value) and not isinstance(value, type):
            return self._once(value)
        return value

    def _gathered(self, values: _Values) -> _Values:
        if isinstance(values, Mapping):
            return MappingProxyType({self.clean(key): self.clean(item) for key, item in values.items()})
        if isinstance(values, QName):
            return QName(*(self._redact(part) for part in values))
        cleaned = [self.clean(item) for item in values]
        return tuple(cleaned) if isinstance(values, tuple) else frozenset(cleaned)

    def _once(self, value: object) -> object:
        known = self._cleaned.get(id(value))
        if known is None:  # the value is kept too: else its number could become another's
            kept = cast("Report", value)  # any of the values of a report: all are replaced alike
            changes = {field.name: self.clean(getattr(value, field.name)) for field in fields(kept)}
            cleaned = replace(kept, **changes)  # type: ignore[arg-type]  # each value keeps its type
            known = self._cleaned[id(value)] = (value, cleaned)
        return known[1]
