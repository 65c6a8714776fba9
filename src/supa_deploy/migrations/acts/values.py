"""What one SQL statement does to which object, as a value."""

from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What is done. `rebuild` is no statement's own: a DROP and the CREATE of the same object that follows it."""

    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    GRANT = "grant"
    REVOKE = "revoke"
    COMMENT = "comment"
    OWNER = "owner"
    ROWS = "rows"
    SESSION = "session"
    REBUILD = "rebuild"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Act:
    """One deed on one object. `object` is its kind in words (`table`, `column`, `row-level security`, `policy`…),
    `schema` is empty for what stands in none, `name` carries the argument types of a function (`touch(uuid)`),
    `table` is the relation it belongs to. `detail` says more (`type integer`), `roles` whom a grant, a membership
    or an owner is about, `privileges` what is granted (empty: all). `cascade`: what depends on it goes too."""

    deed: Deed
    object: str
    schema: str
    name: str
    table: str | None = None
    detail: str | None = None
    roles: tuple[str, ...] = ()
    privileges: tuple[str, ...] = ()
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An object that a statement names."""

    object: str
    schema: str
    name: str
    table: str | None = None
