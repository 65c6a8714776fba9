"""The example project as reports see it, files of a test's own, and a document's text without its markup."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from supa_deploy.feature import feature_of
from supa_deploy.migrations import Script, describe, discover, fold, parse_all
from supa_deploy.model import Check, Feature, MigrationState, ObjectKind, Report, Verdict, Witness
from supa_deploy.render.document import document
from supa_deploy.render.document.blocks import (
    Block,
    Bullets,
    Callout,
    Code,
    Diagram,
    Document,
    Facts,
    Folded,
    Grid,
    Inline,
    Paragraph,
    Section,
    Sign,
)
from supa_deploy.render.document.blocks import (
    Script as Lines,
)
from supa_deploy.verify.promises import promises_of

PROJECT = Path(__file__).resolve().parents[4]
BASELINE = "20250101000000"
_BY_API = frozenset({ObjectKind.TABLE, ObjectKind.COLUMN})
Told = Callable[[Report], dict[str, list[str]]]
MakeFeature = Callable[..., Feature]


@pytest.fixture(scope="session")
def scripts() -> tuple[Script, ...]:
    """The example project's files."""
    return tuple(parse_all(discover(PROJECT).migrations).scripts)


@pytest.fixture(scope="session")
def example(scripts: tuple[Script, ...]) -> Feature:
    """Feature 008: the four files after the baseline."""
    return feature_of(scripts, [s.migration.version for s in scripts if s.migration.version != BASELINE])


@pytest.fixture(scope="session")
def everything(scripts: tuple[Script, ...]) -> Feature:
    """All of the example's files."""
    return feature_of(scripts)


@pytest.fixture(scope="session")
def applied(scripts: tuple[Script, ...]) -> tuple[MigrationState, ...]:
    """Every file of the example in the history."""
    return tuple(_state(script, remote=True) for script in scripts)


@pytest.fixture(scope="session")
def waiting(scripts: tuple[Script, ...]) -> tuple[MigrationState, ...]:
    """The baseline in the history, the four files of the feature not."""
    return tuple(_state(script, remote=script.migration.version == BASELINE) for script in scripts)


@pytest.fixture(scope="session")
def confirmed(scripts: tuple[Script, ...]) -> tuple[Check, ...]:
    """Everything that the feature's files promise, confirmed: tables and columns by the Data API, the rest by the
    catalog."""
    schema = fold(scripts)
    versions = {s.migration.version for s in scripts} - {BASELINE}
    return tuple(
        Check(
            promise.object,
            promise.schema,
            promise.name,
            promise.column,
            promise.origin.version,
            Verdict.CONFIRMED,
            Witness.POSTGREST if promise.object in _BY_API else Witness.CATALOG,
            table=promise.table,
        )
        for promise in promises_of(schema, versions)
    )


@pytest.fixture
def feature(tmp_path: Path) -> MakeFeature:
    """The feature that files of these texts make, one file after the other; `only` the last ones."""

    def make(*texts: str, last: int | None = None) -> Feature:
        folder = tmp_path / "supabase" / "migrations"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for number, text in enumerate(texts, start=1):
            (folder / f"2025010100000{number}_file_{number}.sql").write_text(text)
        read = parse_all(discover(tmp_path).migrations).scripts
        chosen = None if last is None else [script.migration.version for script in read[-last:]]
        return feature_of(read, chosen)

    return make


@pytest.fixture
def told() -> Told:
    """A report's sections as lines of text, by the section's key; what is folded and nested stands with it."""
    return lambda report: lines_by_section(document(report))


def lines_by_section(made: Document) -> dict[str, list[str]]:
    """Every section of a document, nested ones too, as its own lines and those of what is nested in it."""
    found: dict[str, list[str]] = {}

    def walk(sections: Iterable[Section]) -> list[str]:
        told: list[str] = []
        for section in sections:
            lines = [text(section.title), *of_blocks(section.blocks), *walk(section.sections)]
            assert section.key not in found, "keys are unique in a document"
            found[section.key] = lines
            told.extend(lines)
        return told

    walk(made.sections)
    return found


def of_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """The lines of blocks."""
    for block in blocks:
        match block:
            case Paragraph(line):
                yield text(line)
            case Bullets(items):
                for item in items:
                    yield text(item.line)
                    yield from (f"  {text(line)}" for line in item.below)
            case Grid(_, head, rows):
                yield " | ".join(head)
                yield from (" | ".join(text(cell) for cell in row) for row in rows)
            case Facts(pairs):
                yield from (f"{name}: {text(line)}" for name, line in pairs)
            case Lines(sql, _):
                yield from sql.splitlines()
            case Callout(_, lines):
                yield from map(text, lines)
            case Folded(title, inner):
                yield title
                yield from of_blocks(inner)
            case Diagram(_):
                yield "(diagram)"


def text(line: Sequence[Inline]) -> str:
    """A line without its markup."""
    return "".join(_inline(piece) for piece in line)


def _inline(piece: Inline) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Sign):
        return str(piece.mark)
    return f"`{piece.text}`" if isinstance(piece, Code) else piece.text


def _state(script: Script, *, remote: bool) -> MigrationState:
    migration = script.migration
    return MigrationState(
        migration.version, migration.name, migration.file, local=True, remote=remote, words=describe(script)
    )
