"""The names PostgreSQL chooses when a file gives none (makeObjectName, ChooseRelationName and friends).

Source: src/backend/commands/indexcmds.c and tablecmds.c of PostgreSQL 17. Lengths are bytes of UTF-8.
"""

from collections.abc import Callable, Sequence

MAX_BYTES = 63


def clip(name: str, limit: int = MAX_BYTES) -> str:
    """The name cut to at most `limit` bytes, never inside a character."""
    data = name.encode()
    return name if len(data) <= limit else data[:limit].decode(errors="ignore")


def make_object_name(first: str, second: str | None, label: str | None) -> str:
    """`first_second_label`, the longer of the first two shortened until the whole fits 63 bytes."""
    room = MAX_BYTES - (len(label.encode()) + 1 if label else 0) - (1 if second else 0)
    one, two = len(first.encode()), len(second.encode()) if second else 0
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    parts = [clip(first, one)]
    if second:
        parts.append(clip(second, two))
    if label:
        parts.append(label)
    return "_".join(parts)


def choose_name(first: str, second: str | None, label: str, taken: Callable[[str], bool]) -> str:
    """The first of `…_label`, `…_label1`, `…_label2` that is not taken."""
    name, attempt = make_object_name(first, second, label), 0
    while taken(name):
        attempt += 1
        name = make_object_name(first, second, f"{label}{attempt}")
    return name


def join_columns(columns: Sequence[str]) -> str:
    """Column names joined for a default name; stops once 63 bytes are reached, as PostgreSQL does."""
    joined = ""
    for column in columns:
        joined = f"{joined}_{column}" if joined else column
        if len(joined.encode()) > MAX_BYTES:
            break
    return joined


def index_column_names(names: Sequence[str]) -> list[str]:
    """The names of an index's columns: repeated ones get a number."""
    chosen: list[str] = []
    for name in names:
        current, attempt = name, 0
        while current in chosen:
            attempt += 1
            current = clip(name, MAX_BYTES - len(str(attempt))) + str(attempt)
        chosen.append(current)
    return chosen
