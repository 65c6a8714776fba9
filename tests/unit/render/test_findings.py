"""Findings, claims and fixes on the screen: each case word for word."""

from collections.abc import Callable

import pytest

from supa_deploy.model import Claim, ClaimVerdict, Failure, Finding, Fix, PendingMigration, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.look import Look
from supa_deploy.render.screen import screen
from supa_deploy.render.selection import by_place, by_rule, folded_line, numbers, select, worst_first
from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule, Topic

MakeReport = Callable[..., Report]

PLAIN = Look()
A = "supabase/migrations/20250118000001_a.sql"
B = "supabase/migrations/20250118000004_b.sql"
POLICY = Finding(
    "policy-twice",
    Severity.WARNING,
    B,
    12,
    1,
    "policy p on public.notes has no guard",
    "drop it first",
    "  create policy p on public.notes using (true);",
)
LATE = Finding(
    "used-too-early", Severity.ERROR, B, 3, 14, "table x is made later", "move it", "\talter table x;"
)
OPEN = Finding("no-row-rules", Severity.WARNING, A, 1, 1, "no RLS", "enable it", "create table a ();")
MUTE = Finding("no-grant", Severity.INFO, A, 1, 1, "no grant", None, "create table a ();")
FOUND = (POLICY, LATE, MUTE, OPEN)


@pytest.fixture
def known_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of each kind that the commands tell apart, whatever the book holds."""
    topics = {"policy-twice": Topic.RERUN, "no-row-rules": Topic.SECURITY, "no-grant": Topic.SECURITY}
    topics |= {"used-too-early": Topic.ORDER, "in-doubt": Topic.ORDER, "drops-it": Topic.DANGER}
    for name, topic in topics.items():
        monkeypatch.setitem(RULES, name, Rule(name, topic, Severity.WARNING, "why", "fix"))


def test_check_groups_by_file_and_shows_a_line_once_a_place(make_report: MakeReport) -> None:
    report = make_report(Outcome.FINDINGS, command="check", findings=FOUND, files_checked=5)
    assert screen(report, PLAIN) == (
        f"{A}\n"
        "  1:1  warning  no-row-rules\n"
        "    no RLS\n"
        "    1 │ create table a ();\n"
        "      │ ^\n"
        "    help: enable it\n"
        "\n"
        f"{B}\n"
        "  3:14  error  used-too-early\n"
        "    table x is made later\n"
        "    3 │     alter table x;\n"
        "      │                 ^\n"
        "    help: move it\n"
        "\n"
        "  12:1  warning  policy-twice\n"
        "    policy p on public.notes has no guard\n"
        "   12 │   create policy p on public.notes using (true);\n"
        "      │   ^\n"
        "    help: drop it first\n"
        "\n"
        "1 note, by rule (-v shows all)\n"
        "  1  note  no-grant  in 1 file\n"
        "\n"
        "❌ findings (exit 12): checked 5 files: 1 error, 2 warnings, 1 note in 2 of them · 2.4 s\n"
    )


def test_notes_have_their_line_with_v(make_report: MakeReport) -> None:
    shown = screen(make_report(command="check", findings=(MUTE,)), Look(verbosity=1))
    assert "  1:1  note  no-grant\n    no grant\n" in shown


def test_nothing_is_wider_than_a_narrow_terminal(make_report: MakeReport) -> None:
    from rich.cells import cell_len

    long = Finding("r", Severity.ERROR, "a.sql", 140, 90, "much to say " * 9, "表" * 60, "表 " * 100)
    claims = (ClaimVerdict(Claim.RERUN, False, 2, long),)
    look = Look(width=40, wrap=40)
    rows = screen(make_report(command="check", findings=(long,), claims=claims), look).splitlines()
    assert len(rows) > 8
    assert max(cell_len(row) for row in rows[:-1]) <= 40
    caret = next(row for row in rows if row.endswith("^"))
    assert cell_len(caret) < 40


def test_quiet_shows_errors_alone(make_report: MakeReport) -> None:
    look = Look(verbosity=-1)
    for command, mark in (("check", "3:14  error  used-too-early"), ("deploy", ":3:14: error: ")):
        shown = screen(make_report(Outcome.FINDINGS, command=command, findings=FOUND), look)
        assert mark in shown
        assert "policy-twice" not in shown
        assert "no-grant" not in shown


def test_a_big_result_shows_errors_and_the_rest_as_counts_by_rule(make_report: MakeReport) -> None:
    many = tuple(
        Finding(f"r{n % 2}", Severity.WARNING, f"{n % 3}.sql", n + 1, 1, "m", None, "select 1")
        for n in range(100)
    )
    report = make_report(Outcome.FINDINGS, command="check", findings=(*many, LATE), files_checked=10_000)
    assert screen(report, PLAIN) == (
        f"{B}\n"
        "  3:14  error  used-too-early\n"
        "    table x is made later\n"
        "    3 │     alter table x;\n"
        "      │                 ^\n"
        "    help: move it\n"
        "\n"
        "100 warnings, by rule (-v shows all)\n"
        "  50  warning  r0  in 3 files\n"
        "  50  warning  r1  in 3 files\n"
        "\n"
        "❌ findings (exit 12): checked 10,000 files: 1 error, 100 warnings in 4 of them · 2.4 s\n"
    )
    assert screen(report, Look(verbosity=1)).count("select 1") == 100


def test_errors_beyond_a_screen_are_counted_too(make_report: MakeReport) -> None:
    errors = tuple(Finding("r", Severity.ERROR, "a.sql", n, 1, "m") for n in range(1, 251))
    shown = screen(make_report(Outcome.FINDINGS, command="check", findings=errors), PLAIN)
    assert shown.count("error  r\n") == 100
    assert "150 errors, by rule (-v shows all)\n  150  error  r  in 1 file\n" in shown


@pytest.mark.usefixtures("known_rules")
def test_a_deploy_shows_what_is_about_the_push_and_counts_the_rest(make_report: MakeReport) -> None:
    doubt = Finding("in-doubt", Severity.WARNING, A, 1, 1, "order in doubt")
    unknown = Finding("from-elsewhere", Severity.WARNING, A, 1, 1, "not in the book")
    pending = (PendingMigration("1", "a", A),)
    report = make_report(findings=(*FOUND, doubt, unknown), pending=pending, applied=("1",))
    shown = screen(report, PLAIN)
    assert f"{A}:1:1: warning: order in doubt [in-doubt]\n" in shown
    assert f"{A}:1:1: warning: not in the book [from-elsewhere]\n" in shown
    assert f"{B}:3:14: error: table x is made later [used-too-early]\n" in shown
    assert "2 warnings and 1 note on pending files: supa-deploy check shows them\n" in shown
    assert "no guard" not in shown
    assert "no guard" in screen(report, Look(verbosity=1))


@pytest.mark.usefixtures("known_rules")
def test_a_plan_shows_the_dangers_one_line_each(make_report: MakeReport) -> None:
    drop = Finding(
        "drops-it", Severity.WARNING, A, 4, 2, "drops table a\nwith its rows", "keep it", " drop table a"
    )
    report = make_report(command="plan", findings=(POLICY, drop, *(drop,) * 30))
    shown = screen(report, PLAIN)
    assert shown.count(f"⚠️ {A}:4:2 drops-it drops table a with its rows\n") == 30
    assert "… 1 more: -v shows all\n" in shown
    assert "1 warning on the migration files: supa-deploy check shows it\n" in shown
    assert select(make_report(command="status", findings=(drop,))).folded == (drop,)


def test_the_claims_and_the_line_that_proves_otherwise(make_report: MakeReport) -> None:
    claims = (
        ClaimVerdict(Claim.SYNTAX, True),
        ClaimVerdict(Claim.ORDER, False, 1, LATE),
        ClaimVerdict(Claim.RERUN, False, 1234, POLICY),
        ClaimVerdict(Claim.RLS, False, 2, Finding("r", Severity.WARNING, A, 7, 1, "no\nline")),
        ClaimVerdict(Claim.INDEXED, False, 1),
    )
    report = make_report(Outcome.OK, command="check", claims=claims, files_checked=1)
    assert screen(report, PLAIN) == (
        "What is claimed of these files\n"
        "  ✓ syntactically correct\n"
        "  ✗ properly ordered: 1 place is not; 20250118000004_b.sql:3 alter table x;\n"
        "  ✗ idempotent: 1,234 statements are not; 20250118000004_b.sql:12 "
        "create policy p on public.notes using (true);\n"
        "  ✗ RLS-enabled: 2 tables are not; 20250118000001_a.sql:7 no line\n"
        "  ✗ indexed: 1 column is not\n"
        "\n"
        "✅ ok: checked 1 file: no errors · 2.4 s\n"
    )
    narrow = screen(report, Look(width=50, wrap=50)).splitlines()
    assert narrow[4:6] == [
        "  ✗ idempotent: 1,234 statements are not",
        "      20250118000004_b.sql:12 create policy p on …",
    ]
    assert screen(report, Look(width=30, wrap=30)).splitlines()[5] == "      20250118000004_b.sql:12"
    assert "claimed" not in screen(report, Look(verbosity=-1))


def test_fixes_are_diffs_and_say_whether_they_were_written(make_report: MakeReport) -> None:
    diff = f"--- a/{A}\n+++ b/{A}\n@@ -1 +1 @@\n-create table a ();\n+create table if not exists a ();\n"
    fixes = (Fix(A, ("table-twice",), diff), Fix(B, ("x", "y"), diff, written=True))
    report = make_report(command="check", fixes=fixes)
    shown = screen(report, PLAIN)
    assert f"would change {A} (table-twice)\n{diff}\nchanged {B} (x, y)\n{diff}\n" in shown
    coloured = screen(report, Look(color=True))
    assert "\x1b[31m-create table a ();" in coloured
    assert "\x1b[32m+create table if not exists a ();" in coloured
    quiet = screen(report, Look(verbosity=-1))
    assert "would change" not in quiet
    assert "+create" not in quiet
    assert f"changed {B} (x, y)" in quiet


def test_a_long_diff_is_cut_and_says_so(make_report: MakeReport) -> None:
    diff = "--- a\n+++ b\n" + "+x\n" * 400
    report = make_report(command="check", fixes=(Fix("a", (), diff), Fix("b", (), diff)))
    shown = screen(report, PLAIN)
    assert "… 102 more lines: -v shows all\n" in shown
    assert "would change b\n… 402 more lines: -v shows all\n" in shown
    assert screen(report, Look(verbosity=1)).count("+x") == 800


def test_nothing_from_a_file_can_play_tricks(make_report: MakeReport) -> None:
    evil = "\x1b[2J[red]x[/red]\n::error::no \u202e"
    finding = Finding(evil, Severity.ERROR, evil, 1, 1, evil, evil, evil)
    report = make_report(
        command="check",
        findings=(finding,) * 101,
        claims=(ClaimVerdict(Claim.RLS, False, 1, finding),),
        fixes=(Fix(evil, (evil,), evil),),
    )
    for look in (PLAIN, Look(width=60, wrap=60), Look(width=60, wrap=60, verbosity=1)):
        shown = screen(report, look)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert not [row for row in shown.splitlines() if row.lstrip().startswith("::")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"files_checked": 3}, "✅ ok: checked 3 files: no errors · 2.4 s"),
        ({"files_checked": 1, "findings": (MUTE,)}, "✅ ok: checked 1 file: no errors, 1 note · 2.4 s"),
        (
            {"files_checked": 3, "findings": (MUTE, POLICY, OPEN)},
            "✅ ok: checked 3 files: no errors, 2 warnings, 1 note in 2 of them · 2.4 s",
        ),
        (
            {"files_checked": 2, "findings": (POLICY, OPEN)},
            "✅ ok: checked 2 files: no errors, 2 warnings in all of them · 2.4 s",
        ),
        ({"findings": (POLICY,)}, "✅ ok: no errors, 1 warning in 1 file · 2.4 s"),
        ({}, "✅ ok · 2.4 s"),
    ],
)
def test_the_last_line_of_check(fields: dict[str, object], said: str, make_report: MakeReport) -> None:
    assert screen(make_report(command="check", **fields), PLAIN).splitlines()[-1] == said


def test_order_and_counts() -> None:
    assert by_place(FOUND) == (OPEN, MUTE, LATE, POLICY)
    assert worst_first(FOUND) == (LATE, OPEN, POLICY, MUTE)
    assert numbers(FOUND) == "1 error, 2 warnings, 1 note"
    assert by_rule((POLICY, POLICY, MUTE, LATE))[:2] == [
        (Severity.ERROR, "used-too-early", 1, 1),
        (Severity.WARNING, "policy-twice", 2, 1),
    ]


def test_nothing_folded_is_no_line(make_report: MakeReport) -> None:
    assert folded_line(make_report(), ()) == ""


def test_the_failure_of_a_check_is_not_said_twice(make_report: MakeReport) -> None:
    failure = Failure("used-too-early", "table x is made later.", "move it", file=B, line=3)
    report = make_report(Outcome.FINDINGS, command="check", findings=FOUND, failure=failure)
    assert screen(report, PLAIN).count("table x is made later") == 1
    deploy = make_report(Outcome.FINDINGS, command="deploy", findings=FOUND, failure=failure)
    assert screen(deploy, PLAIN).count("table x is made later") == 2
