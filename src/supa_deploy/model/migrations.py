"""Versions: here, in the remote history, and what a push would send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MigrationState:
    """One version: is it here as a file, is it in the remote history?"""

    version: str
    name: str | None
    file: str | None
    local: bool
    remote: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingMigration:
    """A file that a push would send, and in words what it does."""

    version: str
    name: str
    file: str
    words: tuple[str, ...] = ()
