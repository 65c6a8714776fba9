"""Finds squawk's binary, which the wheel of `squawk-cli` puts among the scripts of the environment."""

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from supa_deploy.rules.squawk.words import Located

_NAME = "squawk"
_MISSING = (
    "squawk was not found: not among the scripts of this Python, not beside it, not on PATH; "
    "install it with `python -m pip install squawk-cli`"
)


def locate(path: str | None) -> Located:
    """The binary to run. `path` is the environment's PATH, the last place that is looked at.

    The same places in the same order as the wrappers of other tools that are one binary in a wheel (ruff's is
    https://github.com/astral-sh/ruff/blob/main/python/ruff/_find_ruff.py): the first is that of a virtual environment.
    """
    name = f"{_NAME}{sysconfig.get_config_var('EXE') or ''}"
    for folder in _folders():
        if _runs(folder / name):
            return Located(folder / name)
    on_path = shutil.which(_NAME, path=path) if path else None
    return Located(Path(on_path)) if on_path else Located(None, _MISSING)


def _folders() -> Iterator[Path]:
    yield Path(sysconfig.get_path("scripts"))
    user = sysconfig.get_preferred_scheme("user")
    yield Path(sysconfig.get_path("scripts", scheme=user))
    if sys.executable:
        yield Path(sys.executable).parent


def _runs(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)
