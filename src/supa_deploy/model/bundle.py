"""A script for those who have only the Dashboard or psql."""

from dataclasses import dataclass
from enum import StrEnum


class Runner(StrEnum):
    """Where a script is to be run."""

    DASHBOARD = "dashboard"
    PSQL = "psql"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The pending files as one script: for which runner, the versions in order, the SQL, and the file that it was
    written to (None: stdout). `url` is the Dashboard's SQL editor, `transactions` how many it has, `size` its bytes."""

    runner: Runner
    versions: tuple[str, ...]
    sql: str
    transactions: int
    size: int
    file: str | None = None
    url: str | None = None
