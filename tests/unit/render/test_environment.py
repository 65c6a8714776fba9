"""A named environment is told wherever a run is seen: nobody shall wonder which one it was."""

from collections.abc import Callable

import pytest

from supa_deploy.model import Failure, Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations
from supa_deploy.render.document import document
from supa_deploy.render.document.markdown import markdown
from supa_deploy.render.html import html
from supa_deploy.render.json import to_json
from supa_deploy.render.junit import junit
from supa_deploy.render.look import Look
from supa_deploy.render.sarif import sarif
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]


def _screen(report: Report) -> str:
    return screen(report, Look(verbosity=-1))


_SEEN: dict[str, Callable[[Report], str]] = {
    "the screen, also with -q": _screen,
    "JSON": to_json,
    "Markdown": lambda report: markdown(document(report)),
    "the page": lambda report: html(document(report)),
    "JUnit": junit,
    "SARIF": sarif,
}


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("where", _SEEN)
def test_it_is_named(make_report: MakeReport, where: str, outcome: Outcome) -> None:
    failure = None if outcome.is_success else Failure("some", "Something happened.", "Do something.")
    report = make_report(command="deploy", outcome=outcome, failure=failure, environment="staging-eu")
    assert "staging-eu" in _SEEN[where](report).replace("\\", "")


def test_an_annotation_names_it(make_report: MakeReport) -> None:
    failure = Failure("refused", "It was refused.", None)
    report = make_report(
        command="deploy", outcome=Outcome.PUSH_FAILED, failure=failure, environment="staging"
    )
    assert "title=supa-deploy (staging)%3A push_failed::" in annotations(report)
