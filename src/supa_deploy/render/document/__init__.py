"""The status report as a document: sections of blocks, from which Markdown and HTML are written."""

from supa_deploy.model import Report
from supa_deploy.render.document.blocks import Callout, Document, Facts, Tone
from supa_deploy.render.verdict import last_line

__all__ = ["document"]


def document(report: Report) -> Document:
    """The whole report of a run."""
    tone = Tone.GOOD if report.outcome.is_success else Tone.BAD
    return Document(
        title="Database migration status report",
        status=Callout(tone, ((last_line(report),),)),
        head=Facts(()),
        sections=(),
    )
