"""One promise of the files, as a value."""

from collections.abc import Callable
from dataclasses import dataclass, field

from supa_deploy.model import ObjectKind
from supa_deploy.schema import (
    Column,
    Constraint,
    Dropped,
    Extension,
    ForeignKey,
    Function,
    Index,
    Origin,
    Policy,
    QName,
    Table,
    Trigger,
    UserType,
    View,
)
from supa_deploy.verify.evidence import Evidence, Opinion

Judge = Callable[[Evidence], Opinion | None]

Subject = (
    Table
    | Column
    | Constraint
    | ForeignKey
    | Index
    | Policy
    | Trigger
    | View
    | Function
    | UserType
    | Extension
    | Dropped
    | None
)
"""What a promise is about, as the files make it. None where the promise's own names say it all (row-level security
is on; a table is in a publication)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One object that the files promise, and who judges it by the Data API. `about` are the names by which a
    doubtful statement may have touched it; `uncertain` says why static reading is not sure of it; `subject` is
    what the catalog is held against."""

    object: ObjectKind
    schema: str
    name: str
    origin: Origin
    judge: Judge = field(repr=False, compare=False)
    column: str | None = None
    table: str | None = None
    about: frozenset[QName] = frozenset()
    uncertain: str | None = None
    dropped: bool = False
    subject: Subject = None
