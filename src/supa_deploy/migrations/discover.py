"""Finds the migration files the way the Supabase CLI does, and says what it would pass over.

Rules of the CLI (3.1.0, 2.122.1 and 2.99.0, all run): a file is a migration when its name matches
`<digits>_<anything>.sql`; the rest is skipped with a line on stderr and exit code 0; the first file of the
folder is skipped when it is an `…_init.sql` from before 2021-12-09; folders are never looked into; order is by
version as text (2.99.0: by file name as bytes, which is the same when all versions have as many digits).

One rule is ours: `<version>_<name>.down.sql` beside `<version>_<name>.sql` is its way back, written by hand. The CLI
would take it for a migration of the same version, and run it first: it must never see one.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from supa_deploy.errors import PreflightFailed
from supa_deploy.model import Finding, Severity

_PATTERN = re.compile(r"([0-9]+)_(.*)\.sql")
_DOWN = ".down.sql"
_OLD_INIT = re.compile(r"([0-9]{14})_init\.sql")
_OLD_INIT_BEFORE = 20211209000000
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """A migration file: `version` (its leading digits), `name` (what follows, may be empty), `file` relative to
    the project folder with forward slashes, and the path to read it by."""

    version: str
    name: str
    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class DownFile:
    """The hand-written way back from one migration."""

    version: str
    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """Something in the migrations folder that the CLI passes over, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the folder holds. `migrations` in the order in which the CLI applies them. `disabled` is True when
    config.toml says `[db.migrations] enabled = false`: the CLI then pushes nothing and reports success. `downs` are
    the hand-written ways back."""

    migrations: tuple[Migration, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    problems: tuple[Finding, ...] = ()
    disabled: bool = False
    downs: tuple[DownFile, ...] = ()


def discover(workdir: Path) -> Discovery:
    """Lists `<workdir>/supabase/migrations`.

    Raises PreflightFailed when there is no such folder, or when config.toml cannot be read.
    """
    folder = workdir / "supabase" / "migrations"
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name.encode(errors="surrogateescape"))
    except (FileNotFoundError, NotADirectoryError):
        raise PreflightFailed(
            f"There is no folder {folder}: no migration files were found; nothing was touched.",
            hint="Run inside the project, or name its folder (the one that holds supabase/) with --workdir.",
            code="no_migrations_folder",
        ) from None
    except OSError as error:
        raise PreflightFailed(
            f"The folder {folder} cannot be listed ({error.strerror}); nothing was touched.",
            hint="Give this user the right to read it.",
            code="migrations_folder_unreadable",
        ) from None
    disabled = _migrations_disabled(workdir)
    found: list[Migration] = []
    skipped: list[SkippedFile] = []
    downs = _downs(entries)
    entries = [entry for entry in entries if entry not in {down.path for down in downs}]
    for position, entry in enumerate(entries):
        relative = f"supabase/migrations/{entry.name}"
        match = _PATTERN.fullmatch(entry.name)
        reason = _reason_to_skip(entry, match, first=position == 0)
        if reason or match is None:
            skipped.append(SkippedFile(relative, reason or ""))
        else:
            found.append(Migration(match[1], match[2], relative, entry))
    ordered = tuple(sorted(found, key=lambda migration: migration.version))
    problems = [*_duplicates(ordered), *_order_in_doubt(tuple(found), ordered)]
    for migration in ordered:
        problems.extend(_unreadable(migration))
    return Discovery(ordered, tuple(skipped), tuple(problems), disabled, downs)


def _downs(entries: list[Path]) -> tuple[DownFile, ...]:
    names = {entry.name for entry in entries}
    return tuple(
        DownFile(match[1], f"supabase/migrations/{entry.name}", entry)
        for entry in entries
        if (match := _PATTERN.fullmatch(entry.name)) and _twin(entry.name) in names
    )


def _twin(name: str) -> str | None:
    """The migration that a way back belongs to, by name."""
    return f"{name.removesuffix(_DOWN)}.sql" if name.endswith(_DOWN) else None


def _reason_to_skip(entry: Path, match: "re.Match[str] | None", *, first: bool) -> str | None:
    if entry.is_dir() and not entry.is_symlink():
        return "it is a folder; the Supabase CLI reads only the files of supabase/migrations itself"
    if first and (old := _OLD_INIT.search(entry.name)) and int(old[1]) < _OLD_INIT_BEFORE:
        return "the Supabase CLI passes over an _init.sql from before 2021-12-09; give it another name"
    if match is None:
        return "its name does not match <digits>_<name>.sql, so the Supabase CLI passes it over"
    return None


def _migrations_disabled(workdir: Path) -> bool:
    path = workdir / "supabase" / "config.toml"
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError) as error:
        raise PreflightFailed(
            f"supabase/config.toml cannot be read ({error}); nothing was touched.",
            hint="The Supabase CLI needs it as UTF-8 text that this user may read.",
            code="config_unreadable",
            file="supabase/config.toml",
        ) from None
    import tomllib

    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        raise PreflightFailed(
            f"supabase/config.toml is not valid TOML: {error}; nothing was touched.",
            hint="Correct that line; the Supabase CLI would refuse it too.",
            code="config_invalid",
            file="supabase/config.toml",
            line=int(place[1]) if place else None,
            column=int(place[2]) if place else None,
        ) from None
    database = config.get("db")
    settings = database.get("migrations") if isinstance(database, dict) else None
    return isinstance(settings, dict) and settings.get("enabled") is False


def _duplicates(ordered: tuple[Migration, ...]) -> list[Finding]:
    return [
        Finding(
            rule="duplicate-version",
            severity=Severity.ERROR,
            file=later.file,
            line=1,
            column=1,
            message=f"Version {later.version} is already taken by {earlier.file}.",
            help="Give one of the two a version of its own: the history's key would refuse the second file "
            "and every file after it.",
        )
        for earlier, later in pairwise(ordered)
        if earlier.version == later.version
    ]


def _order_in_doubt(by_name: tuple[Migration, ...], by_version: tuple[Migration, ...]) -> list[Finding]:
    """Versions of different length: 2.99.0 goes by the file name, 2.122.1 and 3.1.0 by the version."""
    for named, versioned in zip(by_name, by_version, strict=True):
        if named.version != versioned.version:
            return [
                Finding(
                    rule="order-in-doubt",
                    severity=Severity.WARNING,
                    file=named.file,
                    line=1,
                    column=1,
                    message=f"Supabase CLI 2.99 and older apply this file before {versioned.file}, newer ones after.",
                    help="Give every version the same number of digits (YYYYMMDDHHMMSS).",
                )
            ]
    return []


def _unreadable(migration: Migration) -> list[Finding]:
    try:
        data = migration.path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        return [
            _finding(
                "unreadable-file", Severity.ERROR, migration, message, "Give this user the right to read it."
            )
        ]
    findings = []
    if data.startswith(BOM):
        findings.append(
            _finding(
                "byte-order-mark",
                Severity.WARNING,
                migration,
                "The file starts with a byte order mark: Supabase CLI 2.99 and older refuse it.",
                "Save it as UTF-8 without a byte order mark.",
            )
        )
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line_start = data.rfind(b"\n", 0, error.start) + 1
        findings.append(
            _finding(
                "not-utf8",
                Severity.ERROR,
                migration,
                f"Byte 0x{data[error.start]:02x} is not UTF-8; newer CLIs would apply U+FFFD in its place.",
                "Save the file as UTF-8.",
                line=data.count(b"\n", 0, error.start) + 1,
                column=len(data[line_start : error.start].decode(errors="replace")) + 1,
            )
        )
    return findings


def _finding(
    rule: str,
    severity: Severity,
    migration: Migration,
    message: str,
    advice: str,
    *,
    line: int = 1,
    column: int = 1,
) -> Finding:
    return Finding(rule, severity, migration.file, line, column, message, advice)
