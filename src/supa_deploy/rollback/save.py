"""The rows that a rollback takes away, kept as CSV files that COPY reads back.

NULL is an empty field, an empty text is `""`; every value is PostgreSQL's own text. Files are private (mode 0600):
they hold the users' data.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from supa_deploy.errors import PreflightFailed, UsageError
from supa_deploy.model import Loss
from supa_deploy.shadow.sql import identifier, literal
from supa_deploy.supabase import Row, Supabase

_PAGES_AT_ONCE = 1024  # of 8 KiB: an answer of the CLI is held in memory whole


class SaveFailed(PreflightFailed):
    """Rows that were to be saved are not: the rollback does not begin."""


def check_folder(folder: Path, losses: Sequence[Loss]) -> None:
    """Raises UsageError when a file to be written is already there: nothing is overwritten."""
    for loss in losses:
        if (path := folder / _file_name(loss)).exists():
            raise UsageError(
                f"{path} is already there, and is not overwritten. Nothing was changed.",
                hint="Name another folder with --save.",
                code="save_exists",
            )


def save(supabase: Supabase, loss: Loss, folder: Path) -> Path:
    """Writes one loss into its file. Raises SaveFailed when not all rows that were counted came."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _file_name(loss)
    columns = _columns(supabase, loss)
    with ExitStack() as undo:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        undo.callback(path.unlink)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            written = _write(file, columns, _rows(supabase, loss, columns))
        if written != loss.rows:
            raise SaveFailed(
                f"{loss.rows} rows were counted in {loss.schema}.{loss.table}, and {written} were read for {path}: "
                "the table is being written to. Nothing was changed.",
                hint="Stop what writes to it, and run the same command again.",
                code="save_incomplete",
            )
        undo.pop_all()
    return path


def _write(file: TextIO, columns: Sequence[str], rows: Iterator[list[str | None]]) -> int:
    file.write(_line(columns))
    written = 0
    for values in rows:
        file.write(_line(values))
        written += 1
    return written


def _file_name(loss: Loss) -> str:
    """Schema, table and column apart by dots; what would make two of them one is written as a URL does."""
    parts = [loss.schema, loss.table, *([loss.column] if loss.column else [])]
    return ".".join(quote(part, safe=" ").replace(".", "%2E") for part in parts) + ".csv"


def _columns(supabase: Supabase, loss: Loss) -> tuple[str, ...]:
    """The columns to save: all of a table, or its key and the lost one."""
    name = literal(f"{identifier(loss.schema)}.{identifier(loss.table)}")
    if loss.column is None:
        wanted = "true"
    else:
        key = f"select unnest(conkey) from pg_constraint where conrelid = {name}::regclass and contype = 'p'"
        wanted = f"attname = {literal(loss.column)} or attnum in ({key})"
    rows = _read(
        supabase,
        f"select attname::text as name from pg_attribute where attrelid = {name}::regclass and attnum > 0 "
        f"and not attisdropped and ({wanted}) order by attnum",
    )
    return tuple(str(row.get("name")) for row in rows)


def _rows(supabase: Supabase, loss: Loss, columns: Sequence[str]) -> Iterator[list[str | None]]:
    """Every row, page range by page range of each table that holds some (partitions one by one)."""
    name = literal(f"{identifier(loss.schema)}.{identifier(loss.table)}")
    parts = _read(
        supabase,
        "select format('%I.%I', n.nspname, c.relname) as name, "
        "(pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages "
        f"from (select {name}::regclass as relid union select relid from pg_partition_tree({name}::regclass) "
        "where isleaf) as tree join pg_class c on c.oid = tree.relid join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind in ('r', 't') order by 1",
    )
    values = ", ".join(f"{identifier(column)}::text" for column in columns)
    present = f" and {identifier(loss.column)} is not null" if loss.column else ""
    for part in parts:
        for start in range(0, int(str(part.get("pages"))) or 1, _PAGES_AT_ONCE):
            (row,) = _read(
                supabase,
                f"select coalesce(json_agg(json_build_array({values}) order by ctid), '[]')::text as rows "
                f"from only {part.get('name')} where ctid >= '({start},0)'::tid "
                f"and ctid < '({start + _PAGES_AT_ONCE},0)'::tid{present}",
            )
            yield from json.loads(str(row.get("rows")))


def _read(supabase: Supabase, sql: str) -> tuple[Row, ...]:
    return supabase.begin_query(sql, exact=True).result()


def _line(values: Sequence[str | None]) -> str:
    return ",".join(_field(value) for value in values) + "\n"


def _field(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'
