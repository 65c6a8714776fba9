"""What files do, on the screen: what loses or locks something has a sign."""

from collections.abc import Callable

import pytest

from supa_deploy.model import PendingMigration, Report
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen

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
