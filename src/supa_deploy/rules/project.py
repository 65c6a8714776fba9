"""All files of a project held against all rules: squawk works beside the walk, files are read one by one."""

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from supa_deploy.migrations import Discovery, Migration, Script, read
from supa_deploy.model import Finding, Severity
from supa_deploy.rules import squawk
from supa_deploy.rules.terms import Terms
from supa_deploy.rules.walk import Walk

SQUAWK_SECONDS = 120.0
_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, by file and line; `notices` are rules that could not be applied, and why."""

    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()


@contextmanager
def _no_collections() -> Iterator[None]:
    """Python's collector of cycles stays away: trees and what is folded from them have none, and it would look through
    all of them again and again (a sixth of the time)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_no_collections()
def check_project(
    workdir: Path,
    discovery: Discovery,
    terms: Terms,
    *,
    seconds: float = SQUAWK_SECONDS,
    path: str | None = None,
    keep: list[Script] | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Reads every file once, in the CLI's order, and says what the rules find in it.

    `seconds` is what squawk may take, `path` the PATH it is looked for in; `keep` takes the files as statements, for
    whoever needs them afterwards: without it none is held. Never raises for what a file holds.
    """
    migrations = discovery.migrations
    walk = Walk(terms)
    findings: list[Finding] = []
    with squawk.begin(workdir, [migration.file for migration in migrations], seconds, path) as running:
        for number, migration in enumerate(migrations):
            script = read(migration)
            if keep is not None:
                keep.append(script)
            findings += walk.read(script, running.of(migration.file))
            if progress is not None:
                progress(number + 1, len(migrations))
        silent = running.why_silent
    findings += walk.folder(discovery.problems)
    findings += walk.end()
    notices = (f"Some rules were not applied: {silent}.",) if silent else ()
    return Checked(tuple(sorted(findings, key=_place)), notices)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors before warnings before notes; each in its order."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def reaches(findings: Collection[Finding], severity: Severity) -> bool:
    """True when one of the findings is as bad as this, or worse."""
    return any(_RANK[finding.severity] <= _RANK[severity] for finding in findings)


def with_excerpts(
    findings: Sequence[Finding], migrations: Collection[Migration], most: int
) -> tuple[Finding, ...]:
    """The findings, the first `most` of them with the line that they are about. One that knows its line only (column
    1) then points at where the line's text begins."""
    paths = {migration.file: migration.path for migration in migrations}
    lines: dict[str, list[str]] = {}
    told: list[Finding] = []
    for finding in findings:
        if finding.excerpt is not None or len(told) >= most or finding.file not in paths:
            told.append(finding)
            continue
        if finding.file not in lines:
            lines[finding.file] = _lines(paths[finding.file])
        found = lines[finding.file]
        told.append(_shown(finding, found[finding.line - 1]) if finding.line <= len(found) else finding)
    return tuple(told)


def _shown(finding: Finding, line: str) -> Finding:
    indent = len(line) - len(line.lstrip())
    column = indent + 1 if finding.column == 1 and indent < len(line) else finding.column
    return replace(finding, excerpt=line, column=column)


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError:
        return []
    return [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _place(finding: Finding) -> tuple[str, int, int, str]:
    return finding.file, finding.line, finding.column, finding.rule
