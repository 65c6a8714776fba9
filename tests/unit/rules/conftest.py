"""Checks SQL as it stands in the rules' pages: files cut at `-- file: NAME` lines, checked as one project."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from supa_deploy.migrations import Migration, discover, read
from supa_deploy.model import Finding
from supa_deploy.rules import Terms, Walk
from supa_deploy.rules.order.skipped import skipped_findings
from supa_deploy.rules.squawk import Violation, begin

_FILE = re.compile(r"^-- file: (\S+)\n", re.MULTILINE)
_ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
_ALONE = "20250101000000_example.sql"

CheckSql = Callable[..., list[Finding]]


@pytest.fixture
def check_sql(tmp_path: Path) -> CheckSql:
    """Findings of an example: its files are written into a project and checked without squawk, unless `squawk`.
    `bytes_escaped`: `\\xef` in the example stands for that byte."""

    def check(
        sql: str, terms: Terms | None = None, *, squawk: bool = False, bytes_escaped: bool = False
    ) -> list[Finding]:
        folder = tmp_path / "supabase" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        _, *cut = _FILE.split(sql) if _FILE.search(sql) else ("", _ALONE, sql)
        for name, text in zip(cut[::2], cut[1::2], strict=True):
            data = text.encode()
            if bytes_escaped:
                data = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data.rstrip(b"\n"))
            (folder / name).write_bytes(data)
        discovery = discover(tmp_path)
        said = _violations(tmp_path, discovery.migrations) if squawk else {}
        walk = Walk(terms or Terms())
        findings = [
            finding
            for migration in discovery.migrations
            for finding in walk.read(read(migration), said.get(migration.file, ()))
        ]
        return [*findings, *walk.folder((*discovery.problems, *skipped_findings(discovery))), *walk.end()]

    return check


def _violations(project: Path, migrations: Sequence[Migration]) -> Mapping[str, Sequence[Violation]]:
    """What the installed squawk says of the files; fails the test when it says nothing."""
    with begin(project, [migration.file for migration in migrations], seconds=60) as running:
        squawked = running.result()
    assert squawked.silent is None, squawked.silent
    return squawked.violations
