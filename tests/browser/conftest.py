"""Reports as pages, and a real browser that looks at them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import describe, discover, fold, parse_all
from supa_deploy.model import Check, Failure, MigrationState, Report, Verdict, Witness
from supa_deploy.outcome import Outcome
from supa_deploy.render.document import document
from supa_deploy.render.html import html
from supa_deploy.verify.promises import promises_of

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).resolve().parents[2]
READERS = PROJECT / "tests" / "readers" / "node_modules"
BASELINE = "20250101000000"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 200
_PICTURES = "SUPA_DEPLOY_SCREENSHOTS"

Seen = dict[str, Any]
HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "breakout": "</title></style></svg>\"'><img src=x onerror=alert(2)>",
    "ticks": "a`b``c|d\\|e",
    "closing": "--> ]]> <!-- &amp; &lt;",
    "emoji": "👩‍👩‍👧 ✅ emoji",
    "right to left": "שלום עולם",
    "address": "javascript:alert(3)",
}
"""Names that people may give their tables, and that a page must show as they are."""


@pytest.fixture(scope="session")
def example() -> Report:
    """Feature 008 of the example project after its deploy: everything confirmed, but one index."""
    return _report(PROJECT, lambda version: version != BASELINE)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A run that failed, of a feature whose every table has a hostile name, with columns, comments and defaults no
    better."""
    folder = tmp_path_factory.mktemp("hostile")
    migrations = folder / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    for number, name in enumerate(HOSTILE.values(), start=1):
        (migrations / f"2025010100000{number}_file_{number}.sql").write_text(_sql(name), encoding="utf-8")
    failure = Failure("push_failed", f"{HOSTILE['markup']} was refused.", f"Drop {HOSTILE['breakout']}.")
    return replace(_report(folder, lambda _version: True), outcome=Outcome.PUSH_FAILED, failure=failure)


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Report], Path]:
    """A report as a file that a browser can open."""

    def write(report: Report) -> Path:
        page = tmp_path_factory.mktemp("page") / "report.html"
        page.write_text(html(document(report)), encoding="utf-8")
        return page

    return write


@pytest.fixture(scope="session")
def look(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Seen]:
    """Opens a page in Chromium, does what people do with it, and gives what was seen; look.cjs says in detail."""
    browser = next(filter(_starts, filter(None, map(shutil.which, _BROWSERS))), None)
    if browser is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, and the browser tests run")
    if not (READERS / "playwright-core").is_dir():
        pytest.skip("tests/readers is not installed: make readers")

    def at(page: Path, name: str) -> Seen:
        chosen = os.environ.get(_PICTURES)
        pictures = Path(chosen) if chosen else tmp_path_factory.mktemp("pictures")
        pictures.mkdir(parents=True, exist_ok=True)
        told = {
            "browser": browser,
            "readers": str(READERS),
            "page": str(page),
            "pictures": str(pictures / name),
            "every": bool(chosen),
        }
        done = subprocess.run(
            ["node", str(Path(__file__).with_name("look.cjs")), json.dumps(told)],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        seen: Seen = json.loads(done.stdout)
        return seen

    return at


@pytest.fixture(scope="session")
def seen_example(
    look: Callable[[Path, str], Seen], page_of: Callable[[Report], Path], example: Report
) -> Seen:
    """What a browser saw of the example's report."""
    return look(page_of(example), "example")


@pytest.fixture(scope="session")
def seen_hostile(
    look: Callable[[Path, str], Seen], page_of: Callable[[Report], Path], hostile: Report
) -> Seen:
    """What a browser saw of the hostile report."""
    return look(page_of(hostile), "hostile")


def _starts(browser: str) -> bool:
    """Whether it is one: Ubuntu's package is a stub that asks for snap."""
    try:
        return (
            subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _report(project: Path, counts: Callable[[str], bool]) -> Report:
    scripts = parse_all(discover(project).migrations).scripts
    chosen = [s.migration.version for s in scripts if counts(s.migration.version)]
    promises = promises_of(fold(scripts), set(chosen))
    checks = tuple(
        Check(
            promise.object,
            promise.schema,
            promise.name,
            promise.column,
            promise.origin.version,
            Verdict.MISSING if number == len(promises) // 2 else Verdict.CONFIRMED,
            Witness.CATALOG,
            table=promise.table,
        )
        for number, promise in enumerate(promises)
    )
    states = tuple(
        MigrationState(
            s.migration.version,
            s.migration.name,
            s.migration.file,
            local=True,
            remote=True,
            words=describe(s),
        )
        for s in scripts
    )
    return Report(
        command="report",
        outcome=Outcome.OK,
        tool_version="0.1.0",
        started_at="2026-11-22T12:00:00.000Z",
        seconds=2.4,
        project_ref="abcdefghijklmnopqrst",
        migrations=states,
        checks=checks,
        feature=feature_of(scripts, chosen),
    )


def _sql(name: str) -> str:
    table, text = '"' + name.replace('"', '""') + '"', "'" + name.replace("'", "''") + "'"
    return f"""
        create table public.{table} (
          id uuid primary key,
          {table} text default {text} check ({table} <> {text}),
          parent uuid references public.{table} (id) on delete cascade
        );
        create index on public.{table} ({table});
        alter table public.{table} enable row level security;
        create policy {table} on public.{table} for select using ({table} = {text});
        comment on table public.{table} is {text};
        comment on column public.{table}.{table} is {text};
    """
