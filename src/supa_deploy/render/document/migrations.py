"""The section on migrations: which there are, where each stands, and what each file does in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from supa_deploy.model import MigrationState, PendingMigration, Report
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import Block, Code, Folded, Inline, Item, Line, Section, Small
from supa_deploy.render.document.pieces import (
    MOST_BELOW,
    MOST_ROWS,
    base,
    bullets,
    cut,
    grid,
    more,
    paragraph,
    sign,
)
from supa_deploy.render.document.standing import Standing, Version, others, versions
from supa_deploy.render.tables import mark_of_words
from supa_deploy.render.text import count

_HAZARD_SAYS = {Mark.NO: "loses something", Mark.WARN: "locks for long"}


def migrations(report: Report) -> Section | None:
    """Every version that the report is about, and its standing."""
    found = versions(report)
    if not found:
        return None
    rows = [_row(number, version) for number, version in enumerate(found, start=1)]
    blocks = [*grid("Migration files", ("#", "File", "Description", "Status"), rows)]
    folders = sorted({str(PurePosixPath(v.file).parent) for v in found if v.file})
    if folders:
        blocks.append(paragraph("Location: ", *_folders(folders)))
    left_out = others(report)
    if left_out:
        number = count(len(left_out), "other migration")
        blocks.append(paragraph(Small(f"This report is not about {number} ({_numbers(left_out)}).")))
    return Section("migrations", (f"Migration files ({_numbers(found)})",), tuple(blocks))


def words(report: Report) -> Section | None:
    """What each file does, in words: open for what was not applied before this run, folded for the rest."""
    found = {version.version: version for version in versions(report)}
    told: dict[str, tuple[str, ...]] = {}
    files: list[MigrationState | PendingMigration] = [*report.migrations, *report.pending]
    for file in files:
        if file.words and file.version in found:
            told[file.version] = file.words
    new = [v for v in told if found[v].standing in {Standing.PENDING, Standing.NOW, Standing.UNSURE}]
    old = [v for v in told if v not in new]
    blocks: list[Block] = list(_told([found[v] for v in new], told))
    if old:
        folded = _told([found[v] for v in old], told)
        blocks.append(Folded(f"What the other {count(len(old), 'file')} did", folded))
    return Section("words", ("What each file does",), tuple(blocks)) if blocks else None


def _told(some: Sequence[Version], words: Mapping[str, tuple[str, ...]]) -> tuple[Block, ...]:
    items = [_words(version, words[version.version]) for version in some[:MOST_ROWS]]
    return bullets(items) if len(some) <= MOST_ROWS else (*bullets(items), more(len(some) - MOST_ROWS))


def _row(number: int, version: Version) -> tuple[Line, ...]:
    file: Inline = Code(base(version.file)) if version.file else Code(version.version)
    standing = version.standing
    return (
        (str(number),),
        (file,),
        (cut(version.purpose) if version.file else "no file here",),
        (sign(standing.mark, standing.value), f" {standing.value}"),
    )


def _numbers(found: Iterable[Version]) -> str:
    numbers = Counter(version.standing for version in found)
    return ", ".join(f"{numbers[standing]:,} {standing.value}" for standing in Standing if numbers[standing])


def _folders(folders: list[str]) -> Iterable[Inline]:
    for number, folder in enumerate(folders):
        if number:
            yield ", "
        yield Code(f"{folder}/")


def _words(version: Version, sentences: tuple[str, ...]) -> Item:
    below: list[Line] = []
    for sentence in sentences[:MOST_BELOW]:
        mark = mark_of_words(sentence)
        said = cut(sentence)
        below.append((said,) if mark is None else (sign(mark, _HAZARD_SAYS[mark]), " ", said))
    if len(sentences) > MOST_BELOW:
        below.append((Small(f"… and {count(len(sentences) - MOST_BELOW, 'more line')}"),))
    return Item((Code(base(version.file or version.version)),), tuple(below))
