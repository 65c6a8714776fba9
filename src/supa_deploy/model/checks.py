"""What was promised, and what a witness said of it."""

from dataclasses import dataclass
from enum import StrEnum


class ObjectKind(StrEnum):
    """What a check is about."""

    TABLE = "table"
    COLUMN = "column"
    FUNCTION = "function"
    FOREIGN_KEY = "foreign_key"
    INDEX = "index"
    POLICY = "policy"
    RLS = "rls"
    CONSTRAINT = "constraint"
    TRIGGER = "trigger"
    VIEW = "view"
    TYPE = "type"
    EXTENSION = "extension"
    PUBLICATION = "publication"


class Verdict(StrEnum):
    """What is known of a promised object."""

    CONFIRMED = "confirmed"
    MISSING = "missing"
    MISMATCH = "mismatch"
    NOT_GRANTED = "not_granted"
    NOT_EXPOSED = "not_exposed"
    NOT_VISIBLE = "not_visible"
    NOT_CHECKABLE = "not_checkable"

    @property
    def is_failure(self) -> bool:
        """True for the verdicts that always fail a verification."""
        return self in {Verdict.MISSING, Verdict.MISMATCH, Verdict.NOT_VISIBLE}


class Witness(StrEnum):
    """Who saw it."""

    POSTGREST = "postgrest"
    CATALOG = "catalog"
    DIFF = "diff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Check:
    """One promised object and what a witness said of it. `name` is the object's own name, `table` the
    relation it belongs to (None for relations, functions and types themselves), `column` set for columns.
    `dropped`: the files promise that it is gone, and `confirmed` means that it is."""

    object: ObjectKind
    schema: str
    name: str
    column: str | None
    migration: str
    verdict: Verdict
    witness: Witness
    detail: str | None = None
    table: str | None = None
    dropped: bool = False
