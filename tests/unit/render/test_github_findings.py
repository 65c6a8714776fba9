"""What GitHub shows of the files: annotations and the outputs of `check`."""

from collections.abc import Callable

import pytest

from supa_deploy.model import Finding, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.annotations import annotations
from supa_deploy.render.github import outputs
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


def test_the_outputs_count_errors_and_warnings(make_report: MakeReport) -> None:
    text = outputs(make_report(Outcome.FINDINGS, command="check", findings=(ERROR, WARNING, WARNING, NOTE)))
    assert text.split("errors_count<<")[1].splitlines()[1] == "1"
    assert text.split("warnings_count<<")[1].splitlines()[1] == "2"
