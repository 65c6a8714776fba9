"""What squawk is asked for and what it says, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

SYNTAX = "syntax-error"
"""Squawk's rule for what its own parser cannot read."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Squawk's word about a file: its rule, where (0-based line, 0-based column in bytes)."""

    rule: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Located:
    """The binary, or why there is none."""

    program: Path | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What squawk is asked for: rules that are off by default and wanted, rules that are on and not wanted."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Squawked:
    """What squawk said: its words by file (files without any left out), the files that it could not read and why;
    `silent`: why it said nothing, or not of all files."""

    violations: Mapping[str, tuple[Violation, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unread: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    silent: str | None = None
