"""The status report as a document: sections of blocks, from which Markdown and HTML are written.

Its shape is that of the report the project grew out of, but every number is computed, and nothing is claimed that
no witness saw. A section with nothing to say is left out.
"""

from supa_deploy.model import Report
from supa_deploy.render.document.blocks import Document
from supa_deploy.render.document.created import created
from supa_deploy.render.document.differences import diagnostics, drift, preview
from supa_deploy.render.document.findings import claims, findings, fixes
from supa_deploy.render.document.head import head, status
from supa_deploy.render.document.impact import impact
from supa_deploy.render.document.integrity import integrity
from supa_deploy.render.document.migrations import migrations, words
from supa_deploy.render.document.rollback import rollback
from supa_deploy.render.document.security import security
from supa_deploy.render.document.state import state
from supa_deploy.render.document.steps import next_steps
from supa_deploy.render.document.summary import summary
from supa_deploy.render.document.verification import verification
from supa_deploy.render.document.versions import foot, versions

__all__ = ["document"]

_TITLE = "Database migration status report"
_SECTIONS = (
    summary,
    diagnostics,
    migrations,
    state,
    drift,
    preview,
    words,
    created,
    impact,
    security,
    integrity,
    claims,
    findings,
    fixes,
    verification,
    next_steps,
    rollback,
    versions,
)
"""In the order of the report. Each makes its section of a report, or None."""


def document(report: Report) -> Document:
    """The whole report of a run. Its texts are raw: whoever writes it makes them safe."""
    made = (section(report) for section in _SECTIONS)
    return Document(
        title=_TITLE,
        status=status(report),
        head=head(report),
        sections=tuple(section for section in made if section is not None),
        foot=foot(report),
    )
