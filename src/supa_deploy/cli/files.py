"""Reports that are written to files of the user's choice; the kind is told by the name's ending."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from supa_deploy.errors import UsageError
from supa_deploy.model import Report
from supa_deploy.written import write_whole


class Kind(StrEnum):
    """The kinds of documents that can be made of a report."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"

    @property
    def tells_way_back(self) -> bool:
        """True for the kinds that have a place for a rollback plan."""
        return self not in {Kind.JUNIT, Kind.SARIF}

    @property
    def is_json(self) -> bool:
        """True for the kinds that are JSON documents."""
        return self in {Kind.JSON, Kind.SARIF}


_ENDINGS = {
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".json": Kind.JSON,
    ".xml": Kind.JUNIT,
    ".sarif": Kind.SARIF,
}


def kind_of(file: Path) -> Kind | None:
    """The kind that a file's ending asks for, None for an ending that is not known."""
    return _ENDINGS.get(file.suffix.lower())


def project_of(files: Sequence[Path]) -> Path | None:
    """The folder that holds the `supabase/migrations` which all these files stand in; None where there is no one such
    folder (a hook names files of a repository in which the project is one of many)."""
    folders = {(file if file.is_dir() else file.parent).resolve() for file in files}
    if len(folders) != 1:
        return None
    folder = folders.pop()
    is_project = folder.name == "migrations" and folder.parent.name == "supabase"
    return folder.parents[1] if is_project else None


def refuse_useless(files: Sequence[Path]) -> None:
    """Raises UsageError for a file of a kind that is not known, or in a folder that is not there."""
    for file in files:
        if kind_of(file) is None:
            raise UsageError(
                f"{file} is of no kind that is known here. Nothing was touched.",
                hint=f"The name must end in {', '.join(_ENDINGS)} (.xml is JUnit).",
                code="unknown_report",
            )
        if not file.resolve().parent.is_dir():
            raise UsageError(
                f"The folder of {file} does not exist. Nothing was touched.",
                hint="Make the folder first.",
                code="no_report_folder",
            )


def content(kind: Kind, report: Report, workdir: Path, prefix: str) -> str:
    """A report as a document of this kind; `prefix` is the project's folder relative to the repository."""
    match kind:
        case Kind.MARKDOWN:
            from supa_deploy.render.document import document
            from supa_deploy.render.document.markdown import markdown

            return markdown(document(report))
        case Kind.HTML:
            from supa_deploy.render.document import document
            from supa_deploy.render.html import html

            return html(document(report))
        case Kind.JSON:
            from supa_deploy.render.json import to_json

            return to_json(report)
        case Kind.JUNIT:
            from supa_deploy.render.junit import junit

            return junit(report)
        case Kind.SARIF:
            from supa_deploy.render.sarif import sarif, text_in

            return sarif(report, prefix, text_in(workdir))


def put(file: Path, text: str) -> str | None:
    """Writes a file whole or not at all; gives the reason why it could not be written."""
    try:
        write_whole(file, text.encode(), 0o644)
    except OSError as error:
        return error.strerror or "the file cannot be written"
    return None
