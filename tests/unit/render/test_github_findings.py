"""What GitHub shows of the files: annotations, the step summary's tables and the outputs of `check`."""

import re
from collections.abc import Callable

import pytest

from supa_deploy.model import Claim, ClaimVerdict, Finding, Fix, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations
from supa_deploy.render.github import outputs
from supa_deploy.render.summary import markdown
from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule, Topic

MakeReport = Callable[..., Report]

FILE = "supabase/migrations/20250118000001_a.sql"
ERROR = Finding(
    "used-too-early", Severity.ERROR, FILE, 9, 3, "x is made later", "move it", "  alter table x;"
)
WARNING = Finding(
    "policy-twice", Severity.WARNING, FILE, 4, 1, "no guard", "drop it\nfirst", "create policy p"
)
NOTE = Finding("no-grant", Severity.INFO, FILE, 1, 1, "no grant", None, "create table a ();")


@pytest.fixture(autouse=True)
def known_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that the commands tell apart, whatever the book holds."""
    topics = {"policy-twice": Topic.RERUN, "no-grant": Topic.SECURITY, "used-too-early": Topic.ORDER}
    for name, topic in {**topics, "drops-it": Topic.DANGER}.items():
        monkeypatch.setitem(RULES, name, Rule(name, topic, Severity.WARNING, "why", "fix"))


def test_check_annotates_all_in_order_of_place(make_report: MakeReport) -> None:
    other = Finding("policy-twice", Severity.WARNING, FILE, 2, 1, "first")
    report = make_report(Outcome.FINDINGS, command="check", findings=(NOTE, WARNING, other, ERROR))
    assert annotations(report, "db").splitlines() == [
        f"::error file=db/{FILE},line=9,col=3,title=used-too-early::x is made later%0Amove it",
        f"::warning file=db/{FILE},line=2,col=1,title=policy-twice::first",
        f"::warning file=db/{FILE},line=4,col=1,title=policy-twice::no guard%0Adrop it%0Afirst",
        f"::notice file=db/{FILE},line=1,col=1,title=no-grant::no grant",
    ]


def test_in_a_deploy_the_files_manners_stand_behind_what_the_run_found(
    make_report: MakeReport, make_check: Callable[..., object]
) -> None:
    manners = tuple(Finding("policy-twice", Severity.WARNING, FILE, n, 1, "m") for n in range(1, 20))
    closed = make_check("table", "t", "not_granted")
    rows = annotations(make_report(findings=manners, checks=(closed,))).splitlines()
    assert "not granted" in rows[0]
    assert len(rows) == 10
    assert rows[-1] == "::warning title=supa-deploy::11 more: see the log of this step."


def test_the_summary_of_check_is_two_tables(make_report: MakeReport) -> None:
    claims = (ClaimVerdict(Claim.SYNTAX, True), ClaimVerdict(Claim.RERUN, False, 2, WARNING))
    report = make_report(
        Outcome.FINDINGS, command="check", findings=(NOTE, WARNING, ERROR), claims=claims, files_checked=3
    )
    name = "20250118000001_a.sql"
    assert markdown(report) == (
        "### supa-deploy check\n\n"
        "❌ findings \\(exit 12\\)\\: checked 3 files\\: 1 error, 1 warning, 1 note in 1 of them · 2.4 s\n\n"
        "| Claim | Proof |\n"
        "| --- | --- |\n"
        "| ✅ syntactically correct |  |\n"
        f"| ❌ idempotent\\: 2 statements are not | `{name}:4` `create policy p` |\n\n"
        "| Place | Severity | Rule | What is wrong, and what to write |\n"
        "| --- | --- | --- | --- |\n"
        f"| `{name}:9:3` | error | `used-too-early` | x is made later<br>→ move it |\n"
        f"| `{name}:4:1` | warning | `policy-twice` | no guard<br>→ drop it<br>→ first |\n"
        f"| `{name}:1:1` | note | `no-grant` | no grant |\n\n"
    )


def test_a_long_table_is_cut_and_says_so(make_report: MakeReport) -> None:
    many = tuple(Finding("r", Severity.WARNING, "a.sql", n, 1, "m") for n in range(1, 1302))
    shown = markdown(make_report(command="check", findings=many))
    assert shown.count("| `a.sql:") == 200
    assert "… 1,101 more: see the log of this step" in shown


def test_a_plan_shows_dangers_in_a_table_and_counts_the_rest(make_report: MakeReport) -> None:
    drop = Finding("drops-it", Severity.WARNING, FILE, 2, 1, "drops a", None, "drop table a")
    shown = markdown(make_report(command="plan", findings=(NOTE, WARNING, drop, ERROR)))
    assert (
        f"**error** `{FILE}:9:3` x is made later (`used-too-early`)\n\n```sql\n  alter table x;\n  ^\n```"
        in shown
    )
    assert "| `20250118000001_a.sql:2:1` | warning | `drops-it` | drops a |" in shown
    assert "1 warning and 1 note on the migration files\\: supa\\-deploy check shows them" in shown
    assert "no guard" not in shown


def test_fixes_are_behind_a_click(make_report: MakeReport) -> None:
    fixes = tuple(Fix(f"{n}.sql", ("r",), "--- a\n+++ b\n+```x\n" + "+y\n" * 300) for n in range(25))
    shown = markdown(make_report(command="check", fixes=fixes))
    assert shown.startswith(
        "### supa-deploy check\n\n✅ ok · 2.4 s\n\nwould change 0.sql \\(r\\)\n\n<details>"
    )
    assert shown.count("<details>") == 20
    assert "````diff\n--- a\n+++ b\n+```x\n+y\n" in shown
    assert "+y\n…\n````" in shown
    assert "… 5 more: see the log" in shown


def test_nothing_from_a_file_is_markdown(make_report: MakeReport) -> None:
    evil = "<img src=x> | **b** `c` [l](http://x)\x1b\n# h"
    finding = Finding(evil, Severity.ERROR, evil, 1, 1, evil, evil, evil)
    claims = (ClaimVerdict(Claim.RLS, False, 1, finding),)
    fixes = (Fix(evil, (evil,), f"```\n{evil}"),)
    shown = markdown(
        make_report(Outcome.FINDINGS, command="check", findings=(finding,), claims=claims, fixes=fixes)
    )
    outside_code = re.sub(r"(?s)(`{4,})diff\n.*?\n\1", "", shown)
    outside_code = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside_code.replace("\\`", ""))
    assert "<img" not in outside_code.replace("\\<", "")
    assert "\x1b" not in shown
    assert not re.search(r"(?<!\\)\*\*b", outside_code)
    assert not re.search(r"^# h", outside_code, re.MULTILINE)
    for row in shown.splitlines():
        if row.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", row)) in {3, 5}


def test_the_outputs_count_errors_and_warnings(make_report: MakeReport) -> None:
    text = outputs(make_report(Outcome.FINDINGS, command="check", findings=(ERROR, WARNING, WARNING, NOTE)))
    assert text.split("errors_count<<")[1].splitlines()[1] == "1"
    assert text.split("warnings_count<<")[1].splitlines()[1] == "2"
