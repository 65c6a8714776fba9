"""A rule's page and the table of rules, on terminals and without one."""

import subprocess
import sys
from pathlib import Path

import pytest

from supa_deploy.model import Severity
from supa_deploy.render.look import Look
from supa_deploy.render.pages import explain, rule_table
from supa_deploy.rules.values import Rule, Topic

PAGE = "# no-x\n\nWhy it `matters`.\n\n## Bad\n\n```sql\ncreate table x ();\n```\n\n## Good\n\n```sql\nselect 1;\n```\n"
RULES = (
    Rule("z-rule", Topic.SECURITY, Severity.INFO, "It is open.", "Close it."),
    Rule(
        "drops-it",
        Topic.DANGER,
        Severity.ERROR,
        "Rows are lost.",
        "Keep it.",
        origin="ban-drop",
        fixable=True,
    ),
    Rule("a-rule", Topic.SECURITY, Severity.WARNING, "It is wide open to everybody who asks.", "Close it."),
)


def test_without_a_terminal_a_page_is_as_it_was_written() -> None:
    assert explain(PAGE, Look()) == PAGE
    assert explain(PAGE.rstrip("\n"), Look()) == PAGE


def test_on_a_terminal_a_page_is_set() -> None:
    assert explain(PAGE, Look(width=80, wrap=80)) == (
        "no-x\n\nWhy it matters.\n\nBad\n\n create table x ();\n\nGood\n\n select 1;\n"
    )


def test_a_page_has_colours_where_the_look_has_them() -> None:
    assert "\x1b[1mno-x\x1b[0m" in explain(PAGE, Look(width=80, wrap=80, color=True))
    assert "\x1b" not in explain(PAGE, Look(width=80, wrap=80, motion=True))


@pytest.mark.parametrize("width", [40, 60, 200])
def test_paragraphs_are_broken_at_the_looks_width(width: int) -> None:
    wrap = min(width, 100)
    shown = explain(f"# x\n\n{'word ' * 60}\n", Look(width=width, wrap=wrap))
    assert wrap - 10 < max(map(len, shown.splitlines())) <= wrap


def test_one_line_a_rule_without_a_terminal() -> None:
    assert rule_table(RULES, Look()) == (
        "danger to a live database\n"
        "  drops-it  error  --fix  Rows are lost. (squawk: ban-drop)\n"
        "\n"
        "security\n"
        "  a-rule  warning    It is wide open to everybody who asks.\n"
        "  z-rule  note       It is open.\n"
    )


def test_beneath_one_another_on_a_narrow_terminal() -> None:
    assert rule_table(RULES, Look(width=30, wrap=30)) == (
        "danger to a live database\n"
        "  drops-it  error  --fix\n"
        "    Rows are lost. (squawk:\n"
        "    ban-drop)\n"
        "\n"
        "security\n"
        "  a-rule  warning\n"
        "    It is wide open to\n"
        "    everybody who asks.\n"
        "  z-rule  note\n"
        "    It is open.\n"
    )


def test_no_rules_is_nothing() -> None:
    assert rule_table((), Look()) == ""


def test_a_page_without_a_terminal_does_not_cost_the_terminal_library() -> None:
    code = (
        "import sys\nfrom supa_deploy.render.look import Look\nfrom supa_deploy.render.pages import explain\n"
        "explain('# x', Look())\nsys.exit('rich' in sys.modules)"
    )
    source = Path(__file__).resolve().parents[3] / "src"
    ran = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, check=False)
    assert ran.returncode == 0
