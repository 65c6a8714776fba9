"""The files against what was released before: a git revision's files, or the versions that a history has."""

import hashlib
import re
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from supa_deploy.errors import UsageError
from supa_deploy.migrations import Migration
from supa_deploy.model import Finding
from supa_deploy.rules.git import Git
from supa_deploy.rules.order.catalogue import EDITED_AFTER_RELEASE, OLDER_THAN_RELEASED
from supa_deploy.rules.values import Rule
from supa_deploy.settings import environment

_FOLDER = "supabase/migrations"
_MIGRATION = re.compile(r"([0-9]+)_.*\.sql")
_SHA1_DIGITS = 40


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A migration file of a revision. `edited`: the first line (1-based) that is different here, None where none is.
    `deleted`: it is not here, though the common ancestor of the two had it."""

    version: str
    edited: int | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """The migration files of a revision, by name relative to the project folder."""

    ref: str
    files: Mapping[str, ReleasedFile] = field(default_factory=lambda: MappingProxyType({}))


def read_base(workdir: Path, ref: str, timeout: float, environ: Mapping[str, str] | None = None) -> Released:
    """The migration files that the revision has, held against those in `<workdir>/supabase/migrations` now.

    `timeout` in seconds, for all of it; `environ` defaults to the process environment. Raises UsageError when there is
    no such revision, PreflightFailed when git is missing, silent, or the folder is in no repository.
    """
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise UsageError(
            "--base names no git revision; nothing was touched.",
            hint="Name a branch, tag or commit, origin/main for example.",
            code="unknown_base",
        )
    folder = (workdir / _FOLDER).resolve()
    git = Git(folder, environment() if environ is None else environ, time.monotonic() + timeout)
    prefix = git.prefix()
    commit = git.commit(ref)
    tip = git.tree(commit, prefix)
    ancestor = git.ancestor(commit)
    base = git.tree(ancestor, prefix) if ancestor else {}
    different: dict[str, str] = {}
    files: dict[str, ReleasedFile] = {}
    for name, entry in tip.items():
        if (match := _MIGRATION.fullmatch(name)) is None or _is_way_back(name, tip):
            continue
        data = _read(folder / name)
        files[f"{_FOLDER}/{name}"] = ReleasedFile(match[1], deleted=data is None and name in base)
        if data is None or not entry or _is_blob(data, entry) or _is_blob(data, base.get(name, "")):
            continue
        different[name] = entry
    for name, released in git.blobs(different).items():
        line = _first_difference(released, _read(folder / name) or b"")
        if line is not None:
            file = f"{_FOLDER}/{name}"
            files[file] = ReleasedFile(files[file].version, edited=line)
    return Released(ref, MappingProxyType(files))


def released_findings(released: Released, migrations: Sequence[Migration]) -> list[Finding]:
    """What is wrong with files beside those of a released revision: new ones that are older than its newest, and
    released ones that were edited, renamed or deleted."""
    here = {migration.file for migration in migrations}
    names = {known.version: file for file, known in released.files.items()}
    newest = max(names, default="")
    found: list[Finding] = []
    renamed: set[str] = set()
    for migration in migrations:
        known = released.files.get(migration.file)
        before = names.get(migration.version)
        if known is not None:
            if known.edited is not None:
                message = f"{released.ref} has this file with another text, from this line on."
                found.append(_finding(EDITED_AFTER_RELEASE, migration.file, message, known.edited))
        elif before is not None:
            if before not in here:
                renamed.add(before)
                message = f"{released.ref} has version {migration.version} as {before}: the file was renamed."
                found.append(_finding(EDITED_AFTER_RELEASE, migration.file, message))
        elif migration.version < newest:
            found.append(_too_old(migration, f"{newest}, the newest version that {released.ref} has"))
    found += [
        _finding(EDITED_AFTER_RELEASE, file, f"{released.ref} has this file, and it was deleted here.")
        for file, known in released.files.items()
        if known.deleted and file not in here and file not in renamed
    ]
    return found


def applied_findings(migrations: Iterable[Migration], applied: Collection[str]) -> list[Finding]:
    """The files that are not applied yet and older than the newest version of a history."""
    newest = max(applied, default="")
    return [
        _too_old(migration, f"{newest}, the newest version that the database's history has")
        for migration in migrations
        if migration.version not in applied and migration.version < newest
    ]


def _too_old(migration: Migration, than: str) -> Finding:
    message = f"Version {migration.version} is older than {than}: it would have to go in before it."
    return _finding(OLDER_THAN_RELEASED, migration.file, message)


def _finding(rule: Rule, file: str, message: str, line: int = 1) -> Finding:
    return Finding(rule.id, rule.severity, file, line, 1, message, rule.fix)


def _is_way_back(name: str, names: Collection[str]) -> bool:
    """True for a `.down.sql` beside its migration."""
    return name.endswith(".down.sql") and f"{name.removesuffix('.down.sql')}.sql" in names


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_blob(data: bytes, name: str) -> bool:
    """True when git's name for the text is this one."""
    text = b"blob %d\0%s" % (len(data), data)
    if len(name) == _SHA1_DIGITS:
        return hashlib.sha1(text, usedforsecurity=False).hexdigest() == name
    return hashlib.sha256(text).hexdigest() == name


def _first_difference(one: bytes, other: bytes) -> int | None:
    """The first line (1-based) that differs; line ends are no difference."""
    left, right = (text.replace(b"\r\n", b"\n").split(b"\n") for text in (one, other))
    for number, (a, b) in enumerate(zip(left, right, strict=False), 1):
        if a != b:
            return number
    return None if len(left) == len(right) else min(len(left), len(right))
