"""The last look for secrets: takes them out of a report before anything is made of it.

It has to be done on the values: a secret that a renderer has escaped, broken into lines or spelled out is no
longer found in its text.
"""

from dataclasses import fields, is_dataclass, replace
from enum import Enum

from supa_deploy.model import Report
from supa_deploy.secret import Redactor

_OURS = frozenset(
    {"command", "tool_version", "started_at"}
)  # never from outside, and the contract has their form


def scrub(report: Report, redact: Redactor) -> Report:
    """The same report with each secret in any of its texts replaced."""
    changes = {
        field.name: _scrubbed(getattr(report, field.name), redact)
        for field in fields(report)
        if field.name not in _OURS
    }
    return replace(report, **changes)  # type: ignore[arg-type]  # each value keeps its type


def _scrubbed(value: object, redact: Redactor) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(_scrubbed(item, redact) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _scrubbed(getattr(value, f.name), redact) for f in fields(value)})
    return value
