"""What a check said of files that have not changed since, kept under the user's cache folder.

The key is everything that the answer depends on: the names and the content of all files in order, the settings of the
rules, and this very code with squawk's binary. Of a file's text only names are kept, in what was found in it.
"""

import contextlib
import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from supa_deploy import __version__
from supa_deploy.migrations import Discovery, Script, read
from supa_deploy.model import Finding, Severity
from supa_deploy.rules.project import Checked, Progress, check_project
from supa_deploy.rules.squawk.locate import locate
from supa_deploy.rules.terms import Terms

_KEPT = 20  # answers; the oldest go
_PACKAGE = Path(__file__).parents[1]


def check(
    home: Path,
    workdir: Path,
    discovery: Discovery,
    terms: Terms,
    *,
    seconds: float,
    path: str | None = None,
    keep: list[Script] | None = None,
    progress: Progress | None = None,
) -> tuple[Checked, bool]:
    """As `check_project`, from what is kept under `home` where nothing changed since: then the second value is True.
    An answer that lacks some rules is not kept, nor one with a syntax error: the parser's words repeat what stands in
    the file."""
    key = key_of(discovery, terms, path)
    kept = recall(home, key) if key else None
    if kept is not None:
        if keep is not None:
            keep.extend(read(migration) for migration in discovery.migrations)
        return kept, True
    checked = check_project(
        workdir, discovery, terms, seconds=seconds, path=path, keep=keep, progress=progress
    )
    if key and not checked.notices and all(finding.rule != "syntax" for finding in checked.findings):
        remember(home, key, checked)
    return checked, False


def key_of(discovery: Discovery, terms: Terms, path: str | None) -> str | None:
    """The key of a check; None when a file cannot be read (then nothing is kept)."""
    digest = hashlib.sha256()
    for part in (__version__, *_code(), *_squawk(path), *_terms(terms)):
        digest.update(f"{part}\0".encode(errors="surrogateescape"))
    for problem in discovery.problems:
        digest.update(f"{problem.rule}\0{problem.file}\0{problem.message}\0".encode(errors="surrogateescape"))
    try:
        for migration in discovery.migrations:
            data = migration.path.read_bytes()
            digest.update(f"{migration.file}\0{len(data)}\0".encode(errors="surrogateescape"))
            digest.update(data)
    except OSError:
        return None
    return digest.hexdigest()


def recall(home: Path, key: str) -> Checked | None:
    """What was said under this key; None when nothing is kept (or cannot be read)."""
    file = _folder(home) / f"{key}.json.gz"
    try:
        rows = json.loads(gzip.decompress(file.read_bytes()))
        os.utime(file)
        return Checked(tuple(_finding(row) for row in rows["findings"]), tuple(rows["notices"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def remember(home: Path, key: str, checked: Checked) -> None:
    """Keeps an answer. A folder that cannot be written costs the next run its time and nothing else."""
    folder = _folder(home)
    rows = {"notices": checked.notices, "findings": [_row(finding) for finding in checked.findings]}
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
            new = Path(file.name)
            try:
                file.write(gzip.compress(json.dumps(rows).encode(), compresslevel=1))
                file.flush()
                new.replace(folder / f"{key}.json.gz")
            finally:
                new.unlink(missing_ok=True)
        for old in sorted(folder.glob("*.json.gz"), key=lambda entry: entry.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)


def _folder(home: Path) -> Path:
    return home / "checks"


def _code() -> Iterator[str]:
    """What tells this code from an edited one of the same version."""
    for folder in ("rules", "migrations"):
        for file in sorted((_PACKAGE / folder).rglob("*.py")):
            stat = file.stat()
            yield f"{file.name} {stat.st_size} {stat.st_mtime_ns}"


def _squawk(path: str | None) -> Iterator[str]:
    program = locate(path).program
    if program is not None:
        stat = program.stat()
        yield f"{program} {stat.st_size} {stat.st_mtime_ns}"


def _terms(terms: Terms) -> Iterable[str]:
    yield ",".join(sorted(terms.ignore))
    yield ",".join(f"{rule}={severity}" for rule, severity in sorted(terms.severity.items()))
    yield ",".join(terms.exposed)


def _row(finding: Finding) -> list[object]:
    return [
        finding.rule,
        finding.severity.value,
        finding.file,
        finding.line,
        finding.column,
        finding.message,
        finding.help,
    ]


def _finding(row: list[object]) -> Finding:
    rule, severity, file, line, column, message, advice = row
    if not isinstance(line, int) or not isinstance(column, int):
        raise TypeError
    return Finding(
        str(rule),
        Severity(str(severity)),
        str(file),
        line,
        column,
        str(message),
        None if advice is None else str(advice),
    )
