"""The last screen of an onboarding: what exists stands last, and what to run next under it."""

from collections.abc import Callable

import pytest

from supa_deploy.model import Diagnostic, Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.onboarding import next_commands
from supa_deploy.render.screen import screen

MakeReport = Callable[..., Report]
FOUND = (
    Diagnostic("env file", ok=True, detail=".env.staging: 5 settings"),
    Diagnostic("workflow", ok=True, detail="was written", next=f"First:\ngh secret set {'A' * 100}"),
)


def test_what_exists_and_what_to_run_next(make_report: MakeReport) -> None:
    report = make_report(command="onboard", environment="staging", diagnostics=FOUND)
    shown = screen(report, Look())
    assert shown.startswith(
        "✅ env file  .env.staging: 5 settings\n"
        "✅ workflow  was written\n"
        "\n"
        "First:\n"
        f"  gh secret set {'A' * 100}\n"
        "\n"
        "Next:\n"
        "  supabase migration new NAME       write the next change\n"
        "  supa-deploy deploy --env staging  apply it, and confirm it\n"
        "  supa-deploy status --env staging  see every migration and what it made\n"
    )


def test_nothing_is_next_after_a_failure_or_for_others(make_report: MakeReport) -> None:
    assert next_commands(make_report(command="onboard", outcome=Outcome.PUSH_FAILED)) == ()
    assert next_commands(make_report(command="doctor")) == ()
    assert next_commands(make_report(command="onboard"))[1][0] == "supa-deploy deploy"
    assert "Next:" not in screen(make_report(command="onboard"), Look(verbosity=-1))


@pytest.mark.parametrize("command", ["doctor", "deploy"])
def test_others_tell_it_first(make_report: MakeReport, command: str) -> None:
    shown = screen(make_report(command=command, diagnostics=FOUND), Look())
    assert shown.startswith("✅ env file")
    assert "Next:" not in shown
