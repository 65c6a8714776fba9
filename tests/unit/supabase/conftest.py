"""Settings and recorded calls for these tests."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from supa_deploy.secret import Secret
from supa_deploy.settings import DatabaseUrl, Settings, parse_database_url
from supa_deploy.supabase.command import Completed, Ended, Verb

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
REF = "abcdefghijklmnopqrst"
TOKEN = Secret("sbp_" + "1" * 40)


def recorded(version: str, case: str) -> Completed:
    """A call as `scripts/record_transcripts.py` wrote it down."""
    said = json.loads((TRANSCRIPTS / version / f"{case}.json").read_text(encoding="utf-8"))
    return Completed(
        verb=Verb(said["verb"]),
        argv=tuple(said["argv"]),
        stdout="" if said["private"] else said["stdout"],
        terminal=said["terminal"],
        exit_code=said["exit_code"],
        ended=Ended(said["ended"]),
        seconds=1.0,
        prompt=said["prompt"],
        secret_stdout=Secret(said["stdout"]) if said["private"] else None,
    )


@pytest.fixture
def transcript() -> Callable[[str, str], Completed]:
    """`transcript(version, case)`."""
    return recorded


@pytest.fixture
def completed() -> Callable[..., Completed]:
    """A call made up: `completed(verb, stdout=…, terminal=…, …)`."""

    def make(verb: Verb, **wishes: Any) -> Completed:
        values: dict[str, Any] = {
            "argv": (),
            "stdout": "",
            "terminal": "",
            "exit_code": 0,
            "ended": Ended.EXITED,
        }
        return Completed(verb=verb, seconds=1.0, **{**values, **wishes})

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings of a project folder: `settings(environ={…}, db_url=…, …)`."""

    def make(environ: Mapping[str, str] | None = None, **wishes: Any) -> Settings:
        return Settings(workdir=tmp_path, environ=MappingProxyType(dict(environ or {})), **wishes)

    return make


@pytest.fixture
def database_url() -> DatabaseUrl:
    """A server named by URL."""
    return parse_database_url("postgresql://postgres:p%40ss@db.example.org:6000/app", name="test")
