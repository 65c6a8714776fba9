"""What files do, on the screen and in GitHub's step summary: what loses or locks something has a sign."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import MigrationState, PendingMigration, Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen
from supa_deploy.render.summary import markdown

MakeReport = Callable[..., Report]
FILE = PendingMigration(
    "20250118000001",
    "x",
    "supabase/migrations/20250118000001_x.sql",
    words=(
        "creates table t: 2 columns, RLS on",
        "drops table old (loses its rows)",
        "adds index i on big (locks out writes while it is built)",
    ),
)


@pytest.fixture
def planned(make_report: MakeReport) -> Report:
    """A plan with one pending file that loses and locks."""
    return make_report(Outcome.PENDING, command="plan", pending=(FILE,))


@pytest.mark.parametrize("look", [Look(), Look(width=40, wrap=40)])
def test_losses_and_locks_have_a_sign_without_any_colour(planned: Report, look: Look) -> None:
    assert (
        "supabase/migrations/20250118000001_x.sql\n"
        "  creates table t: 2 columns, RLS on\n"
        "  ❌ drops table old (loses its rows)\n"
        "  ⚠️ adds index i on big (locks out writes while it is built)\n"
    ) in screen(planned, look)


def test_losses_are_red_and_locks_yellow(planned: Report) -> None:
    shown = screen(planned, Look(color=True))
    assert "\x1b[1;31m❌ drops table old (loses its rows)\x1b[0m\n" in shown
    assert "\x1b[1;33m⚠️ adds index i on big (locks out writes while it is built)\x1b[0m\n" in shown
    assert "\n  creates table t: 2 columns, RLS on\n" in shown


def test_the_summary_of_a_plan_has_the_same_signs(planned: Report) -> None:
    assert (
        "\n\n**supabase/migrations/20250118000001\\_x.sql**\n\n"
        "- creates table t\\: 2 columns, RLS on\n"
        "- ❌ drops table old \\(loses its rows\\)\n"
        "- ⚠️ adds index i on big \\(locks out writes while it is built\\)\n\n"
    ) in markdown(planned)


def test_the_summary_tells_each_unapplied_file_once(planned: Report) -> None:
    here = MigrationState(FILE.version, "x", FILE.file, local=True, remote=False, words=FILE.words)
    older = MigrationState("1", "y", "1_y.sql", local=True, remote=True, words=("creates schema app",))
    shown = markdown(replace(planned, migrations=(older, here)))
    assert shown.count("drops table old") == 1
    assert "creates schema app" not in shown


def test_the_summary_folds_what_is_applied_away(make_report: MakeReport) -> None:
    folded = "<details><summary>What the files do (1 file)</summary>\n\n**supabase/migrations"
    assert folded in markdown(make_report(pending=(FILE,), applied=(FILE.version,)))
    assert folded not in markdown(make_report(Outcome.PUSH_FAILED, pending=(FILE,)))


def test_names_from_files_are_not_markdown_and_long_lists_are_cut(planned: Report) -> None:
    words = ("adds column t.<img> **b** `c`\x1b (locks out <i>)", *(f"drops view v{n}" for n in range(300)))
    shown = markdown(replace(planned, pending=(replace(FILE, words=words),)))
    assert "- ⚠️ adds column t.\\<img\\> \\*\\*b\\*\\* \\`c\\`\\\\x1b \\(locks out \\<i\\>\\)\n" in shown
    assert "drops view v190\n" in shown
    assert "drops view v290\n" not in shown
    assert "- … 104 more lines: see the log of this step\n" in shown
