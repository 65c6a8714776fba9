"""Env files: which ones a run reads, and what stands in them."""

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from supa_deploy.errors import UsageError


def env_files(flag: Path | None, environment: str | None, workdir: Path, cwd: Path) -> tuple[Path, ...]:
    """The env files of a run that are there, the first in rank first: the one that was named, else `.env` (of an
    environment `.env.NAME` alone: what belongs to another one must not slip in) beside `supabase/`, then in it. Raises
    UsageError for a file that was named and is not there."""
    if flag is not None:
        path = cwd / flag.expanduser()
        if not path.is_file():
            raise UsageError(f"The env file {flag} does not exist. Nothing was touched.", code="no_env_file")
        return (path,)
    name = f".env.{environment}" if environment else ".env"
    return tuple(path for path in (workdir / name, workdir / "supabase" / name) if path.is_file())


def read_env(path: Path, warnings: list[str]) -> Mapping[str, str | None]:
    """The file's values as written: `$` is not expanded, a password may hold one."""
    from dotenv import dotenv_values

    logging.getLogger("dotenv.main").addHandler(collector := _Collector())
    try:
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The env file {path.name} cannot be read ({type(error).__name__}). Nothing was touched.",
            code="unreadable_env_file",
        ) from None
    finally:
        logging.getLogger("dotenv.main").removeHandler(collector)
    if collector.lines:
        warnings.append(
            f"{path.name}: a line that is not NAME=value was passed over ({collector.lines} in all)."
        )
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        warnings.append(f"{path.name} can be read by others on this machine: chmod 600 {path.name}")
    return values


class _Collector(logging.Handler):
    """Counts python-dotenv's complaints; they are not shown, they could quote a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += record.levelno >= logging.WARNING
